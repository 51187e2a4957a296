"""An aggregation split in two answers as the whole one does: every case asked both ways, and random questions too."""

from __future__ import annotations

import os
import random
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb
import pytest

import hedu
from hedu.plan.early import Sizes
from hedu.plan.planner import Plan, plan
from hedu.sql.render import render
from tests.cases.test_cases import NOW, _access, _equal, _rows, _sortable, cases, world_workspace
from tests.laws.plain import definitions, random_question, random_world
from tests.laws.test_against_plain import fill, question

WORLDS = int(os.environ.get("HEDU_LAW_EXAMPLES", "500")) // 25


@pytest.fixture(scope="module")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("worlds")


ASKED = [case for case in cases() if "error" not in case.values[1]]


@pytest.mark.parametrize(("world", "case"), ASKED)
def test_every_case_both_ways(world: str, case: Mapping[str, Any], databases: Path) -> None:
    workspace = world_workspace(world, databases)
    compare(workspace, {**case["ask"], "access": _access(case.get("access"))})


@pytest.mark.parametrize("seed", range(WORLDS))
def test_random_questions_both_ways(seed: int, tmp_path: Path) -> None:
    world = random_world(seed + 1000)
    path = tmp_path / "world.duckdb"
    with duckdb.connect(str(path)) as connection:
        for table in world.tables.values():
            fill(connection, table)
    workspace = hedu.load({"world.yml": definitions(world)}, engine=f"duckdb:///{path}", strict=True, now=NOW)
    dice = random.Random(seed)
    for _ in range(20):
        compare(workspace, question(random_question(dice, world)))
    workspace.close()


def test_most_kinds_are_split(databases: Path) -> None:
    """Otherwise the cases above would show little."""
    split, by_keys = 0, 0
    for world, case in (one.values for one in ASKED):
        workspace = world_workspace(str(world), databases)
        asked = workspace._meant(**{**case["ask"], "access": _access(case.get("access"))})  # type: ignore[index]
        split += "__early" in render(plan(workspace.model, asked, NOW, sizes=sizes(workspace, asked.metrics))).text
        larger = sizes(workspace, asked.metrics, 4)
        by_keys += '"__early"."__key_0" =' in render(plan(workspace.model, asked, NOW, sizes=larger)).text
    assert split > 60
    assert by_keys > 20


def compare(workspace: hedu.Workspace, ask: Mapping[str, Any]) -> None:
    asked = workspace._meant(**ask)
    known = workspace.engine.integrity()
    whole = plan(workspace.model, asked, NOW, known)
    expected, texts = sorted(rows(workspace, whole), key=_sortable), {render(whole).text}
    for few in (1, 4):
        split = plan(workspace.model, asked, NOW, known, sizes(workspace, asked.metrics, few))
        if render(split).text in texts:
            continue
        texts.add(render(split).text)
        found = sorted(rows(workspace, split), key=_sortable)
        assert len(expected) == len(found), render(split).readable
        for one, other in zip(expected, found, strict=True):
            assert all(_equal(a, b, 1e-9) for a, b in zip(one, other, strict=True)), render(split).readable


def sizes(workspace: hedu.Workspace, metrics: tuple[str, ...], few_digits: int = 1) -> Sizes:
    """As if what the metrics count were many rows, and all else few, or a few ten thousand."""
    facts = {dataset for metric in metrics for dataset, _ in workspace.model.leaves(metric)}
    tables = {one.name: one.source.table for one in workspace.model.datasets.values() if one.source.table}
    few = {table for name, table in tables.items() if name not in facts}
    return frozenset([*((table, 6) for table in set(tables.values()) - few), *((table, few_digits) for table in few)])


def rows(workspace: hedu.Workspace, planned: Plan) -> list[tuple[Any, ...]]:
    statement = render(planned)
    return list(_rows(workspace.engine.query(statement.text, statement.parameters)))
