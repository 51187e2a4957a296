"""A file or database -> grid, by its kind."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from sqlglot import exp

from hedu.errors import EngineError, suggest
from hedu.intake.excel import read_excel
from hedu.intake.grid import Grid
from hedu.intake.objects import column_of, read_objects
from hedu.intake.options import Options, kind_of
from hedu.intake.separated import check_names, read_separated

_MOST_DIGITS = 38
_DATABASE = re.compile(r"postgres(?:ql)?:/+(?=[^/])")
_CREDENTIALS = re.compile(r"//[^@/]*@")


def database_url(source: Path | str) -> str | None:
    """The URL of a PostgreSQL database, where a source is one (a path may have swallowed one of its slashes)."""
    text = str(source)
    return _DATABASE.sub("postgresql://", text, count=1) if _DATABASE.match(text) else None


def shown(source: Path | str) -> str:
    """The name of a source as people may see it: no folders, no credentials."""
    url = database_url(source)
    return _CREDENTIALS.sub("//", url.split("?")[0]) if url else Path(source).name


def read_source(source: Path | str, options: Options) -> Grid:
    """Everything a source holds.

    EngineError: file-missing, file-kind-unknown, file-broken, source-unreachable and those of each kind.
    """
    url = database_url(source)
    if url is not None:
        return _postgres(url, shown(source), options)
    path = Path(source)
    kind = options.format or kind_of(path.suffix)
    if kind is None:
        raise EngineError("file-kind-unknown", name=path.name)
    if not path.is_file():
        raise EngineError("file-missing", name=path.name)
    try:
        match kind:
            case "csv":
                return read_separated(path.read_bytes(), path.name, options)
            case "excel":
                return read_excel(path, options)
            case "parquet":
                return table_grid(pq.read_table(path), path.name)
            case "json" | "jsonl":
                return read_objects(path.read_bytes(), path.name, options, by_line=kind == "jsonl")
            case "sqlite":
                return _sqlite(path, options)
    except (pa.ArrowException, OSError, sqlite3.Error) as error:
        detail = str(error).splitlines()[0].replace(str(path.parent), "")[:120]
        raise EngineError("file-broken", name=path.name, kind=kind, detail=detail) from None


def table_grid(table: pa.Table, name: str) -> Grid:
    """An Arrow table as it is: structures one level down as columns of their own, codes of dictionaries spelt out."""
    for field in table.schema:
        if pa.types.is_struct(field.type):
            table = table.flatten()
            table = table.rename_columns([column.replace(".", "_") for column in table.column_names])
            break
    check_names(table.column_names, name)
    columns = [_spelt_out(column) for column in table.columns]
    return Grid(tuple(table.column_names), columns, range(1, table.num_rows + 1), guess="nothing")


def _spelt_out(column: pa.ChunkedArray) -> pa.ChunkedArray:
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if pa.types.is_float16(column.type):
        column = column.cast(pa.float32())
    if pa.types.is_decimal256(column.type):
        column = column.cast(pa.decimal128(_MOST_DIGITS, column.type.scale))
    if pa.types.is_null(column.type) or pa.types.is_large_string(column.type):
        return column.cast(pa.string())
    return column


def _sqlite(path: Path, options: Options) -> Grid:
    connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
    try:
        known = [row[0] for row in connection.execute("select name from sqlite_master where type in ('table', 'view')")]
        table = _table_of(known, options, path.name)
        cursor = connection.execute(exp.select("*").from_(exp.to_identifier(table, quoted=True)).sql("sqlite"))
        names = [item[0] for item in cursor.description]
        rows = cursor.fetchall()
    finally:
        connection.close()
    check_names(names, path.name)
    columns = [column_of(list(values)) for values in zip(*rows, strict=True)] if rows else [() for _ in names]
    return Grid(tuple(names), columns, range(1, len(rows) + 1), guess="times")


def _postgres(url: str, name: str, options: Options) -> Grid:
    from hedu.engine.postgres_tables import read_table, tables_of

    table = _table_of(tables_of(url, name), options, name)
    return table_grid(read_table(url, table, name), name)


def _table_of(known: list[str], options: Options, name: str) -> str:
    table = options.source_table or (known[0] if len(known) == 1 else None)
    if table is None or table not in known:
        near = suggest(table or "", known)
        raise EngineError("source-table-missing", name=name, table=table or "", near=near, known=known)
    return table
