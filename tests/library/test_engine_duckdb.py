"""DuckDB as an engine: it answers SELECTs over what it may see, in time, for many at once."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import duckdb
import pytest

from hedu.engine import connect
from hedu.errors import EngineError

SLOW = "select count(*) from range(100000000) as a, range(100000) as b"


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Any]:
    with duckdb.connect(str(tmp_path / "x.duckdb")) as connection:
        connection.execute("create schema erp")
        connection.execute("create table erp.orders as select range as id, 'n' || range as name from range(100)")
    made = connect("duckdb:///x.duckdb", root=tmp_path)
    yield made
    made.close()


def refused(code: str, call: Callable[[], object]) -> EngineError:
    with pytest.raises(EngineError) as caught:
        call()
    assert caught.value.code == code
    for lang in ("zh", "en"):
        assert caught.value.problem.what(lang) and caught.value.problem.hint(lang)  # type: ignore[arg-type]
    return caught.value


def test_values_are_bound_not_written_into_the_text(engine: Any) -> None:
    hostile = "n1' or '1'='1"
    assert engine.query("select id from erp.orders where name = ?", ["n7"]).to_pylist() == [{"id": 7}]
    assert engine.query("select id from erp.orders where name = ?", [hostile]).num_rows == 0
    refused("engine-refused", lambda: engine.query("select ? + ?", [1]))


@pytest.mark.parametrize(
    "sql",
    [
        "copy erp.orders to 'out.csv'",
        "attach ':memory:' as other",
        "pragma version",
        "call pragma_version()",
        "install httpfs",
        "load httpfs",
        "create table memory.main.t as select 1",
        "create temp table t as select 1",
        "explain select 1",
        "set memory_limit = '1TB'",
        "select 1; select 2",
        "",
    ],
)
def test_only_one_select(engine: Any, sql: str) -> None:
    refused("engine-not-a-select", lambda: engine.query(sql))


def test_a_select_that_writes_is_refused(engine: Any) -> None:
    sql = "with added as (insert into erp.orders values (1, 'a') returning *) select * from added"
    refused("engine-refused", lambda: engine.query(sql))
    assert engine.query("select count(*) as n from erp.orders").to_pylist() == [{"n": 100}]


@pytest.mark.parametrize(
    "sql",
    [
        "select * from read_text('/etc/hostname')",
        "select * from read_csv('/etc/passwd')",
        "select * from '/etc/passwd'",
        "select * from glob('/etc/*')",
        "select * from read_blob('{here}/../../../../../../../etc/hostname')",
        "select * from read_csv('https://example.com/x.csv')",
    ],
)
def test_nothing_outside_the_workspace_can_be_read(engine: Any, tmp_path: Path, sql: str) -> None:
    with pytest.raises(EngineError):
        engine.query(sql.replace("{here}", str(tmp_path)))


def test_faults_name_what_is_wrong_and_no_path(engine: Any, tmp_path: Path) -> None:
    missing = refused("engine-missing-table", lambda: engine.query("select * from erp.order"))
    assert "orders" in missing.problem.hint("en")
    refused("engine-missing-table", lambda: engine.query("select * from crm.people"))
    refused("engine-missing-column", lambda: engine.query("select idd from erp.orders"))
    refused("engine-value-unfit", lambda: engine.query("select cast(name as integer) from erp.orders"))
    refused("engine-overflow", lambda: engine.query("select 9223372036854775807 + id from erp.orders"))
    broken = refused("engine-refused", lambda: engine.query("select * from read_text('/etc/hostname')"))
    assert "/etc" not in str(broken)


def test_columns_without_running(engine: Any) -> None:
    sql = "select id, name, id > 1 as b, date '2024-01-01' as d, now() as t, 1.5::decimal(9, 2) as p, [1] as l from erp.orders"
    assert engine.columns(sql) == {"id": "number", "name": "text", "b": "boolean", "d": "date", "t": "timestamp",
                                   "p": "number", "l": "other"}  # fmt: skip
    refused("engine-not-a-select", lambda: engine.columns("drop table erp.orders"))
    refused("engine-missing-column", lambda: engine.columns("select idd from erp.orders"))


def test_a_question_that_takes_too_long_is_stopped(engine: Any, tmp_path: Path) -> None:
    began = time.monotonic()
    refused("engine-timeout", lambda: engine.query(SLOW, timeout=0.2))
    assert time.monotonic() - began < 5
    assert engine.query("select 1 as x", timeout=5).num_rows == 1
    hurried = connect("duckdb:///x.duckdb?timeout=0.2&threads=1", root=tmp_path)
    refused("engine-timeout", lambda: hurried.query(SLOW))


def test_cancelling_from_another_thread(engine: Any) -> None:
    codes: list[str] = []

    def ask() -> None:
        try:
            engine.query(SLOW)
        except EngineError as error:
            codes.append(error.code)

    askers = [threading.Thread(target=ask) for _ in range(3)]
    for asker in askers:
        asker.start()
    time.sleep(0.3)
    engine.cancel()
    for asker in askers:
        asker.join(10)
    assert codes == ["engine-cancelled"] * 3
    assert engine.query("select 1 as x").num_rows == 1


def test_a_connection_serves_the_next_question_unless_it_was_interrupted(engine: Any) -> None:
    session = engine._current()
    with session.cursor() as first:
        pass
    with session.cursor() as second, session.cursor() as other:
        assert second is first and other is not first
        session.interrupt()
    with session.cursor() as third:
        assert third not in (first, other)
    with pytest.raises(ValueError, match="broken"), session.cursor() as fourth:
        raise ValueError("broken")
    with session.cursor() as fifth:
        assert fourth is third and fifth is not fourth


def test_no_cancelling_reaches_a_later_question(engine: Any) -> None:
    over = threading.Event()

    def cancel() -> None:
        while not over.is_set():
            engine.cancel()
            time.sleep(0.002)

    def ask(at: int) -> bool:
        try:
            return engine.rows("select ? + count(*) from range(20000)", [at])[1] == [(at + 20000,)]
        except EngineError as error:
            return error.code == "engine-cancelled"

    thread = threading.Thread(target=cancel)
    thread.start()
    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(ask, range(200)))
    over.set()
    thread.join()
    assert [engine.rows("select ?", [at])[1] for at in range(20)] == [[(at,)] for at in range(20)]


def test_many_questions_at_once(engine: Any) -> None:
    def ask(number: int) -> bool:
        found = engine.query("select sum(id) + ? as s from erp.orders", [number]).to_pylist()
        return bool(found == [{"s": 4950 + number}])

    with ThreadPoolExecutor(16) as pool:
        assert all(pool.map(ask, range(400)))


def test_a_text_asked_again_takes_other_values_and_sees_the_data_as_they_are(engine: Any) -> None:
    sql = "select name, id + ? as next from erp.orders where id = ?"

    def ask(at: int) -> list[tuple[Any, ...]]:
        rows: list[tuple[Any, ...]] = engine.rows(sql, [at, at % 100])[1]
        assert engine.query(sql, [at, at % 100]).to_pylist() == [{"name": f"n{at % 100}", "next": at + at % 100}]
        assert [batch.num_rows for batch in engine.batches(sql, [at, at % 100])] == [1]
        return rows

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(ask, range(200))) == [[(f"n{at % 100}", at + at % 100)] for at in range(200)]


def test_of_many_texts_only_so_many_are_kept(engine: Any) -> None:
    texts = [f"select {at} as a, '{'x' * 5_000}' as b" for at in range(100)]
    for _ in range(2):
        assert [engine.rows(text)[1][0][0] for text in texts] == list(range(100))
    kept = engine._current()._selects
    assert 50 < len(kept) < 61
    assert texts[-1] in kept and texts[0] not in kept


def test_the_session_has_the_workspaces_time_zone(tmp_path: Path) -> None:
    for zone, hour in (("Asia/Shanghai", 8), ("UTC", 0), ("America/New_York", 19)):
        engine = connect("duckdb://", time_zone=zone)
        sql = "select hour(timestamptz '2024-01-01 00:00:00+00') as h"
        assert engine.query(sql).to_pylist() == [{"h": hour}]
        assert engine.rows(sql) == (["h"], [(hour,)])


def test_options_of_the_url() -> None:
    engine = connect("duckdb://?memory=100MB&threads=1")
    found = engine.query("select current_setting('threads') as t, current_setting('memory_limit') as m").to_pylist()
    assert found[0]["t"] == 1 and found[0]["m"].startswith("95.3")
    for query in ("memory=lots", "threads=0", "timeout=-1", "mode=fast"):
        refused("engine-option-unfit", lambda query=query: connect(f"duckdb://?{query}"))
    refused("engine-unknown", lambda: connect("duckdbb://x"))
    refused("engine-unknown", lambda: connect("nonsense"))


def test_files_in_place_of_each_kind(tmp_path: Path) -> None:
    engine = connect("duckdb://", root=tmp_path)
    (tmp_path / "a.csv").write_text("编号,金额\n1,2.5\n", encoding="utf-8")
    (tmp_path / "b.json").write_text('[{"编号": 1, "金额": 2.5}]', encoding="utf-8")
    with duckdb.connect() as connection:
        connection.execute(f"copy (select 1 as 编号, 2.5 as 金额) to '{tmp_path}/c.parquet'")
    for name in ("a.csv", "b.json", "c.parquet"):
        engine.register_file(f'{name} "x"', tmp_path / name)
        found = engine.query(f'select "编号", "金额" from memory.files."{name} ""x"""').to_pylist()
        assert [(row["编号"], float(row["金额"])) for row in found] == [(1, 2.5)]


