"""What drivers deliver -> Arrow tables alike on every engine: exact numbers, one time zone, plain rows."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

import pyarrow as pa
import pyarrow.compute as pc

from hedu.engine.postgres_types import is_text, texts
from hedu.errors import EngineError

_MOST = 38
_ROOM = 18
_TOLD_FROM = 4
_DAY, _DAYS = 86_400, (-719_162, 2_932_896)
"""Seconds; the days of the years 1 to 9999, counted from 1970."""


def settled(table: pa.Table, time_zone: str, shape: pa.Schema | None = None) -> pa.Table:
    """Columns of foreign kinds become decimals or texts, moments stand in `time_zone`, nothing else is told of them.

    The scale of decimals is what their values need; a stream cannot look ahead and follows the `shape` it began with.
    EngineError: engine-overflow, engine-value-unfit, engine-type-unread.
    """
    for at, field in enumerate(table.schema):
        column = _settled(table.column(at), field, time_zone, None if shape is None else shape.field(at).type)
        table = table.set_column(at, pa.field(field.name, column.type), column)
    return table.replace_schema_metadata(None)


def shape_of(table: pa.Table, time_zone: str) -> pa.Schema:
    """The shape of a stream by its first rows: decimals have the scale the database declares, else room for more."""
    fields = []
    for at, field in enumerate(table.schema):
        kind = settled(table.select([at]), time_zone).schema.field(0).type
        if pa.types.is_decimal(kind) and isinstance(field.type, pa.OpaqueType):
            kind = pa.decimal128(_MOST, _scale(field, table.column(at)))
        fields.append(pa.field(field.name, kind))
    return pa.schema(fields)


def decimals(texts: pa.ChunkedArray, scale: int | None = None) -> pa.ChunkedArray:
    """Written numbers as decimals of one scale; without one, floats where 38 digits do not do.

    EngineError: engine-overflow, engine-value-unfit.
    """
    whole, parts = _digits(texts)
    if scale is None:
        if whole + parts > _MOST or _has_words(texts):
            return texts.cast(pa.float64())
        return texts.cast(pa.decimal128(_MOST, parts))
    if _has_words(texts):
        raise EngineError("engine-value-unfit", detail="NaN, Infinity")
    if whole + scale > _MOST:
        raise EngineError("engine-overflow", detail=f"DECIMAL({whole + scale}, {scale})")
    try:
        wide = pc.round(texts.cast(pa.decimal256(2 * _MOST, min(max(parts, scale), 2 * _MOST - whole))), scale)
        return wide.cast(pa.decimal128(_MOST, scale))
    except pa.ArrowInvalid:
        raise EngineError("engine-overflow", detail=f"DECIMAL({whole + parts}, {parts})") from None


def plain_rows(table: pa.Table) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Column names and plain rows."""
    columns = [column.to_pylist() for column in table.columns]
    return table.column_names, list(zip(*columns, strict=True)) if columns else []


def kind_of(kind: pa.DataType) -> str:
    """text, number, boolean, date, timestamp or other."""
    if isinstance(kind, pa.OpaqueType):
        return "number" if kind.type_name == "numeric" else "text" if is_text(kind) else "other"
    if isinstance(kind, pa.BaseExtensionType):
        return "text" if kind.extension_name in ("arrow.uuid", "arrow.json") else "other"
    if pa.types.is_boolean(kind):
        return "boolean"
    if pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        return "number"
    if pa.types.is_date(kind):
        return "date"
    if pa.types.is_timestamp(kind):
        return "timestamp"
    return "text" if pa.types.is_string(kind) or pa.types.is_large_string(kind) else "other"


def check_times(table: pa.Table) -> None:
    """Infinite days, and those outside the years 1 to 9999, are no days here. EngineError engine-time-beyond."""
    for field, column in zip(table.schema, table.columns, strict=True):
        _check_time(column, field.name)


def _check_time(column: pa.ChunkedArray, name: str) -> None:
    kind = column.type
    if pa.types.is_date32(kind):
        first, last, values = _DAYS[0], _DAYS[1], column.cast(pa.int32())
    elif pa.types.is_timestamp(kind) and kind.unit != "ns":
        of_second = {"s": 1, "ms": 1000, "us": 1_000_000}[kind.unit]
        edge = 0 if kind.tz is None else _DAY
        first, last = (_DAYS[0] * _DAY + edge) * of_second, ((_DAYS[1] + 1) * _DAY - edge) * of_second - 1
        values = column.cast(pa.int64())
    else:
        return
    least, most = pc.min_max(values).as_py().values()
    if least is not None and (least < first or most > last):
        raise EngineError("engine-time-beyond", name=name)


