"""A SELECT on one connection of DuckDB -> its rows: plain, as a table, or in batches."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import duckdb

if TYPE_CHECKING:
    import pyarrow as pa

Fetch: TypeAlias = Callable[[duckdb.DuckDBPyConnection, duckdb.Statement, list[Any]], Any]
_EDGES = (1, 9999)
# A statement that is executed is bound once, a relation twice; what is said of copies matters to large answers only.
warnings.filterwarnings("ignore", "Arrow output on a DB-API result", UserWarning, r"hedu\.engine\.duckdb_answers$")


def whole(cursor: duckdb.DuckDBPyConnection, select: duckdb.Statement, parameters: list[Any]) -> pa.Table:
    """All rows as a table."""
    from hedu.engine.duckdb_types import read

    answer = cursor.execute(select, parameters)
    kinds = [str(kind) for _, kind, *_ in answer.description]
    return read(answer.to_arrow_table(), kinds)


def plain(
    cursor: duckdb.DuckDBPyConnection, select: duckdb.Statement, parameters: list[Any]
) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Names and plain rows, without loading Arrow where nothing is in doubt."""
    answer = cursor.execute(select, parameters)
    names = [name for name, *_ in answer.description]
    kinds = [str(kind) for _, kind, *_ in answer.description]
    rows = answer.fetchall()
    if _has_edges(rows, kinds):
        whole(cursor, select, parameters)
    return names, rows


def streamed(
    cursor: duckdb.DuckDBPyConnection, select: duckdb.Statement, parameters: list[Any], size: int
) -> Iterator[Any]:
    """The schema, then the batches; what is wrong with the SELECT is raised at once."""
    relation = cursor.sql(select, params=parameters)
    return _batches(relation.to_arrow_reader(size), [str(kind) for kind in relation.types])


def _batches(reader: pa.RecordBatchReader, kinds: Sequence[str]) -> Iterator[Any]:
    import pyarrow

    from hedu.engine.duckdb_types import read

    yield read(pyarrow.Table.from_batches([], reader.schema), kinds).schema
    for batch in reader:
        yield from read(pyarrow.Table.from_batches([batch]), kinds).to_batches()


def _has_edges(rows: Sequence[tuple[Any, ...]], kinds: Sequence[str]) -> bool:
    """Whether plain rows may hold an infinite day: it comes as the first or last there is, or as a text."""
    times = [at for at, kind in enumerate(kinds) if kind.startswith(("DATE", "TIMESTAMP"))]
    found = (row[at] for row in rows for at in times if row[at] is not None)
    return any(isinstance(value, str) or value.year in _EDGES for value in found)
