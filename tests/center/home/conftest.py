"""Two years of a shop's months with a jump in the last one, and people who see it differently."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from hedu.center.catalog import actions, serving
from hedu.center.home import pulse
from hedu.center.kernel.actor import SYSTEM, Actor
from hedu.center.kernel.models import User
from hedu.center.people.models import Department

SETTINGS = """version: 1
workspace: shop
departments:
  sales: {label: {zh: 销售部, en: Sales}}
  finance: {label: {zh: 财务部, en: Finance}}
"""

SALES = """version: 1
dataset: sales
owner: sales
select: |
  select cast(at as date) as sold_on, region,
         case when at < timestamp '2025-12-01' then 100 + (month(at) * 7) % 5 else 400 end as amount
  from generate_series(timestamp '2024-01-15', timestamp '2026-01-15', interval 1 month) as t(at)
  cross join (values ('east'), ('west')) as r(region)
time: sold_on
dimensions: {region: {}, sold_on: {type: date}}
measures:
  amount: {agg: sum, unit: CNY}
  lines: {agg: count}
---
version: 1
dataset: stones
owner: finance
select: select 1 as weight
measures: {weight: {agg: sum}}
"""

METRICS = """version: 1
metric: turnover
label: {zh: 营业额, en: Turnover}
direction: up
owner: sales
simple: {measure: sales.amount}
---
version: 1
metric: tickets
label: {zh: 单数, en: Tickets}
owner: finance
simple: {measure: sales.lines}
---
version: 1
metric: timeless
label: {zh: 石头, en: Stones}
owner: finance
simple: {measure: stones.weight}
---
version: 1
metric: handed_in
label: {zh: 手工上报, en: Handed in}
owner: finance
raci: {R: [sales], A: finance}
reported: {grain: month, agg: last}
"""


@pytest.fixture
def published(department: Callable[[str], Department], settings: Any) -> Iterator[None]:
    settings.HEDU_ENGINE = "duckdb://"
    department("sales")
    department("finance")
    actions.apply_texts(SYSTEM, {"workspace.yml": SETTINGS, "datasets.yml": SALES, "metrics.yml": METRICS})
    pulse.forget()
    yield
    serving.forget()
    pulse.forget()


@pytest.fixture
def sally(person: Callable[..., User], published: None) -> User:
    return person("sally", "sales", "liaison")


@pytest.fixture
def finn(person: Callable[..., User], published: None) -> User:
    return person("finn", "finance", "owner")


@pytest.fixture
def act(acting: Callable[[User], Actor]) -> Callable[[User], Actor]:
    return acting
