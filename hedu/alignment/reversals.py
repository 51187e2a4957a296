"""A scored total and what is later taken back from it -> rushes at quarter ends that flow back afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from hedu.alignment.scene import Scene
from hedu.alignment.series import native_grain, read, simple_of
from hedu.define.definitions import Derived
from hedu.errors import HeduError
from hedu.model.expressions import parse_expression
from hedu.model.types import Model

LAST_DAYS, FIRST_DAYS = 3, 20
QUARTERS = 8
"""Quarters looked at."""
RUSH, BACK = 2.0, 2.5
"""The last days hold so many times their usual share; the first days after take back so many times the usual."""
LEAST_QUARTERS = 3
RETURNED = 0.05
"""At least this part of the rush must flow back."""
MOST_VALUES = 60


@dataclass(frozen=True, slots=True)
class Reversal:
    """`rows` are the quarter ends: month, the rush's amount and share, what flowed back in the next month."""

    metric: str
    back: str
    dimension: str
    value: str
    rows: tuple[dict[str, Any], ...]

    @property
    def returned(self) -> float:
        """What flowed back as a part of the rushes."""
        rush = sum(row["rush"] for row in self.rows)
        return sum(row["back"] for row in self.rows) / rush if rush else 0.0


def reversals(scene: Scene, metric: str) -> Iterator[Reversal]:
    """By every dimension the two have in common; a rush that stays is no reversal."""
    model = scene.model
    leaf = simple_of(model, metric)
    if leaf is None or not model.metrics[metric].is_additive or native_grain(model, metric) != "day":
        return
    for back in taken_back(model, metric):
        for dimension in _shared(model, metric, back):
            yield from _in(scene, metric, back, dimension)


def taken_back(model: Model, metric: str) -> tuple[str, ...]:
    """Daily totals of the same unit, better low, that some formula subtracts."""
    unit = model.metrics[metric].unit
    found: dict[str, None] = {}
    for other in model.metrics.values():
        if isinstance(other.body, Derived):
            found |= dict.fromkeys(_subtracted(other.body))
    return tuple(
        name
        for name in found
        if name in model.metrics
        and name != metric
        and (model.metrics[name].unit, model.metrics[name].definition.direction) == (unit, "down")
        and model.metrics[name].is_additive
        and native_grain(model, name) == "day"
        and simple_of(model, name) is not None
    )


def _subtracted(body: Derived) -> Iterator[str]:
    from sqlglot import exp

    named = {alias: ref.metric for alias, ref in body.metrics}
    for node in parse_expression(body.formula).find_all(exp.Sub):
        if isinstance(node.expression, exp.Column):
            yield named.get(node.expression.name, node.expression.name)


def _shared(model: Model, metric: str, back: str) -> Iterator[str]:
    """Texts that both datasets hold as one and the same dimension."""
    one, other = (model.datasets[model.leaves(name)[0][0]].dimensions for name in (metric, back))
    identities = {dimension.identity: name for name, dimension in other.items()}
    for name, dimension in one.items():
        if dimension.type == "text" and identities.get(dimension.identity) == name:
            yield name


def _in(scene: Scene, metric: str, back: str, dimension: str) -> Iterator[Reversal]:
    daily = [_by_value(scene, name, dimension) for name in (metric, back)]
    if not daily[0] or len(daily[0]) > MOST_VALUES:
        return
    for value in daily[0].keys() & daily[1].keys():
        rows = tuple(_quarters(daily[0][value], daily[1][value]))
        found = Reversal(metric, back, dimension, value, rows)
        if len(rows) >= LEAST_QUARTERS and found.returned >= RETURNED:
            yield found


def _by_value(scene: Scene, metric: str, dimension: str) -> dict[str, Any]:
    """Daily series by value of the dimension."""
    import pyarrow.compute as pc

    try:
        table = scene.look.ask(metric, by=["metric_time.day", dimension]).table
    except HeduError:
        return {}
    values = [value for value in pc.unique(table.column(1)).to_pylist() if isinstance(value, str)]
    if len(values) > MOST_VALUES:
        return {}
    return {
        value: read(table.filter(pc.equal(table.column(1), value)), "day", metric, scene.today)
        for value in sorted(values)
    }


def _quarters(done: Any, back: Any) -> Iterator[Any]:
    """Quarter ends with a rush that is followed by more being taken back than usual."""
    import numpy as np

    months, late, whole = _late(done)
    share = np.divide(late, whole, out=np.zeros_like(late), where=whole > 0)
    early = _early(back)
    ends = months % 3 == 2
    recent = months >= months[-1] - 3 * QUARTERS
    usual = float(np.median(share[recent & ~ends]))
    usual_back = float(np.median([early.get(int(m) + 1, 0.0) for m in months[recent & ~ends]]))
    for at in np.flatnonzero(ends & recent):
        after = early.get(int(months[at]) + 1)
        if after is not None and usual > 0 and share[at] >= RUSH * usual and after >= BACK * max(usual_back, 1e-9):
            yield {
                "period": str(months[at].astype("M8[M]")),
                "share": float(share[at]),
                "usual": usual,
                "rush": float(late[at] - usual * whole[at]),
                "back": float(after - usual_back),
            }


def _late(done: Any) -> tuple[Any, Any, Any]:
    """Months with the amount of their last days and of all their days."""
    import numpy as np

    month = done.starts.astype("M8[M]")
    is_late = ((month + 1).astype("M8[D]") - done.starts).astype(int) <= LAST_DAYS
    months, place = np.unique(month.astype(int), return_inverse=True)
    late = np.bincount(place, weights=done.values * is_late, minlength=len(months))
    return months, late, np.bincount(place, weights=done.values, minlength=len(months))


def _early(back: Any) -> dict[int, float]:
    """The amount of the first days by month."""
    month = back.starts.astype("M8[M]")
    inside = (back.starts - month.astype("M8[D]")).astype(int) < FIRST_DAYS
    found: dict[int, float] = {}
    for at, value in zip(month.astype(int)[inside], back.values[inside], strict=True):
        found[int(at)] = found.get(int(at), 0.0) + float(value)
    return found
