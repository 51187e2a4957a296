"""Definitions and questions made to trip the planner: each gives the right number or a refusal, never a guess."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

import hedu
from hedu.errors import HeduError, QueryError
from hedu.query import Access, Mask

SALES = """version: 1
dataset: sales
select: >-
  select * from (values (1, 1, 'a', 10, date '2024-12-30', date '2025-02-01'),
    (1, 2, 'b', 20, date '2025-01-01', date '2025-02-02'), (2, 1, 'a', 30, date '2024-02-29', date '2025-03-01'))
  as t(store, sale, region, amount, sold, paid)
primary_key: [store, sale]
entities: {sale: {entity: sale, key: [store, sale]}}
time: sold
dimensions: {sold: {type: date}, paid: {type: date}, region: {}, store: {type: number}, marked: {expr: "region || '?$1'"}}
measures: {amount: {agg: sum}, n: {agg: count}, received: {agg: sum, expr: amount, time: paid}}
---
version: 1
dataset: lines
select: select * from (values (1, 1, 5), (1, 2, 6), (2, 1, 7), (2, 1, 8)) as t(store, sale, qty)
entities: {sale: {entity: sale, key: [store, sale]}}
measures: {qty: {agg: sum}, n: {agg: count}}
"""
SIMPLE = {"amount": "sales.amount", "n": "sales.n", "n_2": "lines.n", "qty": "lines.qty", "region": "sales.n"}


def load(*more: str, **settings: str) -> hedu.Workspace:
    head = "".join(f"{key}: {value}\n" for key, value in settings.items())
    metrics = [f"version: 1\nmetric: {name}\nsimple: {{measure: {of}}}\n" for name, of in SIMPLE.items()]
    texts = [f"version: 1\nworkspace: traps\n{head}", SALES, *metrics, *(f"version: 1\n{text}" for text in more)]
    return hedu.load({"traps.yml": "---\n".join(texts)}, engine="duckdb://", strict=True, now=datetime(2025, 1, 15))


def refused(code: str, ws: hedu.Workspace, *question: Any, **more: Any) -> HeduError:
    with pytest.raises(HeduError) as caught:
        ws.ask(*question, **more)
    assert caught.value.code == code
    return caught.value


def test_a_key_of_two_columns_is_no_dimension_by_its_first() -> None:
    ws = load()
    assert "store, sale" in str(refused("entity-key-of-several", ws, "qty", by="sale"))
    refused("entity-key-of-several", ws, "qty", where="sale = 1")
    refused("entity-key-of-several", ws, by="sales.sale")
    assert "sale" not in {info.path for info in ws.dimensions_of("qty")}
    assert ws.ask("qty", by="sale.region").rows() == [{"sale.region": "a", "qty": 20}, {"sale.region": "b", "qty": 6}]


def test_a_part_narrowed_twice_never_takes_the_name_of_another_metric() -> None:
    ws = load(
        "metric: sum\nderived: {formula: 'a + n_2 + 100 * b', metrics: {a: n, b: {metric: n, where: region = 'a'}}}\n"
    )
    assert ws.ask("sum").rows() == [{"sum": 3 + 4 + 100 * 2}]


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("-a - (b - -a) * 2", -60 - (3 + 60) * 2),
        ("a / b / b", 60 / 3 / 3),
        ("a / (b / b)", 60.0),
        ("a - (b - a)", 117),
        ("a % (b - b)", None),
        ("a // (b - b)", None),
        ("1 / (a - 20 * b)", None),
        ("a // 7 + a % 7 * b", 8 + 4 * 3),
        ("case when a > b then a - b else b end * 2", 114),
        ("coalesce(a, 0) - b ** 2", 51),
    ],
)
def test_formulas_mean_what_they_say(formula: str, value: float | None) -> None:
    ws = load(f"metric: f\nderived: {{formula: '{formula}', metrics: {{a: amount, b: n}}}}\n")
    assert ws.ask("f").rows() == [{"f": value if value is None else pytest.approx(value)}]


def test_a_metric_and_a_dimension_of_one_name() -> None:
    ws = load()
    refused("asked-twice", ws, "region", by="region")
    error = refused("path-ambiguous", ws, "n", where="region = 'a'")
    assert "sales.region" in str(error)
    assert ws.ask("n", where="sales.region = 'a'").rows() == [{"n": 2}]


def test_the_time_in_a_filter_is_the_measures_own() -> None:
    ws = load("metric: received\nsimple: {measure: sales.received, where: \"metric_time.month = '2025-02'\"}\n")
    assert ws.ask("received").rows() == [{"received": 30}]


def test_a_filter_handed_down_means_one_thing_to_all_parts() -> None:
    more = """dataset: visits
