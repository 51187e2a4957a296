"""A few small tables -> a throw-away database in memory that answers SELECTs over them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
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

    The database lives as long as what is returned. Errors: EngineError, as of any engine.

    >>> import pyarrow as pa
    >>> scratch({"t": pa.table({"x": [1, 2]})})("SELECT sum(x) AS total FROM t").to_pylist()
    [{'total': 3}]
    """
    try:
        connection = duckdb.connect(":memory:", config={"threads": 1, "python_enable_replacements": "false"})
        for name, table in tables.items():
            _create(connection, name, table)
        connection.execute("SET TimeZone = ?", [time_zone])
        connection.execute("SET enable_external_access = false")
        connection.execute("SET lock_configuration = true")
    except duckdb.Error as error:
        raise engine_error(error, URL) from None

    def answer(sql: str) -> pa.Table:
        with _worded():
            _require_select(connection, sql)
            found: pa.Table = connection.sql(sql).to_arrow_table()
            return found

    return answer


def _create(connection: duckdb.DuckDBPyConnection, name: str, table: pa.Table) -> None:
    connection.register("arriving", table)
    target = exp.Table(this=exp.to_identifier(name, quoted=True))
    rows = exp.select("*").from_("arriving")
    connection.execute(exp.Create(this=target, kind="TABLE", expression=rows).sql("duckdb"))
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