def test_a_file_that_changes_is_read_anew_and_changes_the_snapshot(tmp_path: Path) -> None:
    engine = connect("duckdb://", root=tmp_path)
    path = tmp_path / "a.csv"
    path.write_text("x\n1\n", encoding="utf-8")
    engine.register_file("a", path)
    first = engine.snapshot()
    assert engine.query("select x from memory.files.a").to_pylist() == [{"x": 1}]
    path.write_text("y,x\n5,six\n", encoding="utf-8")
    os.utime(path, (1, 1))
    assert engine.query("select x from memory.files.a").to_pylist() == [{"x": "six"}]
    assert engine.snapshot() != first


def test_one_missing_file_does_not_silence_the_others(tmp_path: Path) -> None:
    engine = connect("duckdb://", root=tmp_path)
    (tmp_path / "junk.parquet").write_bytes(b"PAR1junkjunk")
    engine.register_file("gone", tmp_path / "gone.csv")
    engine.register_file("odd", tmp_path / "odd.doc")
    engine.register_file("junk", tmp_path / "junk.parquet")
    assert engine.query("select 1 as x").num_rows == 1
    refused("engine-missing-file", lambda: engine.query("select * from memory.files.gone"))
    refused("engine-file-kind", lambda: engine.query('select * from memory.files."odd"'))
    broken = refused("engine-broken-file", lambda: engine.query("select * from memory.files.junk"))
    assert str(tmp_path) not in str(broken)


def test_a_closed_engine_says_so(tmp_path: Path) -> None:
    engine = connect("duckdb://")
    engine.close()
    engine.close()
    refused("engine-closed", lambda: engine.query("select 1"))


def test_connecting_costs_no_import_of_arrow_or_sql_trees_of_ours() -> None:
    script = "import sys, hedu.engine; assert 'duckdb' not in sys.modules and 'pyarrow' not in sys.modules"
    subprocess.run([sys.executable, "-c", script], check=True)


def test_foreign_keys_of_a_database_are_proofs(tmp_path: Path) -> None:
    with duckdb.connect(str(tmp_path / "erp.duckdb")) as connection:
        connection.execute("create table c (id integer primary key); insert into c values (1), (2)")
        connection.execute(
            "create table o (id integer, c integer not null references c (id), d integer references c (id))"
        )
    engine = connect("duckdb:///erp.duckdb", root=tmp_path)
    assert engine.integrity() == {("o", ("c",), "c", ("id",))}
    engine.close()
