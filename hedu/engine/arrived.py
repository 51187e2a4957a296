"""What drivers deliver -> Arrow tables alike on every engine: exact numbers, one time zone, plain rows."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

import pyarrow as pa
import pyarrow.compute as pc

_MOST = 38


def settled(table: pa.Table, time_zone: str, scale: int | None = None) -> pa.Table:
    """Columns of foreign kinds become decimals or texts, moments stand in `time_zone`, nothing else is told of them.

    The scale of decimals is what their values need, unless given (a stream cannot look ahead).
    """
    for at, field in enumerate(table.schema):
        column = _settled(table.column(at), field.type, time_zone, scale)
        table = table.set_column(at, pa.field(field.name, column.type), column)
    return table.replace_schema_metadata(None)


def decimals(texts: pa.ChunkedArray, scale: int | None = None) -> pa.ChunkedArray:
    """Written numbers as decimals of one scale; floats where 38 digits do not do."""
    if scale is not None:
        wide = pc.round(texts.cast(pa.decimal256(2 * _MOST, _MOST)), scale)
        return wide.cast(pa.decimal128(_MOST, scale))
    try:
        point = pc.find_substring(texts, ".")
        digits = pc.if_else(pc.less(point, 0), 0, pc.subtract(pc.subtract(pc.utf8_length(texts), point), 1))
        return texts.cast(pa.decimal128(_MOST, min(max(pc.max(digits).as_py() or 0, 0), _MOST)))
    except (pa.ArrowInvalid, ValueError):
        return texts.cast(pa.float64())


def plain_rows(table: pa.Table) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Column names and plain rows."""
    columns = [column.to_pylist() for column in table.columns]
    return table.column_names, list(zip(*columns, strict=True)) if columns else []


def kind_of(kind: pa.DataType) -> str:
    """text, number, boolean, date, timestamp or other."""
    if isinstance(kind, pa.OpaqueType):
        return "number" if kind.type_name == "numeric" else "text"
    if pa.types.is_boolean(kind):
        return "boolean"
    if pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        return "number"
    if pa.types.is_date(kind):
        return "date"
    if pa.types.is_timestamp(kind):
        return "timestamp"
    return "text" if pa.types.is_string(kind) or pa.types.is_large_string(kind) else "other"


def _settled(column: pa.ChunkedArray, kind: pa.DataType, time_zone: str, scale: int | None) -> pa.ChunkedArray:
    if isinstance(kind, pa.OpaqueType):
        plain = pa.chunked_array([chunk.storage for chunk in column.chunks], kind.storage_type)
        return decimals(plain, scale) if kind.type_name == "numeric" else plain
    if isinstance(kind, pa.BaseExtensionType):
        plain = pa.chunked_array([chunk.storage for chunk in column.chunks], kind.storage_type)
        return _uuids(plain) if kind.extension_name == "arrow.uuid" else plain
    if pa.types.is_timestamp(kind) and kind.tz is not None and kind.tz != time_zone:
        return column.cast(pa.timestamp(kind.unit, time_zone))
    if pa.types.is_dictionary(kind):
        return column.cast(kind.value_type)
    if pa.types.is_decimal(kind) and not pa.types.is_decimal128(kind):
        return _narrowed(column)
    return column


def _uuids(column: pa.ChunkedArray) -> pa.ChunkedArray:
    texts = [None if value is None else str(UUID(bytes=value)) for value in column.to_pylist()]
    return pa.chunked_array([pa.array(texts, pa.string())])


def _narrowed(column: pa.ChunkedArray) -> pa.ChunkedArray:
    values = column.to_pylist()
    least = min((int(value.as_tuple().exponent) for value in values if isinstance(value, Decimal)), default=0)
    try:
        return pa.chunked_array([pa.array(values, pa.decimal128(_MOST, max(-least, 0)))])
    except (pa.ArrowInvalid, ValueError):
        return column.cast(pa.float64())
