"""Share -> plan: a metric over the same metric at fewer keys, both computed from the rows."""

from __future__ import annotations

from sqlglot import exp

from hedu.define.definitions import Share
from hedu.plan.compare import is_time
from hedu.plan.kinds.named import meant
from hedu.plan.leaves import Leaves, Planner
from hedu.plan.scalars import divide


def plan_share(share: Share, leaves: Leaves, filters: tuple[str, ...], plan: Planner) -> exp.Expr:
    """The part of the whole. The whole is no sum of parts: it holds for distinct counts and through bridges too."""
    ref, asking = share.metric, leaves.asking
    filters = (*filters, ref.where) if ref.where else filters
    by = asking.question.by
    over = {meant(leaves, ref.metric, name) for name in share.over}
    is_over = [meant(leaves, ref.metric, item) in over if over else not is_time(asking, item) for item in by]
    kept = tuple(item for item, gone in zip(by, is_over, strict=True) if not gone)
    if kept == by:
        kept = () if not share.over else by
    return divide(plan(leaves, ref.metric, filters), leaves.whole(kept, ref.metric, filters))
