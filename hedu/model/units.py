"""Unit texts -> what they measure and how many of it, and the arithmetic of both through a formula.

A unit is a product of atoms with powers: money by currency, time, counted things, each under the name it bears.
What cannot be read, and any number written into a formula, stays unknown: nothing is refused on a guess.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from sqlglot import exp

from hedu.model.expressions import parameter_of, path_of

CURRENCIES: Mapping[str, tuple[str, ...]] = {
    "CNY": ("元", "人民币", "RMB", "¥", "cny", "rmb"),
    "USD": ("美元", "$", "US$", "usd"),
    "EUR": ("欧元", "€", "eur"),
    "GBP": ("英镑", "£"),
    "JPY": ("日元", "JP¥"),
    "HKD": ("港元", "港币", "HK$"),
    "TWD": ("新台币",), "MOP": ("澳门元",), "KRW": ("韩元",), "SGD": ("新加坡元",), "AUD": ("澳元",),
    "CAD": ("加元",), "CHF": ("瑞士法郎",), "INR": ("卢比",), "THB": ("泰铢",), "MYR": ("林吉特",),
    "VND": ("越南盾",), "IDR": ("印尼盾",), "PHP": ("菲律宾比索",), "RUB": ("卢布",), "BRL": ("雷亚尔",),
    "MXN": (), "NZD": (), "SEK": (), "NOK": (), "DKK": (), "PLN": (), "TRY": (), "AED": (), "SAR": (), "ZAR": (),
}  # fmt: skip
"""Currency code -> how else it is written."""
_TIMES: Mapping[tuple[str, int], tuple[str, ...]] = {
    ("second", 1): ("秒", "秒钟", "s", "sec"),
    ("second", 60): ("分钟", "minute", "min"),
    ("second", 3_600): ("小时", "hour", "h"),
    ("second", 86_400): ("天", "日", "day", "d"),
    ("second", 604_800): ("周", "week"),
    ("month", 1): ("月", "个月", "月度"),
    ("month", 3): ("季", "季度", "quarter"),
    ("month", 12): ("年", "年度", "year"),
}
_MASSES: Mapping[int, tuple[str, ...]] = {1: ("克",), 1_000: ("千克", "公斤", "kg"), 1_000_000: ("吨", "t")}
_PURE: Mapping[Fraction, tuple[str, ...]] = {
    Fraction(1): ("1", "ratio", "percent", "比率", "倍"),
    Fraction(1, 100): ("%", "％", "百分点", "个百分点", "pp"),
    Fraction(1, 1_000): ("‰",),
    Fraction(1, 10_000): ("bp", "bps", "基点"),
}
"""Pure numbers. By the house's way `ratio` and `percent` hold 0.125 and are shown as 12.5%; `%` holds 12.5."""
_PREFIXES = {"万亿": 10**12, "千万": 10**7, "百万": 10**6, "十亿": 10**9, "亿": 10**8, "万": 10**4, "千": 10**3}
_LETTERS = {"k": 10**3, "m": 10**6, "bn": 10**9}
_CODED = re.compile(r"^(k|m|bn)\s+?([A-Z]{3})$", re.IGNORECASE)
_FACTORS = re.compile(r"\s*([/·×*])\s*")


@dataclass(frozen=True, slots=True)
class Unit:
    """`scale` of the product of `powers`: 万元/件 is 10,000 of CNY¹ 件⁻¹."""

    scale: Fraction
    powers: tuple[tuple[str, int], ...] = ()

    def times(self, other: Unit, power: int = 1) -> Unit:
        """The unit of a product; of a quotient with `power` -1."""
        found = dict(self.powers)
        for base, count in other.powers:
            found[base] = found.get(base, 0) + power * count
        kept = tuple(sorted((base, count) for base, count in found.items() if count))
        return Unit(self.scale * other.scale**power, kept)

    @property
    def currency(self) -> str | None:
        """The one currency it is money of, whatever it is per."""
        found = [base for base, count in self.powers if base in CURRENCIES and count == 1]
        return found[0] if len(found) == 1 else None

    @property
    def text(self) -> str:
        """How it is written where nobody declared a spelling, without its scale."""
        above = [base for base, count in self.powers for _ in range(count)]
        below = [base for base, count in self.powers for _ in range(-count)]
        return "/".join(["·".join(above) or "1", *below]) if self.powers else "1"


PURE = Unit(Fraction(1))
Clash = tuple[str, str]


@lru_cache(maxsize=10_000)
def read_unit(text: str | None) -> Unit | None:
    """What a unit text says; None where nothing is said.

    >>> read_unit("万元/件")
    Unit(scale=Fraction(10000, 1), powers=(('CNY', 1), ('件', -1)))
    """
    if not text or not text.strip():
        return None
    pieces = _FACTORS.split(text.strip())
    unit, power = PURE, 1
    for at in range(0, len(pieces), 2):
        mark = pieces[at - 1] if at else ""
        power = -1 if mark == "/" else 1
        if not pieces[at]:
            return Unit(Fraction(1), ((text.strip(), 1),))
        unit = unit.times(_atom(pieces[at]), power)
    return unit


def factor_between(held: Unit, wanted: Unit) -> Fraction:
    """What numbers in `held` are multiplied by to stand in `wanted`."""
    return held.scale / wanted.scale


