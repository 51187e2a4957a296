"""The eight questions, each with the hand-written answers it must keep up with; the fastest of them counts.

Plain SQL is what a careful analyst writes knowing the keys, and what one writes who also knows how many rows there are:
group by a nation's key, name the groups after.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Timed:
    """A question and SQL that answers it with the same columns and rows; `most` is the ratio allowed."""

    name: str
    ask: Mapping[str, Any]
    by_hand: tuple[str, ...]
    most: float = 1.10


REVENUE = "sum(l_extendedprice * (1 - l_discount))"
MONTH = "cast(date_trunc('month', l_shipdate) as date)"

QUESTIONS = (
    Timed(
        "revenue by month",
        {"metrics": ["revenue"], "by": ["metric_time.month"]},
        (
            f"select {MONTH} as m, {REVENUE} as revenue from lineitem group by 1 order by 1",
            f"""select cast(date_trunc('month', d) as date) as m, sum(r) as revenue
            from (select l_shipdate as d, {REVENUE} as r from lineitem group by 1) x group by 1 order by 1""",
        ),
    ),
    Timed(
        "revenue by customer nation and month",
        {"metrics": ["revenue"], "by": ["order.customer.nation.name", "metric_time.month"]},
        (
            f"""select n_name, {MONTH} as m, {REVENUE} as revenue
            from lineitem join orders on l_orderkey = o_orderkey join customer on o_custkey = c_custkey
            join nation on c_nationkey = n_nationkey group by 1, 2 order by 1, 2""",
            f"""select n_name, m, sum(v) as revenue from (select c_nationkey as k, {MONTH} as m, {REVENUE} as v
            from lineitem join orders on l_orderkey = o_orderkey join customer on o_custkey = c_custkey group by 1, 2) x
            join nation on k = n_nationkey group by 1, 2 order by 1, 2""",
        ),
    ),
    Timed(
        "average order value by segment",
        {"metrics": ["average_order_value"], "by": ["customer.segment"]},
        (
            f"""with r as (select c_mktsegment as s, {REVENUE} as v from lineitem
              join orders on l_orderkey = o_orderkey join customer on o_custkey = c_custkey group by 1),
            n as (select c_mktsegment as s, count(*) as n from orders
              join customer on o_custkey = c_custkey group by 1)
            select r.s, cast(v as double) / n as a from r join n on r.s = n.s order by 1""",
            f"""with o as (select l_orderkey as k, {REVENUE} as v from lineitem group by 1)
            select c_mktsegment as s, cast(sum(v) as double) / count(*) as a
            from orders left join o on k = o_orderkey join customer on o_custkey = c_custkey group by 1 order by 1""",
            f"""select c_mktsegment as s, cast({REVENUE} as double) / count(distinct o_orderkey) as a
            from lineitem join orders on l_orderkey = o_orderkey join customer on o_custkey = c_custkey
            group by 1 order by 1""",
        ),
    ),
    Timed(
        "discount rate by ship mode, filtered here and across a join",
        {
            "metrics": ["discount_rate"],
            "by": ["ship_mode"],
            "where": ["order.priority = '1-URGENT'"],
            "since": "1995",
            "until": "1995",
        },
        (
            """select l_shipmode, cast(sum(l_extendedprice * l_discount) as double) / sum(l_extendedprice) as d
            from lineitem join orders on l_orderkey = o_orderkey
            where l_shipdate >= date '1995-01-01' and l_shipdate < date '1996-01-01'
              and o_orderpriority = '1-URGENT' group by 1 order by 1""",
            """select l_shipmode, cast(sum(l_extendedprice * l_discount) as double) / sum(l_extendedprice) as d
            from lineitem where l_shipdate >= date '1995-01-01' and l_shipdate < date '1996-01-01'
              and l_orderkey in (select o_orderkey from orders where o_orderpriority = '1-URGENT')
            group by 1 order by 1""",
        ),
    ),
    Timed(
        "distinct customers by month",
        {"metrics": ["customers"], "by": ["metric_time.month"]},
        (
            """select cast(date_trunc('month', o_orderdate) as date) as m, count(distinct o_custkey) as n
            from orders group by 1 order by 1""",
            """select m, count(*) as n from (select distinct cast(date_trunc('month', o_orderdate) as date) as m,
            o_custkey from orders) x group by 1 order by 1""",
        ),
    ),
    Timed(
        "month over month growth of revenue",
        {"metrics": ["revenue"], "by": ["metric_time.month"], "compare": ["previous"]},
        (
            f"""with a as (select {MONTH} as m, {REVENUE} as r from lineitem group by 1)
            select m, r, lag(r) over (order by m) as p, r - lag(r) over (order by m) as c,
              cast(r - lag(r) over (order by m) as double) / nullif(abs(lag(r) over (order by m)), 0) as g
            from a order by 1""",
            f"""with a as (select {MONTH} as m, {REVENUE} as r from lineitem group by 1)
            select a.m, a.r, b.r as p, a.r - b.r as c, cast(a.r - b.r as double) / nullif(abs(b.r), 0) as g
            from a left join a b on b.m = a.m - interval 1 month order by 1""",
        ),
    ),
    Timed(
        "revenue year to date",
        {"metrics": ["revenue_year_to_date"], "by": ["metric_time.month"]},
        (
            f"""with a as (select {MONTH} as m, {REVENUE} as r from lineitem group by 1)
            select m, sum(r) over (partition by year(m) order by m) as r from a order by 1""",
            f"""with a as (select l_shipdate as d, {REVENUE} as r from lineitem group by 1),
            b as (select cast(date_trunc('month', d) as date) as m, sum(r) as r from a group by 1)
            select m, sum(r) over (partition by year(m) order by m) as r from b order by 1""",
        ),
    ),
    Timed(
        "revenue with supply cost by supplier nation",
        {"metrics": ["revenue", "supply_cost"], "by": ["supplier.nation.name"]},
        (
            f"""with r as (select n_name as n, {REVENUE} as v from lineitem join supplier on l_suppkey = s_suppkey
              join nation on s_nationkey = n_nationkey group by 1),
            c as (select n_name as n, sum(ps_supplycost * ps_availqty) as c from partsupp
              join supplier on ps_suppkey = s_suppkey join nation on s_nationkey = n_nationkey group by 1)
            select coalesce(r.n, c.n), v, c from r full join c on r.n = c.n order by 1""",
            f"""with r as (select l_suppkey as k, {REVENUE} as v from lineitem group by 1),
            c as (select ps_suppkey as k, sum(ps_supplycost * ps_availqty) as c from partsupp group by 1)
            select n_name, sum(v) as v, sum(c) as c from supplier join nation on s_nationkey = n_nationkey
              left join r on r.k = s_suppkey left join c on c.k = s_suppkey group by 1 order by 1""",
        ),
    ),
)
