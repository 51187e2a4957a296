"""ClickHouse in this process: read-only, stopped in time, its faults in our words, times on the wall clock."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from hedu.engine import connect
from hedu.engine.protocol import Engine
from tests.engines.chdb import folder, run
from tests.engines.refusals import code_of

pytestmark = pytest.mark.engine_clickhouse
FOREVER = "select count() from numbers(1000000000000) where number % 7 = 3"
_MADE = (
    "CREATE DATABASE shop",
    """CREATE TABLE shop.sales (id UInt32, day Date32, at DateTime, amount Decimal(10, 2),
      region LowCardinality(String)) ENGINE = MergeTree ORDER BY id""",
    """INSERT INTO shop.sales SELECT number, toDate32('2024-01-01') + number,
      toDateTime('2024-01-01 00:30:00', 'UTC') + number * 3600, number * 1.25, ['b', 'B', '华东'][number % 3 + 1]
      FROM numbers(30)""",
)


@pytest.fixture(scope="module")
def place() -> Iterator[Path]:
    with folder() as made:
        run(made, *_MADE)
        yield made


@pytest.fixture(scope="module")
def engine(place: Path) -> Iterator[Engine]:
    opened = connect(f"chdb:///{place}?database=shop", time_zone="Asia/Shanghai")
    yield opened
    opened.close()


def test_values_arrive_as_what_they_are(engine: Engine) -> None:
    sql = "select sum(amount) as total, max(at) as seen, min(day) as first, count() as n, 'a?' as mark from sales"
    assert engine.query(sql + " where id <= ? and region <> ?", (2, "a'\\\n?")).to_pylist() == [
        {
            "total": Decimal("3.75"),
            "seen": datetime(2024, 1, 1, 10, 30),
            "first": date(2024, 1, 1),
            "n": 3,
            "mark": "a?",
        }
    ]
    kinds = engine.columns("select id, amount, region, day, at, true as yes from sales")
    assert list(kinds.values()) == ["number", "number", "text", "date", "timestamp", "boolean"]


def test_bound_values_keep_every_character(engine: Engine) -> None:
    for text in ("x'y\"z`", "a\\b\\n", "tab\tline\nend", "\\N", "{p0:String}", "華東；--"):
        assert engine.rows("select ? as x", (text,))[1] == [(text,)]
    values = (3, -2.5, True, date(1950, 2, 3), datetime(2024, 1, 2, 3, 4, 5), None)
    found = engine.rows("select ? as a, ? as b, ? as c, ? as d, ? as e, ? as f", values)[1]
    assert found == [values]


def test_the_sum_of_nothing_is_nothing(engine: Engine) -> None:
    found = engine.query("select sum(amount) as s, max(id) as m, count() as n from sales where id > 99").to_pylist()
    assert found == [{"s": None, "m": None, "n": 0}]


def test_it_only_reads(engine: Engine) -> None:
    for sql in (
        "insert into sales (id) values (99)",
        "drop table sales",
        "select 1; drop table sales",
        "with 1 as x select * from sales settings readonly = 0",
    ):
        assert code_of(lambda sql=sql: engine.query(sql)) in ("engine-not-a-select", "engine-refused")
    assert engine.query("select count() as n from sales").to_pylist() == [{"n": 30}]


def test_faults_in_our_words(engine: Engine, place: Path) -> None:
    assert code_of(lambda: engine.query("select * from salez")) == "engine-missing-table"
    assert code_of(lambda: engine.query("select nix from sales")) == "engine-missing-column"
    assert code_of(lambda: engine.query("select toInt32('x')")) == "engine-value-unfit"
    assert code_of(lambda: engine.query("select id sales from where 1 (")) == "engine-refused"
    assert code_of(lambda: engine.at("2024-01-01")) == "engine-no-history"
    assert code_of(lambda: connect(f"chdb:///{place}/none/there.db")) == "engine-missing-database"
    other = place.parent / f"{place.name}-other"
    (other / "metadata").mkdir(parents=True)
    assert code_of(lambda: connect(f"chdb:///{other}").query("select 1")) == "engine-unreachable"
    (other / "metadata").rmdir()
    assert code_of(lambda: connect(f"chdb:///{other}")) == "engine-missing-database" and not list(other.iterdir())
    other.rmdir()


def test_it_stops_in_time_and_when_told(engine: Engine) -> None:
    began = time.monotonic()
    assert code_of(lambda: engine.query(FOREVER, timeout=0.2)) == "engine-timeout"
    threading.Timer(0.5, engine.cancel).start()
    assert code_of(lambda: engine.query(FOREVER)) == "engine-cancelled"
    assert time.monotonic() - began < 15
    assert engine.query("select 1 as one").to_pylist() == [{"one": 1}]


def test_large_results_come_in_batches(engine: Engine) -> None:
    reader = engine.batches("select number as x, now() as t from numbers(200000) where number >= ?", (10,), size=65_536)
    rows = [batch.num_rows for batch in reader]
    assert sum(rows) == 199_990 and max(rows) <= 65_536
    assert str(reader.schema.field("t").type) == "timestamp[us]"
    assert engine.batches("select 1 as x where false").read_all().num_rows == 0


def test_many_threads_ask_at_once(engine: Engine) -> None:
    found: list[int] = []

    def ask(number: int) -> None:
        found.append(engine.query("select sum(id) + ? as n from sales", (number,)).to_pylist()[0]["n"])

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == [435 + number for number in range(12)]
    assert engine.snapshot() is None and engine.integrity() == frozenset() and dict(engine.watermarks()) == {}
