"""A metric's months -> where it will stand at the end of a period, with an interval, and the pace it still needs.

The method is the seasonal naive forecast with drift: each coming month is the same month a year before plus the mean
change over the year before, y(t+h) = y(t+h−12) + d, d the mean of y(t) − y(t−12) over the last twelve months
(Hyndman & Athanasopoulos, Forecasting, 3rd ed., section 5.2); a month more than a year ahead takes as many such steps
as lead back to a known one. Its errors on the known months give the interval; those of the steps are taken as
independent, the error of d as common to all. With less than two years known the mean of the last twelve known months
stands for each coming one.
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
    expected, steps, spread, method = _expected(known, coming)
    course = [known.get(month, expected.get(month)) for month in months]
    values = [value for value in course if value is not None]
    if not values or (gathered != "sum" and course[-1] is None):
        return None
    if gathered == "last":
        value, width = values[-1], spread.over(steps[-1:])
    else:
        whole, width = sum(values), spread.over(steps)
        value = whole if gathered == "sum" else whole / len(values)
        width = width if gathered == "sum" else width / len(values)
    return Outlook(value, value - Z80 * width, value + Z80 * width, expected, method)


@dataclass(frozen=True, slots=True)
class _Errors:
    """Standard deviations: `each` of one step's own error, `shared` of the one that all steps have in common."""

    each: float
    shared: float

    def over(self, steps: Sequence[int]) -> float:
        """The standard deviation of the sum of months that are so many steps ahead."""
        count = sum(steps)
        return math.hypot(self.each * math.sqrt(count), self.shared * count)


def _expected(
    known: Mapping[date, float], coming: Sequence[date]
) -> tuple[dict[date, float], list[int], _Errors, Literal["seasonal_drift", "mean"]]:
    """What is expected of coming months, the steps each is ahead, the errors of a step, the method."""
    changes = {
        month: value - known[month_after(month, -_SEASON)]
        for month, value in known.items()
        if month_after(month, -_SEASON) in known
    }
    latest = [known[month] for month in sorted(known)[-_SEASON:]]
    mean = sum(latest) / len(latest)
    if len(changes) < _SEASON:
        each = _spread([value - mean for value in latest])
        errors = _Errors(each, each / math.sqrt(len(latest)))
        return dict.fromkeys(coming, mean), [1] * len(coming), errors, "mean"
    recent = [changes[month] for month in sorted(changes)[-_SEASON:]]
    drift = sum(recent) / len(recent)
    steps = [_steps(month, max(known)) for month in coming]
    expected = {
        month: known.get(month_after(month, -_SEASON * count), mean) + count * drift
        for month, count in zip(coming, steps, strict=True)
    }
    each = _spread([change - drift for change in recent])
    return expected, steps, _Errors(each, each / math.sqrt(len(recent))), "seasonal_drift"


def _steps(month: date, last: date) -> int:
    """How many years back from `month` lies the first that is not after `last`."""
    months = (month.year - last.year) * _SEASON + month.month - last.month
    return -(-months // _SEASON)


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
