"""Deadlines fall on days when people work."""

from __future__ import annotations

from datetime import date

from hedu.center.kernel.workdays import after_workdays, is_proclaimed, is_workday, workdays_between


def test_holidays_and_working_weekends_count() -> None:
    assert not is_workday(date(2026, 2, 17)) and is_workday(date(2026, 2, 14))
    assert after_workdays(date(2026, 9, 24), 1) == date(2026, 9, 28)
    assert workdays_between(date(2026, 9, 30), date(2026, 10, 10)) == 3
    assert workdays_between(date(2026, 10, 10), date(2026, 9, 30)) == -3


def test_a_year_not_yet_proclaimed_has_weekends_only() -> None:
    assert is_proclaimed(date(2026, 6, 1)) and not is_proclaimed(date(2090, 6, 1))
    assert is_workday(date(2090, 6, 1)) and not is_workday(date(2090, 6, 3))
