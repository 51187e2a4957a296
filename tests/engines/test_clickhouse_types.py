"""Every type of ClickHouse: the value that stands for it, whole and streamed, or a typed refusal."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import hedu
from hedu.engine import connect
from hedu.engine.protocol import Engine
from tests.engines.chdb import folder, run
from tests.engines.refusals import code_of

pytestmark = pytest.mark.engine_clickhouse
NOON = datetime(2024, 1, 1, 8, 30)
TYPES: dict[str, tuple[str, str, Any, str]] = {
    "state": ("Enum8('open' = 1, 'it\\'s' = -2)", "'it\\'s'", "it's", "text"),
    "place": ("Nullable(Enum16('华东' = 300, 'x' = 2))", "'华东'", "华东", "text"),
    "code": ("FixedString(5)", "'ab'", "ab", "text"),
    "short": ("LowCardinality(Nullable(FixedString(3)))", "'xyz'", "xyz", "text"),
    "four": ("IPv4", "'1.2.3.4'", "1.2.3.4", "text"),
    "six": ("IPv6", "'::ffff:1.2.3.4'", "::ffff:1.2.3.4", "text"),
    "token": ("UUID", "'00000000-0000-0000-0000-000000000001'", "00000000-0000-0000-0000-000000000001", "text"),
    "region": ("LowCardinality(String)", "'b'", "b", "text"),
    "i128": ("Int128", "'-5'", Decimal(-5), "number"),
    "u256": ("UInt256", "'12345678901234567890123'", Decimal("12345678901234567890123"), "number"),
    "u64": ("UInt64", "18446744073709551615", Decimal("18446744073709551615"), "number"),
    "i8": ("Int8", "-1", -1, "number"),
    "u16": ("UInt16", "65535", 65535, "number"),
    "d128": ("Decimal128(5)", "'1.5'", Decimal("1.5"), "number"),
    "d256": ("Decimal256(10)", "'2.5'", Decimal("2.5"), "number"),
    "day": ("Date", "'1970-01-01'", date(1970, 1, 1), "date"),
    "day32": ("Date32", "'1925-01-01'", date(1925, 1, 1), "date"),
    "at": ("Nullable(DateTime)", "'2024-01-01 00:30:00'", NOON, "timestamp"),
    "there": ("DateTime('Asia/Tokyo')", "'2024-01-01 09:30:00'", NOON, "timestamp"),
    "fine": ("DateTime64(9)", "'2024-01-01 00:30:00.123456789'", NOON.replace(microsecond=123456), "timestamp"),
    "rough": ("DateTime64(3, 'UTC')", "'2024-01-01 00:30:00.5'", NOON.replace(microsecond=500000), "timestamp"),
    "is_new": ("Nullable(Bool)", "true", True, "boolean"),
    "parts": ("Array(Int32)", "[1, 2]", [1, 2], "other"),
    "total": ("SimpleAggregateFunction(sum, UInt64)", "7", 7, "number"),
}
REFUSED = {
    "states": "['a']::Array(Enum8('a' = 1))",
    "hosts": "map('a', toIPv4('1.1.1.1'))",
    "bytes": "toFixedString(unhex('FFFE'), 2)",
    "half": "sumState(toUInt64(1))",
    "either": "1::Variant(Int32, String)",
}
MODEL = """
version: 1
dataset: rows
source: rows
primary_key: id
time: at
dimensions: {state: {}, code: {}, token: {}, day: {type: date}, at: {type: timestamp}, rough: {type: timestamp},
  written: {expr: cast(rough as text)}, clock: {expr: "strftime(at, '%Y-%m-%d %H:%M')"}, hour: {expr: hour(at)},
  month: {expr: month(at)}, weekday: {expr: dayofweek(at)}, week: {expr: week(at)}, part: {expr: "date_part('hour', at)"},
  last: {expr: last_day(at)}, called: {expr: dayname(at)}}
