"""Formula + units -> sums of unlike things."""

from __future__ import annotations

from collections.abc import Iterator

from hedu.define.definitions import Derived
from hedu.define.remembered import remembered
from hedu.errors import Problem
from hedu.model.expressions import read_expression
from hedu.model.money import unit_in
from hedu.model.types import Metric, Model
from hedu.model.units import Clash, Unit, of_formula, read_unit


def units_do_not_add(model: Model) -> Iterator[Problem]:
    """Metrics of different units must not be added or subtracted: yuan plus pieces is no number.

    Convert one of them first (`amount_usd * 7.1`), or divide to get a rate. 万元 and 元 are one unit: such terms are
    brought to one scale by themselves.
    """
    for metric in model.metrics.values():
        if isinstance(metric.body, Derived):
            for left, right in _clashes(metric, model):
                facts = {"name": metric.name, "left": left, "right": right, "formula": metric.body.formula}
                where = metric.definition.marks.get("derived.formula", metric.at)
                yield Problem("units-do-not-add", where, facts)


@remembered
def _clashes(metric: Metric, model: Model) -> tuple[Clash, ...]:
    """The unlike units that a formula adds; a metric whose parts are others is another metric."""
    clashes: list[Clash] = []
    if isinstance(metric.body, Derived):
        of_formula(read_expression(metric.body.formula), _units(model, metric), clashes)
    return tuple(dict.fromkeys(clashes))


def _units(model: Model, metric: Metric) -> dict[str, Unit]:
    """Name used in the formula -> unit, where one is known."""
    aliases = dict(metric.body.metrics) if isinstance(metric.body, Derived) else {}
    parts = {name: ref.metric for name, ref in aliases.items()}
    parts.update({name: name for name in model.uses.get(metric.name, ()) if name not in parts})
    currency = metric.definition.currency
    known = {
        name: read_unit(unit_in(model.metrics[part], currency)) for name, part in parts.items() if part in model.metrics
    }
    return {name: unit for name, unit in known.items() if unit is not None}
