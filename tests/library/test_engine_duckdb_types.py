"""Every type of DuckDB: the value that stands for it, whole, streamed and plain, or a typed refusal."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import pytest

from hedu.engine import connect
from hedu.engine.protocol import Engine
from tests.engines.refusals import code_of

VALUES: dict[str, tuple[Any, str]] = {
    "'open'::enum('open', 'paid')": ("open", "text"),
    "12345678901234567890::hugeint": (Decimal("12345678901234567890"), "number"),
    "7::uhugeint": (Decimal(7), "number"),
    "18446744073709551615::ubigint": (18446744073709551615, "number"),
    "'00101'::bit": ("00101", "text"),
    "'101011110000'::bit": ("101011110000", "text"),
    "[1, 2]": ([1, 2], "other"),
    "{'a': 1}": ({"a": 1}, "other"),
    "timestamp_s '2024-01-01 00:30:00'": (datetime(2024, 1, 1, 0, 30), "timestamp"),
    "timestamp_ms '2024-01-01 00:30:00.5'": (datetime(2024, 1, 1, 0, 30, 0, 500000), "timestamp"),
    "timestamp_ns '2024-01-01 00:30:00.123456789'": (datetime(2024, 1, 1, 0, 30, 0, 123456), "timestamp"),
    "time '10:00'": (time(10), "other"),
    "'\\xAA'::blob": (b"\xaa", "other"),
    "uuid '00000000-0000-0000-0000-000000000001'": ("00000000-0000-0000-0000-000000000001", "text"),
    "'{}'::json": ("{}", "text"),
    "'infinity'::double": (float("inf"), "number"),
    "date '9999-12-31'": (date(9999, 12, 31), "date"),
    "date '0001-01-01'": (date(1, 1, 1), "date"),
    "timestamp '9999-12-31 23:59:59'": (datetime(9999, 12, 31, 23, 59, 59), "timestamp"),
}
REFUSED = {
    "engine-time-beyond": ("date 'infinity'", "date '0044-03-15 (BC)'", "date '12000-01-01'", "timestamp '-infinity'",
                           "timestamptz 'infinity'", "timestamp_s 'infinity'"),
    "engine-type-unread": ("timetz '10:00:00+08'", "[timetz '10:00:00+08']", "5::bignum", "union_value(num := 2)"),
    "engine-overflow": ("340282366920938463463374607431768211455::uhugeint",),
}  # fmt: skip


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    opened = connect("duckdb://")
    yield opened
    opened.close()


@pytest.mark.parametrize("value", VALUES)
def test_a_value_arrives_whole_streamed_and_plain(engine: Engine, value: str) -> None:
    wanted, kind = VALUES[value]
    sql = f"select {value} as x"
    assert engine.query(sql).to_pylist() == [{"x": wanted}] == engine.batches(sql).read_all().to_pylist()
    ((found,),) = engine.rows(sql)[1]
    assert (str(found) if "uuid" in value else found) == wanted
    assert engine.columns(sql) == {"x": kind}


@pytest.mark.parametrize(("code", "value"), [(code, value) for code, values in REFUSED.items() for value in values])
def test_what_is_no_value_is_refused(engine: Engine, code: str, value: str) -> None:
    sql = f"select {value} as x"
    assert code_of(lambda: engine.query(sql)) == code == code_of(lambda: engine.batches(sql).read_all())
    if code == "engine-time-beyond":
        assert code_of(lambda: engine.rows(sql)) == code


def test_an_interval_is_no_number(engine: Engine) -> None:
    assert engine.columns("select interval 1 month as x") == {"x": "other"}
