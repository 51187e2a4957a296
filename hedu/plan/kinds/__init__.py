"""Metric kinds, one file each: body + scope -> a scalar over the leaves it asks of the facts."""

from __future__ import annotations

from typing import assert_never

from sqlglot import exp

from hedu.define.definitions import Derived, Ratio, Reported, Simple
from hedu.plan.kinds.derived import plan_derived
from hedu.plan.kinds.ratio import plan_ratio
from hedu.plan.kinds.reported import plan_reported
from hedu.plan.kinds.simple import plan_simple
from hedu.plan.leaves import Leaves


def plan_metric(leaves: Leaves, name: str, filters: tuple[str, ...] = ()) -> exp.Expr:
    """The scalar that computes metric `name`, narrowed by `filters`, from leaf columns."""
    body = leaves.asking.model.metrics[name].body
    match body:
        case Simple():
            return plan_simple(body, leaves, name, filters)
        case Ratio():
            return plan_ratio(body, leaves, filters, plan_metric)
        case Derived():
            return plan_derived(body, leaves, filters, plan_metric)
        case Reported():
            return plan_reported(body, leaves, name, filters)
        case _:
            assert_never(body)
