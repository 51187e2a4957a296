"""Courses of several scopes: however a scope is spelled, its values and refusals are found under it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pyarrow as pa

import hedu
from hedu.alignment.goals.courses import courses, values
from hedu.errors import Denied

DATA = """version: 1
dataset: o
select: select * from (values ('east', 1), ('west', 2), ('it''s', 4)) as t(region, amount), (select date '2026-01-15' as day)
time: day
dimensions: {day: {type: date}, region: {}}
measures: {amount: {agg: sum}}
---
version: 1
metric: m
simple: o.amount
"""
SINCE, UNTIL = date(2026, 1, 1), date(2026, 1, 31)


def test_a_scope_in_any_spelling_has_its_values() -> None:
    workspace = hedu.load({"a.yml": DATA}, engine="duckdb://")
    scopes = {"o.region='east'": 1.0, " o.region  =  'west' ": 2.0, "o.region='it''s'": 4.0, "o.region = 'east'": 1.0}
    wanted = [("m", scope) for scope in scopes]
    monthly = courses(workspace.ask, workspace.model, wanted, SINCE, UNTIL)
    assert {scope: dict(monthly.points(("m", scope))) for scope in scopes} == {
        scope: {SINCE: value} for scope, value in scopes.items()
    }
    whole = values(workspace.ask, workspace.model, wanted, SINCE, UNTIL)
    assert {scope: whole.value(("m", scope)) for scope in scopes} == scopes
    assert monthly.questions == whole.questions == 1


@dataclass
class Told:
    table: pa.Table


def refusing_splits(names: Sequence[str], by: Sequence[str] = (), **_: Any) -> Told:
    """Everything may be seen but the regions apart."""
    if by and by[0] == "o.region":
        raise Denied("access-dataset-hidden", dataset="o")
    return Told(pa.table({"metric_time.month": [SINCE], "m": [3.0]}))


def test_a_refused_split_leaves_the_whole_alone() -> None:
    model = hedu.load({"a.yml": DATA}).model
    wanted = [("m", "o.region='east'"), ("m", ""), ("m", "o.region = 'west'")]
    for order in (wanted, wanted[::-1]):
        found = courses(refusing_splits, model, order, SINCE, UNTIL)
        assert found.points(("m", "")) == {SINCE: 3.0}
        assert [found.found["m", scope].refused for _, scope in wanted if scope] == ["access-dataset-hidden"] * 2
