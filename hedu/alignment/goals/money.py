"""A number and its unit -> how a sentence says it in either language: 5.12 亿元, ¥512M, 26%."""

from __future__ import annotations

import math

from hedu.model.unit_words import MONEY

_ZH = ((1e8, " 亿"), (1e4, " 万"))
_EN = ((1e9, "B"), (1e6, "M"), (1e3, "K"))
_FRACTIONS = ("ratio", "percent")


def said(value: float | None, unit: str | None) -> dict[str, str]:
    """Both wordings.

    >>> said(511_650_000, "CNY")
    {'zh': '5.117 亿元', 'en': '¥511.6M'}
    >>> said(-1200, "CNY/人")
    {'zh': '-1,200 元/人', 'en': '-¥1.2K/人'}
    >>> said(0.26, "ratio")["zh"], said(222, "家")["zh"], said(None, "家")["zh"]
    ('26%', '222 家', '–')
    """
    if value is None or not math.isfinite(value):
        return {"zh": "–", "en": "–"}
    if unit in _FRACTIONS:
        text = f"{_short(value * 100)}%"
        return {"zh": text, "en": text}
    zh, en = _scaled(value, _ZH), _scaled(value, _EN)
    if not unit or unit == "1":
        return {"zh": zh, "en": en}
    space = "" if zh[-1] in "亿万" else " "
    code, slash, rest = unit.partition("/")
    if code.upper() not in MONEY:
        return {"zh": f"{zh}{space}{unit}", "en": f"{en} {unit}"}
    sign, word = MONEY[code.upper()]
    return {"zh": f"{zh}{space}{word}{slash}{rest}", "en": f"{'-' * (value < 0)}{sign}{en.lstrip('-')}{slash}{rest}"}


def _scaled(value: float, scales: tuple[tuple[float, str], ...]) -> str:
    for scale, mark in scales:
        if abs(value) >= scale * 0.99995:
            return f"{_short(value / scale)}{mark}"
    return _short(value)


def _short(value: float) -> str:
    """Four digits that matter."""
    digits = max(0, 3 - math.floor(math.log10(abs(value)))) if value else 0
    text = f"{value:,.{min(digits, 6)}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
