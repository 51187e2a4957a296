"""2027, 2027-Q1, 2027-03 -> first and last day, and the months in between."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

_WRITTEN = re.compile(r"(?P<year>\d{4})(?:-(?:Q(?P<quarter>[1-4])|H(?P<half>[12])|(?P<month>0[1-9]|1[0-2])))?")


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of whole months; `until` is its last day."""

    since: date
    until: date

    @property
    def months(self) -> tuple[date, ...]:
        """The first day of each month."""
        count = (self.until.year - self.since.year) * 12 + self.until.month - self.since.month + 1
        return tuple(month_after(self.since, at) for at in range(count))

    @property
    def middle(self) -> date:
        return self.since + (self.until - self.since) / 2

    def holds(self, other: Span) -> bool:
        """Whether `other` lies within."""
        return self.since <= other.since and other.until <= self.until


def span_of(period: str) -> Span | None:
    """What a written period covers: a year, a half (2027-H1), a quarter or a month; None where it is none of them.

    >>> span_of("2027-Q1")
    Span(since=datetime.date(2027, 1, 1), until=datetime.date(2027, 3, 31))
    >>> span_of("next year") is None
    True
    """
    found = _WRITTEN.fullmatch(period.strip().upper())
    if found is None or found["year"] == "0000":
        return None
    year = int(found["year"])
    if found["quarter"]:
        first, count = int(found["quarter"]) * 3 - 2, 3
    elif found["half"]:
        first, count = int(found["half"]) * 6 - 5, 6
    elif found["month"]:
        first, count = int(found["month"]), 1
    else:
        first, count = 1, 12
    if year == 9999 and first + count > 12:
        return None
    since = date(year, first, 1)
    return Span(since, month_after(since, count) - timedelta(days=1))


def month_after(month: date, count: int = 1) -> date:
    """The first day of the month `count` months later (may be negative).

    >>> month_after(date(2026, 12, 15))
    datetime.date(2027, 1, 1)
    """
    year, at = divmod(month.year * 12 + month.month - 1 + count, 12)
    return date(year, at + 1, 1)


def last_whole_month(day: date) -> date:
    """The first day of the last month that was over on `day`.

    >>> last_whole_month(date(2026, 11, 23))
    datetime.date(2026, 10, 1)
    """
    tomorrow = day + timedelta(days=1)
    return month_after(tomorrow.replace(day=1), -1)
