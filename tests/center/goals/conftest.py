"""A published catalog with two years of orders by month, and people who set goals over it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from hedu.center.catalog import actions as catalog_actions
from hedu.center.catalog import serving
from hedu.center.kernel.actor import SYSTEM, Actor
from hedu.center.kernel.models import User
from hedu.center.people.models import Department


@pytest.fixture(autouse=True)
def signed_at_once(settings: object) -> None:
    settings.HEDU_TARGETS_THROUGH = "tests.center.goals.direct.stored"  # type: ignore[attr-defined]


DATASET = """version: 1
dataset: sales
label: {zh: 销售, en: Sales lines}
owner: sales
select: |
  select m::date as sold_on, r.region, 100 * r.size * (1 + month(m) % 3) * (year(m) - 2023) as amount,
    10 * r.size as cost, r.size
  from generate_series(date '2024-01-01', date '2026-06-01', interval 1 month) as t(m),
    (values ('east', 2), ('west', 1)) as r(region, size)
time: sold_on
dimensions:
  sold_on: {type: date}
  region: {label: {zh: 区域, en: Region}}
measures:
  amount: {agg: sum, unit: CNY}
  cost: {agg: sum, unit: CNY}
  places: {expr: region, agg: count_distinct, unit: 个}
  latest: {expr: 10 * month(sold_on) * size, agg: sum, unit: 件, semi_additive: {over: sold_on}}
  peak: {expr: 10 * month(sold_on) * size, agg: sum, unit: 件, semi_additive: {over: sold_on, take: highest}}
"""
METRICS = """version: 1
metric: revenue
label: {zh: 收入, en: Revenue}
direction: up
owner: finance
simple: sales.amount
---
version: 1
metric: cost
label: {zh: 成本, en: Cost}
direction: down
owner: finance
simple: sales.cost
---
version: 1
metric: margin
label: {zh: 利润, en: Margin}
direction: up
owner: finance
derived: {formula: revenue - cost}
---
version: 1
metric: cost_ratio
label: {zh: 成本率, en: Cost ratio}
direction: down
unit: ratio
owner: finance
ratio: {numerator: cost, denominator: revenue}
---
version: 1
metric: places
label: {zh: 覆盖区域数, en: Places}
direction: up
owner: sales
simple: sales.places
---
version: 1
metric: latest
label: {zh: 期末库存, en: Stock at the end}
direction: up
owner: sales
simple: sales.latest
---
version: 1
metric: peak
label: {zh: 最高库存, en: Highest stock}
direction: up
owner: sales
simple: sales.peak
---
version: 1
metric: neutral
label: {zh: 中性, en: Neutral}
owner: finance
simple: sales.cost
"""
SETTINGS = """version: 1
workspace: demo
departments:
  company: {label: {zh: 公司, en: Company}}
  sales: {label: {zh: 销售部, en: Sales}, parent: company}
  finance: {label: {zh: 财务部, en: Finance}, parent: company}
"""


@pytest.fixture(autouse=True)
def published(db: None, department: Callable[[str], Department], settings: object) -> Iterator[None]:
    settings.HEDU_ENGINE = "duckdb://"  # type: ignore[attr-defined]
    for code in ("sales", "finance"):
        department(code)
    texts = {"workspace.yml": SETTINGS, "datasets/sales.yml": DATASET, "metrics/all.yml": METRICS}
    catalog_actions.apply_texts(SYSTEM, texts)
    yield
    serving.forget()


@pytest.fixture
def fin(person: Callable[..., User], acting: Callable[[User], Actor]) -> Actor:
    """Manager of finance."""
    return acting(person("fin", "finance", "manager"))


@pytest.fixture
def sal(person: Callable[..., User], acting: Callable[[User], Actor]) -> Actor:
    """Owner in sales."""
    return acting(person("sal", "sales", "owner"))


@pytest.fixture
def mem(person: Callable[..., User], acting: Callable[[User], Actor]) -> Actor:
    """A member of sales who leads nothing."""
    return acting(person("mem", "sales"))
