"""Two tables of rows by key -> the gap of their sums in three buckets that add up to it exactly."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa

PLACES = 6
"""Amounts are compared and added up as decimals with so many places, so that nothing is lost to floating point."""
DIGITS = 64
"""Of an amount; what is larger than these hold counts as no number."""
SAMPLES = 5
MISSING = "\0"
"""Stands for a part of a key that is NULL, so that it is none of the texts; no text holds it."""


@dataclass(frozen=True, slots=True)
class Bucket:
    """`amount` is what these rows contribute to A less B. `samples` are the rows that weigh most."""

    name: str
    rows: int
    amount: Decimal
    samples: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Bridge:
    """From B to A: only A, only B, both but different. `shared` rows have one key, `equal` of them one value."""

    total_a: Decimal
    total_b: Decimal
    buckets: tuple[Bucket, Bucket, Bucket]
    shared: int
    equal: int
    apart: float
    """How far apart the values of common keys are, without sign, as a part of B's."""

    @property
    def gap(self) -> Decimal:
        """A less B: the sum of the buckets."""
        return self.total_a - self.total_b

    @property
    def overlap(self) -> float:
        """The share of the smaller side's keys that the other side has too."""
        least = self.shared + min(self.buckets[0].rows, self.buckets[1].rows)
        return self.shared / least if least else 0.0

    @property
    def agreement(self) -> float:
        """The share of common keys with equal values."""
        return self.equal / self.shared if self.shared else 0.0


def bridge(a: pa.Table, b: pa.Table, cent: float = 0.0) -> Bridge:
    """Outer join of two tables with columns key_0, … and `value`, both of one number of keys.

    Rows of one key are added up first; what is no finite number counts as nothing. Values no more than `cent` apart
    count as equal, yet their difference stays in the third bucket, so that the buckets always add up.
    """
    import pyarrow.compute as pc

    keys = [name for name in a.column_names if name.startswith("key_")]
    joined = _by_key(a, keys).join(_by_key(b, keys), keys=keys, join_type="full outer", right_suffix="_b")
    in_a, in_b = (pc.is_valid(joined.column(name)) for name in ("value", "value_b"))
    one, other = (_amounts(pc.fill_null(joined.column(name), 0)) for name in ("value", "value_b"))
    gap = pc.subtract(one, other)
    both, apart = pc.and_(in_a, in_b), pc.abs(gap)
    rows = joined.select(keys).append_column("a", one).append_column("b", other).append_column("gap", gap)
    buckets = (
        _bucket("only_a", rows.filter(pc.and_not(in_a, in_b)), keys),
        _bucket("only_b", rows.filter(pc.and_not(in_b, in_a)), keys),
        _bucket("both_differ", rows.filter(pc.and_(both, pc.greater(apart, 0))), keys),
    )
    equal = pc.and_(both, pc.less_equal(apart, Decimal(repr(cent))))
    held = _total(pc.abs(other).filter(both))
    share = float(_total(apart.filter(both)) / held) if held else 0.0
    return Bridge(_total(one), _total(other), buckets, _count(both), _count(equal), share)


def _by_key(table: pa.Table, keys: list[str]) -> pa.Table:
    """One row per key; keys are compared as texts. NULL meets NULL and nothing else, not even the empty text."""
    import pyarrow as pa
    import pyarrow.compute as pc

    texts = [pc.fill_null(_text(table.column(name)), MISSING) for name in keys]
    values = pc.fill_null(_amounts(table.column("value")), 0)
    plain = pa.table([*texts, values], names=[*keys, "value"])
    summed = plain.group_by(keys).aggregate([("value", "sum")])
    return summed.rename_columns([*keys, "value"])


def _text(column: Any) -> Any:
    """Keys as texts: a whole number or a day is written alike whatever type it is kept in."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_floating(column.type) or pa.types.is_decimal(column.type):
        values = column.cast("double", safe=False)
        is_whole = pc.and_(pc.equal(pc.round(values), values), pc.less(pc.abs(values), 2.0**53))
        if pc.all(is_whole, min_count=0).as_py():
            return values.cast("int64").cast("string")
    if pa.types.is_timestamp(column.type) and column.type.tz is None:
        days = column.cast("date32", safe=False)
        if pc.all(pc.equal(days.cast(column.type), column), min_count=0).as_py():
            return days.cast("string")
    return column.cast("string")


def _amounts(column: Any) -> Any:
    """Numbers as decimals; what is no finite number counts as nothing."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_floating(column.type):
        column = pc.if_else(pc.less(pc.abs(column), 10.0 ** (DIGITS - PLACES - 1)), column, 0.0)
    return column.cast(pa.decimal256(DIGITS, PLACES), safe=False)


def _total(amounts: Any) -> Decimal:
    import pyarrow.compute as pc

    return (pc.sum(amounts).as_py() or Decimal(0)).normalize() + 0


def _count(flags: Any) -> int:
    import pyarrow.compute as pc

    return int(pc.sum(flags).as_py() or 0)


def _bucket(name: str, rows: pa.Table, keys: list[str]) -> Bucket:
    import pyarrow.compute as pc

    heaviest = pc.array_sort_indices(pc.abs(rows.column("gap")), order="descending")[:SAMPLES]
    samples = tuple(
        {
            "key": [None if row[key] == MISSING else row[key] for key in keys],
            "a": float(row["a"]) if name != "only_b" else None,
            "b": float(row["b"]) if name != "only_a" else None,
        }
        for row in rows.take(heaviest).to_pylist()
    )
    return Bucket(name, len(rows), _total(rows.column("gap")), samples)
