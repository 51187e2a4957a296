"""Every answer equals the one a slow, obviously right evaluator gives, over random models, data and questions."""

from __future__ import annotations

import os
import random
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

import hedu
from hedu.query import Access, RowFilter
from tests.laws.plain import Asked, Table, World, answer, definitions, random_question, random_world
from tests.laws.test_questions import close

WORLDS = int(os.environ.get("HEDU_LAW_EXAMPLES", "500")) // 20
QUESTIONS = 20
KINDS = {"text": "varchar", "number": "integer", "boolean": "boolean", "date": "date", "timestamp": "timestamp"}


@pytest.mark.parametrize("seed", range(WORLDS))
def test_answers_equal_those_of_plain_python(seed: int, tmp_path: Path) -> None:
    world = random_world(seed)
    path = tmp_path / "world.duckdb"
    with duckdb.connect(str(path)) as connection:
        for table in world.tables.values():
            fill(connection, table)
    ws = hedu.load({"world.yml": definitions(world)}, engine=f"duckdb:///{path}", strict=True)
    dice = random.Random(seed)
    for _ in range(QUESTIONS):
        asked = random_question(dice, world)
        expected, found = answer(world, asked), ask(ws, asked)
        assert found.keys() == expected.keys(), (asked, ws.compile(**question(asked)))
        for key, values in expected.items():
            assert all(close(found[key][name], value) for name, value in values.items()), (
                asked,
                key,
                values,
                found[key],
            )
    ws.close()


def fill(connection: duckdb.DuckDBPyConnection, table: Table) -> None:
    kinds = {"id": "integer", "amount": "integer", **dict.fromkeys(table.refers, "integer")}
    kinds |= {name: KINDS[type_] for name, type_ in table.dimensions.items()}
    connection.execute(f"create table {table.name} ({', '.join(f'{name} {kind}' for name, kind in kinds.items())})")
    for row in table.rows:
        places = ", ".join("?" for _ in kinds)
        connection.execute(f"insert into {table.name} values ({places})", [row[name] for name in kinds])


def question(asked: Asked) -> dict[str, Any]:
    until = asked.end - timedelta(days=1) if asked.end else None
    rows = tuple(RowFilter(dataset, text) for dataset, (text, _) in asked.rights.items())
    return {"metrics": asked.metrics, "by": asked.by, "where": [text for text, *_ in asked.where],
            "since": asked.start, "until": until, "access": Access(rows=rows)}  # fmt: skip


def ask(ws: hedu.Workspace, asked: Asked) -> dict[tuple[Any, ...], dict[str, Any]]:
    return {tuple(row[key] for key in asked.by): row for row in ws.ask(**question(asked)).rows()}


def test_the_evaluator_itself() -> None:
    """By hand: one fact, a missing key, a dangling one."""
    far = Table("t0", [{"id": 0, "text0": "a"}], {"text0": "text"}, {}, "when0")
    rows = [{"id": at, "r": key, "when1": date(2024, 1, at + 1), "amount": at} for at, key in enumerate([0, None, 9])]
    from tests.laws.plain import Leaf

    world = World({"t0": far, "t1": Table("t1", rows, {}, {"r": "t0"}, "when1")}, {"m": Leaf("t1", "sum", "amount")})
    assert answer(world, Asked(["m"], ["r.text0"], [])) == {("a",): {"m": 0}, (None,): {"m": 3}}
