"""The warehouse: whole snapshots or nothing, whoever dies when; questions go on meanwhile."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pytest

from hedu.engine import connect
from hedu.engine.warehouse import MANIFEST, Meta, Retention, Warehouse, snapshots_in
from hedu.errors import EngineError

FK = ("sales", ("shop",), "shops", ("id",))


def table(*values: int) -> pa.Table:
    return pa.table({"id": list(values)})


def fill(folder: Path, *values: int, **options: object) -> Warehouse:
    warehouse = Warehouse(folder, **options)  # type: ignore[arg-type]
    with warehouse.writing() as batch:
        batch.put("erp.orders", table(*values), Meta("orders.csv", {"id": "编号"}))
    return warehouse


def ids(engine: object) -> list[int]:
    return [row["id"] for row in engine.query("select id from erp.orders order by 1").to_pylist()]  # type: ignore[attr-defined]


def test_a_load_is_one_snapshot_and_the_next_question_sees_it(tmp_path: Path) -> None:
    engine = connect("duckdb:///warehouse", root=tmp_path)
    assert engine.snapshot() is None and engine.watermarks() == {}
    with pytest.raises(EngineError, match="engine-missing-table"):
        engine.query("select * from erp.orders")
    fill(tmp_path / "warehouse", 1, 2)
    assert ids(engine) == [1, 2]
    first = engine.snapshot()
    fill(tmp_path / "warehouse", 3)
    assert ids(engine) == [3] and engine.snapshot() != first
    assert datetime.fromisoformat(engine.watermarks()["erp.orders"]).tzinfo is not None
    assert engine.query("select columns from hedu_tables").to_pylist() == [{"columns": '{"id": "编号"}'}]


def test_the_same_content_makes_no_new_snapshot(tmp_path: Path) -> None:
    warehouse = fill(tmp_path, 1, 2)
    before = warehouse.snapshots()
    with warehouse.writing() as batch:
        assert not batch.put("erp.orders", table(1, 2), Meta("another name.csv", {"id": "编号"}))
        assert not batch.put("erp.orders", table(1, 2).to_reader(), Meta("streamed", {"id": "编号"}))
    assert batch.published is None and warehouse.snapshots() == before
    with warehouse.writing() as batch:
        assert batch.put("erp.orders", table(2, 1), Meta("", {"id": "编号"}))
    assert batch.published is not None


def test_many_tables_at_once_or_none(tmp_path: Path) -> None:
    warehouse = fill(tmp_path, 1)
    with pytest.raises(RuntimeError), warehouse.writing() as batch:
        batch.put("erp.orders", table(7))
        batch.put("erp.lines", table(8))
        raise RuntimeError
    engine = connect(f"duckdb:///{tmp_path}")
    assert ids(engine) == [1]
    assert sorted(os.listdir(tmp_path)) == sorted([".writing", MANIFEST, snapshots_in(tmp_path)[-1].file])


def test_dropped_tables_are_gone(tmp_path: Path) -> None:
    warehouse = fill(tmp_path, 1)
    with warehouse.writing() as batch:
        batch.drop("erp.orders")
    with pytest.raises(EngineError, match="engine-missing-table"):
        ids(connect(f"duckdb:///{tmp_path}"))


def test_looking_back(tmp_path: Path) -> None:
    moments = iter([datetime(2026, 3, day, 20, tzinfo=UTC) for day in (1, 1, 5, 5)])
    for value in (1, 2):
        fill(tmp_path, value, clock=lambda: next(moments))
    engine = connect(f"duckdb:///{tmp_path}", time_zone="Asia/Shanghai")
    assert ids(engine) == [2]
    assert ids(engine.at("2026-03-02")) == [1]  # 20:00 in London is the next day in Shanghai
    assert ids(engine.at("2026-03-05T19:59:00+00:00")) == [1]
    assert ids(engine.at("2026-03-06T04:00:00")) == [2]
    with pytest.raises(EngineError, match="engine-before-history"):
        engine.at("2026-03-01")
    with pytest.raises(EngineError, match="engine-moment-unread"):
        engine.at("last week")


def test_retention_by_count_and_days_never_the_current_one(tmp_path: Path) -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    for day in range(6):
        fill(tmp_path, day, retention=Retention(count=3, days=90), clock=lambda day=day: start + timedelta(days=day))
    kept = snapshots_in(tmp_path)
    assert [one.recorded_at[8:10] for one in kept] == ["04", "05", "06"]
    fill(tmp_path, 99, retention=Retention(count=3, days=90), clock=lambda: start + timedelta(days=300))
    kept = snapshots_in(tmp_path)
    assert [one.recorded_at[:10] for one in kept] == ["2026-01-06", "2026-10-28"]
    assert {one.file for one in kept} == {name for name in os.listdir(tmp_path) if name.endswith(".duckdb")}


def test_proofs_fall_with_the_tables_they_speak_of(tmp_path: Path) -> None:
    warehouse = Warehouse(tmp_path)
    with warehouse.writing() as batch:
        batch.put("shops", table(1, 2))
        batch.put("sales", pa.table({"shop": [1, 1]}))
        batch.prove(FK, holds=True)
    engine = connect(f"duckdb:///{tmp_path}")
    assert engine.integrity() == frozenset({FK})
    with warehouse.writing() as batch:
        batch.put("shops", table(2))
    assert engine.integrity() == frozenset()


def test_two_writers_one_waits_or_is_refused(tmp_path: Path) -> None:
    warehouse = fill(tmp_path, 1)
    with warehouse.writing() as batch:
        batch.put("erp.orders", table(2))
        with pytest.raises(EngineError) as caught, Warehouse(tmp_path).writing():
            pass
        assert caught.value.code == "warehouse-busy"
        late = threading.Thread(target=fill, args=(tmp_path, 3), kwargs={"wait": 20.0})
        late.start()
    late.join()
    assert ids(connect(f"duckdb:///{tmp_path}")) == [3]


def test_a_broken_manifest_is_said_so(tmp_path: Path) -> None:
    fill(tmp_path, 1)
    (tmp_path / MANIFEST).write_text("{", encoding="utf-8")
    with pytest.raises(EngineError, match="warehouse-broken"):
        connect(f"duckdb:///{tmp_path}")
    with pytest.raises(EngineError, match="warehouse-broken"), Warehouse(tmp_path).writing():
        pass


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    fill(tmp_path, 1)
    tmp_path.chmod(0o500)
    with pytest.raises(EngineError, match="warehouse-full"):
        fill(tmp_path, 2)
    tmp_path.chmod(0o700)


FULL = """
import resource, signal, sys
from pathlib import Path
import pyarrow as pa
from hedu.engine.warehouse import Warehouse
from hedu.errors import EngineError

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1_500_000, 1_500_000))
try:
    with Warehouse(Path(sys.argv[1])).writing() as batch:
        batch.put("erp.orders", pa.table({"id": [f"{at * 7919 % 1000003:x}" * 4 for at in range(400_000)]}))
