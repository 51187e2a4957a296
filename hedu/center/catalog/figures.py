"""Number + unit -> the text people read: 12.3万元, 4.56亿, ¥1.2M, 12.5%; period -> 2026年3月."""

from __future__ import annotations

import math
from datetime import date
from typing import Literal

from django.utils.translation import get_language

from hedu.model.unit_words import MONEY, Words, in_words

Lang = Literal["zh", "en"]

_SCALES: dict[str, tuple[tuple[float, str], ...]] = {
    "zh": ((1e12, "万亿"), (1e8, "亿"), (1e4, "万")),
    "en": ((1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "K")),
}
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_QUARTERS = "一二三四"
_words: Words = {}


def learn(words: Words) -> None:
    """Say units, domains and processes as these words do: those of the workspace that the site serves."""
    global _words
    _words = words


def worded(text: str | None, lang: Lang | None = None) -> str:
    """A unit, domain or process as the workspace says it in `lang`, else the reader's; ratios and money stay.

    >>> worded("CNY/小时", "en"), worded("ratio", "en"), worded("小时", "zh"), worded(None, "en")
    ('CNY/hour', 'ratio', '小时', '')
    """
    return in_words(text, lang or ("en" if get_language() == "en" else "zh"), _words) if text else ""


def is_fraction(unit: str | None) -> bool:
    """Units that hold 0.125 and read 12.5%."""
    return unit in ("ratio", "percent")


def short(value: float | None, unit: str | None, lang: Lang) -> str:
    """A compact number with its unit.

    >>> short(1234567, "CNY", "zh"), short(1234567, "CNY", "en"), short(0.1234, "ratio", "zh"), short(None, "", "en")
    ('123万元', '¥1.23M', '12.3%', '–')
    """
    if value is None or not math.isfinite(value):
        return "–"
    if is_fraction(unit):
        return f"{_grouped(value * 100, 1)}%"
    return _dressed(_scaled(value, lang), worded(unit, lang), lang)


def full(value: float | None, unit: str | None, lang: Lang) -> str:
    """Every digit that matters, grouped, with its unit."""
    if value is None or not math.isfinite(value):
        return "–"
    if is_fraction(unit):
        return f"{_grouped(value * 100, 2)}%"
    return _dressed(_grouped(value, 0 if abs(value) >= 10_000 else 2), worded(unit, lang), lang)


def growth(fraction: float | None) -> str:
    """A relative change with its sign; empty where there is none to tell.

    >>> growth(0.123), growth(-0.05), growth(None)
    ('+12.3%', '−5%', '')
    >>> growth(-0.0003), growth(-0.000004)
    ('−0.03%', '±0%')
    """
    if fraction is None or not math.isfinite(fraction):
        return ""
    return f"{_sign(fraction)}{_grouped(abs(fraction) * 100, _decimals_of(fraction))}%"


def points(change: float | None, lang: Lang) -> str:
    """The change of a fraction, in percentage points.

    >>> points(0.012, "zh")
    '+1.2个百分点'
    """
    if change is None or not math.isfinite(change):
        return ""
    text = _grouped(abs(change) * 100, _decimals_of(change))
    return f"{_sign(change)}{text}{'个百分点' if lang == 'zh' else ' pp'}"


def unit_name(unit: str | None, lang: Lang) -> str:
    """The unit as a header shows it."""
    if not unit or unit == "1":
        return ""
    if is_fraction(unit):
        return "%"
    said = worded(unit, lang)
    return _compound(said, lang) or said


def _compound(unit: str, lang: Lang) -> str:
    """The unit with money said as people say it: CNY -> 元, CNY/人 -> 元/人; "" where there is no money in it."""
    first, slash, rest = unit.partition("/")
    money = MONEY.get(first.upper())
    if money is None:
        return ""
    return (money[1] if lang == "zh" else money[0]) + slash + rest


def period(start: date, grain: str, lang: Lang) -> str:
    """A period in words.

    >>> period(date(2026, 3, 1), "month", "zh"), period(date(2026, 4, 1), "quarter", "en")
    ('2026年3月', 'Q2 2026')
    """
    year, month, quarter = start.year, start.month, (start.month + 2) // 3
    if lang == "zh":
        names = {"year": f"{year}年", "quarter": f"{year}年{_QUARTERS[quarter - 1]}季度", "month": f"{year}年{month}月"}
        day = f"{year}年{month}月{start.day}日"
        return names.get(grain, f"{day}当周" if grain == "week" else day)
    names = {"year": str(year), "quarter": f"Q{quarter} {year}", "month": f"{_MONTHS[month - 1]} {year}"}
    day = f"{_MONTHS[month - 1]} {start.day}, {year}"
    return names.get(grain, f"Week of {day}" if grain == "week" else day)


def _scaled(value: float, lang: Lang) -> str:
    for index, (scale, mark) in enumerate(_SCALES[lang]):
        shown = value / scale
        if abs(shown) < 0.99995:
            continue
        size = abs(shown)
        digits = 0 if size >= 100 else 1 if size >= 10 else 2
        return _grouped(shown, 0 if index and size >= 1000 else digits) + mark
    size = abs(value)
    return _grouped(value, 0 if size >= 1000 else 1 if size >= 100 else 2 if size >= 1 else 3)


def _grouped(value: float, most: int) -> str:
    text = f"{value:,.{most}f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "0") else text.replace("-", "−")


def _dressed(text: str, unit: str | None, lang: Lang) -> str:
    if not unit or unit == "1":
        return text
    first, slash, rest = unit.partition("/")
    money = MONEY.get(first.upper())
    if money is None:
        return text + unit if unit[0] in "%‰°" or "\u4e00" <= unit[0] <= "\u9fff" else f"{text} {unit}"
    if lang == "zh":
        return text + money[1] + slash + rest
    return (f"−{money[0]}{text[1:]}" if text.startswith("−") else money[0] + text) + slash + rest


def _decimals_of(change: float) -> int:
    """A change too small for one decimal of a percent shows two, rather than −0."""
    return 2 if abs(change) < 0.001 else 1


def _sign(change: float) -> str:
    """The sign of a fraction's change as it shows: what rounds to nothing is neither up nor down."""
    return "±" if abs(change) < 0.00005 else "+" if change > 0 else "−"
