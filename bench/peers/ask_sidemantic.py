"""sidemantic's SQL for the questions, as JSON. Run by an interpreter that has sidemantic; knows nothing of ours."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sidemantic import Dimension, Metric, Model, Relationship, SemanticLayer
from timing import tell

MODELS = (
    {
        "name": "lineitem",
        "table": "lineitem",
        "primary_key": ["l_orderkey", "l_linenumber"],
        "relationships": [
            Relationship(name="orders", type="many_to_one", foreign_key="l_orderkey"),
            Relationship(name="supplier", type="many_to_one", foreign_key="l_suppkey"),
        ],
        "dimensions": [
            Dimension(name="shipped", type="time", sql="l_shipdate", granularity="day"),
            Dimension(name="ship_mode", type="categorical", sql="l_shipmode"),
        ],
        "metrics": [
            Metric(name="revenue", agg="sum", sql="l_extendedprice * (1 - l_discount)"),
            Metric(name="gross", agg="sum", sql="l_extendedprice"),
            Metric(name="discounts", agg="sum", sql="l_extendedprice * l_discount"),
        ],
    },
    {
        "name": "orders",
        "table": "orders",
        "primary_key": "o_orderkey",
        "relationships": [Relationship(name="customer", type="many_to_one", foreign_key="o_custkey")],
        "dimensions": [
            Dimension(name="ordered", type="time", sql="o_orderdate", granularity="day"),
            Dimension(name="priority", type="categorical", sql="o_orderpriority"),
        ],
        "metrics": [
            Metric(name="orders", agg="count"),
            Metric(name="customers", agg="count_distinct", sql="o_custkey"),
        ],
    },
    {
        "name": "customer",
        "table": "customer",
        "primary_key": "c_custkey",
        "relationships": [Relationship(name="nation", type="many_to_one", foreign_key="c_nationkey")],
        "dimensions": [Dimension(name="segment", type="categorical", sql="c_mktsegment")],
    },
    {
        "name": "nation",
        "table": "nation",
        "primary_key": "n_nationkey",
        "dimensions": [Dimension(name="name", type="categorical", sql="n_name")],
    },
    {
        "name": "supplier",
        "table": "supplier",
        "primary_key": "s_suppkey",
        "relationships": [Relationship(name="supplier_nation", type="many_to_one", foreign_key="s_nationkey")],
    },
    {
        "name": "supplier_nation",
        "table": "nation",
        "primary_key": "n_nationkey",
        "dimensions": [Dimension(name="name", type="categorical", sql="n_name")],
    },
    {
        "name": "partsupp",
        "table": "partsupp",
        "primary_key": ["ps_partkey", "ps_suppkey"],
        "relationships": [Relationship(name="supplier", type="many_to_one", foreign_key="ps_suppkey")],
        "metrics": [Metric(name="supply_cost", agg="sum", sql="ps_supplycost * ps_availqty")],
    },
)
METRICS = (
    {"name": "average_order_value", "type": "ratio", "numerator": "lineitem.revenue", "denominator": "orders.orders"},
    {"name": "discount_rate", "type": "ratio", "numerator": "lineitem.discounts", "denominator": "lineitem.gross"},
    {
        "name": "growth",
        "type": "time_comparison",
        "base_metric": "lineitem.revenue",
        "comparison_type": "mom",
        "calculation": "percent_change",
    },
    {"name": "revenue_to_date", "type": "cumulative", "sql": "lineitem.revenue", "grain_to_date": "year"},
)


def layer() -> SemanticLayer:
    made = SemanticLayer(auto_register=False)
    for one in MODELS:
        made.add_model(Model(**one))
    for one in METRICS:
        made.add_metric(Metric(**one))
    return made


MONTH = "lineitem.shipped__month"
QUESTIONS = {
    "revenue by month": {"metrics": ["lineitem.revenue"], "dimensions": [MONTH]},
    "revenue by customer nation and month": {"metrics": ["lineitem.revenue"], "dimensions": ["nation.name", MONTH]},
    "average order value by segment": {"metrics": ["average_order_value"], "dimensions": ["customer.segment"]},
    "discount rate by ship mode, filtered here and across a join": {
        "metrics": ["discount_rate"], "dimensions": ["lineitem.ship_mode"],
        "filters": [
            "orders.priority = '1-URGENT'", "lineitem.shipped >= '1995-01-01'", "lineitem.shipped < '1996-01-01'",
        ],
    },
    "distinct customers by month": {"metrics": ["orders.customers"], "dimensions": ["orders.ordered__month"]},
    "month over month growth of revenue": {"metrics": ["growth"], "dimensions": [MONTH]},
    "revenue year to date": {"metrics": ["revenue_to_date"], "dimensions": [MONTH]},
    "revenue with supply cost by supplier nation": {
        "metrics": ["lineitem.revenue", "partsupp.supply_cost"], "dimensions": ["supplier_nation.name"],
    },
}  # fmt: skip


def load() -> Callable[[dict[str, Any]], str]:
    made = layer()
    return lambda asked: made.compile(**asked)


if __name__ == "__main__":
    tell("sidemantic", load, QUESTIONS)
