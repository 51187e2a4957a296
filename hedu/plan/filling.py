"""A rollup -> the plan whose rows fill it, and the plan that counts what those rows must come from."""

from __future__ import annotations

from datetime import datetime

from hedu.model.rollups import Rollup
from hedu.model.types import Measure, Model
from hedu.plan import nodes
from hedu.plan.asking import Asking
from hedu.plan.conditions import parse_conditions
from hedu.plan.facts import Leaf, fact_pass
from hedu.plan.periods import Range
from hedu.plan.planner import Plan
from hedu.plan.rolled import ROWS, states_of
from hedu.plan.scalars import column
from hedu.query import Question


def filling_plan(model: Model, rollup: Rollup, now: datetime) -> Plan:
    """One row for each combination of keys, with what keeps its measures and the number of rows behind it."""
    fact = model.datasets[rollup.dataset]
    states = [one for name in rollup.measures for one in states_of(fact, fact.measures[name])]
    leaves = [_rows(rollup), *(Leaf(name, measure, (), rollup.name) for name, measure in dict(states).items())]
    return _planned(model, rollup, rollup.keys, leaves, now)


def counting_plan(model: Model, rollup: Rollup, now: datetime) -> Plan:
    """How many rows of the dataset a rollup is made of, joined to nothing but what its filter needs."""
    return _planned(model, rollup, (), [_rows(rollup)], now)


def _rows(rollup: Rollup) -> Leaf:
    return Leaf(ROWS, Measure(rollup.dataset, ROWS, "count", None), (), rollup.name)


def _planned(model: Model, rollup: Rollup, by: tuple[str, ...], leaves: list[Leaf], now: datetime) -> Plan:
    asking = Asking(model, Question((), by), now)
    asking.conditions = parse_conditions([rollup.where] if rollup.where else [])
    found = fact_pass(asking, model.datasets[rollup.dataset], rollup.time, leaves, Range())
    values = tuple(nodes.Named(leaf.name, column(leaf.name)) for leaf in leaves)
    names = (*by, *(leaf.name for leaf in leaves))
    return Plan(nodes.Page(nodes.Compute(found, by, values), names, None, (), None), tuple(asking.parameters))
