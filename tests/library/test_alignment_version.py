"""Superseded versions: every planted one and no decoy on several seeds, and each rule by itself."""

from __future__ import annotations

from datetime import date

import pytest

from hedu.alignment.classes import version
from hedu.alignment.scene import Report, Scene, Target, Version
from hedu.workspace import load
from tests.library.planted_papers import SEEDS, unmatched

WORLD = """version: 1
dataset: t
select: select 1 as x
measures: {x: {agg: sum}}
---
version: 1
metric: sales
simple: t.x
"""
FIRST = Version("sales", 1, date(2024, 1, 1), date(2026, 5, 31), True)
SECOND = Version("sales", 2, date(2026, 6, 1), None, True, change="不含税")
WORDING = Version("sales", 2, date(2026, 6, 1), None, False, change="改名")


def found(versions=(FIRST, SECOND), **more) -> list[str]:
    workspace = load({"m.yml": WORLD}, engine="duckdb://")
    scene = Scene(workspace.model, workspace.look(), date(2026, 10, 1), versions=versions, **more)
    return [conflict.code for conflict in version.detect(scene)]


def report(number=1, period="2026-09", **more) -> tuple[Report, ...]:
    return (Report("月报", "finance", "sales", number, period, **more),)


def target(number, period) -> tuple[Target, ...]:
    return (Target("T", "sales", "sales", period, ">=", 1.0, metric_version=number),)


@pytest.mark.parametrize("seed", SEEDS)
def test_every_planted_one_is_found_and_no_decoy(seed):
    assert list(unmatched(seed, "version")) == []


def test_a_standing_report_follows_the_meaning_of_its_period():
    assert found(reports=report()) == ["superseded_report"]
    assert found(reports=report(2)) == []
    assert found(reports=report(is_archived=True)) == []
    assert found(reports=report(period="2026-04")) == [], "its period lies before the change"
    assert found((FIRST, WORDING), reports=report()) == [], "another wording is no other meaning"


def test_a_target_to_come_follows_the_meaning_it_will_be_measured_by():
    assert found(targets=target(1, "2027")) == ["superseded_target"]
    assert found(targets=target(2, "2027")) == []
    assert found(targets=target(None, "2027")) == []
    assert found(targets=target(1, "2026-Q3")) == [], "what is over stays as it was set"


def test_two_reports_of_one_metric_are_two_conflicts():
    workspace = load({"m.yml": WORLD}, engine="duckdb://")
    reports = (*report(), Report("周报", "finance", "sales", 1, "2026-09"))
    scene = Scene(workspace.model, workspace.look(), date(2026, 10, 1), versions=(FIRST, SECOND), reports=reports)
    assert len({conflict.fingerprint for conflict in version.detect(scene)}) == 2
