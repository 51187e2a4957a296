"""Declared unit + what a metric comes to -> units that a metric cannot have."""

from __future__ import annotations

from collections.abc import Iterator

from hedu.define.definitions import Derived, Ratio, Simple
from hedu.define.remembered import remembered
from hedu.errors import Problem
from hedu.model.expressions import read_expression
from hedu.model.metrics import formula_names
from hedu.model.money import told_in, unit_in, unit_of
from hedu.model.types import Metric, Model
from hedu.model.units import Unit, agrees, of_formula, read_unit


def unit_not_of_formula(model: Model) -> Iterator[Problem]:
    """The unit that a metric declares must be one that its parts can come to: yuan over pieces is no percentage.

    Another scale of the same unit (元 and 万元, a ratio and %) is brought over exactly. `per` may stay unsaid:
    yuan an order may be called yuan. A part without a unit makes the whole unknown, and nothing is said; nor of a
    metric that calls what one measure counts by another name.
    """
    for metric in model.metrics.values():
        declared = read_unit(metric.definition.unit)
        computed = _computed(metric, model) if declared is not None else None
        if declared is None or computed is None or agrees(declared, computed):
            continue
        if isinstance(metric.body, Simple) and declared.currency == computed.currency:
            continue
        where = metric.definition.marks.get("unit", metric.at)
        yield Problem(
            "unit-not-of-formula", where, {"name": metric.name, "unit": metric.unit, "computed": computed.text}
        )


@remembered
def _computed(metric: Metric, model: Model) -> Unit | None:
    currency = metric.definition.currency

    def of(name: str) -> Unit | None:
        return read_unit(unit_in(model.metrics[name], currency))

    match metric.body:
        case Simple(measure=name):
            dataset, _, measure = name.rpartition(".")
            unit = unit_of(model.datasets[dataset].measures[measure], model.settings.currency)
            return read_unit(told_in(unit, currency))
        case Ratio(numerator=above, denominator=below):
            held, by = of(above.metric), of(below.metric)
            return held.times(by, -1) if held is not None and by is not None else None
        case Derived(formula=formula, metrics=inputs):
            refs = dict(inputs)
            units = {name: of(refs[name].metric if name in refs else name) for name in formula_names(formula)}
            known = {name: unit for name, unit in units.items() if unit is not None}
            return of_formula(read_expression(formula), known, [])
        case _:
            return None
