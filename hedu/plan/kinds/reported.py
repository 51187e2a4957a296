"""Reported metric -> plan: handed-in values, added up only where that is declared to be right."""

from __future__ import annotations

from sqlglot import exp

from hedu.define.definitions import Reported
from hedu.errors import PlanError
from hedu.model.expressions import path_of
from hedu.model.types import reported_dataset
from hedu.plan.keys import METRIC_TIME
from hedu.plan.leaves import Leaves


def plan_reported(reported: Reported, leaves: Leaves, name: str, filters: tuple[str, ...]) -> exp.Expr:
    """The reported value. Errors: reported-not-additive, where an answer would have to add up what may not be."""
    fact = leaves.asking.model.datasets[reported_dataset(name)]
    if reported.agg == "none":
        _require_every_key(reported, leaves, name)
    return leaves.column(fact, fact.measures["value"], name, filters)


def _require_every_key(reported: Reported, leaves: Leaves, name: str) -> None:
    """Refuse unless every value stays on its own: its own grain, and each dimension asked or held to one value."""
    question = leaves.asking.question
    fixed = {
        path_of(tree.this)
        for tree in leaves.asking.conditions
        if isinstance(tree, exp.EQ) and isinstance(tree.this, exp.Column)
    }
    asked = {*question.by, *fixed}
    times = {f"{METRIC_TIME}.{reported.grain}", f"period.{reported.grain}", "period", METRIC_TIME}
    missing = [] if asked & times else [f"{METRIC_TIME}.{reported.grain}"]
    own = [*(one.name for one in reported.dimensions), *(one.name for one in reported.entities)]
    missing += [item for item in own if item not in asked]
    if missing:
        raise PlanError("reported-not-additive", metric=name, missing=missing, grain=reported.grain)
