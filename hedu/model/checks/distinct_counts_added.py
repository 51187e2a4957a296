"""Formulas -> sums that count someone twice."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from hedu.define.definitions import Derived
from hedu.errors import Problem
from hedu.model.expressions import parse_expression, path_of
from hedu.model.types import Metric, Model


def distinct_counts_added(model: Model) -> Iterator[Problem]:
    """Distinct counts do not add up: a customer of both shops is counted twice. Count once over both instead."""
    for metric in model.metrics.values():
        if not isinstance(metric.body, Derived):
            continue
        aliases = {name: ref.metric for name, ref in metric.body.metrics}
        for node in parse_expression(metric.body.formula).find_all(exp.Add):
            names = [path_of(side) for side in (node.left, node.right) if isinstance(side, exp.Column)]
            sides = [aliases.get(name, name) for name in names]
            if len(sides) == 2 and all(_is_distinct(model, side) for side in sides):
                where = metric.definition.marks.get("derived.formula", metric.at)
                yield Problem("distinct-counts-added", where, {"name": metric.name, "parts": sides})


def _is_distinct(model: Model, name: str) -> bool:
    metric: Metric | None = model.metrics.get(name)
    leaves = model.leaves(name) if metric else ()
    return bool(leaves) and all(
        model.datasets[dataset].measures[measure].agg == "count_distinct" for dataset, measure in leaves
    )
