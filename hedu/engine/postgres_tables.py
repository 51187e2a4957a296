"""PostgreSQL -> Arrow, to be loaded."""

from __future__ import annotations

import pyarrow as pa
from sqlglot import exp

from hedu.engine.arrived import kind_of, settled
from hedu.errors import EngineError

_TABLES = """
select case when table_schema = 'public' then table_name else table_schema || '.' || table_name end as name
from information_schema.tables
where table_schema not in ('information_schema', 'pg_catalog')
order by 1
"""


def tables_of(url: str, shown: str) -> list[str]:
    """The tables and views one may read, those outside `public` with their schema. EngineError source-unreachable."""
    names: list[str] = _fetched(url, _TABLES, shown).column("name").to_pylist()
    return names


def read_table(url: str, table: str, shown: str) -> pa.Table:
    """All rows of one table, as texts where their type has no values here. EngineError source-unreachable."""
    parts = [exp.to_identifier(part, quoted=True) for part in table.split(".", 1)]
    source = exp.Table(**dict(zip(("this", "db"), reversed(parts), strict=False)))
    empty = _fetched(url, exp.select("*").from_(source).limit(0).sql("postgres"), shown)
    columns = [_readable(field) for field in empty.schema]
    return settled(_fetched(url, exp.select(*columns).from_(source).sql("postgres"), shown), "UTC")


def _readable(field: pa.Field) -> exp.Expr:
    column = exp.column(exp.to_identifier(field.name, quoted=True))
    kind = field.type.value_type if pa.types.is_list(field.type) else field.type
    if isinstance(kind, pa.OpaqueType) and (kind is not field.type or kind_of(kind) == "other"):
        return exp.alias_(exp.cast(column, "text"), field.name, quoted=True)
    return column


def _fetched(url: str, sql: str, shown: str) -> pa.Table:
    try:
        import adbc_driver_postgresql.dbapi as postgres
    except ImportError:
        raise EngineError("driver-missing", name="PostgreSQL", extra="intake") from None
    try:
        with postgres.connect(url) as connection, connection.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetch_arrow_table()
    except postgres.Error as error:
        detail = str(error).splitlines()[0].replace(url, shown)[:160]
        raise EngineError("source-unreachable", name=shown, detail=detail) from None
