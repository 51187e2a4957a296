"""Name -> why it cannot be one. The one rule for names of datasets, metrics, dimensions and departments."""

from __future__ import annotations

import re
import unicodedata

RESERVED = frozenset({"metric_time", "and", "or", "not", "null", "true", "false"})
_NAME = re.compile(r"[^\W\d]\w*")
LONGEST = 120


def fault_of(name: str) -> str | None:
    """The code of what is wrong with `name`, or None.

    >>> fault_of("net_revenue"), fault_of("净销售额"), fault_of("net revenue"), fault_of("metric_time")
    (None, None, 'name-invalid', 'name-reserved')
    """
    if name.casefold() in RESERVED:
        return "name-reserved"
    if len(name) > LONGEST:
        return "name-too-long"
    if not _NAME.fullmatch(name) or "__" in name:
        return "name-invalid"
    if not name.isascii() and unicodedata.normalize("NFKC", name) != name:
        return "name-full-width"
    return None


def proposal(name: str) -> str:
    """A valid name near `name`.

    >>> proposal("Net Revenue (CNY)"), proposal("2024.sales"), proposal("ｒevenue")
    ('Net_Revenue_CNY', 'n2024_sales', 'revenue')
    """
    plain = re.sub(r"[\W_]+", "_", unicodedata.normalize("NFKC", name)).strip("_")[:LONGEST]
    if not plain:
        return "name"
    if plain[0].isdigit():
        plain = f"n{plain}"
    return f"{plain}_1" if fault_of(plain) else plain
