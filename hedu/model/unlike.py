"""Formula + units -> the sum of unlike things in it."""

from __future__ import annotations

from collections.abc import Mapping

from hedu.define.definitions import Derived, MetricDef
from hedu.errors import Problem
from hedu.model.expressions import names_in, read_expression
from hedu.model.money import unit_in
from hedu.model.types import Metric
from hedu.model.units import Clash, of_formula, read_unit


def unlike_of(metric: MetricDef, resolved: Mapping[str, Metric]) -> Problem | None:
    """That a formula adds or subtracts metrics of different units: yuan plus pieces is no number.

    万元 and 元 are one unit: such terms are brought to one scale by themselves. What has no unit goes with any.
    """
    if not isinstance(metric.body, Derived):
        return None
    inputs = dict(metric.body.metrics)
    parts = {name: inputs[name].metric if name in inputs else name for name in names_in(metric.body.formula)}
    units = {name: read_unit(unit_in(resolved[part], metric.currency)) for name, part in parts.items()}
    clashes: list[Clash] = []
    of_formula(
        read_expression(metric.body.formula), {name: unit for name, unit in units.items() if unit is not None}, clashes
    )
    if not clashes:
        return None
    left, right = clashes[0]
    facts = {"name": metric.name, "left": left, "right": right, "formula": metric.body.formula}
    return Problem("units-do-not-add", metric.marks.get("derived.formula", metric.at), facts)
