"""Two tables of rows by key -> the gap of their sums in three buckets that add up to it exactly."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]

PLACES = 6
"""Amounts are compared and added up as whole millionths, so that nothing is lost to floating point."""
LARGEST = 4e18
"""What whole numbers of 64 bits hold of both sides; larger amounts are taken to fewer places, as doubles have them."""
SAMPLES = 5


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
    import numpy as np
    import pyarrow.compute as pc

    keys = [name for name in a.column_names if name.startswith("key_")]
    joined = _by_key(a, keys).join(_by_key(b, keys), keys=keys, join_type="full outer", right_suffix="_b")
    values = [_finite(joined.column(name)) for name in ("value", "value_b")]
    places = _places(sum(float(np.abs(side).sum()) for side in values))
    one, other = (np.asarray(np.round(side * 10.0**places), dtype=np.int64) for side in values)
    in_a = pc.is_valid(joined.column("value")).to_numpy(zero_copy_only=False)
    in_b = pc.is_valid(joined.column("value_b")).to_numpy(zero_copy_only=False)
    both, apart = in_a & in_b, np.abs(one - other)
    buckets = tuple(
        _bucket(name, joined, keys, inside, (one, other), places)
        for name, inside in (("only_a", in_a & ~in_b), ("only_b", in_b & ~in_a), ("both_differ", both & (apart > 0)))
    )
    equal = int((both & (apart <= round(cent * 10.0**places))).sum())
    return Bridge(_exact(one, places), _exact(other, places), buckets, int(both.sum()), equal)  # type: ignore[arg-type]


def _by_key(table: pa.Table, keys: list[str]) -> pa.Table:
    """One row per key; keys are compared as texts, a missing part as empty."""
    import pyarrow as pa
    import pyarrow.compute as pc

    texts = [pc.fill_null(_text(table.column(name)), "") for name in keys]
    values = pc.fill_null(table.column("value").cast("double", safe=False), 0.0)
    plain = pa.table([*texts, values], names=[*keys, "value"])
    summed = plain.group_by(keys).aggregate([("value", "sum")])
    return summed.rename_columns([*keys, "value"])


def _text(column: Any) -> Any:
    """Keys as texts: a whole number is written alike whatever type it is kept in."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_floating(column.type) or pa.types.is_decimal(column.type):
        values = column.cast("double", safe=False)
        is_whole = pc.and_(pc.equal(pc.round(values), values), pc.less(pc.abs(values), 2.0**53))
        if pc.all(is_whole, min_count=0).as_py():
            return values.cast("int64").cast("string")
    return column.cast("string")


def _finite(column: Any) -> Floats:
    import numpy as np

    values: Floats = column.to_numpy(zero_copy_only=False).astype(float)
    return np.where(np.isfinite(values), values, 0.0)


def _places(size: float) -> int:
    """The decimal places that amounts of this total size keep; negative beyond what whole numbers hold."""
    places = PLACES
    while size * 10.0**places > LARGEST:
        places -= 1
    return places


def _exact(amounts: Ints, places: int) -> Decimal:
    return Decimal(int(amounts.sum())).scaleb(-places).normalize() + 0


def _bucket(name: str, joined: pa.Table, keys: list[str], inside: Any, sides: tuple[Ints, Ints], places: int) -> Bucket:
    import numpy as np

    rows = np.flatnonzero(inside)
    gap = (sides[0] - sides[1])[rows]
    top = rows[np.argsort(-np.abs(gap), kind="stable")[:SAMPLES]]
    samples = tuple(
        {
            "key": [joined.column(key)[int(at)].as_py() for key in keys],
            "a": sides[0][at] / 10.0**places if name != "only_b" else None,
            "b": sides[1][at] / 10.0**places if name != "only_a" else None,
        }
        for at in top
    )
    return Bucket(name, len(rows), _exact(gap, places), samples)
