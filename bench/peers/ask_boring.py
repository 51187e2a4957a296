"""boring-semantic-layer's SQL for the questions, as JSON. Takes a file of CREATE TABLEs; knows nothing of ours."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import ibis
from boring_semantic_layer import SemanticModel, to_semantic_table
from timing import tell


def tables_of(connection: Any) -> dict[str, SemanticModel]:
    table = connection.table
    nation = to_semantic_table(table("nation"), name="nation").with_dimensions(
        n_nationkey=lambda t: t.n_nationkey, n_name=lambda t: t.n_name
    )
    customer = to_semantic_table(table("customer"), name="customer").with_dimensions(
        c_custkey=lambda t: t.c_custkey, c_mktsegment=lambda t: t.c_mktsegment
    )
    orders = (
        to_semantic_table(table("orders"), name="orders")
        .with_dimensions(
            o_orderkey=lambda t: t.o_orderkey,
            o_orderpriority=lambda t: t.o_orderpriority,
            ordered={"expr": lambda t: t.o_orderdate, "is_time_dimension": True, "smallest_time_grain": "day"},
        )
        .with_measures(orders=lambda t: t.count(), customers=lambda t: t.o_custkey.nunique())
    )
    lineitem = (
        to_semantic_table(table("lineitem"), name="lineitem")
        .with_dimensions(
            l_shipmode=lambda t: t.l_shipmode,
            shipped={"expr": lambda t: t.l_shipdate, "is_time_dimension": True, "smallest_time_grain": "day"},
        )
        .with_measures(
            revenue=lambda t: (t.l_extendedprice * (1 - t.l_discount)).sum(),
            discount_rate=lambda t: (t.l_extendedprice * t.l_discount).sum() / t.l_extendedprice.sum(),
        )
    )
    partsupp = to_semantic_table(table("partsupp"), name="partsupp").with_measures(
        supply_cost=lambda t: (t.ps_supplycost * t.ps_availqty).sum()
    )
    supplier = to_semantic_table(table("supplier"), name="supplier").with_dimensions(s_suppkey=lambda t: t.s_suppkey)
    return {
        "nation": nation, "customer": customer, "orders": orders, "lineitem": lineitem, "partsupp": partsupp,
        "supplier": supplier,
    }  # fmt: skip


def models(tables: str) -> dict[str, SemanticModel]:
    connection = ibis.duckdb.connect()
    connection.raw_sql(tables)
    nation, customer, orders, lineitem, partsupp, supplier = tables_of(connection).values()
    buyers = customer.join_one(nation, on=lambda c, n: c.c_nationkey == n.n_nationkey)
    sold = lineitem.join_one(orders, on=lambda x, o: x.l_orderkey == o.o_orderkey)
    return {
        "lineitem": lineitem,
        "orders": orders,
        "sold": sold,
        "sold everywhere": sold.join_one(buyers, on=lambda x, c: x.o_custkey == c.c_custkey),
        "ordered": orders.join_one(customer, on=lambda o, c: o.o_custkey == c.c_custkey).join_many(
            lineitem, on=lambda o, x: o.o_orderkey == x.l_orderkey
        ),
        "supplied": supplier.join_one(nation, on=lambda s, n: s.s_nationkey == n.n_nationkey)
        .join_many(lineitem, on=lambda s, x: s.s_suppkey == x.l_suppkey)
        .join_many(partsupp, on=lambda s, p: s.s_suppkey == p.ps_suppkey),
    }


MONTH = "TIME_GRAIN_MONTH"


def growth(found: Any) -> Any:
    before = found.revenue.lag().over(ibis.window(order_by=found.shipped))
    return found.mutate(growth=(found.revenue - before) / before)


def to_date(found: Any) -> Any:
    window = ibis.cumulative_window(group_by=found.shipped.year(), order_by=found.shipped)
    return found.mutate(to_date=found.revenue.sum().over(window))


QUESTIONS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "revenue by month": lambda m: m["lineitem"].query(
        dimensions=["shipped"], measures=["revenue"], time_grain=MONTH
    ).to_untagged(),
    "revenue by customer nation and month": lambda m: m["sold everywhere"].query(
        dimensions=["nation.n_name", "lineitem.shipped"], measures=["lineitem.revenue"],
        time_grains={"lineitem.shipped": MONTH},
    ).to_untagged(),
    "average order value by segment": lambda m: m["ordered"].with_measures(
        order_value=lambda t: t["lineitem.revenue"] / t["orders.orders"]
    ).query(dimensions=["customer.c_mktsegment"], measures=["order_value"]).to_untagged(),
    "discount rate by ship mode, filtered here and across a join": lambda m: m["sold"].query(
        dimensions=["lineitem.l_shipmode"], measures=["lineitem.discount_rate"],
        filters=[lambda t: t.o_orderpriority == "1-URGENT", lambda t: t.l_shipdate.year() == 1995],
    ).to_untagged(),
    "distinct customers by month": lambda m: m["orders"].query(
        dimensions=["ordered"], measures=["customers"], time_grain=MONTH
    ).to_untagged(),
    "month over month growth of revenue": lambda m: growth(QUESTIONS["revenue by month"](m)),
    "revenue year to date": lambda m: to_date(QUESTIONS["revenue by month"](m)),
    "revenue with supply cost by supplier nation": lambda m: m["supplied"].query(
        dimensions=["nation.n_name"], measures=["lineitem.revenue", "partsupp.supply_cost"]
    ).to_untagged(),
}  # fmt: skip


def load() -> Callable[[Callable[[dict[str, Any]], Any]], str]:
    made = models(Path(sys.argv[1]).read_text(encoding="utf-8"))
    return lambda ask: str(ibis.to_sql(ask(made), dialect="duckdb"))


if __name__ == "__main__":
    tell("boring-semantic-layer", load, QUESTIONS)
