"""What ClickHouse hands to Arrow -> values: codes of enums, bare bytes and bare seconds become what they stand for."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from hedu.engine.arrived import kind_of, settled
from hedu.engine.postgres_types import address
from hedu.errors import EngineError

_SAME = re.compile(r"(?:Nullable|LowCardinality)\((.*)\)|SimpleAggregateFunction\(\w+, (.*)\)", re.DOTALL)
_WORD = re.compile(r"'((?:[^'\\]|\\.)*)' = (-?\d+)", re.DOTALL)
_WIDE = re.compile(r"U?Int(?:128|256)")
_BARE = re.compile(r"\b(?:Enum|IPv|FixedString|U?Int(?:128|256)|DateTime\b|BFloat|Interval)")
_NESTED = re.compile(r"Array|Tuple|Map|Nested|Point|Ring|Polygon|MultiPolygon|LineString|MultiLineString")
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "0": "\0"}
_SURE = (pa.int32(), pa.int64(), pa.uint8(), pa.uint64(), pa.float32(), pa.float64(), pa.bool_(), pa.date32(),
         pa.string(), pa.large_string(), pa.null())  # fmt: skip
_MOST, _MOMENT = 38, pa.timestamp("us")


def needs_names(schema: pa.Schema) -> bool:
    """Whether Arrow alone does not tell what a column is: a small number may be an enum, an address or a moment."""
    return not all(
        kind in _SURE or pa.types.is_decimal(kind) or pa.types.is_timestamp(kind) or isinstance(kind, pa.UuidType)
        for kind in schema.types
    )


def read(table: pa.Table, kinds: Sequence[str], time_zone: str, shape: pa.Schema | None = None) -> pa.Table:
    """The values of columns whose types are called `kinds`, which is empty where Arrow tells enough.

    Moments are wall-clock times of the session, as elsewhere, and counts are signed. A stream follows the `shape` it
    began with. EngineError: engine-overflow, engine-value-unfit, engine-type-unread.
    """
    names = table.column_names
    columns = table.columns
    if kinds:
        columns = [_meant(column, name, _bare(kind)) for column, name, kind in zip(columns, names, kinds, strict=True)]
    table = settled(pa.table(columns, names=names), time_zone, shape)
    for at, field in enumerate(table.schema):
        column = _plain(table.column(at), None if shape is None else shape.field(at).type)
        table = table.set_column(at, pa.field(field.name, column.type), column)
    return table


def shape_by(first: pa.Table, kinds: Sequence[str], time_zone: str) -> pa.Schema:
    """The shape of a stream by its first rows; wide decimals keep the places that the database declares."""
    found = read(first, kinds, time_zone).schema
    for at, field in enumerate(found):
        own = first.schema.field(at).type
        if pa.types.is_decimal(field.type) and pa.types.is_decimal256(own):
            found = found.set(at, pa.field(field.name, pa.decimal128(_MOST, min(own.scale, _MOST))))
    return found


def kinds_in(empty: pa.Table, kinds: Sequence[str], time_zone: str) -> dict[str, str]:
    """Column -> text, number, boolean, date, timestamp or other."""
    found = {}
    for at, name in enumerate(empty.column_names):
        try:
            found[name] = kind_of(read(empty.select([at]), kinds[at : at + 1], time_zone).schema.field(0).type)
        except EngineError:
            found[name] = "other"
    return found


def _bare(kind: str) -> str:
    """The type within Nullable, LowCardinality and their like."""
    while found := _SAME.fullmatch(kind):
        kind = found.group(1) or found.group(2)
    return kind


def _meant(column: pa.ChunkedArray, name: str, kind: str) -> pa.ChunkedArray:
    if kind.startswith("Enum"):
        words = {int(code): _unescaped(word) for word, code in _WORD.findall(kind)}
        return _each(column, pa.string(), words.__getitem__)
    if kind.startswith("DateTime") and pa.types.is_uint32(column.type):
        return column.cast(pa.int64()).cast(pa.timestamp("s", "UTC"))
    if kind == "IPv4":
        return _each(column, pa.string(), lambda value: str(ipaddress.IPv4Address(value)))
    if kind == "IPv6":
        return _each(column, pa.string(), address)
    if kind.startswith("FixedString"):
        return _each(column, pa.string(), lambda value: _text(value, name, kind))
    if _WIDE.fullmatch(kind):
        is_signed = kind.startswith("I")
        return _whole(column, lambda value: int.from_bytes(value, "little", signed=is_signed))
    if _is_odd(column.type, kind):
        raise EngineError("engine-type-unread", name=name, type=kind[:60])
    return column


def _is_odd(arrow: pa.DataType, kind: str) -> bool:
    """Whether what arrives is not the value: states of aggregates, one of several types, bare values in a list."""
    if _NESTED.match(kind):
        return bool(_BARE.search(kind)) or "Variant(" in kind
    return any(is_odd(arrow) for is_odd in (pa.types.is_binary, pa.types.is_fixed_size_binary, pa.types.is_union))


def _each(column: pa.ChunkedArray, to: pa.DataType, read: Callable[[Any], Any]) -> pa.ChunkedArray:
    """Every distinct value is read once."""
    known = column.combine_chunks().dictionary_encode()
    values = pa.array([None if value is None else read(value) for value in known.dictionary.to_pylist()], to)
    return pa.chunked_array([pc.take(values, known.indices)], to)


def _whole(column: pa.ChunkedArray, read: Callable[[Any], int]) -> pa.ChunkedArray:
    values = [None if value is None else read(value) for value in column.to_pylist()]
    try:
        return pa.chunked_array([pa.array(values, pa.decimal128(_MOST, 0))])
    except pa.ArrowInvalid:
        raise EngineError("engine-overflow", detail=f"> {_MOST} digits") from None


def _plain(column: pa.ChunkedArray, shape: pa.DataType | None) -> pa.ChunkedArray:
    if pa.types.is_timestamp(column.type) and column.type.tz is not None:
        local = pc.local_timestamp(column)
        return (pc.floor_temporal(local, unit="microsecond") if column.type.unit == "ns" else local).cast(_MOMENT)
    if pa.types.is_unsigned_integer(column.type):
        return _signed(column, shape)
    if shape is not None and shape != column.type:
        return _shaped(column, shape)
    return column


def _signed(column: pa.ChunkedArray, shape: pa.DataType | None) -> pa.ChunkedArray:
    if shape is not None:
        return _shaped(column, shape)
    try:
        return column.cast(pa.int64())
    except pa.ArrowInvalid:
        return column.cast(pa.decimal128(_MOST, 0))


def _shaped(column: pa.ChunkedArray, shape: pa.DataType) -> pa.ChunkedArray:
    try:
        return column.cast(shape)
    except pa.ArrowInvalid:
        raise EngineError("engine-overflow", detail=str(shape)) from None


def _unescaped(word: str) -> str:
    return re.sub(r"\\(.)", lambda found: _ESCAPED.get(found.group(1), found.group(1)), word, flags=re.DOTALL)


def _text(value: bytes, name: str, kind: str) -> str:
    try:
        return value.rstrip(b"\0").decode()
    except UnicodeDecodeError:
        raise EngineError("engine-type-unread", name=name, type=kind) from None
