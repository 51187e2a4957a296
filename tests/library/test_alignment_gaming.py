"""Scores met for their own sake, and their innocent neighbours."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from hedu.alignment.classes import gaming
from hedu.alignment.scene import Guardrail, Scene, Score, Target, Version
from hedu.alignment.wording import sentence
from tests.library.scenes import START, days, scene_of

ROWS = 12_000
TICKETS = """
dataset: tickets
source: tickets
primary_key: no
time: day
dimensions: {day: {type: date}, minutes: {type: number}}
measures: {tickets: {agg: count}, repeats: {expr: again, agg: sum}}
---
metric: tickets
owner: service
simple: tickets.tickets
---
metric: quick
owner: service
simple: {measure: tickets.tickets, where: minutes < 30}
---
metric: repeats
owner: service
simple: tickets.repeats
---
metric: quick_rate
label: {zh: 响应达标率, en: Answered in time}
owner: service
direction: up
ratio: {numerator: quick, denominator: tickets}
---
metric: repeat_rate
label: {zh: 重复来电率, en: Repeats}
owner: service
direction: down
ratio: {numerator: repeats, denominator: tickets}
"""
SCORE = Score("2025-Q4", "service", "quick_rate", 0.7, 0.8, 0.8)
RAIL = Guardrail("quick_rate", "repeat_rate")


def tickets(folder: Path, *, crowd: bool = True, worse: float = 0.2, **papers: Any) -> Scene:
    random = np.random.default_rng(2)
    on = days(ROWS, 2)
    late = np.array([day >= date(2025, 2, 1) for day in on])
    minutes = random.gamma(3, 11, ROWS)
    hurried = late & (minutes >= 30) & (minutes < 60) & crowd
    minutes = np.where(hurried, random.uniform(27, 30, ROWS), minutes)
    again = random.random(ROWS) < np.where(late, 0.1 + worse, 0.1)
    table = pa.table({"no": np.arange(ROWS), "day": on, "minutes": minutes, "again": again.astype(int)})
    said: dict[str, Any] = {"scores": (SCORE,), "guardrails": (RAIL,)} | papers
    return scene_of(folder, {"tickets": table}, TICKETS, **said)


def test_crowding_inside_a_limit_at_the_cost_of_the_guardrail(tmp_path: Path) -> None:
    scene = tickets(tmp_path)
    (conflict,) = gaming.detect(scene)
    assert conflict.metrics == ("quick_rate", "repeat_rate") and conflict.facets == ("bunching", "guardrail")
    assert conflict.facts["since"] == "2025-02" and conflict.facts["bound"] == 30 and conflict.facts["lift"] > 3
    assert conflict.departments == ("service",) and conflict.severity.level == "high"
    assert "30" in sentence(conflict, "zh", scene.model) and "Repeats" in sentence(conflict, "en", scene.model)


def test_crowding_alone(tmp_path: Path) -> None:
    (conflict,) = gaming.detect(tickets(tmp_path, worse=0.0))
    assert conflict.facets == ("bunching",) and conflict.metrics == ("quick_rate",)


def test_results_that_never_crowded_are_fine_whatever_else_gets_worse(tmp_path: Path) -> None:
    assert list(gaming.detect(tickets(tmp_path, crowd=False))) == []


def test_what_nobody_is_held_to_is_not_gamed(tmp_path: Path) -> None:
    assert list(gaming.detect(tickets(tmp_path, scores=()))) == []


def test_a_missed_score_was_not_met_by_tricks(tmp_path: Path) -> None:
    missed = Score("2025-Q4", "service", "quick_rate", 0.95, 0.8, 0.8)
    assert list(gaming.detect(tickets(tmp_path, scores=(missed,)))) == []


SALES = """
dataset: orders
source: orders
time: day
dimensions: {day: {type: date}, region: {conforms: region}}
measures: {amount: {agg: sum, unit: CNY}}
---
dataset: refunds
source: refunds
time: day
dimensions: {day: {type: date}, region: {conforms: region}}
measures: {amount: {agg: sum, unit: CNY}}
---
metric: sales
label: {zh: 销售额, en: Sales}
owner: sales
direction: up
unit: CNY
simple: orders.amount
---
metric: refunded
label: {zh: 退款额, en: Refunds}
owner: finance
direction: down
unit: CNY
simple: refunds.amount
---
metric: net
label: {zh: 净额, en: Net}
owner: finance
direction: up
derived: {formula: sales - refunded}
"""
TARGET = Target("T1", "sales", "sales", "2026", ">=", 1e9)


def rushes(folder: Path, *, back: float) -> Scene:
    """South rushes at quarter ends of 2025 and `back` of it flows back; north rushes and keeps it."""
    random = np.random.default_rng(6)
    orders: list[tuple[date, str, float]] = []
    refunds: list[tuple[date, str, float]] = []
    for at in range(731):
        day = START + timedelta(at)
        for region in ("south", "north"):
            orders.append((day, region, 1000 * random.uniform(0.8, 1.2)))
            refunds.append((day, region, 20 * random.uniform(0.5, 1.5)))
            is_last = (day + timedelta(3)).month != day.month and day.month % 3 == 0 and day.year == 2025
            if is_last:
                orders.append((day, region, 6000.0))
                if region == "south":
                    refunds.append((day + timedelta(8), region, 6000.0 * back))
    tables = {
        name: pa.table({"day": [r[0] for r in rows], "region": [r[1] for r in rows], "amount": [r[2] for r in rows]})
        for name, rows in (("orders", orders), ("refunds", [row for row in refunds if row[0] < date(2026, 1, 1)]))
    }
    return scene_of(folder, tables, SALES, targets=(TARGET,))


def test_a_rush_that_flows_back(tmp_path: Path) -> None:
    scene = rushes(tmp_path, back=0.8)
    (conflict,) = gaming.detect(scene)
    assert conflict.metrics == ("sales", "refunded") and conflict.facets == ("period_end_reversal",)
    assert conflict.facts["place"] == "south" and conflict.facts["quarters"] == 3
    assert conflict.facts["returned"] == pytest.approx(0.8, abs=0.15)
    assert "south" in sentence(conflict, "en", scene.model)


def test_a_rush_that_stays_is_only_late_business(tmp_path: Path) -> None:
    assert list(gaming.detect(rushes(tmp_path, back=0.0))) == []


CLOSURE = """
dataset: defects
source: defects
time: day
dimensions: {day: {type: date}}
measures: {rate: {agg: average}}
---
metric: closure
label: {zh: 缺陷关闭率, en: Closure}
owner: rnd
direction: up
simple: defects.rate
"""


@pytest.mark.parametrize(
    ("since", "meaning", "before", "after", "count"),
    [
        (date(2025, 8, 10), True, 0.94, 0.98, 1),
        (date(2025, 8, 10), False, 0.94, 0.98, 0),
        (date(2025, 7, 1), True, 0.94, 0.98, 0),
        (date(2025, 8, 10), True, 0.98, 0.97, 0),
        (date(2025, 5, 10), True, 0.94, 0.98, 0),
        (date(2025, 8, 10), True, 0.90, 0.94, 0),
    ],
)
def test_rules_changed_within_the_scored_quarter(
    tmp_path: Path, since: date, meaning: bool, before: float, after: float, count: int
) -> None:
    table = pa.table({"day": days(50), "rate": np.linspace(0.9, 1, 50)})
    papers = {
        "scores": (Score("2025-Q3", "rnd", "closure", 0.97, before, after),),
        "versions": (Version("closure", 2, since, None, meaning, "rnd.owner", "不计轻微缺陷"),),
    }
    scene = scene_of(tmp_path, {"defects": table}, CLOSURE, **papers)
    found = list(gaming.detect(scene))
    assert len(found) == count
    for conflict in found:
        assert conflict.facets == ("edited_in_scored_quarter",) and conflict.digests
        assert "2025-08-10" in sentence(conflict, "zh", scene.model)
