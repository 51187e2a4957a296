"""Two metrics and a look -> how far apart they are on real data, period by period."""

from __future__ import annotations

import math
from typing import Any

from hedu.alignment.equivalence.verdict import Gap
from hedu.alignment.scene import Look
from hedu.alignment.series import let_through
from hedu.errors import HeduError
from hedu.model.types import Model
from hedu.plan.offered import dimensions_of
from hedu.query import ALL

_GRAINS = ("month", "quarter", "year", "week", "day")
MOST_PERIODS = 36


def gap_between(model: Model, a: str, b: str, look: Look) -> Gap | None:
    """The two by month (else by the grain they share) and over all time; None where they cannot be asked together.

    Where they cannot be asked over all time, or one of them is a level then and the other adds up, the last period that
    has both stands for it.
    """
    time = next((one for one in dimensions_of(model, (a, b), ALL) if one.path == "metric_time"), None)
    grain = next((one for one in _GRAINS if time is not None and one in time.grains), None)
    if grain is None:
        return None
    key = f"metric_time.{grain}"
    rows = _rows(look, a, b, by=key, order=key)
    periods = tuple((str(row[key]), _number(row[a]), _number(row[b])) for row in rows if row[key] is not None)
    together = [(one, other) for _, one, other in periods if one is not None and other is not None]
    whole = _rows(look, a, b) if _is_level(model, a) == _is_level(model, b) else []
    if whole:
        one, other = _number(whole[0][a]), _number(whole[0][b])
    elif together:
        one, other = together[-1]
    else:
        return None
    return Gap(grain, periods[-MOST_PERIODS:], one, other, relative(one, other))


def _is_level(model: Model, metric: str) -> bool:
    """Whether the metric over all time is how things stand at the end: a balance, or counted of balances."""
    return any(
        model.datasets[dataset].measures[name].semi_additive is not None for dataset, name in model.leaves(metric)
    )


def relative(a: float | None, b: float | None) -> float | None:
    """(a - b) / |b|; None where either is missing or b is 0."""
    return (a - b) / abs(b) if a is not None and b else None


def _rows(look: Look, a: str, b: str, **question: Any) -> list[dict[str, Any]]:
    try:
        return list(look.ask((a, b), **question).rows())
    except HeduError as error:
        let_through(error)
        return []


def _number(value: Any) -> float | None:
    return float(value) if value is not None and math.isfinite(value) else None
