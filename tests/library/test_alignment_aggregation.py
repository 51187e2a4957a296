"""Totals that only a wrong sum or average gives, and their neighbours that are right."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from hedu.alignment.classes import aggregation
from hedu.alignment.scene import Scene
from hedu.alignment.wording import sentence
from tests.library.scenes import MONTHS, days, pairs, reported, scene_of

ROWS, REGIONS = 4_000, ("东", "西", "北")
DEFINITIONS = """
dataset: orders
source: orders
primary_key: no
time: day
dimensions: {day: {type: date}, region: {}}
measures:
  buyers: {expr: customer, agg: count_distinct}
  score: {agg: average}
  orders: {agg: count}
---
metric: buyers
label: {zh: 活跃客户数, en: Active customers}
owner: sales
unit: 家
process: 下单
simple: orders.buyers
---
metric: score
label: {zh: 满意度, en: Score}
owner: service
unit: 分
process: 问卷
simple: orders.score
---
metric: orders
label: {zh: 订单数, en: Orders}
unit: 单
owner: sales
simple: orders.orders
"""
TOLD = """---
metric: told
label: {{zh: {name}, en: {name}}}
owner: marketing
unit: {unit}
process: {process}
reported: {{grain: {grain}, agg: none, source: told}}
"""
random = np.random.default_rng(4)
ON = days(ROWS, 4)
REGION = np.array(REGIONS)[random.choice(3, ROWS, p=[0.7, 0.2, 0.1])]
CUSTOMER = random.integers(0, 150, ROWS)
SCORE = random.integers(1, 6, ROWS) * (1 - 0.3 * (REGION == "北"))
TABLE = pa.table({"no": np.arange(ROWS), "day": ON, "region": REGION, "customer": CUSTOMER, "score": SCORE})
MONTH = np.array([(day.year - 2024) * 12 + day.month - 1 for day in ON])
QUARTERS = MONTHS[::3]


def world(folder: Path, values: list[float], grain: str, name: str, unit: str, process: str = "") -> Scene:
    starts = MONTHS if grain == "month" else QUARTERS
    text = DEFINITIONS + TOLD.format(grain=grain, name=name, unit=unit, process=process or "其他")
    return scene_of(folder, {"orders": TABLE, "told": reported(values, starts)}, text)


def distinct(of: np.ndarray, inside: np.ndarray) -> int:
    return len(set(of[inside].tolist()))


def test_distinct_customers_of_three_months_added_up(tmp_path: Path) -> None:
    sums = [sum(distinct(CUSTOMER, 3 * at + k == MONTH) for k in range(3)) for at in range(8)]
    scene = world(tmp_path, sums, "quarter", "季度活跃客户数", "家")
    (conflict,) = aggregation.detect(scene)
    assert conflict.metrics == ("buyers", "told") and conflict.facets == ("additivity",)
    assert conflict.facts["gap"] > 0.3 and conflict.departments == ("sales", "marketing")
    assert "各月" in sentence(conflict, "zh", scene.model) and "months" in sentence(conflict, "en", scene.model)


def test_distinct_customers_of_the_quarter_are_right(tmp_path: Path) -> None:
    right = [distinct(CUSTOMER, at == MONTH // 3) for at in range(8)]
    assert list(aggregation.detect(world(tmp_path, right, "quarter", "季度活跃客户数", "家"))) == []


def test_orders_may_be_added_up(tmp_path: Path) -> None:
    sums = [int((at == MONTH // 3).sum()) for at in range(8)]
    assert list(aggregation.detect(world(tmp_path, sums, "quarter", "季度订单数", "单"))) == []


def by_region() -> tuple[list[float], list[float]]:
    cells = [[SCORE[(at == MONTH) & (region == REGION)] for region in REGIONS] for at in range(24)]
    plain = [float(np.mean([cell.mean() for cell in row if len(cell)])) for row in cells]
    weighted = [float(np.concatenate(row).mean()) for row in cells]
    return plain, weighted


def test_averages_of_regions_averaged(tmp_path: Path) -> None:
    scene = world(tmp_path, by_region()[0], "month", "全国满意度", "分")
    (conflict,) = aggregation.detect(scene)
    assert conflict.metrics == ("score", "told") and conflict.facets == ("weights",)
    assert conflict.evidence[0].facts["over"] == "region"


def test_averages_weighted_by_answers_are_right(tmp_path: Path) -> None:
    assert list(aggregation.detect(world(tmp_path, by_region()[1], "month", "全国满意度", "分"))) == []


def test_regions_added_up_where_a_customer_has_several(tmp_path: Path) -> None:
    sums = [sum(distinct(CUSTOMER, (at == MONTH) & (region == REGION)) for region in REGIONS) for at in range(24)]
    (conflict,) = aggregation.detect(world(tmp_path, sums, "month", "分区活跃客户数", "家"))
    assert conflict.facets == ("additivity",) and conflict.evidence[0].facts["over"] == "region"


STOCK = """
dataset: stock
source: stock
time: day
dimensions: {day: {type: date}}
measures:
  level: {expr: value, agg: sum, semi_additive: {over: day, take: last}}
  added: {expr: value, agg: sum}
