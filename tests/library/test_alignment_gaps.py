"""How far two metrics are apart on the data."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pyarrow as pa

from hedu.alignment.equivalence.gaps import gap_between
from tests.library.scenes import scene_of

DEFINITIONS = """
dataset: orders
source: orders
time: paid_on
dimensions: {paid_on: {type: date}}
measures: {buyers: {expr: customer, agg: count_distinct}, again: {expr: lower(customer), agg: count_distinct}}
---
dataset: actives
source: actives
time: day
dimensions: {day: {type: date}}
measures: {active: {expr: n, agg: sum, semi_additive: day}}
---
metric: buyers
simple: orders.buyers
---
metric: buyers_again
simple: orders.again
---
metric: active
simple: actives.active
"""


def test_a_level_and_what_adds_up_are_told_apart_by_their_last_period(tmp_path: Path) -> None:
    months = [date(2025, month, 5) for month in (1, 1, 2, 2, 3, 3)]
    tables = {
        "orders": pa.table({"paid_on": months, "customer": ["a", "b", "c", "d", "e", "f"]}),
        "actives": pa.table({"day": [date(2025, month, 28) for month in (1, 2, 3)], "n": [3, 3, 3]}),
    }
    scene = scene_of(tmp_path, tables, DEFINITIONS)
    gap = gap_between(scene.model, "active", "buyers", scene.look)
    assert gap is not None and (gap.a, gap.b, gap.relative) == (3, 2, 0.5)
    alike = gap_between(scene.model, "buyers", "buyers_again", scene.look)
    assert alike is not None and (alike.a, alike.b) == (6, 6)
