"""Metric kinds, one file each: body + scope -> a scalar over the leaves it asks of the facts."""

from __future__ import annotations

from typing import assert_never

from sqlglot import exp

from hedu.define.definitions import Conversion, Cumulative, Derived, Rank, Ratio, Reported, Share, Simple
from hedu.plan.kinds.conversion import plan_conversion
from hedu.plan.kinds.cumulative import plan_cumulative
from hedu.plan.kinds.derived import plan_derived
from hedu.plan.kinds.rank import plan_rank
from hedu.plan.kinds.ratio import plan_ratio
from hedu.plan.kinds.reported import plan_reported
from hedu.plan.kinds.share import plan_share
from hedu.plan.kinds.simple import plan_simple
from hedu.plan.leaves import Leaves
from hedu.plan.scalars import scaled


def plan_metric(leaves: Leaves, name: str, filters: tuple[str, ...] = ()) -> exp.Expr:
    """The scalar that computes metric `name`, narrowed by `filters`, from leaf columns, in the metric's unit."""
    metric = leaves.asking.model.metrics[name]
    return scaled(_planned(leaves.reported_in(metric.definition.currency), name, filters), *metric.factor)


def _planned(leaves: Leaves, name: str, filters: tuple[str, ...]) -> exp.Expr:
    body = leaves.asking.model.metrics[name].body
    match body:
        case Simple():
            return plan_simple(body, leaves, name, filters)
        case Ratio():
            return plan_ratio(body, leaves, filters, plan_metric)
        case Derived():
            return plan_derived(body, leaves, name, filters, plan_metric)
        case Cumulative():
            return plan_cumulative(body, leaves, filters, plan_metric)
        case Conversion():
            return plan_conversion(body, leaves, name, filters, plan_metric)
        case Share():
            return plan_share(body, leaves, filters, plan_metric)
        case Rank():
            return plan_rank(body, leaves, filters, plan_metric)
        case Reported():
            return plan_reported(body, leaves, name, filters)
        case _:
            assert_never(body)
