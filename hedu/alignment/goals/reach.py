"""A target and the metric's history -> whether it asks for more than the metric has ever done.

Beyond reach means both: the growth it requires, per year from the middle of the last twelve months to the middle of
its period, exceeds the 99th percentile of all year-on-year growth of single months in history; and its level lies
outside everything any month has shown. Either alone is common: single months jump, and a growing metric sets records.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from hedu.alignment.goals.periods import Span, month_after
from hedu.alignment.scene import Operator

_SEASON = 12
PERCENTILE = 0.99
NOTABLE = 0.02
"""Asking for less than this a year is never out of reach, however steady the past."""


@dataclass(frozen=True, slots=True)
class Reach:
    """`required` and `usual` are per year: fractions, or differences where the metric goes through zero."""

    required: float
    usual: float
    base: float
    level: float
    extreme: float
    is_relative: bool

    @property
    def is_beyond(self) -> bool:
        least = NOTABLE if self.is_relative else 0.0
        return self.required > max(self.usual, least) and self.level > self.extreme


def reach(
    operator: Operator, value: float, span: Span, history: Mapping[date, float], base: float, adds_up: bool
) -> Reach | None:
    """How far a target reaches. `base` is the value of the last twelve known months; `adds_up` says whether months do.

    Values to stay below are turned round, so that more is always harder. None with less than two years of months.
    """
    months = sorted(history)
    changes = [month for month in months if month_after(month, -_SEASON) in history]
    if operator == "=" or len(changes) < _SEASON or not span.months:
        return None
    sign = 1.0 if operator == ">=" else -1.0
    is_relative = min(history.values()) > 0 and base > 0 and value > 0
    usual = percentile([_growth(history, month, is_relative) * sign for month in changes], PERCENTILE)
    years = (span.middle - month_after(months[-1], -5)).days / 365.25
    part = len(span.months) / _SEASON if adds_up else 1.0
    wanted = value / part
    change = wanted / base - 1 if is_relative else wanted - base
    if years >= 1:
        change = (1 + change) ** (1 / years) - 1 if is_relative else change / years
    per_month = value / len(span.months) if adds_up else value
    extreme = max(level * sign for level in history.values())
    return Reach(change * sign, usual, base, per_month * sign, extreme, is_relative)


def _growth(history: Mapping[date, float], month: date, is_relative: bool) -> float:
    before = history[month_after(month, -_SEASON)]
    return history[month] / before - 1 if is_relative else history[month] - before


def percentile(values: Sequence[float], share: float) -> float:
    """With linear interpolation between the two nearest (the common definition).

    >>> percentile([1, 2, 3, 4, 5], 0.5)
    3.0
    """
    ordered = sorted(values)
    at = share * (len(ordered) - 1)
    low = int(at)
    high = min(low + 1, len(ordered) - 1)
    return float(ordered[low] + (ordered[high] - ordered[low]) * (at - low))
