"""Conversion -> plan: what came first, and the conversions that followed it."""

from __future__ import annotations

from sqlglot import exp

from hedu.define.definitions import Conversion, Simple
from hedu.plan.facts import Leaf
from hedu.plan.leaves import Leaves, Planner
from hedu.plan.money import reported
from hedu.plan.scalars import divide, scaled, wrapped


def plan_conversion(
    conversion: Conversion, leaves: Leaves, name: str, filters: tuple[str, ...], plan: Planner
) -> exp.Expr:
    """The number of conversions, or their part of all that came first. Filters narrow what came first."""
    model, base, then = leaves.asking.model, conversion.base, conversion.conversion
    first, second = model.metrics[base.metric].body, model.metrics[then.metric].body
    assert isinstance(first, Simple) and isinstance(second, Simple)
    narrowed = (*filters, base.where) if base.where else filters
    dataset, _, measure = second.measure.rpartition(".")
    own = tuple(text for text in (second.where, then.where) if text)
    before = tuple(text for text in (first.where, *narrowed) if text)
    reporting = leaves.reporting or model.metrics[then.metric].definition.currency
    counted = reported(leaves.asking, reporting, name, model.datasets[dataset].measures[measure])
    leaf = Leaf(f"{name}__conversions", counted, own, name, before)
    found: exp.Expr = leaves.following(conversion, leaf, first)
    if second.fill_nulls_with is not None:
        found = exp.Coalesce(this=found, expressions=[exp.Literal.number(second.fill_nulls_with)])
    if conversion.calculation == "conversions":
        return scaled(found, *model.metrics[then.metric].factor)
    # A rate is of events, whatever multiples of them either metric is told in.
    by, over = model.metrics[base.metric].factor
    return divide(found, wrapped(scaled(plan(leaves, base.metric, narrowed), over, by)))
