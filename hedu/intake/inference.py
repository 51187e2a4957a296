"""Columns of texts -> typed columns. A type is found out over all rows; what was declared is enforced."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.compute as pc

from hedu.errors import EngineError
from hedu.intake.grid import Grid, Guess, Note, Reject, Texts
from hedu.intake.options import Options, Type
from hedu.intake.values import Parser, boolean, compact_day, day, decimal, integer, moment, parser, plain

_ARROW: Mapping[Type, Any] = {
    "text": pa.string(),
    "integer": pa.int64(),
    "number": pa.float64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "excel_date": pa.date32(),
    "timestamp": pa.timestamp("us"),
}
_PLAINLY: Mapping[Type, str] = {
    "text": "",
    "integer": r"^-?[0-9]{1,18}$",
    "number": r"^-?[0-9]{1,15}(\.[0-9]{1,15})?$",
    "date": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
}
_NO_VALUE = {"null", "n/a", "#n/a", "nan", "none"}
_NO_VALUES = r"(?i)^(null|n/a|#n/a|nan|none)$"
_CODE = r"^[+-]?[0０][0-9０-９]|^[+-]?[0-9０-９]{16,}$"
_PHONE = r"^(\+86)?1[3-9][0-9]{9}$"
_LIKE: Mapping[Type, str] = {
    "number": r"^\(?[+-]?\s*[¥￥$€]?\s*[+-]?[0-9０-９][0-9０-９,]*(\.[0-9]*)?\s*[%％元]?\)?$",
    "date": r"^[0-9]{4}[-/.年][0-9]{1,2}[-/.月][0-9]{1,2}日?([ T].*)?$",
}
_MOSTLY = 0.6
_REASONS: Mapping[Type, str] = {
    "text": "不是文本 · not text",
    "integer": "不是整数 · not a whole number",
    "decimal": "不是数值 · not a number",
    "number": "不是数值 · not a number",
    "boolean": "不是是/否 · neither yes nor no",
    "date": "不是日期 · not a date",
    "excel_date": "不是日期 · not a date",
    "timestamp": "不是时间 · not a time",
}


def typed(grid: Grid, options: Options) -> tuple[pa.Table, tuple[Reject, ...], tuple[Note, ...]]:
    """The table, the rows whose values do not fit a declared type (left out), and columns that almost have a type."""
    columns: dict[str, pa.Array] = {}
    bad: dict[int, Reject] = {}
    notes: list[Note] = []
    for name, column in zip(grid.names, grid.columns, strict=True):
        declared = options.types.get(name)
        if isinstance(column, (pa.Array, pa.ChunkedArray)) and not pa.types.is_string(column.type):
            columns[name] = column if declared is None else _cast(column, name, declared)
            continue
        texts = _texts(column, options, is_filled=name in options.fill_down)
        if declared is not None:
            columns[name] = _declared(name, texts, declared, grid.lines, options, bad)
            continue
        type_, values = inferred(texts, grid.guess, options.time_zone)
        columns[name] = _array(type_, values)
        if type_ == "text" and grid.guess == "all":
            notes.extend(_notes(name, texts, grid.lines))
    kept = pa.array([at for at in range(len(grid.lines)) if at not in bad], type=pa.int64()) if bad else None
    arrays = {name: values if kept is None else values.take(kept) for name, values in columns.items()}
    return pa.table(arrays), tuple(bad[at] for at in sorted(bad)), tuple(notes)


def _texts(column: Texts | pa.Array | pa.ChunkedArray, options: Options, *, is_filled: bool) -> pa.Array:
    """Texts as Arrow, without those that mean no value, merged cells filled down."""
    texts = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else pa.array(column, type=pa.string())
    if options.nulls:
        nothing = pc.is_in(texts, pa.array(options.nulls, type=pa.string()))
        texts = pc.if_else(nothing, pa.scalar(None, pa.string()), texts)
    return pc.fill_null_forward(texts) if is_filled else texts


def inferred(array: pa.Array, guess: Guess = "all", time_zone: str = "UTC") -> tuple[Type, Any]:
    """The narrowest type that all values fit, and the values in it; text where none does, or where it would lose.

    Codes with leading zeros, phone numbers and numbers of more than 15 digits stay text, and so do columns that
    mix percent with plain numbers, currencies, or times with and without a zone.
    """
    if guess == "nothing" or array.null_count == len(array):
        return "text", array
    values = pc.if_else(pc.match_substring_regex(array, _NO_VALUES), pa.scalar(None, pa.string()), array)
    if values.null_count == len(values):
        return "text", array
    if guess == "all" and not _is_code(values):
        found = _number(values)
        if found is not None:
            return found
    found = _time(values, time_zone)
    return found if found is not None else ("text", array)


def _number(values: pa.Array) -> tuple[Type, Any] | None:
    texts = values.to_pylist()
    compact = _all(texts, compact_day) if _fits(values, r"^(19|20)[0-9]{6}$") else None
    if compact is not None:
        return "date", compact
    for type_ in ("integer", "boolean", "decimal"):
        fast = _cast_plainly(values, type_) if type_ == "integer" else None
        found = fast if fast is not None else _all(texts, {"integer": integer, "boolean": boolean}.get(type_, decimal))
        if found is not None and not (type_ == "decimal" and _mixes_units(texts)):
            return type_, found
    return None


def _time(values: pa.Array, time_zone: str) -> tuple[Type, Any] | None:
    plainly = _cast_plainly(values, "date")
    days = plainly if plainly is not None else _all(values.to_pylist(), day)
    if days is not None:
        return "date", days
    moments = _all(values.to_pylist(), _day_or_moment)
    zoned = {found.tzinfo is not None for found in moments or () if found is not None}
    if moments is None or len(zoned) > 1:
        return None
    if any(day(text) for text in values.drop_null().to_pylist()) and all(
        at is None or _is_midnight(at) for at in moments
    ):
        return "date", [None if at is None else at.date() for at in moments]
    zone = ZoneInfo(time_zone)
    return "timestamp", [_naive(at, zone) for at in moments]


def _day_or_moment(text: str) -> datetime | None:
    """A moment; a day among moments (as workbooks mix them) is its midnight."""
    on = day(text)
    return datetime.combine(on, time()) if on else moment(text)


def _is_midnight(at: datetime) -> bool:
    return at.tzinfo is None and at.time() == time()


def _naive(at: datetime | None, zone: ZoneInfo) -> datetime | None:
    return at.astimezone(zone).replace(tzinfo=None) if at is not None and at.tzinfo is not None else at


def _all(texts: Texts, parse: Parser) -> list[Any] | None:
    """Every value parsed, or None at the first that does not fit."""
    values: list[Any] = []
    for text in texts:
        value = None if text is None else parse(text)
        if value is None and text is not None:
            return None
        values.append(value)
    return values


def _is_code(values: pa.Array) -> bool:
    return bool(pc.any(pc.match_substring_regex(values, _CODE), min_count=0).as_py()) or _fits(values, _PHONE)


def _fits(values: pa.Array, pattern: str) -> bool:
    return bool(pc.all(pc.match_substring_regex(values, pattern), min_count=0).as_py())


def _mixes_units(texts: Texts) -> bool:
    """Whether percent stands beside plain numbers, or one currency beside another."""
    written = [plain(text) for text in texts if text is not None and decimal(text) != 0]
    percents = {text.endswith("%") for text in written}
    marks = {match[0].replace("元", "¥") for text in written if (match := re.search("[¥$€元]", text))}
    return len(percents) > 1 or len(marks) > 1


def _declared(
    name: str, array: pa.Array, type_: Type, lines: Sequence[int], options: Options, bad: dict[int, Reject]
) -> pa.Array:
    written = options.formats.get(name)
    fast = None if written else _cast_plainly(array, type_)
    if fast is not None:
        return fast
    parse = parser(type_, written, options.time_zone)
    values: list[Any] = []
    for at, text in enumerate(array.to_pylist()):
        if text is None or text.casefold() in _NO_VALUE:
            values.append(None)
            continue
        value = parse(text)
        if value is None:
            bad.setdefault(at, Reject(lines[at], name, text[:200], _REASONS[type_]))
        values.append(value)
    return _array(type_, values)


def _cast_plainly(array: pa.Array, type_: Type) -> pa.Array | None:
    """All texts at once where they are written the plain way (1234.5, 2024-01-05); None where any is not."""
    if type_ not in _PLAINLY or not _fits(array, _PLAINLY[type_]):
        return None
    try:
        return array.cast(_ARROW[type_])
    except pa.ArrowInvalid:
        return None


def _cast(column: pa.Array, name: str, type_: Type) -> pa.Array:
    """A column whose source knew its type, in the declared one; nothing may be lost."""
    if type_ == "decimal" and pa.types.is_decimal(column.type):
        return column
    try:
        if type_ == "decimal":
            return _array("decimal", [None if value is None else decimal(str(value)) for value in column.to_pylist()])
        if type_ == "excel_date" and pa.types.is_date(column.type):
            return column
        if type_ == "excel_date":
            parse = parser("excel_date", None, "UTC")
            return pa.array([None if value is None else parse(str(value)) for value in column.to_pylist()], pa.date32())
        return column.cast(_ARROW[type_])
    except (pa.ArrowException, AttributeError, ValueError) as error:
        raise EngineError("column-type-unfit", column=name, type=type_, detail=str(error)[:120]) from None


def _array(type_: Type, values: Any) -> pa.Array:
    if isinstance(values, (pa.Array, pa.ChunkedArray)):
        return values
    if type_ != "decimal":
        return pa.array(values, type=_ARROW[type_])
    digits = [value.as_tuple() for value in values if value is not None]
    scale = max((-int(one.exponent) for one in digits), default=0)
    whole = max((len(one.digits) + int(one.exponent) for one in digits), default=1)
    needed = max(whole, 0) + max(scale, 0)
    if scale > 12 or needed > 38:
        return pa.array([None if value is None else float(value) for value in values], type=pa.float64())
    return pa.array(values, type=pa.decimal128(18 if needed <= 18 else 38, max(scale, 0)))


def _notes(name: str, array: pa.Array, lines: Sequence[int]) -> list[Note]:
    whole = len(array) - array.null_count
    if not whole or _is_code(array):
        return []
    for type_, pattern in _LIKE.items():
        like = pc.match_substring_regex(array, pattern)
        share = (pc.sum(like).as_py() or 0) / whole
        odd = next((at for at, fits in enumerate(like.to_pylist()) if fits is False), None)
        if share >= _MOSTLY:
            at = odd if odd is not None else 0
            return [Note(name, type_, lines[at], (array[at].as_py() or "")[:80], share)]
    return []