def _settled(column: pa.ChunkedArray, field: pa.Field, time_zone: str, shape: pa.DataType | None) -> pa.ChunkedArray:
    kind, known = field.type, (field.metadata or {}).get(b"POSTGRESQL:type")
    if known == b"money":
        # The driver hands over the smallest coins without saying how many make one.
        raise EngineError("engine-value-unfit", detail=f"money: {field.name}::numeric")
    if known == b"bpchar":
        return pc.utf8_rtrim(column, " ")
    if isinstance(kind, pa.OpaqueType):
        plain = pa.chunked_array([chunk.storage for chunk in column.chunks], kind.storage_type)
        if kind.type_name != "numeric":
            return plain if pa.types.is_string(kind.storage_type) else texts(plain, field)
        if shape is not None and pa.types.is_floating(shape):
            return plain.cast(shape)
        return decimals(plain, None if shape is None else shape.scale)
    if pa.types.is_list(kind) and isinstance(kind.value_type, pa.OpaqueType):
        raise EngineError("engine-type-unread", name=field.name, type=f"{kind.value_type.type_name}[]")
    if isinstance(kind, pa.BaseExtensionType):
        plain = pa.chunked_array([chunk.storage for chunk in column.chunks], kind.storage_type)
        return _uuids(plain) if kind.extension_name == "arrow.uuid" else plain
    if pa.types.is_timestamp(kind) and kind.tz is not None and kind.tz != time_zone:
        return column.cast(pa.timestamp(kind.unit, time_zone))
    if pa.types.is_dictionary(kind):
        return column.cast(kind.value_type)
    if pa.types.is_decimal(kind) and not pa.types.is_decimal128(kind):
        return _narrowed(column, shape)
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        _check_text(column)
    return column


def _scale(field: pa.Field, column: pa.ChunkedArray) -> int:
    """What NUMERIC(p, s) says; else as many places as the whole digits of the first rows leave, at most `_ROOM`."""
    told = int((field.metadata or {}).get(b"POSTGRESQL:typmod", b"-1"))
    if told >= _TOLD_FROM:
        scale = (told - _TOLD_FROM) & 0x7FF
        if scale <= _MOST:
            return scale
    whole, _ = _digits(pa.chunked_array([chunk.storage for chunk in column.chunks], pa.string()))
    return min(_ROOM, _MOST - whole)


def _digits(texts: pa.ChunkedArray) -> tuple[int, int]:
    """The most digits before the point, and after it."""
    bare = pc.ascii_ltrim(texts, "-0")
    length, point = pc.utf8_length(bare), pc.find_substring(bare, ".")
    whole = pc.if_else(pc.less(point, 0), length, point)
    parts = pc.if_else(pc.less(point, 0), 0, pc.subtract(pc.subtract(length, point), 1))
    return pc.max(whole).as_py() or 0, pc.max(parts).as_py() or 0


def _has_words(texts: pa.ChunkedArray) -> bool:
    """Whether NaN or an infinity is among the written numbers."""
    return bool(pc.any(pc.match_substring_regex(texts, "[A-Za-z]")).as_py())


def _uuids(column: pa.ChunkedArray) -> pa.ChunkedArray:
    texts = [None if value is None else str(UUID(bytes=value)) for value in column.to_pylist()]
    return pa.chunked_array([pa.array(texts, pa.string())])


def _check_text(column: pa.ChunkedArray) -> None:
    """Some databases keep any bytes as a text."""
    try:
        column.validate(full=True)
    except pa.ArrowInvalid:
        raise EngineError("engine-value-unfit", detail="UTF-8") from None


def _narrowed(column: pa.ChunkedArray, shape: pa.DataType | None) -> pa.ChunkedArray:
    if shape is not None:
        try:
            return column.cast(shape)
        except pa.ArrowInvalid:
            raise EngineError("engine-overflow", detail=str(shape)) from None
    values = column.to_pylist()
    least = min((int(value.as_tuple().exponent) for value in values if isinstance(value, Decimal)), default=0)
    try:
        return pa.chunked_array([pa.array(values, pa.decimal128(_MOST, max(-least, 0)))])
    except (pa.ArrowInvalid, ValueError):
        return column.cast(pa.float64())
