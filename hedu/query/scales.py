"""A column of money -> the multiple of its unit that all of its numbers are shown in: 万元, 亿元, M USD.

Only what people look at is scaled, one multiple a column, named in its header; files and programs get raw numbers.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Literal

_NAMES = {"CNY": "元", "RMB": "元", "USD": "美元", "EUR": "欧元", "GBP": "英镑", "JPY": "日元", "HKD": "港元"}
_STEPS: dict[str, tuple[tuple[float, float, str], ...]] = {
    "zh": ((1e10, 1e8, "亿"), (1e6, 1e4, "万")),
    "en": ((1e11, 1e9, "B"), (1e8, 1e6, "M"), (1e6, 1e3, "K")),
}
"""From which size on a column is shown in which multiple, so that no digit that matters is lost."""


def shown_in(unit: str | None, values: Iterable[object], lang: Literal["zh", "en"]) -> tuple[float, str]:
    """What numbers are divided by to be shown, and the unit they are then in; ("" where there is none to tell).

    >>> shown_in("CNY", [12_345_678, 5], "zh"), shown_in("USD", [12_345_678], "en"), shown_in("件", [1e9], "zh")
    ((10000.0, '万元'), (1000.0, 'K USD'), (1, '件'))
    """
    if not unit or unit in ("1", "ratio", "percent"):
        return 1, ""
    head, slash, rest = unit.partition("/")
    if head.upper() not in _NAMES:
        return 1, unit
    per = slash + rest
    name = _NAMES[head.upper()] if lang == "zh" else head.upper()
    most = max((abs(float(one)) for one in values if _is_number(one)), default=0.0)  # type: ignore[arg-type]
    for least, scale, mark in _STEPS[lang]:
        if most >= least:
            return scale, (mark + name if lang == "zh" else f"{mark} {name}") + per
    return 1, name + per


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float, Decimal)) and not isinstance(value, bool) and value == value
