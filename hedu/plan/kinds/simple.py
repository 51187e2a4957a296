"""Simple metric -> plan: one measure of one fact, filtered; on request with a row for every period, and a filling."""

from __future__ import annotations

from dataclasses import replace

from sqlglot import exp

from hedu.define.definitions import Simple
from hedu.plan.leaves import Leaves
from hedu.plan.money import reported


def plan_simple(simple: Simple, leaves: Leaves, name: str, filters: tuple[str, ...]) -> exp.Expr:
    """The measure over the rows that pass the metric's own filter and those handed down."""
    dataset, _, measure = simple.measure.rpartition(".")
    fact = leaves.asking.model.datasets[dataset]
    own = (simple.where,) if simple.where else ()
    if simple.join_to_timespine and leaves.frame.total is None:
        leaves = leaves.framed(replace(leaves.frame, spined=True))
    found = leaves.column(
        fact, reported(leaves.asking, leaves.reporting, name, fact.measures[measure]), name, own, filters
    )
    if simple.fill_nulls_with is None:
        return found
    return exp.Coalesce(this=found, expressions=[exp.Literal.number(simple.fill_nulls_with)])
