"""Totals, earlier values and conversions equal those of the slow evaluator, over random worlds and questions."""

from __future__ import annotations

import os
import random
from pathlib import Path

import duckdb
import pytest

import hedu
from tests.laws.plain import PERIODS, Asked, condition, definitions, paths, random_world
from tests.laws.plain_time import Converted, Timed, answer_in_time, definitions_of, random_timed
from tests.laws.test_against_plain import ask, fill, question
from tests.laws.test_questions import close

WORLDS = int(os.environ.get("HEDU_LAW_EXAMPLES", "500")) // 25
QUESTIONS = 12


@pytest.mark.parametrize("seed", range(WORLDS))
def test_along_time_as_in_plain_python(seed: int, tmp_path: Path) -> None:
    world = random_world(seed)
    dice = random.Random(seed)
    timed = random_timed(dice, world)
    path = tmp_path / "world.duckdb"
    with duckdb.connect(str(path)) as connection:
        for table in world.tables.values():
            fill(connection, table)
    text = definitions(world) + definitions_of(timed)
    ws = hedu.load({"world.yml": text}, engine=f"duckdb:///{path}", strict=True)
    for _ in range(QUESTIONS):
        asked = asked_in_time(dice, world, timed)
        expected, found = answer_in_time(world, timed, asked), ask(ws, asked)
        shown = (asked, timed.metrics[asked.metrics[0]], ws.compile(**question(asked)))
        assert found.keys() == expected.keys(), shown
        for key, values in expected.items():
            assert all(close(found[key][name], value) for name, value in values.items()), (
                shown,
                key,
                values,
                found[key],
            )
    ws.close()


def asked_in_time(dice: random.Random, world: object, timed: Timed) -> Asked:
    """One metric by a period of its time and what else its fact has, filtered, ranged, under a policy."""
    from tests.laws.plain import World

    assert isinstance(world, World)
    name = dice.choice(list(timed.metrics))
    one = timed.metrics[name]
    fact = world.tables[world.leaves[one.base if isinstance(one, Converted) else one.leaf].table]
    known = [item for item in paths(world, fact) if item[0] != fact.time]
    by = [f"metric_time.{dice.choice(['day', 'week', 'month', 'quarter', 'year'])}"]
    by += [path for path, _ in dice.sample(known, dice.randint(0, 1))]
    where = [(*condition(dice, known), False)] if dice.random() < 0.4 else []
    asked = Asked([name], by, where)
    if dice.random() < 0.5:
        asked.start, asked.end = PERIODS[dice.choice(["2024", "2024-02", "2023-Q4"])]
    if dice.random() < 0.3:
        table = dice.choice(list(world.tables.values()))
        asked.rights = {table.name: condition(dice, list(table.dimensions.items()), depth=1)}
    return asked
