"""How a leaf is looked at in time: as it is, earlier, added up, with every period in place, or after another event."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import cast

from hedu.define.definitions import Conversion, Grain, GrainDef, PeriodAgg
from hedu.plan.periods import floor, own_floor, shift

Offset = tuple[int, Grain]


@dataclass(frozen=True, slots=True)
class Total:
    """Added up over `window`, since the start of `to`, or over all time; `take` is a period's value by longer ones.

    With `own` the periods of `to` are one's own.
    """

    window: Offset | None = None
    to: Grain | None = None
    take: PeriodAgg | None = None
    own: GrainDef | None = None


@dataclass(frozen=True, slots=True)
class Frame:
    """`back` are the lengths of time to go back; `start_of` takes the value at the start of its period."""

    back: tuple[Offset, ...] = ()
    start_of: Grain | None = None
    total: Total | None = None
    spined: bool = False
    follows: Conversion | None = None

    @property
    def is_plain(self) -> bool:
        return self == PLAIN

    def moved(self, offset: Offset) -> Frame:
        """This frame, earlier by `offset` still."""
        return replace(self, back=(*self.back, offset))

    def at_start(self, grain: Grain) -> Frame | None:
        """This frame, at the start of its period of `grain` still; None where starts would depend on the order."""
        if not all(is_whole(offset, grain) for offset in self.back):
            return None
        if self.start_of is None or fits(self.start_of, grain):
            return replace(self, start_of=grain)
        return self if fits(grain, self.start_of) else None


PLAIN = Frame()
BY_ROWS = (
    "count_distinct", "approx_count_distinct", "median", "percentile",
    "sum_distinct", "stddev", "stddev_pop", "variance", "variance_pop",
)  # fmt: skip
"""Aggregations of which the values of several periods make no value of them all."""
NESTS: dict[Grain, tuple[Grain, ...]] = {
    "second": ("second", "minute", "hour", "day", "week", "month", "quarter", "year"),
    "minute": ("minute", "hour", "day", "week", "month", "quarter", "year"),
    "hour": ("hour", "day", "week", "month", "quarter", "year"),
    "day": ("day", "week", "month", "quarter", "year"),
    "week": ("week",),
    "month": ("month", "quarter", "year"),
    "quarter": ("quarter", "year"),
    "year": ("year",),
}
"""Grain -> those whose periods hold whole periods of it."""
MONTHS = ("month", "quarter", "year")
_SIZES: tuple[dict[Grain, int], ...] = ({"month": 1, "quarter": 3, "year": 12}, {"day": 1, "week": 7})


def fits(grain: Grain, *others: Grain) -> bool:
    """Whether periods of `grain` lie wholly within periods of each of `others`.

    >>> fits("month", "year"), fits("week", "month")
    (True, False)
    """
    return all(other in NESTS[grain] for other in others)


def is_movable(grain: Grain | None, back: tuple[Offset, ...]) -> bool:
    """Whether going back `back` finds for each row one time: days of a month are not those of the month before."""
    return grain in MONTHS or not any(unit in MONTHS for _, unit in back)


def since_start(period: str, grains: Iterable[GrainDef], take: PeriodAgg | None = None) -> Total:
    """A total since `period` began: a grain, or one of `grains` by its name."""
    own = next((one for one in grains if one.name == period), None)
    return Total(to=own.of if own else cast(Grain, period), take=take, own=own)


def begun(total: Total, day: date, week_start: int) -> date:
    """When the period began that a total of `day` runs over."""
    return own_floor(day, total.own) if total.own else floor(day, total.to or "day", week_start)


def reached(frame: Frame, start: date | None, week_start: int) -> date | None:
    """From when on rows count, so that the first total shown is whole."""
    total = frame.total
    if start is None or total is None or (total.window is None and total.to is None):
        return None
    if total.window is not None:
        return shift(start, total.window[1], -total.window[0])
    for count, unit in frame.back:
        start = shift(start, unit, -count)
    start = begun(total, start, week_start)
    for count, unit in reversed(frame.back):
        start = shift(start, unit, count)
    return start


def is_whole(offset: Offset, grain: Grain) -> bool:
    """Whether an offset is made of whole periods of `grain`, so that their starts stay starts.

    >>> is_whole((12, "month"), "year"), is_whole((14, "day"), "month")
    (True, False)
    """
    count, unit = offset
    for sizes in _SIZES:
        if unit in sizes and grain in sizes:
            return count * sizes[unit] % sizes[grain] == 0
    return grain == "day"


def swaps(total: Total, offset: Offset) -> bool:
    """Whether totals of earlier values are earlier totals: both begin and end with the same rows."""
    if total.to is not None:
        return is_whole(offset, total.to)
    return total.window is None or (total.window[1] in MONTHS) == (offset[1] in MONTHS)
