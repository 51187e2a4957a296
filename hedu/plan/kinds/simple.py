"""Simple metric -> plan: one measure of one fact, filtered."""

from __future__ import annotations

from sqlglot import exp

from hedu.define.definitions import Simple
from hedu.plan.leaves import Leaves


def plan_simple(simple: Simple, leaves: Leaves, name: str, filters: tuple[str, ...]) -> exp.Expr:
    """The measure over the rows that pass the metric's own filter and those handed down."""
    dataset, _, measure = simple.measure.rpartition(".")
    fact = leaves.asking.model.datasets[dataset]
    own = (simple.where,) if simple.where else ()
    return leaves.column(fact, fact.measures[measure], name, own, filters)
