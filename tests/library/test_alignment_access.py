"""Missing access: every planted one and no decoy on several seeds, and each rule by itself."""

from __future__ import annotations

from datetime import date

import pytest

from hedu.alignment.classes import access
from hedu.alignment.scene import Department, Goal, Grant, Person, Scene
from hedu.workspace import load
from tests.library.planted_papers import SEEDS, unmatched

WORLD = """version: 1
dataset: t
select: select 1 as x, 'east' as region
dimensions: {region: {}}
measures: {x: {agg: sum}}
---
version: 1
metric: sales
simple: t.x
---
version: 1
metric: staff
reported: {grain: month, agg: last}
"""
GOAL = Goal("G", None, "sales", "sales", "contributes")
TODAY = date(2026, 10, 1)
EAST = "region = 'east'"


def found(*grants: Grant, goal=GOAL, **more) -> list[str]:
    workspace = load({"m.yml": WORLD}, engine="duckdb://")
    departments = (Department("sales"), Department("sales-east", "sales"))
    scene = Scene(
        workspace.model, workspace.look(), TODAY, goals=(goal,), grants=grants, departments=departments, **more
    )
    return [conflict.code for conflict in access.detect(scene)]


@pytest.mark.parametrize("seed", SEEDS)
def test_every_planted_one_is_found_and_no_decoy(seed):
    assert list(unmatched(seed, "access")) == []


def test_a_goal_needs_a_grant_that_holds_today():
    other = Grant("finance", "t")
    assert found(other) == ["no_grant"]
    assert found(other, Grant("sales", "t")) == []
    assert found(other, Grant("company", "t")) == []
    assert found(Grant("sales", "t", expires_on=date(2026, 9, 30))) == ["no_grant"]
    assert found(Grant("sales", "t", granted_on=date(2026, 10, 2))) == ["no_grant"]
    assert found(Grant("sales", "t", expires_on=TODAY)) == []


def test_without_any_grant_on_paper_nothing_is_closed():
    assert found() == []


def test_rows_must_cover_what_the_goal_counts():
    part = Grant("sales", "t", rows=EAST)
    assert found(part) == ["rows_missing"]
    assert found(part, goal=Goal("G", None, "sales", "sales", "contributes", "region='east'")) == []
    assert found(part, Grant("sales", "t")) == []


def test_a_team_sees_what_its_department_sees_unless_it_has_rights_of_its_own():
    team = Goal("G", None, "sales-east", "sales", "contributes")
    assert found(Grant("sales", "t"), goal=team) == []


def test_a_role_opens_only_once_somebody_holds_it():
    managed = Grant("sales", "t", role="manager")
    assert found(managed) == ["no_grant"]
    assert found(managed, people=(Person("wu", "sales", ("manager",)),)) == []
    assert found(managed, people=(Person("wu", "sales", ("manager",), status="left"),)) == ["no_grant"]


def test_reported_values_need_no_grant():
    assert found(Grant("finance", "t"), goal=Goal("G", None, "sales", "staff", "supports")) == []
