"""What a warehouse keeps, as a reader sees it: its snapshots, and what was proved of them. Loads nothing of Arrow."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from hedu.errors import EngineError

if TYPE_CHECKING:
    import duckdb

MANIFEST = "manifest.json"
Reference = tuple[str, tuple[str, ...], str, tuple[str, ...]]
"""(table, columns, referred table, its key columns)"""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One version of all data. `recorded_at` is ISO time in UTC, `file` a name within the warehouse's folder."""

    digest: str
    file: str
    recorded_at: str


def snapshots_in(folder: Path) -> tuple[Snapshot, ...]:
    """The kept snapshots, oldest first; none where nothing was ever loaded. EngineError: warehouse-broken."""
    try:
        read = json.loads((folder / MANIFEST).read_text("utf-8"))
        return tuple(Snapshot(**entry) for entry in read["snapshots"])
    except (FileNotFoundError, NotADirectoryError):
        return ()
    except (ValueError, KeyError, TypeError, OSError) as error:
        raise EngineError("warehouse-broken", folder=folder.name, detail=type(error).__name__) from None


_ENFORCED = """
select if(c.schema_name = 'main', '', c.schema_name || '.') || c.table_name, c.constraint_column_names,
  if(c.schema_name = 'main', '', c.schema_name || '.') || c.referenced_table, c.referenced_column_names
from duckdb_constraints() as c
where c.database_name = current_database() and c.constraint_type = 'FOREIGN KEY' and not exists (
  select 1 from duckdb_columns() as o
  where o.table_oid = c.table_oid and o.database_name = c.database_name and o.is_nullable
    and list_contains(c.constraint_column_names, o.column_name))
"""


def enforced_in(connection: duckdb.DuckDBPyConnection) -> frozenset[Reference]:
    """The references that a database of others enforces: its foreign keys over NOT NULL columns."""
    rows = connection.execute(_ENFORCED).fetchall()
    return frozenset((table, tuple(columns), referred, tuple(key)) for table, columns, referred, key in rows)


_SIZES = """
select if(schema_name = 'main', '', schema_name || '.') || table_name, floor(log10(estimated_size))::integer
from duckdb_tables() where database_name = current_database() and estimated_size > 0
"""


def sizes_in(connection: duckdb.DuckDBPyConnection) -> frozenset[tuple[str, int]]:
    """Tables with the number of digits less one of their row counts."""
    return frozenset(connection.execute(_SIZES).fetchall())


RolledUp = tuple[str, str, int]
"""(name of a rollup, digest of what it holds, number of its rows)"""
_ROLLUPS = """
select name, digest, row_count from hedu_rollups as r where not exists (
  select 1 from hedu_rollup_tables as made left join hedu_tables as now
    on now.table_name = made.table_name and now.digest = made.digest
  where made.name = r.name and now.table_name is null)
"""


def rollups_of(connection: duckdb.DuckDBPyConnection) -> frozenset[RolledUp]:
    """The rollups that were made from the tables as they are; none in a snapshot that knows nothing of rollups."""
    known = connection.execute(
        "select 1 from duckdb_tables() where database_name = current_database() and table_name = 'hedu_rollups'"
    ).fetchall()
    return frozenset(connection.execute(_ROLLUPS).fetchall()) if known else frozenset()


def proofs_of(connection: duckdb.DuckDBPyConnection) -> frozenset[Reference]:
    """The references recorded as proved."""
    rows = connection.execute("SELECT * FROM hedu_proofs").fetchall()
    return frozenset((table, tuple(columns), referred, tuple(key)) for table, columns, referred, key in rows)
