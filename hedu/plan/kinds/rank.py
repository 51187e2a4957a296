"""Rank -> plan: the place of a value among those of the answer."""

from __future__ import annotations

from sqlglot import exp

from hedu.define.definitions import Rank
from hedu.plan.compare import is_time
from hedu.plan.kinds.named import meant
from hedu.plan.leaves import Leaves, Planner
from hedu.plan.scalars import column


def plan_rank(rank: Rank, leaves: Leaves, filters: tuple[str, ...], plan: Planner) -> exp.Expr:
    """Equal values share a place; what has no value has none. Without `within`, each period has places of its own."""
    ref, asking = rank.metric, leaves.asking
    value = plan(leaves, ref.metric, (*filters, ref.where) if ref.where else filters)
    by = asking.question.by
    if rank.within:
        named = {meant(leaves, ref.metric, name) for name in rank.within}
        within = [item for item in by if meant(leaves, ref.metric, item) in named]
    else:
        within = [item for item in by if is_time(asking, item)]
    if within == list(by) and not rank.within:
        within = []
    ordered = exp.Ordered(this=value.copy(), desc=rank.order == "desc", nulls_first=False)
    place = exp.Window(
        this=exp.Rank(), partition_by=[column(item) for item in within], order=exp.Order(expressions=[ordered])
    )
    return exp.Case().when(exp.not_(exp.Is(this=value, expression=exp.null())), place)