measures: {count: {agg: count}, most: {agg: sum, expr: huge}}
---
version: 1
metric: count
simple: {measure: rows.count}
---
version: 1
metric: most
simple: {measure: rows.most}
"""


@pytest.fixture(scope="module")
def place() -> Iterator[Path]:
    columns = ", ".join(f"{name} {kind}" for name, (kind, *_) in TYPES.items())
    values = ", ".join(value for _, value, *_ in TYPES.values())
    with folder() as made:
        run(
            made,
            "CREATE DATABASE shop",
            f"CREATE TABLE shop.one ({columns}) ENGINE = MergeTree ORDER BY tuple()",
            f"INSERT INTO shop.one VALUES ({values})",
            """CREATE TABLE shop.rows (id Int32, state Enum8('open' = 1, 'paid' = 2), code FixedString(5), token UUID,
              day Date, at DateTime, rough DateTime64(3), huge UInt256) ENGINE = MergeTree ORDER BY id""",
            """INSERT INTO shop.rows VALUES (1, 'open', 'ab', '00000000-0000-0000-0000-000000000001', '1970-01-01',
              '2024-12-31 16:30:00', '2024-12-31 16:30:00.5', '99999999999999999999999999999999999999999'), (2, 'paid',
              'abcde', '00000000-0000-0000-0000-000000000002', '2024-02-03', '2024-12-31 15:30:00', '2024-12-31 15:30:00', 1)""",
        )
        yield made


@pytest.fixture(scope="module")
def engine(place: Path) -> Iterator[Engine]:
    opened = connect(f"chdb:///{place}?database=shop", time_zone="Asia/Shanghai")
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def workspace(place: Path) -> Iterator[hedu.Workspace]:
    opened = hedu.load({"m.yml": MODEL}, f"chdb:///{place}?database=shop", strict=True)
    yield opened
    opened.close()


@pytest.mark.parametrize("name", TYPES)
def test_a_value_arrives_whole_and_streamed(engine: Engine, name: str) -> None:
    *_, wanted, kind = TYPES[name]
    sql = f"select {name} from one"
    assert engine.query(sql).to_pylist() == [{name: wanted}] == engine.batches(sql).read_all().to_pylist()
    assert engine.batches(sql + " where 1 = 0").read_all().num_rows == 0
    assert engine.columns(sql) == {name: kind}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_value_is_refused(engine: Engine, name: str) -> None:
    sql = f"select {REFUSED[name]} as {name}"
    assert code_of(lambda: engine.query(sql)) == "engine-type-unread" == code_of(lambda: engine.batches(sql))
    assert engine.columns(sql)[name] in ("other", "text")


def test_bytes_that_are_no_text_and_numbers_of_too_many_digits_have_a_code(engine: Engine) -> None:
    assert code_of(lambda: engine.query("select unhex('FFFE') as x")) == "engine-value-unfit"
    assert code_of(lambda: engine.query("select toUInt256('1' || repeat('0', 40)) as x")) == "engine-overflow"
    grows = "select if(number > 1, toUInt64(18446744073709551615), number) as x from numbers(4) order by number"
    assert (
        code_of(lambda: engine.batches(grows + " settings max_block_size = 1", size=1).read_all()) == "engine-overflow"
    )
    assert engine.batches(grows).read_all().column(0).to_pylist()[3] == Decimal("18446744073709551615")


def test_words_and_bytes_are_asked_for_as_they_are_shown(workspace: hedu.Workspace) -> None:
    assert [row["state"] for row in workspace.ask("count", by="state").rows()] == ["open", "paid"]
    for where in (
        "state = 'paid'",
        "code = 'abcde'",
        "token = '00000000-0000-0000-0000-000000000002'",
        "state <> 'open'",
    ):
        assert workspace.ask("count", where=where).rows() == [{"count": 1}], where
    assert code_of(lambda: workspace.ask("count", where="token = 'x'")) == "engine-value-unfit"


def test_the_first_day_there_is_stays_that_day(workspace: hedu.Workspace) -> None:
    for where in ("day = '1970-01-01'", "day <> '1970-01-01'", "day > '1970-01-01'", "day < '1970-01-02'"):
        assert workspace.ask("count", where=where).rows() == [{"count": 1}], where


def test_moments_in_a_list(workspace: hedu.Workspace) -> None:
    moments = "('2025-01-01 00:30:00', '2024-12-31 23:30:00')"
    assert workspace.ask("count", where=f"at in {moments}").rows() == [{"count": 2}]
    assert workspace.ask("count", where=f"at not in {moments}").rows() == [{"count": 0}]


@pytest.mark.parametrize(
    ("by", "wanted"),
    [
        ("written", {"2025-01-01 00:30:00.5", "2024-12-31 23:30:00"}),
        ("clock", {"2025-01-01 00:30", "2024-12-31 23:30"}),
        ("hour", {0, 23}),
        ("part", {0, 23}),
        ("month", {1, 12}),
        ("weekday", {3, 2}),
        ("week", {1}),
        ("last", {date(2025, 1, 31), date(2024, 12, 31)}),
        ("called", {"Wednesday", "Tuesday"}),
    ],
)
def test_parts_and_texts_of_moments_go_by_the_clock_of_the_session(
    workspace: hedu.Workspace, by: str, wanted: set[Any]
) -> None:
    assert {row[by] for row in workspace.ask("count", by=by).rows()} == wanted


def test_sums_never_wrap_around(workspace: hedu.Workspace) -> None:
    assert workspace.ask("most").rows() == [{"most": 1e41}]
