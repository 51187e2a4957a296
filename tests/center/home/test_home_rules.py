"""The arithmetic of home: last full period, robust score, the small line."""

from __future__ import annotations

import math
from datetime import date
from itertools import pairwise
from statistics import median

import pytest

from hedu.center.catalog.rules import period_after
from hedu.center.home import rules

START = date(2024, 1, 1)


def months(*values: float | None) -> rules.Points:
    return tuple((period_after("month", START, place), value) for place, value in enumerate(values))


def test_a_month_not_yet_over_is_not_the_last():
    points = months(1, 2, 3)
    assert rules.last_full(points, "month", date(2024, 3, 30)) == 1
    assert rules.last_full(points, "month", date(2024, 3, 31)) == 2
    assert rules.last_full(points, "month", None) == 2
    assert rules.last_full(months(1, None), "month", date(2024, 2, 29)) == 0
    assert rules.last_full(months(None), "month", None) is None


def test_the_value_before_is_found_by_its_date():
    points = (*months(5)[:1], (date(2024, 3, 1), 7.0))
    assert rules.value_before(points, 1, "month", 1) is None
    assert rules.value_before(points, 1, "month", 2) == 5


def test_the_score_is_the_step_over_the_usual_spread():
    values = [100, 104, 99, 103, 101, 106, 100, 104, 102, 99, 150]
    step = rules.last_step(months(*values), 10, "month")
    steps = [math.log(after / before) for before, after in pairwise(values)]
    middle = median(steps[:-1])
    spread = 1.4826 * median(abs(one - middle) for one in steps[:-1])
    assert step is not None
    assert step.score == pytest.approx((steps[-1] - middle) / spread)
    assert step.is_unusual and (step.value, step.before, step.steps) == (150, 99, 9)


def test_steady_growth_is_not_unusual():
    values = [100 * 1.1**place * (1 + 0.01 * (place % 3)) for place in range(24)]
    step = rules.last_step(months(*values), 23, "month")
    assert step is not None and not step.is_unusual


def test_values_around_zero_step_by_difference():
    values = [1, -2, 3, -1, 2, -3, 1, 0, -1, 2, 40]
    step = rules.last_step(months(*values), 10, "month")
    assert step is not None and step.is_unusual


@pytest.mark.parametrize("values", [[1, 2, 3], [5] * 20, [1, 2] * 3 + [None] * 8 + [3]])
def test_too_little_history_or_no_spread_says_nothing(values):
    assert rules.last_step(months(*values), len(values) - 1, "month") is None


def test_the_small_line_stays_in_its_box():
    line = [tuple(map(float, point.split(","))) for point in rules.spark([3, None, 9, 5]).split()]
    assert len(line) == 3
    assert all(2 <= x <= 118 and 2 <= y <= 30 for x, y in line)
    assert rules.spark([1.0]) == ""
    assert rules.spark([4.0, 4.0]) == "2,16 118,16"
