"""Verdicts: what they rest on, what a witness shows, and what stays unproven."""

from __future__ import annotations

import pytest

import hedu
from hedu.alignment.equivalence import TableKeys, of_metrics, of_selects
from hedu.alignment.equivalence.forms import Forms
from hedu.errors import QueryError
from hedu.model.types import Model

SCHEMA = {"orders": {"id": "integer", "status": "varchar", "amount": "decimal(12, 2)", "customer": "integer"},
          "customers": {"id": "integer", "region": "text"}}  # fmt: skip
KEYS = {"orders": TableKeys(("id",), foreign=((("customer",), "customers", ("id",)),)), "customers": TableKeys(("id",))}
DEFINITIONS = """
version: 1
dataset: orders
source: shop.orders
primary_key: id
time: ordered_on
dimensions: {ordered_on: {type: date}, status: {}, grade: {}}
measures:
  amount: {agg: sum, unit: CNY}
  orders: {agg: count}
---
version: 1
metric: paid
simple: {measure: orders.amount, where: "status = 'paid'"}
---
version: 1
metric: not_open
simple: {measure: orders.amount, where: "status <> 'open'"}
---
version: 1
metric: paid_again
simple: {measure: orders.amount, where: "NOT (status <> 'paid')"}
---
version: 1
metric: handed_in
reported: {grain: month, agg: none, source: kpi.paid}
"""


@pytest.fixture(scope="module")
def model() -> Model:
    return hedu.load({"m.yml": DEFINITIONS}, engine="duckdb://", strict=True).model


WINDOWS = """
version: 1
metric: month_to_date
cumulative: {metric: paid, grain_to_date: month}
---
version: 1
metric: month_to_date_again
cumulative: {metric: paid_again, grain_to_date: month}
---
version: 1
metric: year_to_date
cumulative: {metric: paid, grain_to_date: year}
---
version: 1
metric: growth
derived: {formula: paid - before, metrics: {before: {metric: paid, offset_window: 1 month}}}
---
version: 1
metric: growth_of_a_year
derived: {formula: paid - before, metrics: {before: {metric: paid, offset_window: 1 year}}}
---
version: 1
metric: growth_again
derived: {formula: now - before, metrics: {now: paid_again, before: {metric: paid, offset_window: 1 month}}}
---
version: 1
metric: filled
simple: {measure: orders.amount, where: "status = 'paid'", fill_nulls_with: 0}
---
version: 1
metric: loyal
simple: {measure: orders.orders, where: "metric(not_open by order) > 10"}
"""


@pytest.mark.parametrize(
    ("one", "other", "is_equal"),
    [
        ("month_to_date", "month_to_date_again", True),
        ("month_to_date", "year_to_date", False),
        ("month_to_date", "paid", False),
        ("growth", "growth_again", True),
        ("growth", "growth_of_a_year", False),
        ("filled", "paid", False),
        ("loyal", "loyal", False),
    ],
)
def test_windows_and_offsets_belong_to_the_form(one: str, other: str, is_equal: bool) -> None:
    entity = DEFINITIONS.replace("time: ordered_on\n", "time: ordered_on\nentities: {order: id}\n", 1)
    model = hedu.load({"m.yml": f"{entity}---{WINDOWS}"}, engine="duckdb://", strict=True).model
    forms = Forms(model)
    terms = [form.term if (form := forms.of(name)) is not None else name for name in (one, other)]
    assert (terms[0] == terms[1] and not isinstance(terms[0], str)) is is_equal
    assert forms.relation(one, other) is None or is_equal


def test_a_witness_is_one_row_and_both_answers(model: Model) -> None:
    verdict = of_metrics(model, "paid", "not_open")
    witness = verdict.witness
    assert verdict.verdict == "different"
    assert verdict.relation == "a_implies_b"
    assert [one.facet for one in verdict.facets] == ["filter"]
    assert witness is not None
    ((row,),) = (witness.tables["shop.orders"],)
    assert row["status"] not in ("paid", "open", None)
    assert (witness.a, witness.b) == ((), ({"not_open": row["amount"]},))


def test_equal_definitions_need_no_database(model: Model) -> None:
    verdict = of_metrics(model, "paid", "paid_again")
    assert (verdict.verdict, verdict.tries, verdict.witness) == ("equal", 0, None)


def test_a_reported_metric_differs_from_a_computed_one_by_its_source(model: Model) -> None:
    witness = of_metrics(model, "paid", "handed_in").witness
    assert witness is not None
    assert set(witness.tables) == {"shop.orders", "kpi.paid"}
    assert sum(len(rows) for rows in witness.tables.values()) == 1


def test_keys_are_obeyed() -> None:
    join = "SELECT count(*) FROM orders o JOIN customers c ON o.customer = c.id"
    with_keys = of_selects(join, "SELECT count(customer) FROM orders", SCHEMA, KEYS)
    without = of_selects(join, "SELECT count(customer) FROM orders", SCHEMA)
    assert (with_keys.verdict, with_keys.tries > 0) == ("unproven", True)
    assert without.verdict == "different"


def test_what_is_left_to_chance_is_no_witness() -> None:
    one = "SELECT id FROM orders ORDER BY amount LIMIT 1"
    assert of_selects(one, "SELECT id FROM orders ORDER BY amount + 0 LIMIT 1", SCHEMA).verdict == "equal"
    assert of_selects(one, "SELECT id FROM orders LIMIT 1", SCHEMA).verdict == "unproven"


@pytest.mark.parametrize("sql", ["SELECT FROM WHERE", "DROP TABLE orders", "SELECT 1; SELECT 2"])
def test_only_one_select_can_be_compared(sql: str) -> None:
    with pytest.raises(QueryError) as caught:
        of_selects(sql, "SELECT 1", SCHEMA)
    assert caught.value.code == "select-broken"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            "WITH c AS (SELECT status FROM orders WHERE id = 1) SELECT id FROM orders WHERE status IN (SELECT status FROM c)",
            "WITH c AS (SELECT status FROM orders WHERE id = 2) SELECT id FROM orders WHERE status IN (SELECT status FROM c)",
        ),
        ("SELECT count(*) FROM range(5) AS r", "SELECT count(*) FROM range(6) AS r"),
        ("SELECT count(*) FROM orders TABLESAMPLE 10%", "SELECT count(*) FROM orders"),
        (
            "SELECT count(*) FROM orders WHERE extract(epoch FROM ordered_on) > 1.5",
            "SELECT count(*) FROM orders WHERE extract(epoch FROM ordered_on) >= 2",
        ),
    ],
)
def test_what_a_form_cannot_hold_is_never_called_equal(one: str, other: str) -> None:
    schema = {**SCHEMA, "orders": {**SCHEMA["orders"], "ordered_on": "timestamp"}}
    assert of_selects(one, other, schema).verdict != "equal"


def test_count_of_nothing_counts_rows() -> None:
    assert of_selects("SELECT count() FROM orders", "SELECT count(*) FROM orders", SCHEMA).verdict == "equal"
