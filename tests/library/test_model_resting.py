"""What a metric rests on: every dataset and every metric its value can depend on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

import hedu
from hedu.errors import HeduError
from hedu.model.resting import made_with, rests_on
from hedu.model.types import Model
from hedu.plan import nodes
from hedu.plan.planner import plan
from hedu.query import Question

SHOP = Path(__file__).parents[1] / "cases" / "worlds" / "shop"
WORLD = """\
version: 1
dataset: orders
source: orders
primary_key: id
entities: {order: id, chan: channel, buyer: buyer_id}
time: day
dimensions: {day: {type: date}, channel: {}}
measures: {amount: {agg: sum}, lines: {agg: count}}
---
version: 1
dataset: shops
source: shops
primary_key: channel
entities: {chan: channel, town: town_id}
dimensions: {tier: {}}
---
version: 1
dataset: towns
source: towns
primary_key: id
entities: {town: id}
dimensions: {country: {}, since: {type: date}}
---
version: 1
dataset: buyers
source: buyers
primary_key: id
entities: {buyer: id}
dimensions: {grade: {}, visit_count: {metric: visits}}
---
version: 1
dataset: visits
source: visits
entities: {buyer: buyer_id}
time: day
dimensions: {day: {type: date}, page: {}}
measures: {n: {agg: count}}
"""
VISITS = {"visits": "simple: visits.n", "sales": "simple: orders.amount"}


def model_of(**bodies: str) -> Model:
    metrics = [f"---\nversion: 1\nmetric: {name}\n{body}\n" for name, body in {**VISITS, **bodies}.items()]
    workspace = hedu.load({"all.yml": WORLD + "".join(metrics)})
    assert not workspace.problems, workspace.problems
    return workspace.model


@pytest.mark.parametrize(
    ("body", "datasets"),
    [
        ("simple: orders.amount", {"orders"}),
        ("simple: {measure: orders.amount, where: \"channel = 'web' and orders.day > '2024-01-01'\"}", {"orders"}),
        ("simple: {measure: orders.amount, where: \"chan.tier = 'A'\"}", {"orders", "shops"}),
        ("simple: {measure: orders.amount, where: \"chan.town.country = 'X'\"}", {"orders", "shops", "towns"}),
        ("simple: {measure: orders.amount, where: \"towns.since.year = '2024'\"}", {"orders", "shops", "towns"}),
        ('simple: {measure: orders.amount, where: "buyer.visit_count > 3"}', {"orders", "buyers", "visits"}),
        ('simple: {measure: orders.amount, where: "metric(visits by buyer) > 3"}', {"orders", "visits"}),
        ("ratio: {numerator: {metric: sales, where: \"chan.tier = 'A'\"}, denominator: sales}", {"orders", "shops"}),
        (
            "derived: {formula: a - b, metrics: {a: {metric: sales, where: \"buyer.grade = 'A'\"}, b: visits}}",
            {"orders", "buyers", "visits"},
        ),
        ("cumulative: {metric: {metric: sales, where: \"chan.tier = 'A'\"}, window: 7 days}", {"orders", "shops"}),
        ("share: {metric: sales, over: [chan.tier]}", {"orders", "shops"}),
        ("rank: {metric: sales, within: [chan.town.country]}", {"orders", "shops", "towns"}),
        ("conversion: {base: visits, conversion: sales, entity: buyer, window: 7 days}", {"orders", "visits"}),
    ],
)
def test_every_dataset_a_value_can_depend_on(body: str, datasets: set[str]) -> None:
    assert set(rests_on(model_of(asked=body), "asked")) == datasets


def test_a_part_hands_on_what_it_rests_on() -> None:
    model = model_of(
        top="simple: {measure: orders.amount, where: \"chan.tier = 'A'\"}",
        part="ratio: {numerator: top, denominator: sales}",
        whole="derived: {formula: part * 100}",
    )
    assert set(rests_on(model, "whole")) == {"orders", "shops"}
    assert set(made_with(model, "whole")) == {"part", "top", "sales"}


def test_a_metric_that_a_filter_looks_up_is_one_it_is_made_with() -> None:
    model = model_of(keen='simple: {measure: orders.amount, where: "metric(visits by buyer) > 3"}')
    assert made_with(model, "keen") == ("visits",)
    assert made_with(model, "visits") == ()


def test_an_unknown_metric_rests_on_nothing() -> None:
    assert rests_on(model_of(), "nothing") == ()


def scans(node: Any) -> Iterator[str]:
    """The datasets that a plan reads."""
    if isinstance(node, nodes.Scan):
        yield node.dataset.name
    elif is_dataclass(node):
        for one in fields(node):
            yield from scans(getattr(node, one.name))
    elif isinstance(node, dict):
        for value in node.values():
            yield from scans(value)
    elif isinstance(node, (tuple, list)):
        for value in node:
            yield from scans(value)


def test_whatever_a_plan_reads_is_among_what_the_metric_rests_on() -> None:
    model = hedu.load(SHOP).model
    planned = 0
    for name in model.metrics:
        try:
            read = set(scans(plan(model, Question((name,)), datetime(2024, 6, 30, 12))))
        except HeduError:
            continue
        planned += 1
        assert read <= set(rests_on(model, name)), name
    assert planned > 40
