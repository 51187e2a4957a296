"""Rollups: declared, built, read where certain, never stale."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

import hedu
from hedu.define.read import read
from hedu.engine.warehouse import Warehouse
from hedu.errors import Denied, EngineError, HeduError
from hedu.intake.rolling import Built, build_rollups
from hedu.query import Access, Mask, RowFilter
from tests.laws.rolled import rolled_shop, shop_texts, shop_warehouse

DAYS = {"orders": {"metrics": ["orders", "freight"], "dimensions": ["customer.region", "status"], "time": "day"}}
MONTHS = {"orders": {"metrics": ["orders"], "dimensions": ["customer.region"], "time": "month"}}


@pytest.fixture
def warehouse(tmp_path: Path) -> Warehouse:
    return shop_warehouse(tmp_path)


def built(warehouse: Warehouse, rollups: dict[str, Any]) -> hedu.Workspace:
    workspace = rolled_shop(warehouse, rollups)
    build_rollups(warehouse, workspace.model)
    return workspace


def done(made: tuple[Built, ...]) -> dict[str, tuple[str, int]]:
    return {one.name: (one.done, one.periods) for one in made}


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"metrics": ["nosuch"]}, "rollup-measure-unknown"),
        ({"measures": ["orders.nosuch"]}, "rollup-measure-unknown"),
        ({"metrics": ["orders", "sales"]}, "rollup-not-one-dataset"),
        ({}, "rollup-not-one-dataset"),
        ({"measures": ["orders.orders", "orders.shipped"], "time": "day"}, "rollup-not-one-time"),
        ({"measures": ["orders.orders", "orders.shipped"], "dimensions": ["customer.level"]}, "rollup-not-one-time"),
        ({"metrics": "orders", "time": "hour"}, "rollup-time-too-fine"),
        ({"metrics": "orders", "dimensions": ["customer.joined_on.hour"]}, "rollup-time-too-fine"),
        ({"metrics": "orders", "dimensions": ["nosuch"]}, "rollup-dimension-unknown"),
        ({"metrics": "orders", "where": "nosuch.name = 'x'"}, "rollup-dimension-unknown"),
        ({"metrics": "orders", "dimensions": ["continent"]}, "rollup-dimension-ambiguous"),
        ({"metrics": "orders", "dimensions": ["order_reasons.reason"]}, "rollup-through-bridge"),
        ({"metrics": "orders", "dimensions": ["metric(tickets by customer)"]}, "rollup-of-metric-value"),
        ({"measures": "lines.middle_price"}, "rollup-not-mergeable"),
        ({"metrics": "buyers", "dimensions": ["customer.region"]}, "rollup-not-mergeable"),
        ({"metrics": "busiest_day", "time": "day"}, "rollup-not-mergeable"),
        ({"measures": "sold.prices"}, "rollup-not-mergeable"),
        ({"metrics": "stock", "time": "month"}, "rollup-loses-moment"),
        ({"metrics": "paid_orders", "dimensions": ["customer.region"]}, "rollup-misses-filter"),
        ({"metrics": "orders", "time": "week", "refresh": "month"}, "rollup-refresh-cuts"),
        ({"metrics": "orders", "where": "status ="}, "expression-broken"),
    ],
)
def test_what_cannot_be_held_is_said_where_it_stands(told: dict[str, Any], code: str) -> None:
    workspace = hedu.load(shop_texts({"wrong": told}), engine="duckdb://")
    assert [problem.code for problem in workspace.problems] == [code]
    where = workspace.problems[0].where
    assert where is not None
    assert where.file == "definitions.yml"
    assert where.line > 15


def test_a_time_of_another_zone_is_not_kept() -> None:
    texts = {
        "a.yml": "version: 1\ndataset: t\nsource: t\ntime: at\ndimensions: {at: {type: timestamp, time_zone: UTC}}\n"
        "measures: {rows: {agg: count}}\n---\nversion: 1\nworkspace: w\n"
        "rollups: {r: {measures: t.rows, time: day}, s: {measures: t.rows, dimensions: at}}\n"
    }
    found = hedu.load(texts, engine="duckdb://").problems
    assert [problem.code for problem in found] == ["rollup-time-zone", "rollup-time-zone"]


def test_the_receipt_names_what_was_read(warehouse: Warehouse) -> None:
    workspace = built(warehouse, DAYS)
    asked = {"metrics": ["orders"], "by": ["metric_time.month", "customer.region"]}
    answer, plain = workspace.ask(**asked), workspace.ask(**asked, rollups=False)
    assert answer.receipt.rollups == ("orders",)
    assert answer.receipt.snapshot == warehouse.snapshots()[-1].digest
    assert "hedu_rollup_orders" in answer.receipt.sql
    assert plain.receipt.rollups == ()
    assert answer.table.equals(plain.table)
    assert workspace.explain(**asked).rollups == ("orders",)
    assert workspace.explain(**asked, rollups=False).rollups == ()
    assert workspace.rows(**asked).receipt.rollups == ("orders",)
    assert rolled_shop(warehouse, DAYS, rollups=False).ask(**asked).receipt.rollups == ()


@pytest.mark.parametrize(
    ("asked", "is_read"),
    [
        ({"metrics": "orders", "by": "metric_time.quarter"}, True),
        ({"metrics": "orders", "by": "metric_time.week"}, False),
        ({"metrics": "orders", "by": "metric_time.day"}, False),
        ({"metrics": "orders", "by": "metric_time.fiscal_month"}, False),
        ({"metrics": "orders", "by": "metric_time.extract_month"}, True),
        ({"metrics": "orders", "by": "metric_time.extract_dow"}, False),
        ({"metrics": "orders", "since": "2024-02", "until": "2024-03"}, True),
        ({"metrics": "orders", "since": "2024-02-10"}, False),
        ({"metrics": "orders", "where": "customer.region = '华东'"}, True),
        ({"metrics": "orders", "where": "metric_time >= '2024-02-01'"}, False),
        ({"metrics": "orders", "where": "metric_time.month >= '2024-02'"}, True),
        ({"metrics": "orders", "where": "status = 'paid'"}, False),
        ({"metrics": "orders", "by": "customer.segment"}, False),
        ({"metrics": "orders", "by": "order_reasons.reason"}, False),
        ({"metrics": "freight"}, False),
        ({"metrics": "paid_orders"}, False),
        ({"metrics": ["orders", "tickets"], "by": "metric_time.year"}, True),
        ({"metrics": "orders", "by": "metric_time.month", "compare": ["previous", "last_year"]}, True),
        ({"metrics": "orders", "by": "metric_time.month", "window": "3 months"}, True),
        ({"metrics": "orders", "by": "metric_time.month", "time_zone": "Europe/Paris"}, False),
    ],
)
def test_only_what_follows_from_months_by_region_is_read(
    warehouse: Warehouse, asked: dict[str, Any], is_read: bool
) -> None:
    workspace = built(warehouse, MONTHS)
    answer = workspace.ask(**asked)
    assert bool(answer.receipt.rollups) == is_read
    assert answer.rows() == workspace.ask(**asked, rollups=False).rows()


def test_a_policy_needs_what_it_looks_at(warehouse: Warehouse) -> None:
    workspace = built(warehouse, {**DAYS, "keys": {"metrics": "orders", "dimensions": ["customer"], "time": "day"}})
    by_region = Access(rows=(RowFilter("customers", "region = '华东'"),))
    by_segment = Access(rows=(RowFilter("customers", "segment = '个人'"),))
    by_nothing = Access(rows=(RowFilter("customers", "region is null"),))
    hidden = Access(masks=(Mask("customers", "region"),))
    asked = {"metrics": "orders", "by": "metric_time.month"}
    for access in (by_region, by_segment, by_nothing, hidden):
        answer = workspace.ask(**asked, access=access)
        assert answer.receipt.rollups
        assert answer.rows() == workspace.ask(**asked, access=access, rollups=False).rows()
    only = built(warehouse, DAYS)
    assert only.ask(**asked, access=by_region).receipt.rollups == ("orders",)
    assert only.ask(**asked, access=by_segment).receipt.rollups == ()
    assert only.ask(**asked, access=by_nothing).receipt.rollups == ()
    masked = only.ask("orders", by="customer.region", access=hidden)
    assert masked.receipt.rollups == ("orders",)
    assert [row["customer.region"] for row in masked.rows()] == ["***"]


@pytest.mark.parametrize(
    ("told", "asked", "access", "code"),
    [
        (
            {"metrics": "orders", "time": "day", "where": "customer.region = '华东'"},
            {"metrics": "orders", "where": "customer.region = '华东'"},
            Access(hidden=("customers",)),
            "access-dataset-hidden",
        ),
        (
            {"measures": "orders.shipped", "dimensions": "channel"},
            {"metrics": "shipped_orders", "by": "channel"},
            Access(masks=(Mask("orders", "shipped_on"),)),
            "access-filter-masked",
        ),
    ],
)
def test_what_a_rollup_filtered_by_is_refused_as_without_it(
    warehouse: Warehouse, told: dict[str, Any], asked: dict[str, Any], access: Access, code: str
) -> None:
    workspace = built(warehouse, {"kept": told})
    assert workspace.ask(**asked).receipt.rollups == ("kept",)
    for is_used in (True, False):
        with pytest.raises(Denied) as refused:
            workspace.ask(**asked, access=access, rollups=is_used)
        assert refused.value.code == code


def test_of_several_the_smallest_is_read(warehouse: Warehouse) -> None:
    workspace = built(warehouse, {"days": DAYS["orders"], "months": MONTHS["orders"]})
    assert workspace.ask("orders", by="metric_time.year").receipt.rollups == ("months",)
    assert workspace.ask("orders", by="metric_time.day").receipt.rollups == ("days",)
    assert workspace.ask(["orders", "freight"], by="metric_time.year").receipt.rollups == ("days",)


def test_a_filter_of_the_rollup_must_be_asked(warehouse: Warehouse) -> None:
    paid = {"paid": {"metrics": "paid_orders", "time": "day", "where": "status = 'paid'"}}
    workspace = built(warehouse, paid)
    assert workspace.ask("paid_orders", by="metric_time.month").receipt.rollups == ("paid",)
    assert workspace.ask("orders", by="metric_time.month").receipt.rollups == ()
    asked = {"metrics": "orders", "by": "metric_time.month", "where": "orders.status = 'paid'"}
    assert workspace.ask(**asked).receipt.rollups == ("paid",)
    assert workspace.ask(**asked).rows() == workspace.ask(**asked, rollups=False).rows()


def grown(warehouse: Warehouse, **changes: Any) -> None:
    """One more order, like the first but for `changes`."""
    with warehouse.writing() as batch:
        orders = batch.run("select * from orders")
        more = {**orders.to_pylist()[0], "order_id": 9_999, **changes}
        batch.put("orders", pa.concat_tables([orders, pa.Table.from_pylist([more], schema=orders.schema)]))


def test_a_rollup_of_old_data_is_never_read_for_new(warehouse: Warehouse) -> None:
    workspace = built(warehouse, DAYS)
    before = workspace.ask("orders")
    grown(warehouse)
    stale = workspace.ask("orders")
    assert stale.receipt.rollups == ()
    assert stale.rows() == [{"orders": before.rows()[0]["orders"] + 1}]
    assert done(build_rollups(warehouse, workspace.model)) == {"orders": ("refreshed", 1)}
    fresh = workspace.ask("orders")
    assert fresh.receipt.rollups == ("orders",)
    assert fresh.rows() == stale.rows()


def test_only_the_changed_periods_are_counted_again(warehouse: Warehouse) -> None:
    workspace = built(warehouse, DAYS)
    grown(warehouse, ordered_on=None)
    assert done(build_rollups(warehouse, workspace.model)) == {"orders": ("refreshed", 1)}
    grown(warehouse, order_id=9_998, ordered_on=date(2031, 5, 6))
    assert done(build_rollups(warehouse, workspace.model)) == {"orders": ("refreshed", 1)}
    by = {"metrics": ["orders", "freight"], "by": ["metric_time.month", "customer.region"]}
    assert workspace.ask(**by).receipt.rollups == ("orders",)
    assert workspace.ask(**by).rows() == workspace.ask(**by, rollups=False).rows()
    with warehouse.writing() as batch:
        batch.put("orders", batch.run("select * from orders where ordered_on is null or ordered_on < '2031-01-01'"))
    assert done(build_rollups(warehouse, workspace.model)) == {"orders": ("refreshed", 1)}
    assert workspace.ask(**by).rows() == workspace.ask(**by, rollups=False).rows()
    with warehouse.writing() as batch:
        batch.put("customers", batch.run("select * replace ('华北' as region) from customers"))
    assert done(build_rollups(warehouse, workspace.model))["orders"][0] == "filled"
    assert workspace.ask(**by).rows() == workspace.ask(**by, rollups=False).rows()


def test_a_table_joined_to_itself_is_looked_up_anew(tmp_path: Path) -> None:
    warehouse = Warehouse(tmp_path / "warehouse")
    rows = {"id": [1, 2], "above": [2, 2], "name": ["a", "b"], "day": [date(2024, 1, 5), date(2024, 2, 5)]}

    def loaded(names: list[str]) -> None:
        with warehouse.writing() as batch:
            batch.put("people", pa.table({**rows, "name": names}))

    loaded(["a", "b"])
    text = (
        "version: 1\ndataset: people\nsource: people\nprimary_key: id\n"
        "entities: {person: id, boss: {entity: person, key: above}}\ntime: day\n"
        "dimensions: {name: {}, day: {type: date}}\nmeasures: {n: {agg: count}}\n---\n"
        "version: 1\ndataset: bosses\nsource: people\nprimary_key: id\nentities: {person: id}\ndimensions: {title: name}\n"
        "---\nversion: 1\nmetric: n\nsimple: people.n\n---\n"
        "version: 1\nworkspace: w\nrollups: {r: {metrics: n, dimensions: boss.title, time: month}}\n"
    )
    workspace = hedu.load({"a.yml": text}, engine=f"duckdb:///{warehouse.folder}", strict=True)
    build_rollups(warehouse, workspace.model)
    asked = {"metrics": "n", "by": ["boss.title", "metric_time.month"]}
    assert workspace.ask(**asked).receipt.rollups == ("r",)
    loaded(["a", "c"])
    build_rollups(warehouse, workspace.model)
    assert workspace.ask(**asked).receipt.rollups == ("r",)
    assert {row["boss.title"] for row in workspace.ask(**asked).rows()} == {"c"}


def test_nothing_changed_makes_no_snapshot(warehouse: Warehouse) -> None:
    workspace = built(warehouse, DAYS)
    kept = warehouse.snapshots()
    assert done(build_rollups(warehouse, workspace.model)) == {"orders": ("current", 0)}
    assert warehouse.snapshots() == kept


def test_another_definition_is_another_rollup(warehouse: Warehouse) -> None:
    built(warehouse, DAYS)
    changed = {"orders": {**DAYS["orders"], "dimensions": ["customer.segment", "status"]}}
    workspace = rolled_shop(warehouse, changed)
    assert workspace.ask("orders").receipt.rollups == ()
    assert done(build_rollups(warehouse, workspace.model))["orders"][0] == "filled"
    assert workspace.ask("orders").receipt.rollups == ("orders",)
    texts = shop_texts(DAYS)
    texts["definitions.yml"] = texts["definitions.yml"].replace(
        "freight: {agg: sum, expr: freight", "freight: {agg: sum, expr: freight * 2"
    )
    other = hedu.load(texts, engine=f"duckdb:///{warehouse.folder}", strict=True)
    build_rollups(warehouse, rolled_shop(warehouse, DAYS).model)
    assert other.ask("freight").receipt.rollups == ()
    assert rolled_shop(warehouse, DAYS).ask("freight").receipt.rollups == ("orders",)


def test_what_is_declared_no_more_is_dropped(warehouse: Warehouse) -> None:
    built(warehouse, DAYS)
    assert done(build_rollups(warehouse, rolled_shop(warehouse).model)) == {"orders": ("dropped", 0)}
    workspace = rolled_shop(warehouse, DAYS)
    assert workspace.ask("orders").receipt.rollups == ()
    with pytest.raises(EngineError, match="hedu_rollup_orders"):
        workspace.engine.query("select * from hedu_rollup_orders")


def refused(warehouse: Warehouse, texts: dict[str, str]) -> str:
    with pytest.raises(HeduError) as raised:
        build_rollups(warehouse, hedu.load(texts, engine="duckdb://", strict=True).model)
    return raised.value.code


TABLE = "version: 1\ndataset: {name}\nsource: {name}\nprimary_key: id\nentities: {{thing: id}}\ndimensions: {{kind: {{}}}}\n---\n"


def test_joins_that_lose_or_repeat_rows_are_found(tmp_path: Path) -> None:
    warehouse = Warehouse(tmp_path / "warehouse")
    with warehouse.writing() as batch:
        batch.put("facts", pa.table({"id": [1, 2, 3]}))
        batch.put("things", pa.table({"id": [1, 1, 2], "kind": ["a", "b", "c"]}))
    facts = "version: 1\ndataset: facts\nsource: facts\nentities: {thing: ENTITY}\nmeasures: {n: {agg: count}}\n---\n"
    rollup = "version: 1\nworkspace: w\nrollups: {r: {measures: facts.n, dimensions: thing.kind}}\n"
    things = TABLE.format(name="things")
    assert refused(warehouse, {"a.yml": things + facts.replace("ENTITY", "id") + rollup}) == "rollup-rows-differ"
    with warehouse.writing() as batch:
        batch.put("things", pa.table({"id": [1, 2], "kind": ["a", "b"]}))
    declared = facts.replace("ENTITY", "{key: id, integrity: true}")
    assert refused(warehouse, {"a.yml": things + declared + rollup}) == "rollup-rows-differ"
    assert warehouse.snapshots()[-1].file.startswith("snapshot-000002")


def test_what_would_go_stale_unseen_is_refused(warehouse: Warehouse, tmp_path: Path) -> None:
    moving = {"r": {"metrics": "orders", "where": "metric_time.day <= 'today'"}}
    assert refused(warehouse, shop_texts(moving)) == "rollup-moves-with-time"
    made = "version: 1\ndataset: elsewhere\nselect: select 1 as x from nosuch\nmeasures: {n: {agg: count}}\n---\n"
    told = "version: 1\nworkspace: w\nrollups: {r: {measures: elsewhere.n}}\n"
    assert refused(warehouse, {"a.yml": made + told}) == "rollup-outside-warehouse"
    assert refused(Warehouse(tmp_path / "nothing"), shop_texts(DAYS)) == "rollup-needs-warehouse"


def test_the_example_in_the_documentation_reads() -> None:
    text = (Path(__file__).parents[2] / "docs" / "do" / "roll-up.md").read_text(encoding="utf-8")
    found, problems = read({"example.yml": text.split("```yaml")[1].split("```")[0]})
    assert problems == ()
    assert found.settings.rollups[0].time == "day"


def test_what_does_not_add_up_is_told_with_its_rollup(tmp_path: Path) -> None:
    warehouse = Warehouse(tmp_path)
    with warehouse.writing() as batch:
        batch.put("calls", pa.table({"id": [1], "took": pa.array([timedelta(minutes=3)])}))
    texts = {
        "m.yml": """
version: 1
dataset: calls
source: calls
primary_key: id
measures: {took: {agg: average, expr: took}}
---
version: 1
metric: took
simple: {measure: calls.took}
---
version: 1
workspace: calls
rollups: {calls: {metrics: [took]}}
"""
    }
    workspace = hedu.load(texts, engine=f"duckdb:///{tmp_path}", strict=True)
    with pytest.raises(EngineError) as caught:
        build_rollups(warehouse, workspace.model)
    assert caught.value.code == "rollup-unfilled" and caught.value.problem.facts["name"] == "calls"
