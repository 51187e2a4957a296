"""ClickHouse in this process for the tests: the worlds in one folder, and every gap."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pytest

from tests.engines.gaps import Gap
from tests.engines.worlds import Base, Site, tables, worlds

GAPS: dict[str, Gap] = {}


@contextmanager
def _server_in_utc() -> Iterator[None]:
    """The engine keeps the zone in which it is loaded: that of a server, which is not the workspace's."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", "UTC")
        time.tzset()
        yield
    time.tzset()


@contextmanager
def folder() -> Iterator[Path]:
    """The one folder of this process: chdb serves no second one."""
    with _server_in_utc():
        pytest.importorskip("chdb", reason="chdb is not installed (pip install 'hedu[clickhouse]')")
    made = Path(tempfile.mkdtemp(prefix="hedu-chdb-"))
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


def run(place: Path, *statements: str) -> None:
    """Change the database in a folder."""
    import chdb

    connection = chdb.connect(str(place))
    for statement in statements:
        connection.query(statement)
    connection.close()


def _filled(base: Base, place: Path) -> str:
    """Every moment is an instant to ClickHouse: a time without a zone is one of the workspace's."""
    times = [field.name for field in base.rows.schema if pa.types.is_timestamp(field.type)]
    moved = ", ".join(f"toUTCTimestamp({name}, 'Asia/Shanghai') AS {name}" for name in times)
    columns = f"* REPLACE ({moved})" if moved else "*"
    return f"INSERT INTO {base.name} SELECT {columns} FROM file('{place}/{base.name}.parquet', Parquet)"


@contextmanager
def site(_: pytest.FixtureRequest) -> Iterator[Site]:
    """Every world in a database of its own."""
    with folder() as place:
        for world in worlds():
            with tables(world, place) as found:
                run(place, f"CREATE DATABASE {world}", f"USE {world}")
                for base in found:
                    created = f"{base.created('clickhouse')} ENGINE = MergeTree ORDER BY tuple()"
                    run(place, f"USE {world}", created, _filled(base, place))
        opened = Site({world: f"chdb:///{place}?database={world}" for world in worlds()}, {})
        yield opened
        opened.close()
