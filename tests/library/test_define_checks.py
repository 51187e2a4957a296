"""Each check of a model: what it finds, and the near miss it leaves alone."""

from __future__ import annotations

import pytest

from hedu.define.read import read
from hedu.errors import Problem
from hedu.model.checks import ADVICE, CHECKS, advice, faults
from hedu.model.resolve import resolve

SHOP = """\
version: 1
dataset: orders
source: erp.orders
primary_key: order_id
entities: {order: order_id, customer: customer_id}
time: paid_on
dimensions: {channel: , paid_on: {type: date}}
measures:
  amount: {agg: sum, unit: CNY}
  freight: {agg: sum, unit: 元}
  pieces: {agg: sum, unit: 件}
  buyers: {expr: customer_id, agg: count_distinct}
  lines: {agg: count}
---
version: 1
dataset: customers
source: crm.customers
primary_key: customer_id
entities: {customer: customer_id}
dimensions: {region: }
---
version: 1
metric: revenue
label: {zh: 销售额, en: Revenue}
meaning: 已付款订单金额
owner: finance
simple: orders.amount
---
version: 1
metric: freight
label: 运费
meaning: 向客户收取的运费
owner: finance
simple: orders.freight
---
version: 1
metric: pieces
label: 件数
meaning: 售出件数
owner: sales
simple: orders.pieces
---
version: 1
metric: buyers
label: 客户数
meaning: 下过单的客户数
owner: sales
simple: orders.buyers
"""


def found(*documents: str, shop: str = SHOP) -> list[Problem]:
    definitions, problems = read({"a.yml": "---\n".join([shop, *(f"version: 1\n{one}\n" for one in documents)])})
    assert not problems, problems
    model, problems = resolve(definitions)
    assert not problems, problems
    return [*faults(model), *advice(model)]


def metric(name: str, body: str) -> str:
    return f"metric: {name}\nlabel: {name}\nmeaning: 口径\nowner: finance\n{body}"


def test_a_sound_model_is_left_alone() -> None:
    assert found() == []


BAD = {
    "unit-not-of-formula": [
        metric("m", "unit: 元\nderived: revenue / freight"),
        metric("m", "unit: ratio\nratio: {numerator: revenue, denominator: pieces}"),
        metric("m", "unit: 元/人\nratio: {numerator: revenue, denominator: pieces}"),
        metric("m", "unit: 件\nsimple: orders.amount"),
        metric("m", "unit: USD\nderived: revenue - freight"),
    ],
    "exchange-unfit": [
        "workspace: w\nexchange: ratez",
        "workspace: w\nexchange: {dataset: orders, through: yuan}",
        "workspace: w\nexchange: {dataset: orders, last_known: 4 months}",
        metric("m", "currency: dollars\nsimple: orders.lines"),
        "dataset: a\nsource: a\ntime: d\ndimensions: {d: {type: date}}\nmeasures: {n: {agg: sum, currency: kind}}"
        "\n---\nversion: 1\n" + metric("m", "simple: a.n"),
    ],
    "ratio-of-itself": [metric("m", "ratio: {numerator: revenue, denominator: revenue}")],
    "metric-filter-unknown": [
        metric("m", "simple: {measure: orders.amount, where: \"customer.regions = '华东'\"}"),
        metric("m", "ratio: {numerator: {metric: revenue, where: supplier.name = 'x'}, denominator: pieces}"),
        metric("m", "derived: {formula: a - freight, metrics: {a: {metric: revenue, where: place.city = 'x'}}}"),
    ],
    "entity-keys-differ": ["dataset: visits\nsource: v\ntime: d\ndimensions: {d: {type: date}}\nmeasures: {n: {agg: count}}\n"
                           "entities: {customer: [country, customer_no]}\n---\nversion: 1\n" + metric("m", "simple: visits.n")],
    "conformed-types-differ": [
        "dataset: a\nsource: a\ntime: d\nmeasures: {n: {agg: count}}\ndimensions: {d: {type: date}, k: {conforms: region}, "
        "j: {type: number, conforms: region}}\n---\nversion: 1\n" + metric("m", "simple: a.n")
    ],
    "department-unknown": [
        "workspace: w\ndepartments: {finance: 财务, hr: 人力}",
        "workspace: w\ndepartments: {finance: 财务, sales: {parent: finanse}}",
    ],
    "ratios-aggregated": [
        "dataset: a\nsource: a\ntime: d\ndimensions: {d: {type: date}}\nmeasures: {rate: {expr: (profit / sales), agg: average}}"
        "\n---\nversion: 1\n" + metric("m", "simple: a.rate")
    ],
    "dimension-metric-unknown": [
        "dataset: people\nsource: p\nprimary_key: id\nentities: {people: id}\ndimensions: {n: {metric: none}}\n"
        "measures: {k: {agg: count}}\n---\nversion: 1\n" + metric("m", "simple: people.k")
    ],
    "parameter-undeclared": [
        metric("m", "simple: {measure: orders.amount, where: amount > parameter(least)}")
    ],
    "distinct-counts-added": [
        metric("m", "derived: {formula: buyers + app, metrics: {app: {metric: buyers, where: channel = 'app'}}}")
    ],
    "meaning-twice": [metric("m", "simple: {measure: orders.amount}")],
    "label-twice": [metric("m", "simple: orders.lines").replace("label: m", "label: revenue")],
    "synonym-taken": [metric("m", "simple: orders.lines") + "\nsynonyms: [销售额]"],
    "metric-named-as-dimension": [metric("region", "simple: orders.lines")],
    "accountable-not-one": [metric("m", "simple: orders.lines") + "\nraci: {A: [finance, sales]}"],
    "metric-without-owner": ["metric: m\nlabel: m\nmeaning: m\nsimple: orders.lines"],
    "metric-unexplained": ["metric: m\nlabel: m\nowner: finance\nsimple: orders.lines"],
    "dataset-unused": ["dataset: lonely\nsource: a"],
}  # fmt: skip


