"""One text -> one value, or None where it does not fit."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from hedu.intake.options import Type

Parser = Callable[[str], Any]
_INTEGER = re.compile(r"[+-]?[0-9]{1,18}")
_GROUPED = re.compile(r"[+-]?[0-9]{1,3}(,[0-9]{3})+")
_NUMBER = re.compile(r"[+-]?([0-9]{1,3}(,[0-9]{3})+|[0-9]+)?(\.[0-9]*)?([eE][+-]?[0-9]{1,3})?")
_DATE = re.compile(r"([0-9]{4})(?:([-/.])([0-9]{1,2})\2([0-9]{1,2})|年([0-9]{1,2})月([0-9]{1,2})日)")
_COMPACT = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_MOMENT = re.compile(
    r"(\S+?日?)(?:[ T]+)([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(?:[.,]([0-9]{1,9}))?)?\s*(Z|[+-][0-9]{2}:?[0-9]{2})?"
)
_TRUE, _FALSE = {"true", "yes", "是", "t", "y"}, {"false", "no", "否", "f", "n"}
_MONEY = "¥$€"
_EXCEL_DAY_ZERO = date(1899, 12, 30)
_LARGEST = 1e300


def plain(text: str) -> str:
    """Full-width digits and signs as ordinary ones."""
    return text if text.isascii() else unicodedata.normalize("NFKC", text)


def integer(text: str) -> int | None:
    """A whole number, thousands marked or not."""
    text = plain(text)
    if _INTEGER.fullmatch(text) or (_GROUPED.fullmatch(text) and len(text) <= 24):
        return int(text.replace(",", ""))
    return None


def decimal(text: str) -> Decimal | None:
    """A number with thousands marks, a currency mark, a percent mark (a hundredth), or parentheses for minus."""
    text = plain(text)
    is_minus = text.startswith("(") and text.endswith(")")
    if is_minus:
        text = text[1:-1]
    text = text.removesuffix("元").strip()
    sign = text[0] if text[:1] in ("+", "-") and text[1:2] in (*_MONEY,) else ""
    text = sign + text[len(sign) :].lstrip(_MONEY).strip()
    is_percent = text.endswith("%")
    text = text.removesuffix("%").strip()
    if not _NUMBER.fullmatch(text) or not any(char.isdigit() for char in re.split("[eE]", text)[0]):
        return None
    value = Decimal(text.replace(",", ""))
    if abs(value) > _LARGEST:
        return None
    value = value / 100 if is_percent else value
    return -value if is_minus else value


def number(text: str) -> float | None:
    """The same as a float."""
    value = decimal(text)
    return None if value is None else float(value)


def boolean(text: str) -> bool | None:
    """True or false, yes or no, 是 or 否."""
    word = text.casefold()
    return True if word in _TRUE else False if word in _FALSE else None


def day(text: str) -> date | None:
    """2024-1-5, 2024/1/5, 2024.1.5 or 2024年1月5日."""
    match = _DATE.fullmatch(plain(text))
    return _day(match[1], match[3] or match[5], match[4] or match[6]) if match else None


def compact_day(text: str) -> date | None:
    """20240105."""
    match = _COMPACT.fullmatch(plain(text))
    return _day(*match.groups()) if match else None


def any_day(text: str) -> date | None:
    """A date in any of these ways, or a moment at midnight."""
    found = day(text) or compact_day(text)
    if found is None:
        at = moment(text)
        found = at.date() if at and at.time() == time() and at.tzinfo is None else None
    return found


def moment(text: str) -> datetime | None:
    """A date with a time; it keeps the zone it carries."""
    match = _MOMENT.fullmatch(plain(text))
    on = (day(match[1]) or compact_day(match[1])) if match else None
    if match is None or on is None:
        return None
    fraction = int((match[5] or "").ljust(6, "0")[:6])
    try:
        at = datetime.combine(on, time(int(match[2]), int(match[3]), int(match[4] or 0), fraction))
        return at if match[6] is None else datetime.fromisoformat(at.isoformat() + match[6])
    except ValueError:
        return None


def excel_day(text: str) -> date | None:
    """A day as Excel counts it: 45296 is 2024-01-05."""
    value = number(text)
    if value is None or not 1 <= value < 2_958_466:
        return any_day(text)
    return _EXCEL_DAY_ZERO + timedelta(days=int(value))


def parser(type_: Type, written: str | None, time_zone: str) -> Parser:
    """What reads a declared type; `written` is how its dates are written, times with a zone become local."""
    if type_ == "timestamp":
        return _local(_written(written) if written else _any_moment, ZoneInfo(time_zone))
    if type_ == "date" and written:
        read = _written(written)
        return lambda text: found.date() if (found := read(text)) else None
    return _PARSERS[type_]


def _any_moment(text: str) -> datetime | None:
    on = day(text) or compact_day(text)
    return datetime.combine(on, time()) if on else moment(text)


def _local(read: Callable[[str], datetime | None], zone: ZoneInfo) -> Callable[[str], datetime | None]:
    def local(text: str) -> datetime | None:
        at = read(text)
        return at.astimezone(zone).replace(tzinfo=None) if at and at.tzinfo else at

    return local


def _written(form: str) -> Callable[[str], datetime | None]:
    def read(text: str) -> datetime | None:
        try:
            return datetime.strptime(plain(text), form)  # noqa: DTZ007 (its zone, if any, is in the form)
        except ValueError:
            return None

    return read


def _day(year: str, month: str, on: str) -> date | None:
    try:
        return date(int(year), int(month), int(on))
    except ValueError:
        return None


_PARSERS: Mapping[Type, Parser] = {
    "text": str,
    "integer": integer,
    "decimal": decimal,
    "number": number,
    "boolean": boolean,
    "date": any_day,
    "excel_date": excel_day,
}
