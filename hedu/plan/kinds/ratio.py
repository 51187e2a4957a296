"""Ratio metric -> plan: both sides reach the asked grain, then divide."""

from __future__ import annotations

from sqlglot import exp

from hedu.define.definitions import MetricRef, Ratio
from hedu.plan.leaves import Leaves, Planner
from hedu.plan.scalars import divide


def plan_ratio(ratio: Ratio, leaves: Leaves, filters: tuple[str, ...], plan: Planner) -> exp.Expr:
    """Sum over sum, never an average of ratios. A zero or missing denominator yields NULL."""

    def side(ref: MetricRef) -> exp.Expr:
        return plan(leaves, ref.metric, (*filters, ref.where) if ref.where else filters)

    return divide(side(ratio.numerator), side(ratio.denominator))
