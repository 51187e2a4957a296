"""Declared units -> one scale; a ratio -> the factor people most likely forgot."""

from __future__ import annotations

import re
from dataclasses import dataclass

SCALES: dict[str, tuple[str, float]] = {
    "元": ("CNY", 1), "人民币": ("CNY", 1), "CNY": ("CNY", 1), "RMB": ("CNY", 1),
    "千元": ("CNY", 1e3), "万元": ("CNY", 1e4), "百万元": ("CNY", 1e6), "千万元": ("CNY", 1e7), "亿元": ("CNY", 1e8),
    "秒": ("second", 1), "分钟": ("second", 60), "小时": ("second", 3600), "天": ("second", 86400),
    "second": ("second", 1), "minute": ("second", 60), "hour": ("second", 3600), "day": ("second", 86400),
    "ratio": ("ratio", 1), "1": ("ratio", 1), "%": ("ratio", 0.01), "percent": ("ratio", 0.01), "‰": ("ratio", 0.001),
    "g": ("g", 1), "kg": ("g", 1e3), "t": ("g", 1e6), "克": ("g", 1),
    "千克": ("g", 1e3), "公斤": ("g", 1e3), "吨": ("g", 1e6),
}  # fmt: skip
"""Unit -> (what it measures, how many of its smallest). Others are units of their own."""
VAT = (1.13, 1.09, 1.06, 1.03, 1.16, 1.17)
SCALE_FACTORS = (*(10.0**power for power in range(1, 10)), 60.0, 3600.0, 24.0, 1440.0)
RATES = {"USD": 7.1, "EUR": 7.8, "GBP": 9.1, "HKD": 0.91, "JPY": 0.048}
"""Roughly what a unit of foreign money costs in yuan: only to recognise a currency, never to convert."""
NEAR_RATE = 0.08
LEAST_RATE = 1.5
"""A rate nearer to one than so is not told from two numbers that merely differ; a rate on record is."""
_COUNTED = ("千", "万", "百万", "亿")
_COUNTS = dict(zip(_COUNTED, (1e3, 1e4, 1e6, 1e8), strict=True))
_PAIR = re.compile(r"^[A-Z]{3}/[A-Z]{3}$")


@dataclass(frozen=True, slots=True)
class Factor:
    """`facet` is scale, tax or currency; `value` the factor A is of B; `name` the currency or empty."""

    facet: str
    value: float
    name: str = ""


def scale_of(unit: str | None) -> tuple[str, float]:
    """What a unit measures and how many base units it holds.

    >>> scale_of("万元"), scale_of("万件"), scale_of("%")
    (('CNY', 10000.0), ('件', 10000.0), ('ratio', 0.01))
    """
    name = (unit or "").strip()
    if name in SCALES:
        kind, scale = SCALES[name]
        return kind, float(scale)
    for prefix in sorted(_COUNTED, key=len, reverse=True):
        if name.startswith(prefix) and len(name) > len(prefix):
            return name.removeprefix(prefix), _COUNTS[prefix]
    return name, 1.0


def declared_factor(unit_a: str | None, unit_b: str | None) -> float:
    """What A's numbers must be multiplied by to stand in B's unit, as far as the units say so; else 1."""
    (kind_a, scale_a), (kind_b, scale_b) = scale_of(unit_a), scale_of(unit_b)
    return scale_a / scale_b if kind_a == kind_b else 1.0


def is_rate(unit: str | None) -> bool:
    """Whether a unit says exchange rate, such as CNY/USD."""
    return bool(_PAIR.match(unit or ""))


def known_factor(ratio: float, near: float = 0.01) -> Factor | None:
    """The factor that A/B = `ratio` stands for, or its inverse, within `near`.

    >>> known_factor(10040.0), known_factor(1 / 1.13).facet, known_factor(1.5)
    (Factor(facet='scale', value=10000.0, name=''), 'tax', None)
    """
    for facet, factors in (("scale", SCALE_FACTORS), ("tax", VAT)):
        for factor in factors:
            for value in (factor, 1 / factor):
                if abs(ratio / value - 1) <= near:
                    return Factor(facet, value)
    return None


def near_rate(ratio: float, home: str = "CNY") -> Factor | None:
    """The currency whose usual rate against `home` A/B resembles.

    >>> near_rate(7.2).name, near_rate(1 / 7.2).name, near_rate(3.0), near_rate(1.1)
    ('USD', 'USD', None, None)
    >>> near_rate(7.2, "USD").name, near_rate(7.2, "XXX")
    ('CNY', None)
    """
    rates = {"CNY": 1.0, **RATES}
    told = [
        (abs(ratio / value - 1), name)
        for name, rate in rates.items()
        for value in ((rate / rates[home], rates[home] / rate) if home in rates and name != home else ())
        if max(value, 1 / value) >= LEAST_RATE
    ]
    nearest = min(told, default=(1.0, ""))
    return Factor("currency", ratio, nearest[1]) if nearest[0] <= NEAR_RATE else None
