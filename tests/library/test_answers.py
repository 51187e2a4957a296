"""Kept answers: found again only for the same question of the same data under the same definitions and rights."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pytest

import hedu
from hedu.engine.answers import Answers
from hedu.engine.warehouse import Warehouse
from hedu.query import Access, RowFilter

TEXT = """
version: 1
dataset: sales
source: sales
time: day
dimensions: {day: {type: date}, shop: {}}
measures: {amount: {agg: sum}}
---
version: 1
metric: amount
simple: sales.amount
---
version: 1
workspace: w
parameters: {least: {default: 0}}
---
version: 1
metric: large
simple: {measure: sales.amount, where: "amount >= parameter(least)"}
"""
SOUTH = Access(rows=(RowFilter("sales", "shop = 'south'"),))
ROWS = {
    "day": [datetime(2024, 6, day).date() for day in (1, 2, 3)],
    "shop": ["south", "north", "south"],
    "amount": [1, 2, 4],
}


@pytest.fixture
def warehouse(tmp_path: Path) -> Warehouse:
    made = Warehouse(tmp_path / "warehouse")
    with made.writing() as batch:
        batch.put("sales", pa.table(ROWS))
    return made


def opened(warehouse: Warehouse, answers: Answers, text: str = TEXT, day: int = 3) -> hedu.Workspace:
    engine = f"duckdb:///{warehouse.folder}"
    return hedu.load({"a.yml": text}, engine=engine, strict=True, now=datetime(2024, 6, day), answers=answers)


def test_the_same_question_is_answered_once(warehouse: Warehouse) -> None:
    answers = Answers()
    first, again = (opened(warehouse, answers).ask("amount", by="shop") for _ in range(2))
    assert (first.receipt.cached, again.receipt.cached) == (False, True)
    assert first.rows() == again.rows()


def test_another_definition_is_asked_anew(warehouse: Warehouse) -> None:
    answers = Answers()
    opened(warehouse, answers).ask("amount")
    changed = opened(warehouse, answers, TEXT.replace("{agg: sum}", "{agg: max}")).ask("amount")
    assert not changed.receipt.cached
    assert changed.rows() == [{"amount": 4}]


def test_another_version_of_the_data_is_asked_anew(warehouse: Warehouse) -> None:
    answers = Answers()
    workspace = opened(warehouse, answers)
    workspace.ask("amount")
    with warehouse.writing() as batch:
        batch.put("sales", pa.table({**ROWS, "amount": [1, 2, 40]}))
    after = workspace.ask("amount")
    assert not after.receipt.cached
    assert after.rows() == [{"amount": 43}]
    with warehouse.writing() as batch:
        batch.put("sales", pa.table(ROWS))
    back = workspace.ask("amount")
    assert back.receipt.cached
    assert back.rows() == [{"amount": 7}]


def test_other_rights_are_asked_anew(warehouse: Warehouse) -> None:
    workspace = opened(warehouse, Answers())
    workspace.ask("amount")
    limited = workspace.ask("amount", access=SOUTH)
    assert not limited.receipt.cached
    assert limited.rows() == [{"amount": 5}]
    assert workspace.ask("amount", access=SOUTH).receipt.cached
    assert workspace.ask("amount").rows() == [{"amount": 7}]


def test_other_parameters_and_another_day_are_asked_anew(warehouse: Warehouse) -> None:
    answers = Answers()
    workspace = opened(warehouse, answers)
    workspace.ask("large", parameters={"least": 2})
    other = workspace.ask("large", parameters={"least": 4})
    assert not other.receipt.cached
    assert other.rows() == [{"large": 4}]
    today = workspace.ask("amount", since="today")
    assert today.rows() == [{"amount": 4}]
    yesterday = opened(warehouse, answers, day=2).ask("amount", since="today")
    assert not yesterday.receipt.cached
    assert yesterday.rows() == [{"amount": 6}]


def test_the_least_recently_used_goes_first() -> None:
    table = pa.table({"x": list(range(100))})
    answers = Answers(most=4 * table.nbytes)
    keys = [(f"select {at}", (), "v") for at in range(5)]
    for key in keys[:4]:
        answers.put(key, table)
    assert answers.get(keys[0]) is table
    answers.put(keys[4], table)
    assert answers.get(keys[1]) is None
    assert [answers.get(keys[at]) is table for at in (0, 2, 3, 4)] == [True] * 4


def test_what_is_too_large_is_not_kept() -> None:
    table = pa.table({"x": list(range(100))})
    answers = Answers(most=3 * table.nbytes)
    answers.put(("select 1", (), "v"), table)
    assert answers.get(("select 1", (), "v")) is None
