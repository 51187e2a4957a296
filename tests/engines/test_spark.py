"""Spark over Connect, on a real cluster: read-only by parsing, stopped by tag, its faults in our words."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from hedu.doors.cli_engine import test_engine as try_engine
from hedu.engine import connect
from hedu.engine.protocol import Engine
from tests.engines.refusals import code_of
from tests.engines.spark import run

pytestmark = [pytest.mark.engine_spark, pytest.mark.slow]
FOREVER = "select count(*) from range(1000000000000) where id % 7 = 3"
_MADE = (
    "CREATE DATABASE shelf",
    """CREATE TABLE shelf.sales USING parquet AS SELECT id, date '2024-01-01' + CAST(id AS INT) AS day,
      timestamp_ntz '2024-01-01 08:30:00' + make_interval(0, 0, 0, 0, CAST(id AS INT)) AS at,
      CAST(id * 1.25 AS DECIMAL(10, 2)) AS amount, element_at(array('b', 'B', '华东'), CAST(id % 3 AS INT) + 1) AS region
      FROM range(30)""",
)


@pytest.fixture(scope="module")
def address(spark_cluster: tuple[str, Path]) -> str:
    url, _ = spark_cluster
    run(url, *_MADE)
    return url


@pytest.fixture(scope="module")
def engine(address: str) -> Iterator[Engine]:
    opened = connect(f"{address}/shelf", time_zone="Asia/Shanghai")
    yield opened
    opened.close()


def test_values_arrive_as_what_they_are(engine: Engine) -> None:
    sql = "select sum(amount) as total, max(at) as seen, min(day) as first, count(*) as n, 'a?' as mark from sales"
    assert engine.query(sql + " where id <= ? and region <> ?", (2, "a'\\\n?")).to_pylist() == [
        {
            "total": Decimal("3.75"),
            "seen": datetime(2024, 1, 1, 10, 30),
            "first": date(2024, 1, 1),
            "n": 3,
            "mark": "a?",
        }
    ]
    assert engine.rows("select date_trunc('HOUR', at) as h from sales where id = 0")[1] == [(datetime(2024, 1, 1, 8),)]
    kinds = engine.columns("select id, amount, region, day, at, true as yes from sales")
    assert list(kinds.values()) == ["number", "number", "text", "date", "timestamp", "boolean"]


def test_it_only_reads(engine: Engine) -> None:
    for sql in (
        "insert into sales select * from sales",
        "with x as (select * from sales) insert into sales select * from x",
        "from sales insert into sales select *",
        "select 1; select 2",
        "drop table sales",
    ):
        assert code_of(lambda sql=sql: engine.query(sql)) in ("engine-not-a-select", "engine-refused")
    assert engine.query("select count(*) as n from sales").to_pylist() == [{"n": 30}]


def test_faults_in_our_words(engine: Engine) -> None:
    assert code_of(lambda: engine.query("select * from salez")) == "engine-missing-table"
    assert code_of(lambda: engine.query("select nix from sales")) == "engine-missing-column"
    assert code_of(lambda: engine.query("select cast(region as int) from sales")) == "engine-value-unfit"
    assert code_of(lambda: engine.at("2024-01-01")) == "engine-no-history"
    assert code_of(lambda: connect("spark://127.0.0.1:1/none")) == "engine-unreachable"


def test_it_stops_in_time_and_when_told(engine: Engine) -> None:
    began = time.monotonic()
    assert code_of(lambda: engine.query(FOREVER, timeout=3)) == "engine-timeout"
    threading.Timer(3, engine.cancel).start()
    assert code_of(lambda: engine.query(FOREVER)) == "engine-cancelled"
    assert time.monotonic() - began < 60
    assert engine.query("select 1 as one").to_pylist() == [{"one": 1}]


def test_large_results_come_in_batches(engine: Engine) -> None:
    reader = engine.batches("select id as x, timestamp '2024-01-01' as t from range(300000) where id >= ?", (10,))
    rows = [batch.num_rows for batch in reader]
    assert sum(rows) == 299_990 and max(rows) <= 65_536
    assert str(reader.schema.field("t").type) == "timestamp[us]"
    assert engine.batches("select 1 as x where false").read_all().num_rows == 0


def test_it_passes_every_trial(address: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert try_engine(address, as_json=False, lang="en") == 0
    assert capsys.readouterr().out.splitlines()[-1] == "11 work, 0 do not, 2 are absent."


def test_a_moment_bound_is_one_of_the_session_whatever_clock_this_machine_keeps(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    asked = "select timestamp_ntz '2024-01-01 00:30:00' = ? as same"
    same = engine.rows(asked, (datetime(2024, 1, 1, 0, 30),))[1]
    monkeypatch.undo()
    time.tzset()
    assert same == [(True,)]


def test_what_is_no_value_is_refused(engine: Engine) -> None:
    for value in ("date '12000-01-01'", "date '-0044-03-15'", "timestamp '12000-01-01 00:00:00'"):
        assert code_of(lambda value=value: engine.query(f"select {value} as x")) == "engine-time-beyond"
    assert code_of(lambda: engine.query("""select parse_json('{"a": 1}') as x""")) == "engine-type-unread"
