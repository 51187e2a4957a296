"""Arrow tables -> a throw-away database in memory that answers SELECTs, for trying definitions on made-up rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import duckdb
from sqlglot import exp

from hedu.engine.faults import engine_error

if TYPE_CHECKING:
    import pyarrow as pa


def scratch(tables: Mapping[str, pa.Table], time_zone: str = "UTC") -> Callable[[str], pa.Table]:
    """A database holding `tables` (names may be `schema.table`); it is gone with the last hold on what is returned.

    EngineError: engine-refused.

    >>> import pyarrow as pa
    >>> scratch({"erp.t": pa.table({"x": [1, 2]})})("select sum(x) as x from erp.t").to_pylist()[0]["x"] == 3
    True
    """
    base = duckdb.connect(":memory:", config={"threads": "1", "enable_external_access": "false"})
    base.execute("SET TimeZone = ?", [time_zone])
    base.execute("SET python_enable_replacements = false")
    for schema in {name.rpartition(".")[0] for name in tables} - {""}:
        base.execute(exp.Create(this=exp.to_table(schema), kind="SCHEMA", exists=True).sql("duckdb", identify=True))
    for name, rows in tables.items():
        base.from_arrow(rows).create(name)

    def ask(sql: str) -> pa.Table:
        try:
            return base.sql(sql).to_arrow_table()
        except duckdb.Error as error:
            raise engine_error(error, "scratch") from None

    return ask
