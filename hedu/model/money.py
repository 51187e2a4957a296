"""Measures and their units -> the currency that amounts are in, and the unit a metric of them has."""

from __future__ import annotations

import re

from hedu.model.types import Measure, Metric
from hedu.model.units import in_currency, read_unit, squared

_CODE = re.compile(r"[A-Z]{3}")


def is_code(text: str | None) -> bool:
    """Whether a text is a currency's code, not the name of what tells it.

    >>> is_code("USD"), is_code("shop.money")
    (True, False)
    """
    return bool(text and _CODE.fullmatch(text))


def is_told_by_row(measure: Measure) -> bool:
    """Whether every row says the currency of its amount."""
    return measure.currency is not None and not is_code(measure.currency)


def own_currency(measure: Measure) -> str | None:
    """The one currency that all amounts of a measure are in: declared, or what its unit says."""
    if measure.currency is not None:
        return measure.currency if is_code(measure.currency) else None
    unit = read_unit(measure.unit)
    return unit.currency if unit is not None else None


def unit_of(measure: Measure, home: str) -> str | None:
    """The unit of what a measure comes to; amounts in several currencies are told in `home`, variances in squares."""
    text = measure.unit
    if measure.currency is not None:
        code = own_currency(measure) or home
        text = in_currency(measure.unit, code) if measure.unit else code
    return squared(text) if text and measure.agg in ("variance", "variance_pop") else text


def told_in(text: str | None, currency: str | None) -> str | None:
    """A unit text in the reporting currency that is declared or asked, if one is."""
    return in_currency(text, currency) if currency else text


def unit_in(metric: Metric, currency: str | None) -> str | None:
    """A metric's unit in an answer that tells money in `currency`."""
    return told_in(metric.unit, currency)
