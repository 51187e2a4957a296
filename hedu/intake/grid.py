"""What readers hand over: columns of texts still to be typed, or of values whose types the source knew."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import pyarrow as pa

Texts = Sequence[str | None]
Guess = Literal["all", "times", "nothing"]


@dataclass(frozen=True, slots=True)
class Reject:
    """A row left out: its line at the source, the column and value at fault, and why."""

    line: int
    column: str
    value: str
    reason: str


@dataclass(frozen=True, slots=True)
class Note:
    """A column that stayed text although most of its values look like `type`; the first that does not."""

    column: str
    type: str
    line: int
    value: str
    share: float


@dataclass(frozen=True, slots=True)
class Grid:
    """Columns by name, with the line each row came from.

    `guess` says what texts may turn out to be: anything, only dates and times (a source that has numbers of its
    own wrote text on purpose), or nothing else.
    """

    names: tuple[str, ...]
    columns: Sequence[Texts | pa.Array | pa.ChunkedArray]
    lines: Sequence[int]
    rejects: tuple[Reject, ...] = ()
    guess: Guess = "all"
