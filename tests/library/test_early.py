"""Where the engine knows its tables to be large, the statement groups early, and gives the plain one's rows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

import hedu

TEXT = """\
version: 1
dataset: sales
source: sales
entities: {shop: shop_id, customer: customer_id}
time: day
dimensions: {day: {type: date}, at: {type: timestamp}, kind: {}}
measures:
  amount: {agg: sum}
  rows: {agg: count}
  typical: {agg: median, expr: amount}
  most: {agg: max, expr: amount, where: "kind = 'a'"}
---
version: 1
dataset: shops
source: shops
primary_key: id
entities: {shop: id}
dimensions: {city: {}}
---
version: 1
dataset: customers
source: customers
primary_key: id
entities: {customer: id}
dimensions: {tier: {}}
"""
METRICS = "".join(
    f"---\nversion: 1\nmetric: {name}\nsimple: sales.{name}\n" for name in ("amount", "rows", "typical", "most")
)
TABLES = """
create table sales as select i % 12 as shop_id, i % 5000 as customer_id, date '2023-01-01' + (i % 500)::integer as day,
  if(i % 3 = 0, 'a', 'b') as kind, i % 97 as amount, timestamp '2023-01-01' + to_minutes(i) as at from range(120000) t(i);
create table shops as select i as id, 'city ' || i % 4 as city from range(10) t(i);
create table customers as select i as id, 'tier ' || i % 3 as tier from range(5000) t(i);
"""


@pytest.fixture(scope="module")
def ws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[hedu.Workspace]:
    path: Path = tmp_path_factory.mktemp("early") / "data.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(TABLES)
    workspace = hedu.load({"all.yml": TEXT + METRICS}, engine=f"duckdb:///{path}", strict=True)
    yield workspace
    workspace.close()


def test_the_engine_knows_how_large_its_tables_are(ws: hedu.Workspace) -> None:
    assert ws.engine.sizes() == {("sales", 5), ("shops", 1), ("customers", 3)}


@pytest.mark.parametrize(
    ("metrics", "by", "is_early"),
    [
        (["amount", "rows", "most"], ["metric_time.month"], True),
        (["amount"], ["metric_time.year", "metric_time.extract_month"], True),
        (["amount", "rows"], ["shop.city"], True),
        (["amount", "most"], ["shop.city", "metric_time.month"], True),
        (["amount"], ["metric_time.day"], False),
        (["amount"], ["kind", "metric_time.month"], False),
        (["amount"], ["customer.tier"], True),
        (["amount"], ["customer.tier", "metric_time.month"], False),
        (["amount", "typical"], ["metric_time.month"], False),
        (["amount"], ["at.month"], False),
        (["amount"], [], False),
    ],
)
def test_it_groups_early_where_that_pays(ws: hedu.Workspace, metrics: list[str], by: list[str], is_early: bool) -> None:
    answer = ws.ask(metrics, by=by)
    assert ("__early" in answer.receipt.sql) == is_early, answer.receipt.sql
    plain = ws.engine.query(ws.compile(metrics, by=by))
    assert answer.table.to_pylist() == plain.to_pylist()
    assert answer.table.schema.types == plain.schema.types


def test_a_filter_on_what_only_names_keeps_it_joined(ws: hedu.Workspace) -> None:
    asked = {"by": ["shop.city", "metric_time.month"], "where": "shop.city = 'city 1'"}
    answer = ws.ask("amount", **asked)
    assert "__early" not in answer.receipt.sql
    assert sum(row["amount"] for row in answer.rows()) > 0
