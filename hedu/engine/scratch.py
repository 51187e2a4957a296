"""A few small tables -> a throw-away database in memory that answers SELECTs over them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING

import duckdb
from sqlglot import exp

from hedu.engine.faults import engine_error
from hedu.errors import EngineError

if TYPE_CHECKING:
    import pyarrow as pa

URL = "duckdb://scratch"


def scratch(tables: Mapping[str, pa.Table], time_zone: str = "Asia/Shanghai") -> Callable[[str], pa.Table]:
    """SELECT -> rows over `tables`, whose names are plain identifiers (a dot in one is part of the name).

    The rows live as long as what is returned, and nobody else sees them. Errors: EngineError, as of any engine.

    >>> import pyarrow as pa
    >>> scratch({"t": pa.table({"x": [1, 2]})})("SELECT max(x) AS most FROM t").to_pylist()
    [{'most': 2}]
    """
    with _worded():
        connection = _shared().cursor()
        connection.execute("SET TimeZone = ?", [time_zone])
        for name, table in tables.items():
            _create(connection, name, table)

    def answer(sql: str) -> pa.Table:
        with _worded():
            _require_select(connection, sql)
            found: pa.Table = connection.sql(sql).to_arrow_table()
            return found

    return answer


@lru_cache(maxsize=1)
def _shared() -> duckdb.DuckDBPyConnection:
    """The instance all scratch databases live in, each in the temporary tables of a connection of its own.

    An instance takes as long to open as dozens of scratch databases to fill and ask.
    """
    connection = duckdb.connect(":memory:", config={"threads": 1, "python_enable_replacements": "false"})
    connection.execute("SET enable_external_access = false")
    return connection


def _create(connection: duckdb.DuckDBPyConnection, name: str, table: pa.Table) -> None:
    connection.register("arriving", table)
    target = exp.Table(this=exp.to_identifier(name, quoted=True))
    temporary = exp.Properties(expressions=[exp.TemporaryProperty()])
    made = exp.Create(this=target, kind="TABLE", properties=temporary, expression=exp.select("*").from_("arriving"))
    connection.execute(made.sql("duckdb"))
    connection.unregister("arriving")


def _require_select(connection: duckdb.DuckDBPyConnection, sql: str) -> None:
    statements = connection.extract_statements(sql)
    if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
        raise EngineError("engine-not-a-select")


@contextmanager
def _worded() -> Iterator[None]:
    try:
        yield
    except duckdb.Error as error:
        raise engine_error(error, URL) from None
