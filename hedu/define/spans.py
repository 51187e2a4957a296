"""Text -> a length of time, in one spelling: "7 days", "1 month"."""

from __future__ import annotations

import re

from hedu.define.definitions import Grain

_SPAN = re.compile(
    r"(?P<count>[1-9]\d{0,4})\s*(?P<unit>second|minute|hour|day|week|month|quarter|year)s?", re.IGNORECASE
)


_CUSTOM = re.compile(r"(?P<count>[1-9]\d{0,4})\s+(?P<unit>[^\W\d]\w*)")


def span_of(text: str, custom: bool = False) -> str | None:
    """`text` in the one spelling of a length of time, or None; with `custom` of any unit.

    >>> span_of("7 day"), span_of("1 Months"), span_of("a week")
    ('7 days', '1 month', None)
    """
    match = _SPAN.fullmatch(text.strip())
    if match is None:
        found = _CUSTOM.fullmatch(text.strip()) if custom else None
        return f"{found['count']} {found['unit']}" if found else None
    unit = match["unit"].lower()
    return f"{match['count']} {unit}" + ("s" if match["count"] != "1" else "")


def parts_of(span: str) -> tuple[int, Grain]:
    """How many of which unit a canonical span holds.

    >>> parts_of("7 days")
    (7, 'day')
    """
    count, unit = span.split()
    return int(count), unit.removesuffix("s") if span_of(span) else unit  # type: ignore[return-value]
