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

SCALE = 1_000_000
"""Amounts are compared and added up as whole millionths, so that nothing is lost to floating point."""
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

    Rows of one key are added up first. Values no more than `cent` apart count as equal, yet their difference
    stays in the third bucket, so that the buckets always add up.
    """
    import numpy as np
    import pyarrow.compute as pc

    keys = [name for name in a.column_names if name.startswith("key_")]
    joined = _by_key(a, keys).join(_by_key(b, keys), keys=keys, join_type="full outer", right_suffix="_b")
    one, other = (_whole(joined.column(name)) for name in ("value", "value_b"))
    in_a = pc.is_valid(joined.column("value")).to_numpy(zero_copy_only=False)
    in_b = pc.is_valid(joined.column("value_b")).to_numpy(zero_copy_only=False)
    both, apart = in_a & in_b, np.abs(one - other)
    buckets = tuple(
        _bucket(name, joined, keys, inside, one - other, (one, other))
        for name, inside in (("only_a", in_a & ~in_b), ("only_b", in_b & ~in_a), ("both_differ", both & (apart > 0)))
    )
    equal = int((both & (apart <= round(cent * SCALE))).sum())
    return Bridge(_exact(one), _exact(other), buckets, int(both.sum()), equal)  # type: ignore[arg-type]


def _by_key(table: pa.Table, keys: list[str]) -> pa.Table:
    """One row per key; keys are compared as texts, a missing part as empty."""
    import pyarrow as pa
    import pyarrow.compute as pc

    texts = [pc.fill_null(table.column(name).cast("string"), "") for name in keys]
    values = pc.fill_null(table.column("value").cast("double", safe=False), 0.0)
    plain = pa.table([*texts, values], names=[*keys, "value"])
    summed = plain.group_by(keys).aggregate([("value", "sum")])
    return summed.rename_columns([*keys, "value"])


def _whole(column: Any) -> Ints:
    import numpy as np

    values = np.nan_to_num(column.to_numpy(zero_copy_only=False).astype(float))
    return np.asarray(np.round(values * SCALE), dtype=np.int64)


def _exact(amounts: Ints) -> Decimal:
    return (Decimal(int(amounts.sum())) / SCALE).normalize() + 0


def _bucket(name: str, joined: pa.Table, keys: list[str], inside: Any, gap: Ints, sides: tuple[Ints, Ints]) -> Bucket:
    import numpy as np

    places = np.flatnonzero(inside)
    top = places[np.argsort(-np.abs(gap[places]), kind="stable")[:SAMPLES]]
    samples = tuple(
        {
            "key": [joined.column(key)[int(at)].as_py() for key in keys],
            "a": sides[0][at] / SCALE if name != "only_b" else None,
            "b": sides[1][at] / SCALE if name != "only_a" else None,
        }
        for at in top
    )
    return Bucket(name, len(places), _exact(gap[places]), samples)
