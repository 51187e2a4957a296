"""Derived metric -> plan: a formula over metrics, each aggregated before the formula."""

from __future__ import annotations

from sqlglot import exp

from hedu.define.definitions import Derived, MetricRef
from hedu.define.spans import parts_of, span_of
from hedu.errors import PlanError, QueryError
from hedu.model.expressions import held, parse_expression, path_of, references, released, without_zero
from hedu.plan.leaves import Leaves, Planner
from hedu.plan.scalars import divide, scaled, wrapped


def plan_derived(derived: Derived, leaves: Leaves, metric: str, filters: tuple[str, ...], plan: Planner) -> exp.Expr:
    """The formula with every name replaced by its metric; a division by zero yields NULL.

    Terms in different multiples of one unit are brought to that unit first.
    """
    inputs = dict(derived.metrics)
    scales = {name: (by, over) for name, by, over in leaves.asking.model.metrics[metric].scales}
    root = held(parse_expression(derived.formula))
    for name in references(root):
        ref = inputs.get(path_of(name), MetricRef(path_of(name)))
        part = plan(_earlier(leaves, ref, metric), ref.metric, (*filters, ref.where) if ref.where else filters)
        name.replace(wrapped(scaled(part, *scales.get(path_of(name), (1, 1)))))
    for division in reversed(list(root.find_all(exp.Div))):
        division.replace(divide(division.this.copy(), division.expression.copy()))
    for whole in list(root.find_all(exp.Mod, exp.IntDiv)):
        whole.set("expression", without_zero(whole.expression))
    return released(root)


def _earlier(leaves: Leaves, ref: MetricRef, metric: str) -> Leaves:
    """The frame in which an input is looked at: as the whole formula is, or earlier still.

    Errors: PlanError offset-out-of-step.
    """
    if ref.offset_window:
        if span_of(ref.offset_window) is None:
            raise QueryError("window-unreadable", text=ref.offset_window)
        return leaves.framed(leaves.frame.moved(parts_of(ref.offset_window)))
    if ref.offset_to_grain:
        started = leaves.frame.at_start(ref.offset_to_grain)
        if started is None:
            raise PlanError("offset-out-of-step", metric=metric, grain=ref.offset_to_grain)
        return leaves.framed(started)
    return leaves
