"""Cumulative metric -> plan: each measure of a metric added up over time, then the metric computed of the totals."""

from __future__ import annotations

from dataclasses import replace

from sqlglot import exp

from hedu.define.definitions import Cumulative
from hedu.define.spans import parts_of
from hedu.plan.frames import Total, since_start
from hedu.plan.leaves import Leaves, Planner


def plan_cumulative(cumulative: Cumulative, leaves: Leaves, filters: tuple[str, ...], plan: Planner) -> exp.Expr:
    """The metric over all rows up to each time, within the window or since the period began; ratios of totals."""
    take = cumulative.period_agg
    if cumulative.grain_to_date:
        total = since_start(cumulative.grain_to_date, leaves.asking.model.settings.grains, take)
    else:
        total = Total(parts_of(cumulative.window) if cumulative.window else None, take=take)
    ref = cumulative.metric
    framed = leaves.framed(replace(leaves.frame, total=total))
    return plan(framed, ref.metric, (*filters, ref.where) if ref.where else filters)
