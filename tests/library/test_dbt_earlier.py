"""Imported metrics that are looked at earlier or added up over time, of facts that are kept by the hour."""

from __future__ import annotations

from typing import Any

import duckdb
import pytest

import hedu
from hedu.define.formats.dbt_manifest import carried_from
from hedu.doors.cli_import import native_texts
from hedu.errors import HeduError

TABLES = """
create table ferries (berth varchar, left_at timestamp, cars integer);
insert into ferries values ('b1', '2024-01-03 07:00', 10), ('b1', '2024-01-09 16:00', 20), ('b1', '2024-01-11 07:00', 40),
  ('b2', '2024-01-11 16:00', 80), ('b1', '2024-01-23 09:00', 160);
create table terms (berth varchar, since date, until date, fare varchar);
insert into terms values ('b1', '2024-01-01', '2024-01-10', 'winter'), ('b1', '2024-01-10', null, 'new'),
  ('b2', '2024-01-01', null, 'night');
create table days as select d::date as day, date '2024-01-01' + (day(d)::integer - 1) // 10 * 10 as stretch
  from range(timestamp '2024-01-01', timestamp '2024-01-31', interval 1 day) as t(d);
create table hours as select h as hour_at
  from range(timestamp '2024-01-01', timestamp '2024-02-03', interval 1 hour) as t(h);
"""


def _time(name: str, grain: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "type": "time", "type_params": {"time_granularity": grain, **more}}


def _spine(table: str, column: str, grain: str, *custom: str) -> dict[str, Any]:
    return {
        "node_relation": {"alias": table},
        "primary_column": {"name": column, "time_granularity": grain},
        "custom_granularities": [{"name": one} for one in custom],
    }


def _earlier(name: str, window: str, metric: str = "cars") -> dict[str, Any]:
    inputs = [{"name": metric, "alias": "old", "offset_window": window}]
    return {"name": name, "type": "derived", "type_params": {"expr": "old + 0", "metrics": inputs}}


LAST = {
    "name": "last_cars",
    "agg": "sum",
    "expr": "cars",
    "agg_time_dimension": "left_on",
    "non_additive_dimension": {"name": "left_at", "window_choice": "max"},
    "create_metric": True,
}
MANIFEST = {
    "semantic_models": [
        {
            "name": "ferries",
            "node_relation": {"alias": "ferries"},
            "defaults": {"agg_time_dimension": "left_at"},
            "primary_entity": "ferry",
            "entities": [{"name": "berth", "type": "foreign"}],
            "dimensions": [_time("left_at", "hour"), {**_time("left_on", "day"), "expr": "left_at"}],
            "measures": [{"name": "cars", "agg": "sum", "create_metric": True}, LAST],
        },
        {
            "name": "terms",
            "node_relation": {"alias": "terms"},
            "primary_entity": "term",
            "entities": [{"name": "berth", "type": "natural"}],
            "dimensions": [
                _time("since", "day", validity_params={"is_start": True}),
                _time("until", "day", validity_params={"is_end": True}),
                {"name": "fare", "type": "categorical"},
            ],
        },
    ],
    "metrics": [
        _earlier("stretch_before", "1 stretch"),
        _earlier("three_days_before", "3 days"),
        _earlier("four_days_before", "1 day", "three_days_before"),
    ],
    "project_configuration": {
        "time_spines": [_spine("days", "day", "day", "stretch"), _spine("hours", "hour_at", "hour")]
    },
}


@pytest.fixture(scope="module")
def ferries() -> hedu.Workspace:
    carried = carried_from(MANIFEST)
    assert not carried.losses
    return hedu.load(native_texts(carried), engine="duckdb://", strict=True)


def _rows(ws: hedu.Workspace, metrics: list[str], **asked: Any) -> list[tuple[Any, ...]]:
    with duckdb.connect() as engine:
        engine.execute(TABLES)
        return sorted(engine.execute(ws.compile(metrics, **asked)).fetchall(), key=repr)


def _oracle(sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect() as engine:
        engine.execute(TABLES)
        return sorted(engine.execute(sql).fetchall(), key=repr)


def test_periods_of_a_spine_of_days_move_facts_of_every_hour(ferries: hedu.Workspace) -> None:
    """A moment goes to the same place in the next stretch; the whole day moves, not its first hour alone."""
    assert _rows(ferries, ["stretch_before"], by=["metric_time__day"]) == _oracle(
        "select (left_at + interval 10 day)::date, sum(cars) from ferries where left_at < '2024-01-21' "
        "group by 1 union all select null, 160"
    )


def test_periods_of_a_spine_with_a_filter_by_days(ferries: hedu.Workspace) -> None:
    """Filtered by the days that show what was earlier, in whatever the answer is split by."""
    asked: dict[str, Any] = {"by": ["metric_time__stretch"], "where": ["metric_time.day >= '2024-01-15'"]}
    assert [row[1] for row in _rows(ferries, ["stretch_before"], **asked)] == [20, 120]


@pytest.mark.parametrize("by", ["ferry__left_at__month", "metric_time__hour"])
def test_what_holds_for_a_time_is_as_it_was_at_the_facts_own_time(ferries: hedu.Workspace, by: str) -> None:
    """The fare is that of the trip; only the time it is shown at has moved."""
    grain = by.rpartition("__")[2]
    assert _rows(ferries, ["three_days_before"], by=[by, "berth__fare"]) == _oracle(
        f"select date_trunc('{grain}', left_at + interval 3 day), fare, sum(cars) from ferries f left join terms t "
        f"on t.berth = f.berth and left_at >= since and (left_at < until or until is null) group by all"
    )


def test_a_metric_as_a_whole_is_moved_by_periods_of_the_calendar(ferries: hedu.Workspace) -> None:
    """Moved by a day, the start of a stretch is no start of a stretch."""
    for by in (["metric_time__stretch"], ["metric_time__extract_dow"], ["metric_time__stretch", "metric_time__month"]):
        with pytest.raises(HeduError) as caught:
            ferries.compile(["four_days_before"], by=by)
        assert caught.value.code == "offset-by-periods"
    asked = {"by": ["metric_time__day", "metric_time__stretch"]}
    assert _rows(ferries, ["four_days_before"], **asked) == _oracle(
        "select day, stretch, sum(cars) from ferries join days on day = left_at::date + 4 group by all"
    )


def test_a_balance_that_goes_by_days_takes_its_last_day(ferries: hedu.Workspace) -> None:
    """Not the last hour of it, though what it does not add up over is kept by the hour."""
    assert _rows(ferries, ["last_cars"], where=["metric_time.day < '2024-01-12'"]) == [(40 + 80,)]


def test_values_are_ordered_by_a_time_as_it_was_asked(ferries: hedu.Workspace) -> None:
    """By the name that was asked, though the answer's column names its grain."""
    with duckdb.connect() as engine:
        engine.execute(TABLES)
        sql = ferries.compile([], by=["ferry__left_at"], order=["-ferry__left_at"], limit=1)
        found = engine.execute(sql).fetchall()
        assert found == engine.execute("select max(left_at) from ferries").fetchall()
