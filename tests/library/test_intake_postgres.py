"""Tables of a real PostgreSQL server, started for these tests and thrown away."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from hedu.doors.cli_load import load
from hedu.engine import connect
from hedu.engine.warehouse import Warehouse
from hedu.errors import EngineError
from hedu.intake import load_all, load_file

TABLE = """
create schema erp;
create table erp."订单" (
    id integer primary key, amount numeric(12, 2), code text, on_day date, at timestamp, seen timestamptz,
    is_paid boolean, rate double precision, many bigint, one uuid, more jsonb
);
insert into erp."订单" values
    (1, 1234.50, '007', '2024-01-05', '2024-01-05 08:30', '2024-01-05 00:30+00', true, 0.5, 9000000000,
     '00000000-0000-0000-0000-000000000001', '{"a": 1}'),
    (2, null, null, null, null, null, null, null, null, null, null);
create table plain (x integer);
insert into plain values (7);
create table empty (x integer);
"""


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The URL of a server of our own, on a free port of the loopback."""
    if not shutil.which("initdb") or not shutil.which("pg_ctl"):
        pytest.skip("initdb and pg_ctl are not installed")
    folder = Path(tempfile.mkdtemp(prefix="hedu-postgres-"))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    # PostgreSQL refuses to run as root; root may lend it to nobody.
    other: dict[str, str] = {"user": "nobody"} if os.geteuid() == 0 else {}
    if other:
        shutil.chown(folder, "nobody")

    def program(*words: object) -> subprocess.CompletedProcess[str]:
        told = [str(word) for word in words]
        with (folder.parent / f"{folder.name}.out").open("w+") as out:
            return subprocess.run(told, stdout=out, stderr=out, text=True, check=False, cwd="/", **other)  # type: ignore[call-overload, no-any-return]

    options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off"
    try:
        made = program(
            "initdb", "-D", folder / "data", "-A", "trust", "-U", "hedu", "-E", "UTF8", "--locale=C", "--no-sync"
        )
        started = program("pg_ctl", "-D", folder / "data", "-o", options, "-l", folder / "log", "-w", "start")
        if made.returncode or started.returncode:
            pytest.skip("no PostgreSQL server can be started here")
        url = f"postgresql://hedu@127.0.0.1:{port}/postgres"
        _run(url, TABLE)
        yield url
    finally:
        program("pg_ctl", "-D", folder / "data", "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)
        (folder.parent / f"{folder.name}.out").unlink(missing_ok=True)


def _run(url: str, sql: str) -> None:
    import psycopg

    with psycopg.connect(url) as connection:
        connection.execute(sql)


def test_a_table_with_the_types_it_has(server: str, tmp_path: Path) -> None:
    report = load_file(Warehouse(tmp_path), server, "erp.orders", {"source_table": "erp.订单"})
    engine = connect(f"duckdb:///{tmp_path}", time_zone="Asia/Shanghai")
    rows = engine.query("select * exclude (seen, one, more) from erp.orders order by id").to_pylist()
    assert list(rows[0].values()) == [
        1, Decimal("1234.50"), "007", date(2024, 1, 5), datetime(2024, 1, 5, 8, 30), True, 0.5, 9_000_000_000
    ]  # fmt: skip
    assert list(rows[1].values()) == [2, *[None] * 7]
    assert engine.query("select hour(seen) as h from erp.orders where id = 1").to_pylist() == [{"h": 8}]
    assert report.rows == 2


def test_from_a_list_and_from_the_command_line(server: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "load.yml").write_text(
        f"version: 1\nloads: [{{table: a, file: '{server}', source_table: plain}}]\n", encoding="utf-8"
    )
    load_all(Warehouse(tmp_path / "warehouse"), tmp_path / "load.yml")
    assert load(Path(server), "plain", tmp_path, "zh") == 0
    said = capsys.readouterr().out
    assert "plain: 已装入, 1 行" in said
    engine = connect("duckdb:///warehouse", root=tmp_path)
    assert engine.query("select a.x, plain.x as y from a, plain").to_pylist() == [{"x": 7, "y": 7}]


def test_faults_are_typed_and_tell_no_password(server: str, tmp_path: Path) -> None:
    warehouse = Warehouse(tmp_path)
    with pytest.raises(EngineError) as caught:
        load_file(warehouse, server, "t", {"source_table": "erp.订"})
    assert caught.value.code == "source-table-missing" and "erp.订单" in caught.value.problem.hint("zh")
    with pytest.raises(EngineError, match="file-empty"):
        load_file(warehouse, server, "t", {"source_table": "empty"})
    with pytest.raises(EngineError) as caught:
        load_file(warehouse, "postgresql://someone:secret@127.0.0.1:1/none", "t")
    assert caught.value.code == "source-unreachable" and "secret" not in str(caught.value)
    assert warehouse.snapshots() == ()
