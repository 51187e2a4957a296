"""A metric's months -> where it will stand at the end of a period, with an interval, and the pace it still needs.

The method is the seasonal naive forecast with drift: each coming month is the same month a year before plus the mean
change over the year before, y(t+h) = y(t+h−12) + d, d the mean of y(t) − y(t−12) over the last twelve months
(Hyndman & Athanasopoulos, Forecasting, 3rd ed., section 5.2). Its errors on the known months give the interval;
those of one year are taken as independent, the error of d as common to all months ahead. With less than two years
known the mean of the known months stands for each coming one.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from hedu.alignment.goals.periods import month_after

_SEASON = 12
Z80 = 1.2815515655446004
"""Of the normal distribution: 80 % lie within ± this many standard deviations."""
Gathered = Literal["sum", "mean", "last"]
"""How the months of a period become its value: amounts add up, ratios and averages are averaged, stocks stand last."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """The value expected of a period, with its 80 % interval. `months` is what is expected of each coming month."""

    value: float
    low: float
    high: float
    months: Mapping[date, float]
    method: Literal["seasonal_drift", "mean"]


def outlook(history: Mapping[date, float], months: Sequence[date], gathered: Gathered) -> Outlook | None:
    """What the months of a period come to: those known as they are, the others as expected. None with too little known.

    A mean counts all months alike; where months differ in size it is an approximation.
    """
    known = {month: value for month, value in history.items() if not math.isnan(value)}
    if len(known) < 3 or not months:
        return None
    coming = [month for month in months if month > max(known)]
    expected, spread, shared, method = _expected(known, coming)
    course = [known.get(month, expected.get(month)) for month in months]
    values = [value for value in course if value is not None]
    if not values or (gathered != "sum" and course[-1] is None):
        return None
    ahead = len(coming)
    if gathered == "last":
        value, width = values[-1], math.hypot(spread, shared) if ahead else 0.0
    else:
        whole = sum(values)
        width = math.hypot(spread * math.sqrt(ahead), shared * ahead)
        value = whole if gathered == "sum" else whole / len(values)
        width = width if gathered == "sum" else width / len(values)
    return Outlook(value, value - Z80 * width, value + Z80 * width, expected, method)


def _expected(
    known: Mapping[date, float], coming: Sequence[date]
) -> tuple[dict[date, float], float, float, Literal["seasonal_drift", "mean"]]:
    """Coming months, the spread of one month's error, the spread of the error all months share, the method."""
    changes = {
        month: value - known[month_after(month, -_SEASON)]
        for month, value in known.items()
        if month_after(month, -_SEASON) in known
    }
    if len(changes) < _SEASON:
        values = list(known.values())[-_SEASON:]
        mean = sum(values) / len(values)
        spread = _spread([value - mean for value in values])
        return dict.fromkeys(coming, mean), spread, spread / math.sqrt(len(values)), "mean"
    recent = [changes[month] for month in sorted(changes)[-_SEASON:]]
    drift = sum(recent) / len(recent)
    expected: dict[date, float] = {}
    for month in coming:
        before = month_after(month, -_SEASON)
        base = known.get(before, expected.get(before))
        if base is None:
            base = sum(list(known.values())[-_SEASON:]) / _SEASON
        expected[month] = base + drift
    spread = _spread([change - drift for change in recent])
    return expected, spread, spread / math.sqrt(len(recent)), "seasonal_drift"


def _spread(errors: Sequence[float]) -> float:
    return math.sqrt(sum(error * error for error in errors) / max(1, len(errors) - 1))


@dataclass(frozen=True, slots=True)
class Pace:
    """What each remaining month must bring on average, what the last twelve brought, and the ratio of the two."""

    needed: float
    usual: float | None
    remaining: int

    @property
    def stretch(self) -> float | None:
        return self.needed / self.usual if self.usual else None


def pace(target: float, so_far: float, history: Mapping[date, float], remaining: int) -> Pace | None:
    """For amounts that add up; None when no month remains."""
    if remaining <= 0:
        return None
    last = [history[month] for month in sorted(history)[-_SEASON:]]
    return Pace((target - so_far) / remaining, sum(last) / len(last) if last else None, remaining)
