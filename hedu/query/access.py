"""What one person may see, as a frozen value that a plan pass compiles into every scan."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RowFilter:
    """Only rows of `dataset` for which `where` (over its own dimensions) holds.

    Several filters on one dataset are alternatives (OR): each grant widens what is seen.
    """

    dataset: str
    where: str


@dataclass(frozen=True, slots=True)
class Mask:
    """`column` (a dimension or measure) of `dataset` is hidden.

    Grouping by it shows one "***"; filtering by it and measuring it are refused.
    """

    dataset: str
    column: str


@dataclass(frozen=True, slots=True)
class Access:
    """Row filters, masks, and datasets not to be seen at all. `ALL` sees everything."""

    rows: tuple[RowFilter, ...] = ()
    masks: tuple[Mask, ...] = ()
    hidden: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        """Equal for equal rights; part of every cache key."""
        text = repr((sorted(map(repr, self.rows)), sorted(map(repr, self.masks)), sorted(self.hidden)))
        return hashlib.sha256(text.encode()).hexdigest()[:16]


ALL = Access()
