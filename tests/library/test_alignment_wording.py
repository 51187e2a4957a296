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
label: {zh: 订单, en: Orders}
source: shop.orders
measures: {amount: {agg: sum}}
---
version: 1
metric: one
label: {zh: 订单额, en: Order value}
unit: CNY
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


ROWS = {
    "metric_a": "one", "metric_b": "two", "department_a": "sales", "department_b": "finance", "total": 0.02,
    "compared": {"zh": "少", "en": "below"}, "since": "2026-01", "until": "2026-09-30",
    "rows_a": 0, "amount_a": 0.0, "rows_b": 1188, "amount_b": 12_615_232.61, "rows_both": 0, "amount_both": 0.0,
}  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "code", "facts", "zh", "en"),
    [
        ("source", "rows_differ", ROWS, "：只在财务一方的有 1,188 行，计 1,262 万元", ": 1,188 rows only with Finance, ¥12.62M"),
        ("gaming", "edited_in_quarter", {"metric": "one", "department": "sales", "quarter": "2026-Q3", "day": "2026-08-10",
         "change": "改", "before": 9.0, "after": 11.5, "target": 10.0}, "改前 9 元，未达目标 10 元；改后 11.5 元",
         "¥9 before, short of ¥10; ¥11.5 after"),
        ("target", "direction", {"metric": "one", "period": "2027", "department_a": "sales", "department_b": "finance",
         "value_a": {"zh": "3,265 万元", "en": "CNY 32.65M"}, "value_b": {"zh": "1 万元", "en": "CNY 10K"}},
         "不低于 3,265 万元", "at ¥32.65M or more in 2027, Finance at ¥10K or less"),
        ("access", "no_grant", {"metric": "one", "department": "sales", "dataset": "orders"}, "（订单）", "(Orders)"),
        ("aggregation", "fan_out", {"metric": "one", "metric_total": "two", "table": "shop.orders", "keys": 10,
         "rows": 30, "times": 3.0}, "订单的 10 行变成 30 行", "10 rows of Orders became 30"),
        ("trade_off", "moves_against", {"metric_a": "one", "metric_b": "two", "department_a": "sales", "department_b":
         "finance", "effect": 4.0, "moved": {"zh": "降低", "en": "down"}, "correlation": -0.8, "periods": 36,
         "grain": {"zh": "月", "en": "month"}}, "（36 个月，前后两半一致）", "(36 months, alike in both halves)"),
        ("definition", "same_name", {"metric_a": "one", "metric_b": "told", "department_a": "sales", "department_b":
         "finance", "name": {"zh": "订单额", "en": "订单额"}, "facets": ["tax", "time"]}, "“订单额”有两种口径",
         "Order value has two meanings"),
    ],
)  # fmt: skip
def test_numbers_names_and_lists_read_as_people_write_them(
    kind: str, code: str, facts: dict[str, object], zh: str, en: str
) -> None:
    model = hedu.load({"a.yml": TEXT}, strict=True).model
    conflict = Conflict(kind, code, ("one",), ("sales",), facts=facts)  # type: ignore[arg-type]
    assert zh in sentence(conflict, "zh", model) and en in sentence(conflict, "en", model)
