"""What holds while one question is planned: the model, the question, its bound values."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlglot import exp

from hedu.model.resting import referred_to
from hedu.model.types import Join, Model
from hedu.plan import nodes
from hedu.plan.rolled import Rolled
from hedu.query import Access, Question

Proof = tuple[str, tuple[str, ...], str, tuple[str, ...]]


@dataclass
class Shared:
    """What the statement finds once for all its parts: keys of visible rows, by name, those others rest on first."""

    selects: dict[str, exp.Select] = field(default_factory=dict)
    names: dict[tuple[Any, ...], str] = field(default_factory=dict)
    conditions: dict[tuple[Any, ...], exp.Expr | None] = field(default_factory=dict)
    reached: dict[str, frozenset[str]] = field(default_factory=dict)

    def reach(self, model: Model, dataset: str) -> frozenset[str]:
        """The dataset and all that its rows refer to, however many hops away."""
        if dataset not in self.reached:
            self.reached[dataset] = referred_to(model, [dataset])
        return self.reached[dataset]


@dataclass
class Asking:
    """One question being planned. `proven` holds referential integrity known of the data version.

    `answer` plans a question within this one; `looking` are the metrics whose values are being looked up.
    `rollups` may be read instead of their datasets, the smallest first; `routed` are those that are.
    With `ends` totals without an end stand until the last of all that is asked side by side.
    `guards` count, beside the question, what would make its answer wrong: each once, under what it looks at.
    """

    model: Model
    question: Question
    now: datetime
    proven: frozenset[Proof] = frozenset()
    conditions: Sequence[exp.Expr] = ()
    parameters: list[Any] = field(default_factory=list)
    answer: Callable[[Asking, Sequence[str]], nodes.Compute] | None = None
    looking: tuple[str, ...] = ()
    ends: bool = False
    rollups: Sequence[Rolled] = ()
    routed: list[str] = field(default_factory=list)
    guards: dict[Any, nodes.Page] = field(default_factory=dict)
    shared: Shared = field(default_factory=Shared)

    @property
    def access(self) -> Access:
        return self.question.access

    def bind(self, value: date | datetime | str | float | bool) -> exp.Var:
        """A place for `value`; the sql stage numbers them in the order of the text."""
        self.parameters.append(value)
        placed = exp.Var(this=f"\x01{len(self.parameters) - 1}\x01")
        placed.meta["is_moment"] = isinstance(value, datetime)
        placed.meta["day"] = value if isinstance(value, date) and not isinstance(value, datetime) else None
        return placed

    def has_integrity(self, edge: Join) -> bool:
        """Whether every row is certain to have a match: declared, or proved of these data."""
        return edge.integrity or self.is_proved(edge)

    def is_proved(self, edge: Join) -> bool:
        """Whether these data are known to hold exactly one match for every row."""
        is_plain = all(isinstance(part, exp.Column) for part in (*edge.left_key, *edge.right_key))
        return is_plain and edge.valid is None and self._proof(edge) in self.proven

    def _proof(self, edge: Join) -> Proof:
        left, right = self.model.datasets[edge.left].source, self.model.datasets[edge.right].source
        return (
            left.table or "",
            tuple(part.name for part in edge.left_key),
            right.table or "",
            tuple(part.name for part in edge.right_key),
        )
