"""Fixed dates -> the calendar the company lives by: three years of days, months, weeks, festivals."""

from __future__ import annotations

import zlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Days = NDArray[np.datetime64]
Months = NDArray[np.datetime64]

START = np.datetime64("2023-10-01")
END = np.datetime64("2026-09-30")
DAYS: Days = np.arange(START, END + 1)
MONTHS: Months = np.arange(START.astype("M8[M]"), END.astype("M8[M]") + 1)
MONTH_OF_DAY: Ints = (DAYS.astype("M8[M]") - MONTHS[0]).astype(np.int64)
"""For each day the position of its month in MONTHS."""
FIRST_MONDAY = np.datetime64("2023-09-25")
WEEKS: Days = np.arange(FIRST_MONDAY, END + 1, 7)
WEEK_OF_DAY: Ints = ((DAYS - FIRST_MONDAY).astype(np.int64)) // 7
WEEKDAY: Ints = (DAYS - FIRST_MONDAY).astype(np.int64) % 7
"""0 is Monday."""
FISCAL_START_DAY = 26
SPRING_FESTIVALS = tuple(np.datetime64(day) for day in ("2024-02-10", "2025-01-29", "2026-02-17"))
SEASON: Floats = np.array([0.90, 0.82, 1.04, 1.02, 1.03, 1.06, 0.95, 0.97, 1.05, 0.99, 1.14, 1.04])
"""By calendar month, January first: Spring Festival dips, 双11 peaks."""


def rng(seed: int, stream: str) -> np.random.Generator:
    """A generator of its own for each stream, so that one system's needs never disturb another's numbers."""
    return np.random.default_rng([seed, zlib.crc32(stream.encode())])


def day_weights() -> Floats:
    """How likely an order falls on each day of the three years, relative to the others of its month."""
    weights = np.array([1.12, 1.08, 1.05, 1.04, 1.02, 0.55, 0.42])[WEEKDAY]
    for festival in SPRING_FESTIVALS:
        near = np.abs((DAYS - (festival + 3)).astype(np.int64))
        weights = np.where(near <= 4, weights * 0.15, weights)
    text = np.datetime_as_string(DAYS)
    for day, lift in (("-11-10", 2.0), ("-11-11", 4.5), ("-11-12", 1.8), ("-06-18", 3.0), ("-10-01", 0.3)):
        weights = np.where(np.char.endswith(text, day), weights * lift, weights)
    national = np.char.find(text, "-10-0") == 4
    return np.where(national, weights * 0.5, weights)


def is_workday(days: Days) -> NDArray[np.bool_]:
    """Neither Sunday nor within the week of Spring Festival; factories work on Saturdays."""
    open_day = (days - FIRST_MONDAY).astype(np.int64) % 7 != 6
    for festival in SPRING_FESTIVALS:
        open_day &= (days < festival - 1) | (days > festival + 6)
    return np.asarray(open_day)


def fiscal_month(days: Days) -> Days:
    """First day of the month that names the fiscal period: from the 26th on it is the next month's."""
    months = days.astype("M8[M]")
    day_of_month = (days - months.astype("M8[D]")).astype(np.int64) + 1
    return np.asarray((months + (day_of_month >= FISCAL_START_DAY)).astype("M8[D]"))


def season_of_months() -> Floats:
    """The seasonal factor of each of the 36 months."""
    return SEASON[(MONTHS.astype(np.int64)) % 12]


def text_of(days: Days) -> list[str]:
    """ISO dates; empty where there is no date."""
    texts: list[Any] = np.datetime_as_string(days, unit="D").tolist()
    return ["" if text == "NaT" else text for text in texts]
