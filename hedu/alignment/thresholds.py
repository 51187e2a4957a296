"""A scored metric that counts what stays within a limit -> whether results crowd just inside it since some month."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from hedu.alignment.scene import Scene
from hedu.alignment.series import simple_of
from hedu.define.definitions import MetricDef, Simple
from hedu.errors import HeduError
from hedu.model.types import Metric, Model

ALL = "hedu_all_rows"
NEAR = 0.1
"""The window on either side, as a part of the limit."""
LIFT = 2.5
"""Crowding: so many times more rows inside than outside, against the months before."""
SURE = 6.0
"""Standard errors of the logarithm of that lift."""
LEAST_MONTHS = 4


@dataclass(frozen=True, slots=True)
class Limit:
    """`metric` counts rows of `dataset` whose `dimension` lies inside `bound`."""

    metric: str
    dataset: str
    measure: str
    dimension: str
    bound: float
    is_upper: bool


@dataclass(frozen=True, slots=True)
class Crowding:
    """Rows just inside and just outside the limit by month; it began in month `at`."""

    limit: Limit
    months: tuple[str, ...]
    inside: tuple[int, ...]
    outside: tuple[int, ...]
    at: int
    lift: float


def crowding(scene: Scene, metric: str) -> Crowding | None:
    """The strongest crowding at any limit that `metric`, or a part of it, counts by."""
    found = [one for limit in limits(scene.model, metric) if (one := _crowded(scene, limit)) is not None]
    return max(found, key=lambda one: one.lift, default=None)


def limits(model: Model, metric: str) -> Iterator[Limit]:
    """Every comparison of a number with a literal in the filters of a metric and its parts."""
    for name in model.made_of((metric,)):
        leaf, body = simple_of(model, name), model.metrics[name].body
        if leaf is None or not isinstance(body, Simple) or not body.where:
            continue
        for dimension, bound, is_upper in _comparisons(body.where):
            held = model.datasets[leaf[0]].dimensions.get(dimension)
            if held is not None and held.type == "number" and bound:
                yield Limit(name, *leaf, dimension, bound, is_upper)


def _comparisons(where: str) -> Iterator[tuple[str, float, bool]]:
    try:
        tree = sqlglot.parse_one(where)
    except (SqlglotError, RecursionError):
        return
    for node in tree.find_all(exp.LT, exp.LTE, exp.GT, exp.GTE):
        left, right = node.this, node.expression
        if isinstance(left, exp.Column) and isinstance(right, exp.Literal) and not right.is_string:
            yield left.name, float(right.this), isinstance(node, (exp.LT, exp.LTE))


def _crowded(scene: Scene, limit: Limit) -> Crowding | None:
    import numpy as np

    counted = _by_month(scene, limit)
    if counted is None:
        return None
    months, inside, outside = counted
    splits = range(LEAST_MONTHS, len(months) - LEAST_MONTHS + 1)
    at = max(
        splits, key=lambda one: _fit(inside[:one], outside[:one]) + _fit(inside[one:], outside[one:]), default=None
    )
    if at is None:
        return None
    cells = np.array([inside[:at].sum(), outside[:at].sum(), inside[at:].sum(), outside[at:].sum()]) + 0.5
    lift = float(np.log(cells[2] / cells[3]) - np.log(cells[0] / cells[1]))
    if lift < SURE * float(np.sqrt((1 / cells).sum())) or np.exp(lift) < LIFT:
        return None
    return Crowding(limit, months, tuple(map(int, inside)), tuple(map(int, outside)), at, float(np.exp(lift)))


def _fit(inside: Any, outside: Any) -> float:
    """The log-likelihood of one share of rows inside over these months."""
    import numpy as np

    counts = np.array([inside.sum(), outside.sum()]) + 0.5
    return float((counts * np.log(counts / counts.sum())).sum())


def _by_month(scene: Scene, limit: Limit) -> tuple[tuple[str, ...], Any, Any] | None:
    """Rows just inside and just outside, whatever else the metric filters by."""
    import numpy as np

    model, column = scene.model, f"{limit.dataset}.{limit.dimension}"
    every = Metric(ALL, MetricDef(ALL, Simple(f"{limit.dataset}.{limit.measure}")))
    wider = replace(model, metrics={**model.metrics, ALL: every})
    reach = abs(limit.bound) * NEAR
    where = [f"{column} >= {limit.bound - reach}", f"{column} < {limit.bound + reach}"]
    try:
        table = scene.look.ask_variant(wider, ALL, by=["metric_time.month", column], where=where).table
    except HeduError:
        return None
    if table.num_rows == 0:
        return None
    starts, place = np.unique(np.asarray(table.column(0).cast("date32"), dtype="M8[D]"), return_inverse=True)
    values = table.column(1).cast("double", safe=False).to_numpy(zero_copy_only=False)
    rows = table.column(2).cast("double", safe=False).to_numpy(zero_copy_only=False)
    below = np.bincount(place, weights=rows * (values < limit.bound), minlength=len(starts))
    above = np.bincount(place, weights=rows * (values >= limit.bound), minlength=len(starts))
    months = tuple(str(one)[:7] for one in starts)
    return (months, below, above) if limit.is_upper else (months, above, below)
