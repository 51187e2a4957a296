"""Conversions -> SQL: pairs of events, of which the latest base event before each conversion stays."""

from __future__ import annotations

from collections.abc import Callable

from sqlglot import exp

from hedu.plan import nodes
from hedu.plan.scalars import column
from hedu.sql.stitched import subquery

_PLACE = "__place"


def following_select(node: nodes.Following, rows_select: Callable[[nodes.Rows], exp.Select]) -> exp.Select:
    """Keys and counts of conversions, each counted once."""
    names = [*(key.name for key in node.keys), "__value"]
    descending = [exp.Ordered(this=column(name), desc=True, nulls_first=False) for name in node.order]
    identity: list[exp.Expr] = [column(name) for name in node.identity]
    place = exp.Window(this=exp.RowNumber(), partition_by=identity, order=exp.Order(expressions=descending))
    pairs = exp.select(*(column(name) for name in names), exp.alias_(place, _PLACE, quoted=True))
    pairs = pairs.from_(subquery(rows_select(node.base), "__base"))
    pairs = pairs.join(subquery(rows_select(node.then), "__then"), on=node.on, copy=False)
    columns = [exp.alias_(one.value, one.name, quoted=True) for one in (*node.keys, *node.values)]
    first = exp.EQ(this=column(_PLACE), expression=exp.Literal.number(1))
    select = exp.select(*columns).from_(subquery(pairs, "__pairs")).where(first, copy=False)
    places = (exp.Literal.number(at + 1) for at in range(len(node.keys)))
    return select.group_by(*places, copy=False) if node.keys else select
