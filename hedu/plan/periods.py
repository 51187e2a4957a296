"""Period texts and a grain -> half-open ranges of dates; the calendar arithmetic of questions."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from hedu.define.definitions import Grain, GrainDef
from hedu.errors import QueryError

_FORMS: tuple[tuple[Grain, re.Pattern[str]], ...] = (
    ("year", re.compile(r"(?P<y>\d{4})")),
    ("quarter", re.compile(r"(?P<y>\d{4})-?[Qq](?P<q>[1-4])")),
    ("month", re.compile(r"(?P<y>\d{4})-(?P<m>\d{1,2})")),
    ("week", re.compile(r"(?P<y>\d{4})-?[Ww](?P<w>\d{1,2})")),
    ("day", re.compile(r"(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})")),
)
_RELATIVE = re.compile(r"-(?P<n>\d{1,4})(?P<unit>[dwmqy])")
_UNITS: dict[str, Grain] = {"d": "day", "w": "week", "m": "month", "q": "quarter", "y": "year"}
_MONTHS = {"month": 1, "quarter": 3, "year": 12}
WEEK_STARTS = {"monday": 0, "sunday": 6, "saturday": 5}


@dataclass(frozen=True, slots=True)
class Period:
    """From `start` up to but not including `end`, written at `grain`."""

    start: date
    end: date
    grain: Grain


@dataclass(frozen=True, slots=True)
class Range:
    """A half-open range of days; either side may be open."""

    start: date | None = None
    end: date | None = None

    @property
    def is_open(self) -> bool:
        return self.start is None and self.end is None


def parse_period(text: str, now: datetime, *, field: str = "since", week_start: int = 0) -> Period:
    """A period such as "2024", "2024-Q1", "2024-03", "2024-W09", "2024-03-05", "today" or "-12m" (from now).

    Weeks begin on `week_start` and bear the number of the ISO week that most of their days fall in.
    Errors: period-unreadable, also for a time of day: a range is of days.

    >>> parse_period("2024-Q1", datetime(2024, 5, 1))
    Period(start=datetime.date(2024, 1, 1), end=datetime.date(2024, 4, 1), grain='quarter')
    """
    text = str(text).strip()
    if text in ("today", "now"):
        return period_of(now.date(), "day")
    relative = _RELATIVE.fullmatch(text)
    try:
        if relative:
            grain = _UNITS[relative["unit"]]
            return period_of(shift(now.date(), grain, -int(relative["n"])), grain, week_start)
        for grain, form in _FORMS:
            match = form.fullmatch(text)
            if match:
                return period_of(_first_day(match.groupdict()), grain, week_start)
        moment = datetime.fromisoformat(text)
        if moment.time() != time.min:
            raise ValueError(text)
        return period_of(moment.date(), "day")
    except (ValueError, OverflowError):
        raise QueryError("period-unreadable", text=text, field=field) from None


def parse_range(since: str | None, until: str | None, now: datetime, week_start: int = 0) -> Range:
    """`since` from its first day, `until` to its last. Errors: period-unreadable, range-empty."""
    start = parse_period(since, now, week_start=week_start).start if since is not None else None
    end = parse_period(until, now, field="until", week_start=week_start).end if until is not None else None
    if start and end and start >= end and end != date.max:
        raise QueryError("range-empty", since=since, until=until)
    return Range(start, None if end == date.max else end)


def period_of(day: date, grain: Grain, week_start: int = 0) -> Period:
    """The period of `grain` that holds `day`; `week_start` counts from Monday = 0. The calendar's last has no end."""
    start = floor(day, grain, week_start)
    try:
        return Period(start, shift(start, grain, 1), grain)
    except (ValueError, OverflowError):
        return Period(start, date.max, grain)


def floor(day: date, grain: Grain, week_start: int = 0) -> date:
    """The first day of the period of `grain` that holds `day`."""
    match grain:
        case "year":
            return day.replace(month=1, day=1)
        case "quarter":
            return day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
        case "month":
            return day.replace(day=1)
        case "week":
            return day - timedelta(days=(day.weekday() - week_start) % 7)
        case _:
            return day


def own_floor(day: date, grain: GrainDef) -> date:
    """The first day of the period of one's own that holds `day`.

    >>> own_floor(date(2024, 3, 25), GrainDef("fiscal_month", "month", day=26))
    datetime.date(2024, 2, 26)
    """
    days, months = timedelta(days=grain.day - 1), grain.month - 1 if grain.of in ("quarter", "year") else 0
    return shift(floor(shift(day - days, "month", -months), grain.of), "month", months) + days


def shift(day: date, grain: Grain, count: int) -> date:
    """`day` moved by `count` periods; a day that the month lacks becomes its last."""
    if grain in _MONTHS:
        months = day.year * 12 + day.month - 1 + count * _MONTHS[grain]
        year, month = divmod(months, 12)
        for last in (day.day, 30, 29, 28):
            try:
                return date(year, month + 1, min(day.day, last))
            except ValueError:
                if not 1 <= year <= 9999:
                    raise
        raise ValueError(day)
    return day + timedelta(days=count * (7 if grain == "week" else 1))


def _first_day(parts: dict[str, str]) -> date:
    year = int(parts["y"])
    if "q" in parts:
        return date(year, int(parts["q"]) * 3 - 2, 1)
    if "w" in parts:
        return date.fromisocalendar(year, int(parts["w"]), 1)
    return date(year, int(parts.get("m", 1)), int(parts.get("d", 1)))
