"""Instants and wall-clock times fall on the days of the clock that was asked, whichever a column holds."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import duckdb
import pytest

import hedu
from hedu.define.read import read
from hedu.workspace import Workspace
from tests.library.zoned import DEFINITIONS, ROWS


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    place = tmp_path / "calls.duckdb"
    with duckdb.connect(str(place)) as connection:
        connection.execute("set timezone = 'UTC'")
        for statement in ROWS:
            connection.execute(statement)
    return hedu.load({"a.yml": DEFINITIONS}, f"duckdb:///{place}", strict=True, now=datetime(2024, 6, 30))


@pytest.mark.parametrize("metric", ["instants", "instants_declared", "here", "in_utc"])
@pytest.mark.parametrize(
    ("zone", "days"),
    [
        (None, {date(2024, 3, 1): 1, date(2024, 3, 2): 2, None: 1}),
        ("UTC", {date(2024, 3, 1): 3, None: 1}),
        ("America/New_York", {date(2024, 2, 29): 1, date(2024, 3, 1): 2, None: 1}),
    ],
)
def test_a_moment_falls_on_the_day_it_is_there(
    workspace: Workspace, metric: str, zone: str | None, days: dict[date | None, int]
) -> None:
    answer = workspace.ask(metric, by="metric_time.day", time_zone=zone).rows()
    assert {row["metric_time.day"]: row[metric] for row in answer} == days


@pytest.mark.parametrize("metric", ["instants", "instants_declared", "here", "in_utc"])
def test_ranges_and_hours_too(workspace: Workspace, metric: str) -> None:
    (row,) = workspace.ask(metric, since="2024-03-01", until="2024-03-01", time_zone="America/New_York").rows()
    assert row == {metric: 2}
    hours = workspace.ask(metric, by="metric_time.extract_hour", where="metric_time >= '2024-03-02'").rows()
    assert hours == [{"metric_time.extract_hour": 0, metric: 1}, {"metric_time.extract_hour": 7, metric: 1}]


def test_days_are_in_no_zone() -> None:
    text = DEFINITIONS.replace("{type: timestamp, time_zone: UTC}", "{type: date, time_zone: UTC}", 1)
    (problem,) = read({"a.yml": text})[1]
    assert problem.code == "time-zone-of-no-moment" and problem.where is not None and problem.where.line == 11


def test_every_dialect_writes_it(workspace: Workspace) -> None:
    for dialect in ("clickhouse", "spark", "trino"):
        text = workspace.compile("in_utc", by="metric_time.day", dialect=dialect)
        assert "TYPEOF" not in text.upper() and "UTC" in text
    assert "PG_TYPEOF" in workspace.compile("in_utc", by="metric_time.day", dialect="postgres")