except EngineError as error:
    print(error.code, sys.argv[1] in str(error))
"""


def test_a_disk_that_takes_no_more_leaves_the_former_state(tmp_path: Path) -> None:
    fill(tmp_path, 1, 2)
    ended = subprocess.run([sys.executable, "-c", FULL, str(tmp_path)], capture_output=True, text=True, check=False)
    assert ended.stdout.split() == ["warehouse-full", "False"], ended.stderr
    assert ids(connect(f"duckdb:///{tmp_path}")) == [1, 2]
    assert len([name for name in os.listdir(tmp_path) if ".duckdb" in name]) == 1


LOAD = """
import os, signal, sys
from pathlib import Path
import pyarrow as pa
from hedu.engine import batch, warehouse

point, folder = sys.argv[1], Path(sys.argv[2])
def die(*args, **kwargs):
    os.kill(os.getpid(), signal.SIGKILL)

if point == "before the table": batch.Batch.put = die
if point == "after the table": batch.Batch.finish = die
if point == "before the fsync": warehouse._synced = die
if point == "before the manifest": warehouse.Warehouse._write_manifest = die
if point == "before the manifest's renaming":
    rename = os.replace
    os.replace = lambda a, b: die() if str(b).endswith("manifest.json") else rename(a, b)
if point == "before old snapshots go": warehouse._remove = die
with warehouse.Warehouse(folder, retention=warehouse.Retention(count=2)).writing() as made:
    made.put("erp.orders", pa.table({"id": list(range(50_000))}))
    made.put("other", pa.table({"id": [1]}))
"""
POINTS = ("before the table", "after the table", "before the fsync", "before the manifest",
          "before the manifest's renaming")  # fmt: skip


@pytest.mark.parametrize("point", POINTS)
def test_killed_at_any_point_the_former_state_is_whole(tmp_path: Path, point: str) -> None:
    fill(tmp_path, 1, 2)
    former = snapshots_in(tmp_path)
    ended = subprocess.run([sys.executable, "-c", LOAD, point, str(tmp_path)], check=False, timeout=60)
    assert ended.returncode == -signal.SIGKILL
    assert snapshots_in(tmp_path) == former
    assert ids(connect(f"duckdb:///{tmp_path}")) == [1, 2]
    fill(tmp_path, 5)
    assert ids(connect(f"duckdb:///{tmp_path}")) == [5]
    left = set(os.listdir(tmp_path)) - {".writing", MANIFEST}
    assert left == {one.file for one in snapshots_in(tmp_path)}


def test_killed_after_the_manifest_the_new_state_is_whole(tmp_path: Path) -> None:
    for value in range(3):
        fill(tmp_path, value)
    ended = subprocess.run(
        [sys.executable, "-c", LOAD, "before old snapshots go", str(tmp_path)], check=False, timeout=60
    )
    assert ended.returncode == -signal.SIGKILL
    assert len(ids(connect(f"duckdb:///{tmp_path}"))) == 50_000
    fill(tmp_path, 5)
    assert {name for name in os.listdir(tmp_path) if name.endswith(".duckdb")} == {
        one.file for one in snapshots_in(tmp_path)
    }


def test_questions_go_on_while_snapshots_change(tmp_path: Path) -> None:
    fill(tmp_path, *range(1000))
    engine = connect(f"duckdb:///{tmp_path}")
    wrong: list[object] = []
    is_over = threading.Event()

    def ask() -> None:
        while not is_over.is_set():
            try:
                row = engine.query("select count(*) as n, count(distinct id) as d from erp.orders").to_pylist()[0]
                if row["n"] % 1000 or row["n"] != row["d"]:
                    wrong.append(row)
            except Exception as error:
                wrong.append(error)

    askers = [threading.Thread(target=ask) for _ in range(4)]
    for asker in askers:
        asker.start()
    for size in (2000, 3000, 4000, 5000):
        fill(tmp_path, *range(size), retention=Retention(count=1))
    is_over.set()
    for asker in askers:
        asker.join()
    assert wrong == []
    assert len(ids(engine)) == 5000
