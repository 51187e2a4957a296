"""PostgreSQL for the tests: a server of our own, the worlds in it, and every gap."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.engines.gaps import Gap
from tests.engines.worlds import Site, tables, worlds

GAPS: dict[str, Gap] = {
    "edges: least and greatest of texts": Gap(
        "ours_missing", "min and max of texts go by the database's collation: only the server knows what is a text"
    ),
}
# A database made for Chinese would sort texts by their sound: the order must not depend on it.
_LOCALE = ("--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=zh")


@contextmanager
def server() -> Iterator[str]:
    """The address of a server on a free port of the loopback; skips where none is installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    initdb = shutil.which("initdb") or (str(found[-1]) if found else None)
    if initdb is None:
        pytest.skip("PostgreSQL is not installed")
    control = str(Path(initdb).with_name("pg_ctl"))
    folder = Path(tempfile.mkdtemp(prefix="hedu-postgres-"))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    # PostgreSQL refuses to run as root; root may lend it to nobody.
    other: dict[str, str] = {"user": "nobody"} if os.geteuid() == 0 else {}
    if other:
        shutil.chown(folder, "nobody")

    def program(*words: object) -> int:
        told = [str(word) for word in words]
        with (folder.parent / f"{folder.name}.out").open("a") as out:
            return subprocess.run(told, stdout=out, stderr=out, check=False, cwd="/", **other).returncode  # type: ignore[call-overload, no-any-return]

    made = ("-D", folder / "data", "-A", "trust", "-U", "hedu", "-E", "UTF8", "--no-sync")
    options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off"
    try:
        if program(initdb, *made, *_LOCALE) and program(initdb, *made, "--locale=C"):
            pytest.skip("no PostgreSQL data folder can be made here")
        if program(control, "-D", folder / "data", "-o", options, "-l", folder / "log", "-w", "start"):
            pytest.skip("no PostgreSQL server can be started here")
        yield f"postgresql://hedu@127.0.0.1:{port}"
    finally:
        program(control, "-D", folder / "data", "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)
        (folder.parent / f"{folder.name}.out").unlink(missing_ok=True)


def run(url: str, *statements: str) -> None:
    """Change a database."""
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)


@contextmanager
def site(_: pytest.FixtureRequest) -> Iterator[Site]:
    """Every world in a database of its own."""
    import adbc_driver_postgresql.dbapi as driver

    with server() as address:
        urls = {world: f"{address}/{world}" for world in worlds()}
        for world, url in urls.items():
            run(f"{address}/postgres", f'create database "{world}"')
            with tables(world) as found, driver.connect(url, autocommit=True) as connection:
                run(url, *(base.created("postgres") for base in found))
                with connection.cursor() as cursor:
                    for base in found:
                        cursor.adbc_ingest(base.name, base.rows, mode="append")
        opened = Site(urls, {})
        yield opened
        opened.close()
