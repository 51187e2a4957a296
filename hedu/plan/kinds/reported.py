"""Reported metric -> plan: handed-in values, added up only where that is declared to be right."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from sqlglot import exp

from hedu.define.definitions import Reported
from hedu.errors import PlanError
from hedu.model.expressions import path_of
from hedu.model.types import reported_dataset
from hedu.plan.asking import Asking
from hedu.plan.keys import METRIC_TIME
from hedu.plan.leaves import Leaves
from hedu.plan.moments import span_of
from hedu.plan.money import reported as reported_in
from hedu.plan.periods import floor, shift


def plan_reported(reported: Reported, leaves: Leaves, name: str, filters: tuple[str, ...]) -> exp.Expr:
    """The reported value; nothing where one cell was handed in twice with different values.

    Errors: reported-not-additive, where an answer would have to add up what may not be.
    """
    fact = leaves.asking.model.datasets[reported_dataset(name)]
    value = fact.measures["value"]
    if reported_in(leaves.asking, leaves.reporting, name, value) != value:
        raise PlanError("currency-not-for", metric=name, currency=leaves.asking.question.currency or leaves.reporting)
    found = leaves.column(fact, value, name, (), filters)
    if reported.agg != "none":
        return found
    _require_every_key(reported, leaves, name)
    least = leaves.column(fact, replace(value, agg="min"), name, (), filters)
    return exp.Case().when(exp.EQ(this=found.copy(), expression=least), found)


def _require_every_key(reported: Reported, leaves: Leaves, name: str) -> None:
    """Refuse unless every value stays on its own: its own grain, and each dimension asked or held to one value."""
    asking = leaves.asking
    fixed = {path for tree in asking.conditions for path in _fixed(tree, reported, asking)}
    asked = {*asking.question.by, *fixed}
    times = {f"{METRIC_TIME}.{reported.grain}", f"period.{reported.grain}", "period", METRIC_TIME}
    missing = [] if asked & times else [f"{METRIC_TIME}.{reported.grain}"]
    own = [*(one.name for one in reported.dimensions), *(one.name for one in reported.entities)]
    missing += [item for item in own if item not in asked]
    if missing:
        raise PlanError("reported-not-additive", metric=name, missing=missing, grain=reported.grain)


def _fixed(tree: exp.Expr, reported: Reported, asking: Asking) -> Iterator[str]:
    """The name that a condition holds to one value: equal to a literal, and of times to no more than one period."""
    if not isinstance(tree, exp.EQ):
        return
    for name, value in ((tree.this, tree.expression), (tree.expression, tree.this)):
        if not isinstance(name, exp.Column) or not isinstance(value, (exp.Literal, exp.Boolean)):
            continue
        path = path_of(name)
        if path.partition(".")[0] not in (METRIC_TIME, "period") or _is_one_period(value.this, reported, asking):
            yield path


def _is_one_period(text: str, reported: Reported, asking: Asking) -> bool:
    span = span_of(asking, str(text), True)
    if span.end is None:
        return True
    return shift(floor(span.start, reported.grain), reported.grain, 1) >= span.end
