"""What the native format means: shorthands, defaults, places, speed."""

from __future__ import annotations

import pickle

import pytest

from hedu.define.definitions import (
    Definitions,
    DepartmentDef,
    Derived,
    EntityDef,
    Label,
    MetricRef,
    Ratio,
    Reported,
    SemiAdditive,
    Simple,
    Source,
)
from hedu.define.names import fault_of, proposal
from hedu.define.read import read

ORDERS = """\
version: 1
dataset: orders
source: erp.orders
primary_key: order_id
unique_keys: [receipt, [shop, number]]
entities:
  order: order_id
  customer: {key: customer_id, integrity: true}
  ship_to: {entity: place, key: [country, place_no]}
time: paid_on
dimensions:
  channel:
  region: upper(region_code)
  paid_on: {type: date, label: 付款日}
measures:
  amount: {expr: quantity * price, agg: sum, unit: CNY}
  stock: {agg: sum, semi_additive: {over: paid_on, take: last}}
  level: {agg: sum, semi_additive: paid_on}
"""


def clean(text: str) -> Definitions:
    definitions, problems = read({"a.yml": text})
    assert problems == ()
    return definitions


def metric(body: str) -> Definitions:
    return clean(f"version: 1\nmetric: m\n{body}\n")


def test_a_dataset() -> None:
    (orders,) = clean(ORDERS).datasets
    assert orders.source == Source(table="erp.orders")
    assert orders.primary_key == ("order_id",)
    assert orders.unique_keys == (("receipt",), ("shop", "number"))
    assert orders.entities == (
        EntityDef("order", "order", ("order_id",)),
        EntityDef("customer", "customer", ("customer_id",), integrity=True),
        EntityDef("ship_to", "place", ("country", "place_no")),
    )
    assert [(one.name, one.type, one.expr) for one in orders.dimensions] == [
        ("channel", "text", ""),
        ("region", "text", "upper(region_code)"),
        ("paid_on", "date", ""),
    ]
    assert orders.dimensions[2].label == Label(zh="付款日")
    assert [one.semi_additive for one in orders.measures] == [None, *[SemiAdditive("paid_on", "last")] * 2]


@pytest.mark.parametrize(
    ("body", "meant"),
    [
        ("simple: orders.n", Simple("orders.n")),
        ("simple: {measure: orders.n, where: \"status = 'paid'\"}", Simple("orders.n", "status = 'paid'")),
        (
            "ratio: {numerator: a, denominator: {metric: b, where: c > 0}}",
            Ratio(MetricRef("a"), MetricRef("b", "c > 0")),
        ),
        ("derived: a - b / 2", Derived("a - b / 2")),
        ("derived: {formula: a - b, metrics: {b: other}}", Derived("a - b", (("b", MetricRef("other")),))),
        ("reported:", Reported()),
        ("reported: {grain: quarter, agg: last, source: hr.kpi}", Reported("quarter", "last", Source(table="hr.kpi"))),
    ],
)
def test_ways_to_a_value(body: str, meant: object) -> None:
    assert metric(body).metrics[0].body == meant


def test_plain_words_are_texts() -> None:
    """`no`, `on` and `2024` mean what they say."""
    (found,) = metric("owner: no\nperson: 1024\nunit: on\nsynonyms: [yes, 2024-01-01]\nsimple: o.n").metrics
    assert (found.owner, found.person, found.unit, found.synonyms) == ("no", "1024", "on", ("yes", "2024-01-01"))


def test_a_comma_in_a_label_needs_no_quotes() -> None:
    (found,) = metric("meaning: {zh: 已付款, 按付款日期计, en: Paid, by date}\nsimple: o.n").metrics
    assert found.meaning == Label("已付款, 按付款日期计", "Paid, by date")


def test_extensions_are_kept_as_data() -> None:
    (found,) = metric("x: {dbt: {meta: [1, 2.5, true, null, '1', no]}}\nsimple: o.n").metrics
    assert found.x == {"dbt": {"meta": [1, 2.5, True, None, "1", "no"]}}


def test_anchors_and_merges_are_followed() -> None:
    text = ORDERS.replace("amount: {expr", "amount: &money {expr") + "  refund: {<<: *money, expr: refund}\n"
    refund = clean(text).datasets[0].measures[-1]
    assert (refund.name, refund.expr, refund.agg, refund.unit) == ("refund", "refund", "sum", "CNY")


def test_a_workspace() -> None:
    text = "version: 1\nworkspace: demo\ndepartments:\n  finance: 财务\n  hr: {label: {zh: 人力}, parent: finance}\n  it:\n"
    settings = clean(text).settings
    assert (settings.name, settings.time_zone, settings.currency) == ("demo", "Asia/Shanghai", "CNY")
    assert settings.departments == (
        DepartmentDef("finance", Label(zh="财务")),
        DepartmentDef("hr", Label(zh="人力"), "finance"),
        DepartmentDef("it"),
    )


def test_marks_point_at_the_first_character() -> None:
    (found,) = metric("simple: {measure: orders.n, where: \"status = 'paid'\"}").metrics
    assert str(found.at) == "a.yml:2:9"
    assert str(found.marks["simple.measure"]) == "a.yml:3:19"
    assert str(found.marks["simple.where"]) == "a.yml:3:37", "inside the quotes, so that offsets add up"
    assert "ratio" not in found.marks
    assert str(pickle.loads(pickle.dumps(found)).marks["metric"]) == "a.yml:2:9"


def test_empty_documents_and_comments_are_no_problem() -> None:
    assert clean("# nothing yet\n---\n---\n# nothing\n") == Definitions()


def test_names() -> None:
    for name in ("a", "_a1", "净销售额", "Net_Revenue", "指标2024"):
        assert fault_of(name) is None
    for name in ("", "a b", "a.b", "1a", "__a", "a__b", "a-b", "a'b", "ａ", "metric_time", "NULL", "x" * 121):
        assert fault_of(name) is not None
        assert fault_of(proposal(name)) is None


def test_twelve_thousand_metrics_are_read_from_one_file() -> None:
    one = "version: 1\nmetric: metric_{}\nlabel: {{zh: 指标, en: Metric}}\nowner: finance\nsimple: {{measure: orders.n, where: a = 1}}\n"
    text = "---\n".join(one.format(number) for number in range(12_000))
    definitions, problems = read({"a.yml": text})
    assert len(definitions.metrics) == 12_000 and not problems