def agrees(declared: Unit, computed: Unit) -> bool:
    """Whether a declared unit may stand for what a formula comes to.

    People leave "per order" unsaid: 元/单 may be called 元, and so many orders a visitor a ratio. What may not be:
    money that is not there, money that is not said, another "per" than the formula's. Money over money may be called
    what it tells (turns, days).

    >>> agrees(read_unit("元"), read_unit("元/单")), agrees(read_unit("元/人"), read_unit("元/件"))
    (True, False)
    """
    if declared.powers == computed.powers:
        return True
    if not computed.powers:
        return not any(base in CURRENCIES for base, _ in declared.powers)
    if any(count < 0 for _, count in declared.powers):
        return False
    above = tuple(item for item in computed.powers if item[1] > 0)
    if above == declared.powers:
        return True
    return (
        not declared.powers and not any(base in CURRENCIES for base, _ in above) and len(above) < len(computed.powers)
    )


def in_currency(text: str | None, currency: str) -> str | None:
    """A unit text with its money in another currency; one without money stays.

    >>> in_currency("万元/件", "USD"), in_currency("件", "USD")
    ('万USD/件', '件')
    """
    if text is None:
        return None
    return "".join(
        piece if at % 2 else _money_in(piece, currency) for at, piece in enumerate(_FACTORS.split(text.strip()))
    )


def squared(text: str) -> str:
    """The unit of a square; of pure numbers it is a pure number.

    >>> squared("元/件"), squared("ratio")
    ('元/件·元/件', '1')
    """
    return "1" if read_unit(text) == PURE else f"{text}·{text}"


def of_formula(tree: exp.Expr, units: Mapping[str, Unit], clashes: list[Clash]) -> Unit | None:
    """The unit that a formula comes to, None where that is unknown; sums of unlike things go to `clashes`."""
    match tree:
        case exp.Column():
            return None if parameter_of(tree) is not None else units.get(path_of(tree))
        case exp.Paren() | exp.Neg() | exp.Abs() | exp.Round() | exp.Nullif():
            return of_formula(tree.this, units, clashes)
        case exp.Add() | exp.Sub():
            return _alike((tree.left, tree.right), units, clashes)
        case exp.Coalesce() | exp.Greatest() | exp.Least():
            return _alike((tree.this, *tree.expressions), units, clashes)
        case exp.Mul() | exp.Div():
            left, right = of_formula(tree.left, units, clashes), of_formula(tree.right, units, clashes)
            if left is None or right is None:
                return None
            return left.times(right, 1 if isinstance(tree, exp.Mul) else -1)
        case _:
            for part in tree.iter_expressions():
                of_formula(part, units, clashes)
            return None


def mixes_scales(tree: exp.Expr, units: Mapping[str, Unit]) -> bool:
    """Whether a sum in the formula has terms in 元 and terms in 万元."""
    for node in tree.find_all(exp.Add, exp.Sub, exp.Coalesce, exp.Greatest, exp.Least):
        parts = (node.left, node.right) if isinstance(node, exp.Binary) else (node.this, *node.expressions)
        scales = {unit.scale for part in parts if (unit := of_formula(part, units, [])) is not None}
        if len(scales) > 1:
            return True
    return False


def _alike(parts: tuple[exp.Expr, ...], units: Mapping[str, Unit], clashes: list[Clash]) -> Unit | None:
    """The unit that all parts share; numbers written there go with any."""
    found: Unit | None = None
    for part in parts:
        unit = of_formula(part, units, clashes)
        if unit is not None and found is not None and unit.powers != found.powers:
            clashes.append((found.text, unit.text))
        found = found or unit
    return found


def _atom(name: str) -> Unit:
    known = _KNOWN.get(name) or _KNOWN.get(name.lower())
    if known is None and len(name) > 2 and name.isascii() and name.endswith("s"):
        known = _KNOWN.get(name[:-1].lower()) or Unit(Fraction(1), ((name[:-1], 1),))
    if known is not None:
        return known
    for prefix, scale in _scaled(name):
        inner = _atom(prefix)
        return Unit(inner.scale * scale, inner.powers)
    return Unit(Fraction(1), ((name, 1),))


def _scaled(name: str) -> Iterator[tuple[str, int]]:
    """The name without a prefix that counts, and what the prefix stands for."""
    coded = _CODED.match(name)
    if coded is not None:
        yield coded[2], _LETTERS[coded[1].lower()]
    for prefix, scale in _PREFIXES.items():
        if name.startswith(prefix) and len(name) > len(prefix):
            yield name.removeprefix(prefix), scale


def _money_in(name: str, currency: str) -> str:
    if _atom(name).currency is None:
        return name
    prefix = next((one for one in _PREFIXES if name.startswith(one) and len(name) > len(one)), "")
    return prefix + currency


def _known() -> Iterator[tuple[str, Unit]]:
    for code, names in CURRENCIES.items():
        for name in (code, *names):
            yield name, Unit(Fraction(1), ((code, 1),))
    for (base, scale), names in _TIMES.items():
        for name in (base, *names) if scale == 1 else names:
            yield name, Unit(Fraction(scale), ((base, 1),))
    for mass, names in _MASSES.items():
        for name in names:
            yield name, Unit(Fraction(mass), (("g", 1),))
    for share, names in _PURE.items():
        for name in names:
            yield name, Unit(share)


_KNOWN: Mapping[str, Unit] = dict(_known())
