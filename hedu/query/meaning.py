"""What an answer says of itself: the meaning of each column, and how the answer came about."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class Column:
    """The meaning of one output column.

    role "comparison" columns are named `metric__previous`, `metric__previous_change`, `metric__previous_growth`
    (and `__last_year…`); `of` names their metric. `growth` is a fraction, not percent.
    """

    name: str
    role: Literal["dimension", "metric", "comparison"]
    label_zh: str
    label_en: str
    type: str
    unit: str | None = None
    grain: str | None = None
    of: str | None = None
    direction: str = "none"
    additive: bool = False


@dataclass(frozen=True, slots=True)
class Unmatched:
    """Of `counted` rows of a fact, `rows` have no partner in the `dataset` that `path` leads to; they are under NULL.

    Where several joins follow one another, a row without the first has none of the others either.
    """

    fact: str
    path: str
    dataset: str
    rows: int
    counted: int


@dataclass(frozen=True, slots=True)
class Receipt:
    """How the answer came about; enough to ask it again and to argue about it.

    `rollups` are the tables aggregated beforehand that were read, as built of this `snapshot`.
    """

    sql: str
    parameters: tuple[Any, ...]
    definitions: Mapping[str, str]
    engine: str
    milliseconds: float
    rows: int
    watermarks: Mapping[str, str] = field(default_factory=dict)
    snapshot: str | None = None
    cached: bool = False
    access: str = ""
    notes: tuple[str, ...] = ()
    rollups: tuple[str, ...] = ()
    look: Callable[[], tuple[Unmatched, ...]] | None = field(default=None, compare=False, repr=False)

    def unmatched(self) -> tuple[Unmatched, ...]:
        """The rows under NULL because a join found no partner. Counted now, over the facts: the answer waits for none.

        None are looked for across joins where every row is known to have a partner.
        """
        return self.look() if self.look is not None else ()
