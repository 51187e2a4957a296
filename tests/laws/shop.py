"""Random questions over the shop world, and the shop as a person under a policy would physically find it."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
from hypothesis import strategies as st

import hedu
from hedu.query import Access, RowFilter

WORLD = Path(__file__).parents[1] / "cases" / "worlds" / "shop"
NOW = datetime(2024, 6, 30, 12)

# What refers to what, written by hand: table, its column, the table referred to, that table's key.
REFERENCES = (
    ("customers", "nation_id", "nations", "nation_id"),
    ("places", "nation_id", "nations", "nation_id"),
    ("profiles", "customer_id", "customers", "customer_id"),
    ("customers", "customer_id", "profiles", "customer_id"),
    ("orders", "customer_id", "customers", "customer_id"),
    ("orders", "customer_id", "profiles", "customer_id"),
    ("orders", "ship_place", "places", "place_id"),
    ("orders", "bill_place", "places", "place_id"),
    ("order_lines", "order_id", "orders", "order_id"),
    ("order_lines", "sku", "products", "sku"),
    ("order_reasons", "order_id", "orders", "order_id"),
    ("order_reasons", "reason_id", "reasons", "reason_id"),
    ("tickets", "customer_id", "customers", "customer_id"),
    ("tickets", "customer_id", "profiles", "customer_id"),
    ("stock", "sku", "products", "sku"),
    ("quotas", "seller_id", "sellers", "seller_id"),
    ("empty_sales", "customer_id", "customers", "customer_id"),
    ("empty_sales", "customer_id", "profiles", "customer_id"),
)


@dataclass(frozen=True)
class Policy:
    """The same right twice: as the product takes it, and as SQL over base tables."""

    access: Access
    tables: tuple[tuple[str, str], ...]


def _policy(*filters: tuple[str, str, str]) -> Policy:
    rows = tuple(RowFilter(dataset, where) for dataset, where, _ in filters)
    tables: dict[str, list[str]] = {}
    for dataset, _, sql in filters:
        tables.setdefault(dataset, []).append(f"({sql})")
    return Policy(Access(rows=rows), tuple((table, " or ".join(parts)) for table, parts in tables.items()))


POLICIES = (
    _policy(("customers", "region = '华东'", "region = '华东'")),
    _policy(("customers", "region = '华东'", "region = '华东'"), ("customers", "segment = '个人'", "segment = '个人'")),
    _policy(("nations", "continent = '亚洲'", "continent = '亚洲'")),
    _policy(("orders", "channel in ('线上', '门店')", "channel in ('线上', '门店')")),
    _policy(
        ("orders", "orders.status = 'paid'", "status = 'paid'"),
        ("products", "category = '传感器'", "category = '传感器'"),
    ),
    _policy(("profiles", "tier in ('A', 'B')", "tier in ('A', 'B')")),
    _policy(("tickets", "channel is null", "channel is null"), ("places", "city = '上海'", "city = '上海'")),
    _policy(("customers", "region = 'nowhere'", "false")),
    _policy(
        ("stock", "warehouse = '北京仓'", "warehouse = '北京仓'"),
        ("sellers", "seller_name <> '赵'", "seller_name <> '赵'"),
    ),
)


def build(path: Path, policy: Policy | None = None) -> hedu.Workspace:
    """A workspace over the shop, or over what remains of it when rows not allowed are deleted for good."""
    with duckdb.connect(str(path)) as connection:
        connection.execute((WORLD / "tables.sql").read_text(encoding="utf-8"))
        if policy is not None:
            delete_hidden(connection, policy)
    return hedu.load(WORLD, engine=f"duckdb:///{path}", strict=True, now=NOW)


def delete_hidden(connection: duckdb.DuckDBPyConnection, policy: Policy) -> None:
    """Delete the rows a policy hides, then whatever refers to a deleted or unknown row, until nothing changes.

    A profile only adds to its customer: facts lose their customer through the customer, and through a profile
    only where profiles have a policy of their own.
    """
    restricted = {table for table, _ in policy.tables}
    own = set(restricted)
    for table, condition in policy.tables:
        connection.execute(f"delete from {table} where ({condition}) is not true")
    changed = True
    while changed:
        changed = False
        for table, column, far, key in REFERENCES:
            if far not in restricted or (far == "profiles" and far not in own):
                continue
            connection.execute(
                f"delete from {table} where {column} is null or {column} not in (select {key} from {far})"
            )
            if table not in restricted:
                restricted.add(table)
                changed = True
    for table, column, far, key in itertools.chain(REFERENCES, REFERENCES):
        if far in restricted and (far != "profiles" or far in own):
            connection.execute(
                f"delete from {table} where {column} is null or {column} not in (select {key} from {far})"
            )


ADDITIVE = ("orders", "paid_orders", "freight", "sales", "paid_sales", "units", "lines", "tickets", "handling_minutes",
            "urgent_tickets", "net_sales", "quota", "customers", "training_hours")  # fmt: skip
OTHERS = ("buyers", "order_value", "paid_share", "online_share", "minutes_per_ticket", "tickets_per_order", "top_price",
          "middle_price", "ticket_score", "stock", "opening_stock", "unit_price", "service_load", "share_of_share",
          "days_to_ship", "empty_amount", "empty_count", "asian_orders", "paid_gap")  # fmt: skip
FILTERS = ("customer.region = '华东'", "customer.region is null", "customer.segment in ('个人', '中小')",
           "customer.nation.continent = '亚洲'", "not (customer.region = '华北')", "customer.tier <> 'A'",
           "customer.segment = '个人' or customer.region = '华南'")  # fmt: skip
PERIODS = (None, "2023", "2023-06", "2024", "2024-Q1", "2024-03-15")


@st.composite
def questions(
    draw: Any, workspace: hedu.Workspace, metrics: tuple[str, ...], most: int = 3, bridges: bool = True
) -> dict[str, Any]:
    """A question that the model can answer: dimensions are drawn from those it offers."""
    chosen = draw(st.lists(st.sampled_from(metrics), min_size=1, max_size=most, unique=True))
    offered = [info for info in workspace.dimensions_of(chosen) if bridges or not info.many]
    paths = [info.path for info in offered if not info.grains]
    paths += [
        f"{info.path}.{grain}" for info in offered for grain in info.grains if grain in ("month", "quarter", "year")
    ]
    by = draw(st.lists(st.sampled_from(sorted(paths)), max_size=3, unique=True))
    known = {info.path for info in offered}
    filters = [text for text in FILTERS if "customer.region" in known and "customer.tier" in known]
    where = draw(st.lists(st.sampled_from(filters), max_size=2, unique=True)) if filters else []
    since, until = sorted([draw(st.sampled_from(PERIODS)), draw(st.sampled_from(PERIODS))], key=str)
    if since is not None and until is not None and since[:4] == until[:4]:
        until = None
    return {"metrics": chosen, "by": by, "where": where, "since": None if since == "None" else since, "until": until}
