"""Spans and parts of moments, rounded numbers, places in texts: on every engine what DuckDB says."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import duckdb
import pytest
import sqlglot

from hedu.engine import connect
from hedu.engine.protocol import Engine
from hedu.errors import EngineError
from hedu.sql.dialects import fitted
from tests.engines import chdb, postgresql

ENGINES = {
    "postgresql": [pytest.mark.engine_postgres],
    "chdb": [pytest.mark.engine_clickhouse],
    "spark": [pytest.mark.engine_spark, pytest.mark.slow],
}
PAIRS = (
    ("2024-07-30 03:54:42", "2025-01-03 03:05:03"),
    ("2024-08-25 16:54:57", "2024-08-12 14:16:18"),
    ("2024-05-19 01:45:45", "2023-07-04 14:59:30"),
    ("2024-01-07 23:00:00", "2024-01-08 01:00:00"),
    ("2024-01-01 00:30:00", "2024-01-31 00:10:00"),
    ("2024-01-31 00:00:00", "2024-02-29 00:00:00"),
    ("2023-12-31 23:59:59", "2024-01-01 00:00:00"),
)
UNITS = ("second", "minute", "hour", "day", "week", "month", "quarter", "year")
PARTS = ("year(a)", "quarter(a)", "month(a)", "week(a)", "day(a)", "dayofweek(a)", "isodow(a)", "dayofyear(a)", "weekday(a)",
         "date_part('hour', a)", "hour(a)", "minute(a)", "second(a)", "dayname(a)", "monthname(a)", "last_day(a)",
         "strftime(a, '%Y-%m-%d %H:%M:%S')")  # fmt: skip
NUMBERS = ("cast(d as integer)", "cast(m as integer)", "cast(s as integer)", "cast(d as decimal(10, 1))",
           "cast(m as decimal(10, 1))", "cast(s as decimal(10, 1))", "cast(b as integer)", "round(d)", "round(d, 1)",
           "round(m, 1)", "round(-d)", "log(d)", "log10(d)", "log2(d)", "ln(d)")  # fmt: skip
TEXTS = ("concat_ws('-', t, null, 'x')", "regexp_replace(t, 'B', 'y')", "regexp_replace(t, 'B', 'y', 'g')",
         "substr(t, -2)", "substr(t, -3, 2)", "substr(t, 2, 2)")  # fmt: skip
LISTS = ("7 in (1, null)", "1 in (1, null)", "7 not in (1, null)", "7 not in (1, 2)")
VALUES = ((2.5, "3.45", "2.7"), (2.7, "2.50", "7.25"), (3.5, "0.05", "12"), (2.25, "3.50", "-1.5"))


@pytest.fixture(scope="module", params=[pytest.param(name, marks=marks) for name, marks in ENGINES.items()])
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    if request.param == "postgresql":
        with postgresql.server() as address, closing(connect(f"{address}/postgres", time_zone="Asia/Shanghai")) as one:
            yield one
    elif request.param == "chdb":
        with chdb.folder() as place:
            chdb.run(place, "CREATE DATABASE some")
            with closing(connect(f"chdb:///{place}", time_zone="Asia/Shanghai")) as one:
                yield one
    else:
        url, _ = request.getfixturevalue("spark_cluster")
        with closing(connect(url, time_zone="Asia/Shanghai")) as one:
            yield one


@pytest.mark.parametrize("said", [*(f"date_diff('{unit}', a, b)" for unit in UNITS), *PARTS])
def test_it_says_what_duckdb_says(engine: Engine, said: str) -> None:
    rows = " union all ".join(f"select timestamp '{a}' as a, timestamp '{b}' as b" for a, b in PAIRS)
    asked = f"select {said} as x from ({rows}) as t"
    with duckdb.connect() as here:
        wanted = here.execute(asked).fetchall()
    assert sorted(_asked(engine, asked), key=_told) == sorted(wanted, key=_told)


@pytest.mark.parametrize("said", NUMBERS)
def test_numbers_are_rounded_as_duckdb_rounds_them(engine: Engine, said: str) -> None:
    if said == "cast(s as integer)" and engine.dialect in ("postgres", "spark"):
        pytest.skip("a text of a fraction is refused there")
    rows = " union all ".join(
        f"select cast({d} as double) as d, cast({m} as decimal(10, 2)) as m, '{s}' as s, true as b"
        for d, m, s in VALUES
    )
    found, wanted = _both(engine, f"select {said} as x from ({rows}) as t")
    assert sorted(map(float, found)) == pytest.approx(sorted(map(float, wanted)))


@pytest.mark.parametrize("said", [*TEXTS, *LISTS])
def test_texts_and_lists_say_what_duckdb_says(engine: Engine, said: str) -> None:
    found, wanted = _both(engine, f"select {said} as x from (select 'aBcBé华' as t) as t")
    assert found == wanted


@pytest.mark.parametrize("kind", ["integer", "decimal(10, 2)", "date"])
def test_a_text_that_cannot_be_read_is_refused_unless_one_tries(engine: Engine, kind: str) -> None:
    if engine.dialect != "postgres":
        assert _both(engine, f"select try_cast(t as {kind}) as x from (select 'x' as t) as t") == ([None], [None])
    with pytest.raises(EngineError) as caught:
        _asked(engine, f"select cast(t as {kind}) as x from (select 'x' as t) as t")
    assert caught.value.code == "engine-value-unfit"


def _both(engine: Engine, asked: str) -> tuple[list[Any], list[Any]]:
    with duckdb.connect() as here:
        return [row[0] for row in _asked(engine, asked)], [row[0] for row in here.execute(asked).fetchall()]


def _asked(engine: Engine, asked: str) -> list[tuple[Any, ...]]:
    return engine.rows(fitted(sqlglot.parse_one(asked, dialect="duckdb"), engine.dialect).sql(engine.dialect))[1]


def _told(row: tuple[Any, ...]) -> str:
    return str(row[0])
