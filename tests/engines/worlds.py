"""The worlds of the cases, to be loaded into another engine: their base tables as DuckDB makes them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
import sqlglot

import hedu
from hedu.sql.dialects import fitted
from tests.cases.test_cases import HERE, NOW


@dataclass(frozen=True)
class Base:
    """One base table: its name, how DuckDB would create it, its rows."""

    name: str
    create: str
    rows: pa.Table

    def created(self, dialect: str) -> str:
        """The statement that creates the table in another dialect."""
        return fitted(sqlglot.parse_one(self.create, dialect="duckdb"), dialect).sql(dialect=dialect)


@dataclass
class Site:
    """A running engine: the URL of each world in it, opened once."""

    urls: dict[str, str]
    opened: dict[str, hedu.Workspace]

    def workspace(self, world: str) -> hedu.Workspace:
        if world not in self.opened:
            self.opened[world] = hedu.load(HERE / "worlds" / world, engine=self.urls[world], strict=True, now=NOW)
        return self.opened[world]

    def close(self) -> None:
        for workspace in self.opened.values():
            workspace.close()


def worlds() -> list[str]:
    """The names of all worlds."""
    return sorted(path.parent.name for path in HERE.glob("worlds/*/tables.sql"))


@contextmanager
def tables(world: str, folder: Path | None = None) -> Iterator[list[Base]]:
    """The base tables of a world; with a `folder` each is also written there as `table.parquet`."""
    with duckdb.connect() as connection:
        connection.execute((HERE / "worlds" / world / "tables.sql").read_text(encoding="utf-8"))
        found = connection.execute("select table_name, sql from duckdb_tables() where not internal").fetchall()
        if folder is not None:
            for name, _ in found:
                connection.execute(f"copy \"{name}\" to '{folder / name}.parquet' (format parquet)")
        yield [Base(name, sql, connection.table(f'"{name}"').to_arrow_table()) for name, sql in found]