@pytest.mark.parametrize(("code", "text"), [(code, text) for code, texts in BAD.items() for text in texts])
def test_what_it_finds(code: str, text: str) -> None:
    problems = found(text)
    assert {problem.code for problem in problems} == {code}
    for problem in problems:
        assert problem.where and problem.where.line > 1
        assert all(problem.what(lang) and problem.hint(lang) for lang in ("zh", "en"))


FINE = {
    "yuan is CNY": metric("m", "derived: revenue - freight"),
    "a rate converts": metric("m", "derived: revenue + pieces * 3.5"),
    "a quotient of unlike units": metric("m", "derived: revenue / pieces"),
    "a share of itself": metric(
        "m", "ratio: {numerator: {metric: revenue, where: channel = 'web'}, denominator: revenue}"
    ),
    "columns of its own dataset": metric("m", "simple: {measure: orders.amount, where: orders.status = 'paid'}"),
    "a dimension through an entity": metric("m", "simple: {measure: orders.amount, where: customer.region = '华东'}"),
    "a date at a grain": metric("m", "simple: {measure: orders.amount, where: paid_on.extract_dow = 1}"),
    "metric time": metric("m", "simple: {measure: orders.amount, where: metric_time.year = '2024'}"),
    "a constant denominator": "dataset: a\nsource: a\ntime: d\ndimensions: {d: {type: date}}\nmeasures: "
    "{cents: {expr: cents / 100, agg: sum}}\n---\nversion: 1\n" + metric("m", "simple: a.cents"),
    "an amount that is worked back": "dataset: a\nsource: a\ntime: d\ndimensions: {d: {type: date}}\nmeasures: "
    "{list: {expr: paid / (1 - discount), agg: sum, unit: CNY}}\n---\nversion: 1\n" + metric("m", "simple: a.list"),
    "distinct counts divided": metric(
        "m", "derived: {formula: app / buyers, metrics: {app: {metric: buyers, where: channel = 'app'}}}"
    ),
    "a distinct count and another metric": metric("m", "derived: buyers - pieces * 0"),
    "its own synonym": metric("m", "simple: orders.lines") + "\nsynonyms: [m, 行数]",
    "accountable instead of owner": "metric: m\nlabel: m\nmeaning: m\nraci: {A: sales}\nsimple: orders.lines",
    "the company above all": "workspace: w\ndepartments: {finance: {parent: company}, sales: {parent: company}}",
    "a reported metric": metric("a", "reported:") + "\n---\nversion: 1\n" + metric("b", "reported:"),
}


@pytest.mark.parametrize("text", FINE.values(), ids=FINE)
def test_what_it_leaves_alone(text: str) -> None:
    assert found(text) == []


def test_every_check_explains_itself() -> None:
    checks = (*CHECKS, *ADVICE)
    assert len(checks) == len(BAD)
    for check in checks:
        assert check.__doc__ and check.__name__.replace("_", "-") in BAD


def test_the_hint_names_what_was_meant() -> None:
    (problem,) = found(BAD["metric-filter-unknown"][0])
    assert "customer.region" in problem.hint("zh")
    problems = found(BAD["department-unknown"][1])
    assert {str(problem.facts["near"]) for problem in problems} == {"('finance',)"}
