"""ClickHouse over HTTP: the same engine through the other door."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal

import pytest

from hedu.doors.cli_engine import test_engine as try_engine
from hedu.engine import connect
from hedu.engine.protocol import Engine
from hedu.errors import EngineError
from tests.engines.clickhouse import server
from tests.engines.refusals import code_of

pytestmark = pytest.mark.engine_clickhouse
_MADE = (
    "CREATE DATABASE shop",
    "CREATE TABLE shop.sales (id UInt32, day Date32, at DateTime, amount Decimal(10, 2)) ENGINE = Memory",
    """INSERT INTO shop.sales SELECT number, toDate32('2024-01-01') + number,
      toDateTime('2024-01-01 00:30:00', 'UTC') + number * 3600, number * 1.25 FROM numbers(30)""",
)


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with server(*_MADE) as url:
        yield url


@pytest.fixture(scope="module")
def engine(address: str) -> Iterator[Engine]:
    opened = connect(f"{address}/shop?timeout=60", time_zone="Asia/Shanghai")
    yield opened
    opened.close()


def test_values_arrive_as_what_they_are(engine: Engine) -> None:
    assert "hush" not in engine.url
    sql = "select sum(amount) as total, max(at) as seen, min(day) as first, count() as n, 'a?' as mark from sales"
    assert engine.query(sql + " where id <= ?", (2,)).to_pylist() == [
        {
            "total": Decimal("3.75"),
            "seen": datetime(2024, 1, 1, 10, 30),
            "first": date(2024, 1, 1),
            "n": 3,
            "mark": "a?",
        }
    ]
    for text in ("x'y\"z`", "a\\b\\n", "tab\tline\nend", "\\N", "{p0:String}", "華東；--"):
        assert engine.rows("select ? as x", (text,))[1] == [(text,)]
    moment = datetime(2024, 1, 2, 3, 4, 5, 600000)
    assert engine.rows("select ? as x", (moment,))[1] == [(moment,)]
    values = (3, -2.5, True, date(1950, 2, 3), datetime(2024, 1, 2, 3, 4, 5))
    assert engine.rows("select ? as a, ? as b, ? as c, ? as d, ? as e", values)[1] == [values]


def test_it_only_reads_and_words_its_faults(engine: Engine) -> None:
    assert code_of(lambda: engine.query("drop table sales")) == "engine-not-a-select"
    assert code_of(lambda: engine.query("with 1 as x select x settings readonly = 0")) == "engine-not-a-select"
    assert code_of(lambda: engine.query("select * from salez")) == "engine-missing-table"
    assert code_of(lambda: engine.query("select toInt32('x')")) == "engine-value-unfit"
    with pytest.raises(EngineError) as caught:
        connect("clickhouse://me:hush@127.0.0.1:1/db")
    assert caught.value.code == "engine-unreachable" and "hush" not in str(caught.value)


def test_it_stops_in_time_and_when_told(engine: Engine) -> None:
    forever = "select count() from numbers(1000000000000) where number % 7 = 3"
    began = time.monotonic()
    assert code_of(lambda: engine.query(forever, timeout=0.5)) == "engine-timeout"
    threading.Timer(1, engine.cancel).start()
    assert code_of(lambda: engine.query(forever)) == "engine-cancelled"
    assert time.monotonic() - began < 30


def test_large_results_come_in_batches(engine: Engine) -> None:
    reader = engine.batches("select number as x, now() as t from numbers(200000) where number >= ?", (10,))
    rows = [batch.num_rows for batch in reader]
    assert sum(rows) == 199_990 and max(rows) <= 65_536
    assert str(reader.schema.field("t").type) == "timestamp[us]"


def test_it_passes_every_trial(address: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert try_engine(address, as_json=False, lang="en") == 0, capsys.readouterr().out
    assert capsys.readouterr().out.splitlines()[-1] == "11 work, 0 do not, 2 are absent."
