"""Days -> working days: Chinese holidays and working weekends as far as they are proclaimed, else Monday to Friday."""

from __future__ import annotations

from datetime import date, timedelta

import chinese_calendar


def is_workday(day: date) -> bool:
    """Whether people are at work. The State Council proclaims one year at a time; beyond, weekends alone are free.

    >>> is_workday(date(2026, 10, 1)), is_workday(date(2026, 10, 10)), is_workday(date(2026, 10, 11))
    (False, True, False)
    """
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < 5


def is_proclaimed(day: date) -> bool:
    """Whether the year's holidays are known; otherwise deadlines are told as provisional."""
    try:
        chinese_calendar.is_workday(day)
    except NotImplementedError:
        return False
    return True


def after_workdays(day: date, count: int) -> date:
    """The working day `count` working days after `day`.

    >>> after_workdays(date(2026, 9, 30), 1)
    datetime.date(2026, 10, 8)
    """
    while count > 0:
        day += timedelta(days=1)
        count -= is_workday(day)
    return day


def workdays_between(start: date, end: date) -> int:
    """Working days after `start` up to and with `end`; negative where `end` comes first."""
    if end < start:
        return -workdays_between(end, start)
    return sum(is_workday(start + timedelta(days=at)) for at in range(1, (end - start).days + 1))
