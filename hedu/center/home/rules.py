"""A metric's course -> its last full period, how unusual its last step was, and a small line to draw. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from statistics import median

from hedu.center.catalog.rules import period_after

Points = tuple[tuple[date, float | None], ...]

STEPS_LEAST = 8
"""Steps of history below which nothing is called unusual."""

UNUSUAL = 3.0
"""Robust z-score from which a step is called unusual."""

NORMAL_MAD = 1.4826
"""Makes the median absolute deviation of normal data equal to its standard deviation (Rousseeuw & Croux 1993)."""

SPARK_POINTS = 24
SPARK_WIDTH = 120
SPARK_HEIGHT = 32


@dataclass(frozen=True, slots=True)
class Step:
    """The last full period against the one before, and against all earlier steps of the same metric."""

    at: date
    value: float
    before: float
    score: float
    steps: int

    @property
    def is_unusual(self) -> bool:
        return abs(self.score) >= UNUSUAL


def last_full(points: Points, grain: str, until: date | None) -> int | None:
    """The last period with a value that the data (up to `until`) cover to their end.

    Without an `until` it is the last with a value; where no period is covered whole, likewise.
    """
    told = [index for index, (_, value) in enumerate(points) if value is not None]
    if not told:
        return None
    if until is None:
        return told[-1]
    whole = [index for index in told if period_after(grain, points[index][0]).toordinal() - 1 <= until.toordinal()]
    return (whole or told)[-1]


def value_before(points: Points, at: int, grain: str, periods: int) -> float | None:
    """The value `periods` periods before, wherever it stands; None where it is missing."""
    wanted = period_after(grain, points[at][0], -periods)
    return next((value for day, value in points[: at + 1] if day == wanted), None)


def last_step(points: Points, at: int, grain: str) -> Step | None:
    """How far the step into period `at` is from what this metric's steps usually are.

    Steps are logarithmic where all values are positive (so growth does not look unusual by itself), else
    differences. The score is (step - median) / (1.4826 x MAD) over all earlier steps; None with too few steps
    or without spread.
    """
    steps = _steps(points[: at + 1], grain)
    if len(steps) < STEPS_LEAST + 1 or steps[-1][0] != points[at][0]:
        return None
    history = [step for _, step in steps[:-1]]
    middle = median(history)
    spread = NORMAL_MAD * median(abs(step - middle) for step in history)
    value, before = points[at][1], value_before(points, at, grain, 1)
    if spread <= 1e-12 or value is None or before is None:
        return None
    return Step(points[at][0], value, before, (steps[-1][1] - middle) / spread, len(history))


def _steps(points: Points, grain: str) -> list[tuple[date, float]]:
    """Steps between neighbouring periods that both have a value."""
    known = [(day, value) for day, value in points if value is not None]
    by_ratio = all(value > 0 for _, value in known)
    found = []
    for (day, before), (after, value) in pairwise(known):
        if period_after(grain, day) == after:
            found.append((after, math.log(value / before) if by_ratio else value - before))
    return found


def spark(values: Sequence[float | None]) -> str:
    """The points of a small line, as SVG's polyline takes them; "" for less than two values.

    >>> spark([1.0, 2.0])
    '2,30 118,2'
    """
    known = [value for value in values if value is not None]
    if len(known) < 2:
        return ""
    least, most = min(known), max(known)
    across = (SPARK_WIDTH - 4) / (len(values) - 1)
    up = (SPARK_HEIGHT - 4) / (most - least) if most > least else 0.0
    middle = SPARK_HEIGHT / 2
    return " ".join(
        f"{2 + index * across:.3g},{SPARK_HEIGHT - 2 - (value - least) * up if up else middle:.3g}"
        for index, value in enumerate(values)
        if value is not None
    )
