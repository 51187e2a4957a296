"""What readers hand over: a grid of texts still to be typed, or a table that has types already."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Reject:
    """A row left out: its line at the source, the column and value at fault, and why."""

    line: int
    column: str
    value: str
    reason: str


@dataclass(frozen=True, slots=True)
class Grid:
    """Texts by column, with the line each row came from."""

    names: tuple[str, ...]
    columns: Sequence[Sequence[str | None]]
    lines: Sequence[int]
    rejects: tuple[Reject, ...] = ()


@dataclass(frozen=True, slots=True)
class Typed:
    """A table whose source knew its types."""

    table: pa.Table
    rejects: tuple[Reject, ...] = field(default=())
