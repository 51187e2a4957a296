"""What the catalog's states, roles and dates allow. Pure: no database, no clock of its own."""

from __future__ import annotations

import calendar
import re
import unicodedata
from datetime import date, timedelta
from typing import Literal, assert_never

from hedu.define.definitions import Conversion, Cumulative, Derived, MetricDef, Rank, Ratio, Reported, Share, Simple

MetricType = Literal["atomic", "derived", "composite", "reported"]
Tone = Literal["good", "bad", "plain"]

EDITING_ROLES = frozenset({"owner", "liaison", "deputy", "manager", "analyst", "administrator"})
"""Roles that may change the definitions of their own department."""

CERTIFYING_ROLES = frozenset({"owner", "liaison", "deputy", "manager", "administrator"})
"""Roles that vouch for a metric, review reported values and lock periods."""

SQL_ROLES = frozenset({"analyst", "administrator"})
"""Roles that may read the SQL behind a number."""

REVIEW_MONTHS = {"monthly": 1, "quarterly": 3, "half-yearly": 6, "yearly": 12}

PERIOD_STEPS: dict[str, dict[str, str]] = {
    "open": {"submit": "submitted"},
    "submitted": {"review": "reviewed", "return": "open"},
    "reviewed": {"lock": "locked", "return": "open"},
    "locked": {"unlock": "reviewed"},
}
"""Reported period: state -> deed -> next state."""


GRAINS = ("day", "week", "month", "quarter", "year")
"""Periods from the shortest to the longest."""


def type_of(metric: MetricDef) -> MetricType:
    """原子 (a measure as it is), 派生 (narrowed by a filter), 复合 (arithmetic over metrics), 填报 (handed in)."""
    match metric.body:
        case Simple(where=None):
            return "atomic"
        case Simple():
            return "derived"
        case Ratio() | Derived() | Cumulative() | Conversion() | Share() | Rank():
            return "composite"
        case Reported():
            return "reported"
        case _:
            assert_never(metric.body)


def add_months(day: date, months: int) -> date:
    """`day` some months later; the last day of a shorter month.

    >>> add_months(date(2024, 1, 31), 1)
    datetime.date(2024, 2, 29)
    """
    total = day.year * 12 + day.month - 1 + months
    year, month = divmod(total, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def next_review(last: date, cadence: str | None) -> date | None:
    """When the definition must be looked at again; None without a cadence."""
    months = REVIEW_MONTHS.get(cadence or "")
    return add_months(last, months) if months else None


def next_state(state: str, deed: str) -> str | None:
    """The state of a reported period after `deed`; None where the deed does not fit."""
    return PERIOD_STEPS.get(state, {}).get(deed)


def tone_of(direction: str, band: tuple[float, float] | None, value: float | None, change: float | None) -> Tone:
    """Whether a change is good news. A band is good news inside it; no direction is never news."""
    if direction == "band":
        if value is None or band is None:
            return "plain"
        return "good" if band[0] <= value <= band[1] else "bad"
    if not change or direction not in ("up", "down"):
        return "plain"
    return "good" if (change > 0) == (direction == "up") else "bad"


def period_start(grain: str, day: date) -> date:
    """The first day of the period that holds `day` (weeks start on Monday)."""
    match grain:
        case "year":
            return date(day.year, 1, 1)
        case "quarter":
            return date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
        case "month":
            return date(day.year, day.month, 1)
        case "week":
            return day - timedelta(days=day.weekday())
        case _:
            return day


def period_after(grain: str, start: date, count: int = 1) -> date:
    """The first day of the period `count` periods after the one starting at `start` (may be negative)."""
    match grain:
        case "year":
            return add_months(start, 12 * count)
        case "quarter":
            return add_months(start, 3 * count)
        case "month":
            return add_months(start, count)
        case "week":
            return start + timedelta(days=7 * count)
        case _:
            return start + timedelta(days=count)


def period_name(grain: str, start: date) -> str:
    """How a period is written: 2024, 2024-Q1, 2024-03 or 2024-03-05.

    >>> period_name("quarter", date(2024, 4, 1))
    '2024-Q2'
    """
    match grain:
        case "year":
            return f"{start.year:04d}"
        case "quarter":
            return f"{start.year:04d}-Q{(start.month + 2) // 3}"
        case "month":
            return f"{start.year:04d}-{start.month:02d}"
        case _:
            return start.isoformat()


def parse_period(grain: str, text: str) -> date | None:
    """A written period -> its first day; None where it cannot be read, or names more than one period of `grain`.

    Reads 2024, 2024-Q1, 2024Q1, 2024-03, 2024/3, 2024年3月, 202403, 2024-03-05 and date-times.

    >>> parse_period("month", "2024年3月"), parse_period("month", "2024")
    (datetime.date(2024, 3, 1), None)
    """
    plain = unicodedata.normalize("NFKC", text).strip().upper().replace("年", "-").replace("月", "-").replace("日", "")
    plain = plain.replace("/", "-").replace(".", "-").rstrip("-").split("T")[0].split(" ")[0]
    if re.fullmatch(r"\d{6}", plain, re.ASCII):
        plain = f"{plain[:4]}-{plain[4:]}"
    quarter = re.fullmatch(r"(\d{4})-?Q([1-4])", plain, re.ASCII)
    dated = re.fullmatch(r"(\d{4})(?:-(\d{1,2}))?(?:-(\d{1,2}))?", plain, re.ASCII)
    if quarter:
        written, numbers = "quarter", [int(quarter[1]), int(quarter[2]) * 3 - 2, 1]
    elif dated:
        written = "day" if dated[3] else "month" if dated[2] else "year"
        numbers = [int(dated[1]), int(dated[2] or 1), int(dated[3] or 1)]
    else:
        return None
    if GRAINS.index(written) > (GRAINS.index(grain) if grain in GRAINS else 0):
        return None
    try:
        return period_start(grain, date(*numbers))
    except (ValueError, OverflowError):
        return None
