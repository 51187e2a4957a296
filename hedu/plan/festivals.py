"""Spring Festival -> which days of the year before stand at the same distance from it.

A day belongs to the festival nearest to it: a festival's year runs from August to July. So the days before and after
the New Year meet those before and after it a year earlier, though it moves by up to a month in the calendar.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from hedu.define.definitions import Grain
from hedu.errors import QueryError
from hedu.plan.periods import Range, floor

# The first day of the first month of the Chinese calendar (GB/T 33661), in Beijing time.
_FIRST_YEAR = 2014
_DAYS = (
    "01-31 02-19 02-08 01-28 02-16 02-05 01-25 02-12 02-01 01-22 02-10 01-29 "
    "02-17 02-06 01-26 02-13 02-03 01-23 02-11 01-31 02-19 02-08 01-28"
)
SPRING_FESTIVALS = tuple(date.fromisoformat(f"{_FIRST_YEAR + at}-{day}") for at, day in enumerate(_DAYS.split()))
"""From 2014 to 2036."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """The times from `start` up to but not including `end` go back by `days` to the year before."""

    start: date
    end: date
    days: int


def stretches(grain: Grain, within: Range, week_start: int) -> tuple[Stretch, ...]:
    """The stretches that a range touches, for days or for whole weeks. Errors: festival-unknown."""
    known = tuple(_stretches(grain, week_start))
    outside = [
        day
        for day in (within.start, within.end and within.end - timedelta(days=1))
        if day is not None and not known[0].start <= floor(day, grain, week_start) < known[-1].end
    ]
    if outside:
        years = (SPRING_FESTIVALS[0].year + 1, SPRING_FESTIVALS[-1].year)
        raise QueryError("festival-unknown", day=outside[0], first=years[0], last=years[1])
    return tuple(
        one
        for one in known
        if (within.start is None or one.end > floor(within.start, grain, week_start))
        and (within.end is None or one.start < within.end)
    )


def first_needed(found: tuple[Stretch, ...], first: date) -> date:
    """The earliest day that any time from `first` on goes back to."""
    return min(max(first, one.start) - timedelta(days=one.days) for one in found)


def days_back(within: Range) -> int:
    """By how many days a whole range goes back. Errors: festival-window, where its days go back by different ones."""
    found = stretches("day", within, 0)
    if len(found) != 1:
        raise QueryError("festival-window", since=within.start, until=within.end and within.end - timedelta(days=1))
    return found[0].days


def _stretches(grain: Grain, week_start: int) -> Iterator[Stretch]:
    for before, festival in pairwise(SPRING_FESTIVALS):
        start, end = date(festival.year - 1, 8, 1), date(festival.year, 8, 1)
        if grain == "week":
            # A week belongs where its fourth day does; whole weeks move, the festivals' own weeks meet.
            start, end = (floor(day + timedelta(days=3), "week", week_start) for day in (start, end))
            festival, before = (floor(day, "week", week_start) for day in (festival, before))
        yield Stretch(start, end, (festival - before).days)
