"""What DuckDB hands to Arrow -> values: what Arrow has no type for becomes a text, or is refused."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from hedu.engine.arrived import check_times
from hedu.errors import EngineError

_NONE = ("TIME WITH TIME ZONE", "BIGNUM")
_WITHIN = re.compile(r"\b(?:BIT|UHUGEINT|BIGNUM|TIME WITH TIME ZONE)\b")


def read(table: pa.Table, kinds: Sequence[str]) -> pa.Table:
    """The values of columns of the types `kinds`. Words of enums are texts; moments are cut to microseconds.

    EngineError: engine-overflow, engine-type-unread, engine-time-beyond.
    """
    for at, (field, kind) in enumerate(zip(table.schema, kinds, strict=True)):
        column = _meant(table.column(at), field, kind)
        if column.type != field.type:
            table = table.set_column(at, pa.field(field.name, column.type), column)
    check_times(table)
    return table


def _meant(column: pa.ChunkedArray, field: pa.Field, kind: str) -> pa.ChunkedArray:
    if kind == "BIT":
        values = [None if value is None else _bits(value) for value in column.to_pylist()]
        return pa.chunked_array([pa.array(values, pa.string())])
    if kind == "UHUGEINT" and pc.any(pc.less(column, 0)).as_py():
        raise EngineError("engine-overflow", detail="UHUGEINT > DECIMAL(38, 0)")
    if (
        pa.types.is_union(field.type)
        or kind in _NONE
        or (kind[-1] in ")]" and not kind.startswith("ENUM") and _WITHIN.search(kind))
    ):
        raise EngineError("engine-type-unread", name=field.name, type=kind[:60])
    if pa.types.is_dictionary(field.type):
        return column.cast(field.type.value_type)
    if pa.types.is_timestamp(field.type) and field.type.unit == "ns":
        return pc.floor_temporal(column, unit="microsecond").cast(pa.timestamp("us", field.type.tz))
    return column


def _bits(value: bytes) -> str:
    """The first byte tells how many bits of the second fill it up."""
    return "".join(f"{one:08b}" for one in value[1:])[value[0] :]
