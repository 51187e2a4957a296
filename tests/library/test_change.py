"""Semantic diffs and three-way merges: each field's risk, its reason, and who wins."""

from __future__ import annotations

import dataclasses

import pytest

from hedu.alignment.change import FIELDS, Change, changes, greatest
from hedu.alignment.merge import merge
from hedu.define import definitions
from hedu.define.definitions import DatasetDef, Definitions, Label, MetricDef
from hedu.define.read import read
from hedu.errors import Where

METRIC = """version: 1
metric: revenue
label: {zh: 销售额}
owner: sales
raci: {A: sales, C: [finance]}
direction: up
unit: CNY
simple: {measure: orders.amount, where: "status = 'paid'"}
"""
DATASET = """version: 1
dataset: orders
source: erp.orders
primary_key: order_id
entities: {order: order_id}
time: paid_on
dimensions:
  kind: {}
  paid_on: {type: date}
measures:
  amount: {agg: sum, unit: CNY}
"""


def parsed(text: str) -> MetricDef | DatasetDef:
    found, problems = read({"a.yml": text})
    assert not problems
    return (*found.metrics, *found.datasets)[0]


def told(before: str, after: str, **renames: str) -> dict[str, tuple[str, str]]:
    found: tuple[Change, ...] = changes(parsed(before), parsed(after), renames)
    return {item.path: (item.risk, item.why) for item in found}


@pytest.mark.parametrize(
    ("old", "new", "path", "risk", "why"),
    [
        ("销售额", "净销售额", "label.zh", "safe", "wording"),
        ("'paid'", "'open'", "where", "breaking", "number"),
        ("status = 'paid'", "status  =  'paid'", "where", "safe", "spelling"),
        ("owner: sales", "owner: finance", "owner", "risky", "responsibility"),
        ("C: [finance]", "C: [service]", "raci.consulted", "risky", "responsibility"),
        ("direction: up", "direction: down", "direction", "risky", "judgement"),
        ("unit: CNY", "unit: USD", "unit", "breaking", "unit"),
        ("metric: revenue", "metric: net_revenue", "name", "risky", "identifier"),
        ('where: "status', 'join_to_timespine: true, where: "status', "join_to_timespine", "breaking", "number"),
    ],
)
def test_each_field_of_a_metric_has_its_risk(old: str, new: str, path: str, risk: str, why: str) -> None:
    assert told(METRIC, METRIC.replace(old, new)) == {path: (risk, why)}


@pytest.mark.parametrize(
    ("old", "new", "path", "risk", "why"),
    [
        ("erp.orders", "dw.orders", "source.table", "breaking", "source"),
        ("time: paid_on", "time: order_id", "time", "breaking", "time"),
        ("kind: {}", "kind: {expr: upper(kind)}", "dimensions.kind.expr", "risky", "split"),
        ("agg: sum", "agg: max", "measures.amount.agg", "breaking", "number"),
        ("unit: CNY", "unit: USD", "measures.amount.unit", "breaking", "unit"),
        ("primary_key: order_id", "primary_key: line_id", "primary_key", "risky", "joins"),
        ("order: order_id", "order: line_id", "entities.order.key", "risky", "joins"),
    ],
)
def test_each_field_of_a_dataset_has_its_risk(old: str, new: str, path: str, risk: str, why: str) -> None:
    assert told(DATASET, DATASET.replace(old, new))[path] == (risk, why)


def test_what_is_new_is_safe_and_what_goes_breaks() -> None:
    more = DATASET + "  lines: {agg: count}\n"
    assert {risk for risk, _ in told(DATASET, more).values()} == {"safe"}
    assert set(told(more, DATASET).values()) == {("breaking", "gone")}
    assert {item.why for item in changes(None, parsed(METRIC))} == {"first"}
    assert {item.why for item in changes(parsed(METRIC), None)} == {"gone"}


def test_a_reference_that_only_follows_a_new_name_is_safe() -> None:
    ratio = "version: 1\nmetric: basket\nratio: {numerator: revenue, denominator: orders}\n"
    assert told(ratio, ratio.replace("revenue", "net"), revenue="net") == {"numerator.metric": ("safe", "spelling")}
    assert told(ratio, ratio.replace("revenue", "net"))["numerator.metric"] == ("breaking", "number")
    formula = "version: 1\nmetric: twice\nderived: {formula: revenue * 2}\n"
    carried = "version: 1\nmetric: twice\nderived: {formula: revenue * 2, metrics: {revenue: net}}\n"
    assert told(formula, carried, revenue="net") == {"metrics.revenue.metric": ("safe", "spelling")}
    assert greatest(["safe", "risky"]) == "risky" and greatest([]) == "safe"


def test_sides_that_touch_different_fields_merge() -> None:
    theirs = METRIC.replace("销售额", "净销售额")
    mine = METRIC.replace("'paid'", "'open'").replace("C: [finance]", "C: [finance, service]")
    merged = merge(parsed(METRIC), parsed(theirs), parsed(mine))
    assert not merged.disputed
    assert parsed(merged.text) == parsed(mine.replace("销售额", "净销售额"))


def test_sides_that_touch_the_same_field_are_named() -> None:
    theirs, mine = METRIC.replace("'paid'", "'open'"), METRIC.replace("'paid'", "'void'")
    assert merge(parsed(METRIC), parsed(theirs), parsed(mine)).disputed == ("simple.where",)
    assert merge(parsed(METRIC), parsed(theirs), parsed(theirs)).disputed == ()
    other_kind = METRIC.replace("simple: {measure: orders.amount, where: \"status = 'paid'\"}", "derived: {formula: a}")
    assert merge(parsed(METRIC), parsed(theirs), parsed(other_kind)).disputed == ("simple",)


def test_collections_merge_by_item() -> None:
    theirs, mine = DATASET + "  lines: {agg: count}\n", DATASET.replace("kind: {}", "kind: {label: {zh: 类别}}")
    merged = parsed(merge(parsed(DATASET), parsed(theirs), parsed(mine)).text)
    assert [item.name for item in merged.measures] == ["amount", "lines"]
    assert merged.dimensions[0].label.zh == "类别"


def test_every_field_has_a_title_in_both_languages() -> None:
    fields = {
        field.name
        for shape in vars(definitions).values()
        if dataclasses.is_dataclass(shape) and isinstance(shape, type) and shape not in (Definitions, Where, Label)
        for field in dataclasses.fields(shape)
    }
    assert fields - FIELDS.keys() <= {"body", "at", "marks", "x", "id", "zh", "en", "pairs", "day", "month"}


def test_declared_facets_and_ways_of_calculating_are_told_in_words() -> None:
    before = METRIC + "x: {facets: {tax: included}}\n"
    after = before.replace("included", "excluded").replace(
        "simple: {measure: orders.amount, where: \"status = 'paid'\"}", "derived: {formula: invoiced}"
    )
    found = {item.path: item for item in changes(parsed(before), parsed(after))}
    tax, how = found["x.facets.tax"], found["how"]
    assert [tax.title("zh"), tax.said(tax.before, "zh"), tax.said(tax.after, "zh")] == [
        "声明的口径 › 税", "含税", "不含税",
    ]  # fmt: skip
    assert [how.said(how.before, "en"), how.said(how.after, "en")] == ["One measure", "Computed from metrics"]
    assert found["where"].said(found["where"].before, "zh") == "status = 'paid'"