select: select 'a' as region, date '2024-12-30' as d
time: d
dimensions: {d: {type: date}, region: {}}
measures: {visits: {agg: count}}
---
version: 1
metric: visits
simple: {measure: visits.visits}
---
version: 1
metric: rate
ratio: {numerator: n, denominator: visits}
---
version: 1
metric: rate_of_a
derived: {formula: rate * 1, metrics: {rate: {metric: rate, where: region = 'a'}}}
"""
    refused("dimension-not-conformed", load(more), "rate_of_a")


def test_weeks_begin_when_the_workspace_says() -> None:
    ws = load(week_start="sunday")
    assert ws.ask("n", by="metric_time.week").rows()[1] == {"metric_time.week": date(2024, 12, 29), "n": 2}
    assert ws.ask("n", since="2025-W01", until="2025-W01").rows() == [{"n": 2}]
    assert ws.explain("n", since="-1w", until="-1w").parameters == (date(2025, 1, 5), date(2025, 1, 12))
    assert ws.ask("n", by="metric_time.extract_week", since="2024-12").rows() == [
        {"metric_time.extract_week": 1, "n": 2}
    ]


def test_what_is_no_question_is_refused() -> None:
    ws = load()
    for wrong in (
        {"limit": "5"},
        {"limit": 1.5},
        {"limit": True},
        {"limit": 10**40},
        {"by": [1]},
        {"where": 3},
        {"order": [None]},
    ):
        refused("question-unfit", ws, "n", **wrong)
    assert ws.ask("n", by=None, where=None, order=None).rows() == [{"n": 3}]


def test_text_that_looks_like_a_place_for_a_value() -> None:
    assert load().ask("n", by="marked", where="marked <> '?'").rows() == [
        {"marked": "a?$1", "n": 2},
        {"marked": "b?$1", "n": 1},
    ]


def test_a_value_handed_in_twice_counts_only_where_both_agree(tmp_path: Path) -> None:
    path = tmp_path / "handed.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("create table handed as select * from (values (date '2024-01-01', 'x', 5), "
                           "(date '2024-01-01', 'x', 5), (date '2024-01-01', 'y', 5), (date '2024-01-01', 'y', 6)) "
                           "as t(period, team, value)")  # fmt: skip
    text = "version: 1\nmetric: score\nreported: {grain: month, agg: none, source: handed, dimensions: {team: {}}}\n"
    ws = hedu.load({"a.yml": text}, engine=f"duckdb:///{path}", strict=True)
    assert [row["score"] for row in ws.ask("score", by=["metric_time.month", "team"]).rows()] == [5, None]


def test_a_masked_key_is_masked_wherever_it_is_referred_to() -> None:
    far = "dataset: shops\nselect: select 1 as shop_id\nprimary_key: shop_id\nentities: {shop: shop_id}\n"
    near = """dataset: visits
select: select 1 as shop_id, date '2024-01-31' as d
time: d
entities: {shop: shop_id}
dimensions: {d: {type: date}}
measures: {visits: {agg: count}}
---
version: 1
metric: visits
simple: {measure: visits.visits}
"""
    ws, access = load(far, near), Access(masks=(Mask("shops", "shop_id"),))
    assert ws.ask("visits", by="shop", access=access).rows() == [{"shop": "***", "visits": 1}]
    refused("access-filter-masked", ws, "visits", where="shop = 1", access=access)
    hidden = Access(masks=(Mask("visits", "d"),))
    compared = ws.ask("visits", by="metric_time.month", compare="previous", access=hidden).rows()
    assert [row["visits__previous"] for row in compared] == [None]


def test_the_ends_of_the_calendar() -> None:
    ws = load()
    assert ws.ask("n", until="9999-12-31", where="paid <= '9999'").rows() == [{"n": 3}]
    refused("period-unreadable", ws, "n", by="metric_time.year", since="0001", until="0001", compare="last_year")


def test_like_with_an_escape_is_a_condition() -> None:
    assert load().ask("n", where="sales.region like 'a!%' escape '!'").rows() == [{"n": 0}]


def test_a_mask_covers_what_a_range_could_reveal() -> None:
    ws = load()
    refused("access-filter-masked", ws, "n", until="2024", access=Access(masks=(Mask("sales", "Sold"),)))
    with pytest.raises(QueryError):
        ws.ask("n", since="2025-01-01 08:00")


def test_rows_totals_and_proofs_are_of_one_version_of_the_data(tmp_path: Path) -> None:
    """A load that comes between rows and totals makes the question be asked again; loads without end, a refusal."""
    path = tmp_path / "t.csv"
    path.write_text("x,d\n1,2024-01-01\n")
    text = "version: 1\ndataset: t\nfile: t.csv\ntime: d\ndimensions: {d: {type: date}}\nmeasures: {x: {agg: sum}}\n"
    ws = hedu.load({"t.yml": f"{text}---\nversion: 1\nmetric: x\nsimple: {{measure: t.x}}\n"}, engine="duckdb://")
    ws.root = tmp_path
    engine, loads = ws.engine, iter(["x,d\n1,2024-01-01\n2,2024-02-01\n"])
    query = engine.query

    def query_then_load(sql: str, *more: Any, **options: Any) -> Any:
        table = query(sql, *more, **options)
        if load := next(loads, None):
            path.write_text(load)
        return table

    engine.query = query_then_load  # type: ignore[method-assign]
    answer = ws.ask("x", by="metric_time.month", totals=True)
    assert answer.totals is not None
    assert (len(answer.rows()), answer.totals.to_pylist()) == (2, [{"x": 3}])
    loads = iter([f"x,d\n{10**size},2024-01-01\n" for size in range(3, 15)])
    refused("engine-restless", ws, "x", by="metric_time.year")
