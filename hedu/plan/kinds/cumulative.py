"""Cumulative metric -> plan: each measure of a metric added up over time, then the metric computed of the totals."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from sqlglot import exp

from hedu.define.definitions import Cumulative, Derived
from hedu.define.spans import parts_of
from hedu.errors import PlanError
from hedu.plan.frames import Offset, Total, since_start, swaps
from hedu.plan.leaves import Leaves, Planner


def plan_cumulative(cumulative: Cumulative, leaves: Leaves, filters: tuple[str, ...], plan: Planner) -> exp.Expr:
    """The metric over all rows up to each time, within the window or since the period began; ratios of totals.

    Errors: PlanError offset-out-of-step.
    """
    take = cumulative.period_agg
    if cumulative.grain_to_date:
        total = since_start(cumulative.grain_to_date, leaves.asking.model.settings.grains, take)
    else:
        total = Total(parts_of(cumulative.window) if cumulative.window else None, take=take)
    ref = cumulative.metric
    for name, offset in _offsets(leaves, ref.metric):
        if not swaps(total, offset):
            grain = total.to or (total.window or offset)[1]
            raise PlanError("offset-out-of-step", metric=name, grain=grain)
    framed = leaves.framed(replace(leaves.frame, total=total))
    return plan(framed, ref.metric, (*filters, ref.where) if ref.where else filters)


def _offsets(leaves: Leaves, metric: str) -> Iterator[tuple[str, Offset]]:
    """How far the parts of a metric go back, each with the metric that does."""
    for name in leaves.asking.model.made_of([metric]):
        body = leaves.asking.model.metrics[name].body
        for _, ref in body.metrics if isinstance(body, Derived) else ():
            if ref.offset_window:
                yield name, parts_of(ref.offset_window)