---
metric: level
label: {zh: 库存额, en: Stock}
unit: CNY
owner: operations
simple: stock.level
---
metric: added
label: {zh: 月库存额, en: Stock of the month}
unit: UNIT
owner: finance
simple: stock.added
"""


@pytest.mark.parametrize(("unit", "count"), [("CNY", 1), ("元天", 0)])
def test_a_level_added_up_over_time(tmp_path: Path, unit: str, count: int) -> None:
    """In a unit of its own (person-months, yuan-days) a sum of levels is a measure of its own."""
    table = pa.table({"day": [date(2025, 1, 1 + at) for at in range(28)], "value": np.arange(28.0) + 5})
    found = list(aggregation.detect(scene_of(tmp_path, {"stock": table}, STOCK.replace("UNIT", unit))))
    assert pairs(found) == [frozenset({"level", "added"})] * count


FAN = """
dataset: shipments
source: shipments
primary_key: no
time: day
dimensions: {day: {type: date}}
measures: {freight: {agg: sum}}
---
dataset: joined
select: SELECT l.line, s.day, s.freight FROM lines AS l JOIN shipments AS s ON s.no = l.shipment
primary_key: line
time: day
dimensions: {day: {type: date}}
measures: {freight: {agg: sum}}
---
metric: freight
label: {zh: 运费, en: Freight}
owner: operations
simple: shipments.freight
---
metric: by_line
label: {zh: 运费合计, en: Freight of lines}
owner: sales
simple: joined.freight
"""


@pytest.mark.parametrize(("lines", "count"), [(3, 1), (1, 0)])
def test_a_join_that_multiplies_rows(tmp_path: Path, lines: int, count: int) -> None:
    numbers = np.arange(100)
    tables = {
        "shipments": pa.table({"no": numbers, "day": days(100), "freight": np.full(100, 10.0)}),
        "lines": pa.table({"line": np.arange(100 * lines), "shipment": np.repeat(numbers, lines)}),
    }
    scene = scene_of(tmp_path, tables, FAN)
    found = list(aggregation.detect(scene))
    assert pairs(found) == [frozenset({"freight", "by_line"})] * count
    for conflict in found:
        assert conflict.facts["times"] == lines and "3.00" in sentence(conflict, "en", scene.model)


def test_rows_without_a_region_make_no_region(tmp_path: Path) -> None:
    """Whoever averages the regions leaves out what has none."""
    blank = pa.array([(None, "", " ")[at % 3] if at % 29 == 0 else region for at, region in enumerate(REGION)])
    orders = TABLE.set_column(2, "region", blank)
    named = np.array([at % 29 != 0 for at in range(ROWS)])
    means = [
        np.mean([SCORE[named & (at == MONTH) & (region == REGION)].mean() for region in REGIONS]) for at in range(24)
    ]
    text = DEFINITIONS + TOLD.format(grain="month", name="全国满意度", unit="分", process="问卷")
    (conflict,) = aggregation.detect(scene_of(tmp_path, {"orders": orders, "told": reported(means)}, text))
    assert conflict.metrics == ("score", "told") and conflict.facets == ("weights",)


def test_a_month_whose_rows_are_lost_does_not_hide_a_misuse(tmp_path: Path) -> None:
    """Of twelve quarters one cannot be reproduced any more, and it is among the last."""
    on = days(6_000, 5)
    on += [day.replace(year=2023, day=min(day.day, 28)) for day in on if day.year == 2024]
    who = np.random.default_rng(5).integers(0, 150, len(on))
    month = np.array([(day.year - 2023) * 12 + day.month - 1 for day in on])
    sums = [sum(distinct(who, 3 * at + k == month) for k in range(3)) for at in range(12)]
    kept = month != 31
    rows = {
        "no": np.arange(kept.sum()),
        "day": [day for day, keep in zip(on, kept, strict=True) if keep],
        "region": ["东"] * int(kept.sum()),
        "customer": who[kept],
        "score": np.ones(kept.sum()),
    }
    starts = [date(2023 + at // 4, at % 4 * 3 + 1, 1) for at in range(12)]
    text = DEFINITIONS + TOLD.format(grain="quarter", name="季度活跃客户数", unit="家", process="其他")
    (conflict,) = aggregation.detect(
        scene_of(tmp_path, {"orders": pa.table(rows), "told": reported(sums, starts)}, text)
    )
    assert conflict.metrics == ("buyers", "told") and conflict.facets == ("additivity",)
