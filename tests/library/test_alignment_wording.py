"""Sentences of conflicts: readers can tell the two sides apart."""

from __future__ import annotations

import pytest

import hedu
from hedu.alignment.conflict import Conflict
from hedu.alignment.wording import sentence

TEXT = """version: 1
workspace: w
departments: {sales: {label: {zh: 销售, en: Sales}}, finance: {label: {zh: 财务, en: Finance}}}
---
version: 1
dataset: orders
source: orders
measures: {amount: {agg: sum}}
---
version: 1
metric: one
label: {zh: 订单额, en: Order value}
simple: orders.amount
---
version: 1
metric: two
label: {zh: 订单额, en: Order value}
simple: orders.amount
---
version: 1
metric: told
label: {zh: 订单额, en: Order value}
reported: {grain: month, agg: sum, source: told}
"""


@pytest.mark.parametrize(
    ("metric_b", "department_b", "zh", "en"),
    [
        ("told", "sales", "销售的“订单额”各期都是销售的“订单额（填报）”的 60 倍", "Order value (reported) of Sales"),
        ("two", "sales", "销售的“订单额（one）”各期都是销售的“订单额（two）”的 60 倍", "Order value (two) of Sales"),
        ("two", "finance", "销售的“订单额”各期都是财务的“订单额”的 60 倍", "Order value of Finance"),
    ],
)
def test_two_metrics_under_one_label_are_told_apart(metric_b: str, department_b: str, zh: str, en: str) -> None:
    model = hedu.load({"a.yml": TEXT}, strict=True).model
    facts = {"metric_a": "one", "metric_b": metric_b, "department_a": "sales", "department_b": department_b}
    conflict = Conflict(
        "unit", "scale_differs", ("one", metric_b), ("sales", department_b), facts=facts | {"times": 60, "periods": 36}
    )
    assert zh in sentence(conflict, "zh", model) and en in sentence(conflict, "en", model)
