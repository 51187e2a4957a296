"""Rows without a partner: told by the fact and the join, as SQL by hand counts them."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

import hedu
from hedu.doors.cli import main
from hedu.query import Access, RowFilter, Unmatched

TEXT = """\
version: 1
dataset: sales
source: sales
primary_key: id
entities: {customer: customer_id, shop: {key: shop_id, integrity: true}}
time: day
dimensions: {day: {type: date}, kind: {}}
measures: {amount: {agg: sum}, buyers: {agg: count_distinct, expr: customer_id}}
---
version: 1
dataset: customers
source: customers
primary_key: id
entities: {customer: id, nation: nation_id}
dimensions: {region: {}}
---
version: 1
dataset: nations
source: nations
primary_key: id
entities: {nation: id}
dimensions: {name: {}}
---
version: 1
dataset: shops
source: shops
primary_key: id
entities: {shop: id}
dimensions: {city: {}}
---
version: 1
metric: revenue
simple: sales.amount
---
version: 1
metric: buyers
simple: sales.buyers
---
version: 1
metric: to_date
cumulative: {metric: revenue, grain_to_date: year}
"""
TABLES = """
create table nations as select 1 as id, 'A' as name;
create table customers as from (values (1, 1, 'E'), (2, 9, 'W'), (3, null, 'W')) t(id, nation_id, region);
create table shops as select 1 as id, 'X' as city;
create table sales as from (values (1, 1, 1, date '2024-01-01', 'a', 10), (2, 2, 1, date '2024-01-02', 'a', 20),
  (3, 3, 1, date '2024-02-01', 'b', 30), (4, 7, 1, date '2024-02-01', 'b', 40), (5, null, 1, date '2025-01-01', 'a', 50))
  t(id, customer_id, shop_id, day, kind, amount);
"""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("unmatched")
    (folder / "all.yml").write_text(TEXT, "utf-8")
    with duckdb.connect(str(folder / "data.duckdb")) as connection:
        connection.execute(TABLES)
    return folder


@pytest.fixture(scope="module")
def ws(place: Path) -> Iterator[hedu.Workspace]:
    workspace = hedu.load(place, engine=f"duckdb:///{place}/data.duckdb", strict=True)
    yield workspace
    workspace.close()


def test_each_join_by_itself(ws: hedu.Workspace) -> None:
    assert ws.unmatched("revenue", by="customer.region") == (Unmatched("sales", "customer", "customers", 2, 5),)
    assert ws.unmatched("revenue", by="customer.nation.name") == (
        Unmatched("sales", "customer", "customers", 2, 5),
        Unmatched("sales", "customer.nation", "nations", 4, 5),
    )


def test_none_where_a_partner_is_certain_or_nothing_is_joined(ws: hedu.Workspace) -> None:
    assert ws.unmatched("revenue", by="shop.city") == ()
    assert ws.unmatched("revenue", by="kind") == ()


@pytest.mark.parametrize("metric", ["revenue", "buyers", "to_date"])
def test_of_the_rows_that_the_question_counts(ws: hedu.Workspace, metric: str) -> None:
    asked = {"metrics": metric, "by": ["customer.region", "metric_time.month"], "where": "kind = 'a'"}
    assert ws.unmatched(**asked) == (Unmatched("sales", "customer", "customers", 1, 3),)


def test_of_the_rows_that_may_be_seen(ws: hedu.Workspace) -> None:
    access = Access(rows=(RowFilter("sales", "kind = 'b'"),))
    assert ws.unmatched("revenue", by="customer.region", access=access) == (
        Unmatched("sales", "customer", "customers", 1, 2),
    )


def test_of_the_year_asked_not_the_one_compared_with(ws: hedu.Workspace) -> None:
    asked = {"by": "customer.region", "since": "2024", "until": "2024", "compare": "last_year"}
    assert ws.unmatched("revenue", **asked) == (Unmatched("sales", "customer", "customers", 1, 4),)


def test_nothing_counted(ws: hedu.Workspace) -> None:
    found = ws.unmatched("revenue", by="customer.region", since="1999", until="1999")
    assert found == (Unmatched("sales", "customer", "customers", 0, 0),)


def test_on_the_command_line(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEDU_LANG", "en")
    out, err = io.StringIO(), io.StringIO()
    asked_well = pytest.raises(SystemExit, match="0")
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err), asked_well:
        asked = ["query", "revenue", "--by", "customer.region", "--unmatched", "-f", "csv"]
        main([*asked, "-w", str(place), "--engine", f"duckdb:///{place}/data.duckdb"])
    assert err.getvalue() == "sales: 2 of 5 rows have no partner in customers (customer)\n"
    assert out.getvalue().splitlines()[-1] == ",90"


def test_the_receipt_counts_them_when_asked(ws: hedu.Workspace) -> None:
    receipt = ws.ask("revenue", by="customer.region", where="kind = 'a'").receipt
    assert receipt.unmatched() == (Unmatched("sales", "customer", "customers", 1, 3),)
    assert ws.rows("revenue", by="shop.city").receipt.unmatched() == ()
