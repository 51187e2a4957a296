"""Spans between moments, their parts and their texts: on every engine what DuckDB says."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import duckdb
import pytest
import sqlglot

from hedu.engine import connect
from hedu.engine.protocol import Engine
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
    found = engine.rows(fitted(sqlglot.parse_one(asked, dialect="duckdb"), engine.dialect).sql(engine.dialect))[1]
    assert sorted(found, key=_told) == sorted(wanted, key=_told)


def _told(row: tuple[Any, ...]) -> str:
    return str(row[0])
