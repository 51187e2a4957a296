"""Grid of texts -> typed columns. A type is found out over all rows; what was declared is enforced."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from hedu.intake.grid import Grid, Reject
from hedu.intake.options import Type

_INTEGER = re.compile(r"[+-]?(0|[1-9]\d{0,17})")
_NUMBER = re.compile(r"[+-]?(\d{1,3}(,\d{3})+|0|[1-9]\d*)?(\.\d+)?([eE][+-]?\d{1,3})?")
_MONEY = re.compile(r"^[¥￥$€]\s*|\s*元$")
_DATE = re.compile(r"(\d{4})(?:[-/.年])(\d{1,2})(?:[-/.月])(\d{1,2})日?")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_MOMENT = re.compile(
    r"(\d{4}[-/.]\d{1,2}[-/.]\d{1,2})[ T](\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?"
)
_TRUE, _FALSE = {"true", "yes", "是", "t", "y"}, {"false", "no", "否", "f", "n"}
_ARROW: Mapping[Type, Any] = {
    "text": pa.string(),
    "integer": pa.int64(),
    "number": pa.float64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "timestamp": pa.timestamp("us"),
}
_PLAINLY: Mapping[Type, str] = {
    "text": "",
    "integer": r"^-?[0-9]{1,18}$",
    "number": r"^-?[0-9]{1,15}(\.[0-9]{1,15})?$",
    "date": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
}
Parser = Callable[[str], Any]


def typed(grid: Grid, types: Mapping[str, Type]) -> tuple[pa.Table, tuple[Reject, ...]]:
    """The table, and the rows whose values do not fit a declared type (left out, each with its reason)."""
    columns: dict[str, tuple[Type, Any]] = {}
    bad: dict[int, Reject] = {}
    for name, texts in zip(grid.names, grid.columns, strict=True):
        declared = types.get(name)
        if declared is None:
            columns[name] = inferred(texts)
            continue
        plain = _cast_plainly(texts, declared)
        if plain is not None:
            columns[name] = (declared, plain)
            continue
        parse, values = _PARSERS[declared], []
        for at, text in enumerate(texts):
            value = None if text is None else parse(text)
            if value is None and text is not None:
                bad.setdefault(at, Reject(grid.lines[at], name, text[:200], f"not a {declared}"))
            values.append(value)
        columns[name] = (declared, values)
    kept = [at for at in range(len(grid.lines)) if at not in bad] if bad else None
    arrays = {name: _chosen(_array(type_, values), kept) for name, (type_, values) in columns.items()}
    return pa.table(arrays), tuple(bad.values())


def _cast_plainly(texts: Sequence[str | None], type_: Type) -> pa.Array | None:
    """All texts at once where they are written the plain way (1234.5, 2024-01-05); None where any is not."""
    if type_ not in _PLAINLY:
        return None
    array = pa.array(texts, type=pa.string())
    if not pc.all(pc.match_substring_regex(array, _PLAINLY[type_]), min_count=0).as_py():
        return None
    try:
        return array.cast(_ARROW[type_])
    except pa.ArrowInvalid:
        return None


def _chosen(array: pa.Array, kept: list[int] | None) -> pa.Array:
    return array if kept is None else array.take(pa.array(kept, type=pa.int64()))


def inferred(texts: Sequence[str | None]) -> tuple[Type, list[Any]]:
    """The narrowest type that all values fit, and the values in it; text where none does, or where it would lose."""
    if all(text is None for text in texts):
        return "text", list(texts)
    for type_, parse in _FOUND_OUT:
        values: list[Any] = []
        for text in texts:
            value = None if text is None else parse(text)
            if value is None and text is not None:
                break
            values.append(value)
        else:
            return type_, values
    return "text", list(texts)


def _array(type_: Type, values: Any) -> pa.Array:
    if isinstance(values, pa.Array):
        return values
    if type_ != "decimal":
        return pa.array(values, type=_ARROW[type_])
    digits = [value.as_tuple() for value in values if value is not None]
    scale = max((-int(one.exponent) for one in digits), default=0)
    whole = max((len(one.digits) + int(one.exponent) for one in digits), default=1)
    if scale > 8 or whole + scale > 18:
        return pa.array([None if value is None else float(value) for value in values], type=pa.float64())
    return pa.array(values, type=pa.decimal128(18, max(scale, 0)))


def _plain(text: str) -> str:
    """Full-width digits and signs as ordinary ones."""
    return text if text.isascii() else unicodedata.normalize("NFKC", text)


def _integer(text: str) -> int | None:
    text = _plain(text)
    return int(text) if _INTEGER.fullmatch(text) else None


def _decimal(text: str) -> Decimal | None:
    text = _MONEY.sub("", _plain(text))
    percent = text.endswith("%")
    text = text.removesuffix("%").strip()
    if not text or not _NUMBER.fullmatch(text) or not any(char.isdigit() for char in text):
        return None
    value = Decimal(text.replace(",", ""))
    return value / 100 if percent else value


def _float(text: str) -> float | None:
    value = _decimal(text)
    return None if value is None else float(value)


def _boolean(text: str) -> bool | None:
    word = text.casefold()
    return True if word in _TRUE else False if word in _FALSE else None


def _date(text: str) -> date | None:
    match = _DATE.fullmatch(_plain(text))
    return _day(match) if match else None


def _declared_date(text: str) -> date | None:
    text = _plain(text)
    match = _DATE.fullmatch(text) or _COMPACT.fullmatch(text)
    if match:
        return _day(match)
    moment = _moment(text)
    return moment.date() if moment and moment.time() == time() else None


def _day(match: re.Match[str]) -> date | None:
    try:
        return date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        return None


def _moment(text: str) -> datetime | None:
    match = _MOMENT.fullmatch(_plain(text))
    day = _date(match[1]) if match else None
    if match is None or day is None:
        return None
    try:
        clock = time(int(match[2]), int(match[3]), int(match[4] or 0))
    except ValueError:
        return None
    return datetime.combine(day, clock)


def _declared_moment(text: str) -> datetime | None:
    day = _declared_date(text)
    return datetime.combine(day, time()) if day else _moment(text)


_PARSERS: Mapping[Type, Parser] = {
    "text": str,
    "integer": _integer,
    "decimal": _decimal,
    "number": _float,
    "boolean": _boolean,
    "date": _declared_date,
    "timestamp": _declared_moment,
}
_FOUND_OUT: tuple[tuple[Type, Parser], ...] = (
    ("integer", _integer),
    ("decimal", _decimal),
    ("boolean", _boolean),
    ("date", _date),
    ("timestamp", _moment),
)
