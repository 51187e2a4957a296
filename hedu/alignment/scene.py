"""Everything a scan looks at, as values: the model, a way to ask, and what departments have put on paper.

The center builds one from its tables; the demo company builds one from its papers; a notebook from what it has.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, Literal, Protocol

from hedu.model.types import Model

if TYPE_CHECKING:
    import pyarrow as pa

    from hedu.query.result import Result

EdgeKind = Literal["decomposes", "contributes", "supports", "guards", "trades_off"]
Operator = Literal[">=", "<=", "="]


class Look(Protocol):
    """All that alignment may call (the workspace hands it over); nothing else reaches data."""

    def ask(self, metrics: Any, **question: Any) -> Result:
        """A question to the workspace, as the system."""

    def ask_variant(self, model: Model, metrics: Any, **question: Any) -> Result:
        """The same question to a model that differs from the served one, over the same data."""

    def keyed_rows(self, metric: str, since: str | None, until: str | None) -> pa.Table | None:
        """A simple metric's value by the key of its dataset's rows; None where no key is declared."""

    def scratch(self, tables: Mapping[str, pa.Table]) -> Callable[[str], pa.Table]:
        """A small throw-away database holding `tables`: SELECT -> rows."""

    def snapshot(self) -> str | None:
        """The data version that answers now."""

    def watermark(self, dataset: str) -> date | None:
        """The last day a dataset holds rows of."""


@dataclass(frozen=True, slots=True)
class Target:
    """A value to reach, or not to pass, in a period (2027, 2027-Q1, 2027-03); `scope` is a filter like `where`."""

    id: str
    metric: str
    department: str
    period: str
    operator: Operator
    value: float
    unit: str | None = None
    scope: str = ""
    parent: str | None = None
    metric_version: int | None = None


@dataclass(frozen=True, slots=True)
class Constraint:
    """A linear bound over metrics in a period: sum(coefficient * metric) operator bound."""

    id: str
    department: str
    period: str
    terms: Mapping[str, float]
    operator: Operator
    bound: float
    text_zh: str = ""
    text_en: str = ""


@dataclass(frozen=True, slots=True)
class Goal:
    """A node of the goal tree, with the kind of its edge to the parent."""

    id: str
    parent: str | None
    department: str
    metric: str
    edge: EdgeKind
    scope: str = ""


@dataclass(frozen=True, slots=True)
class Guardrail:
    """`guardrail` must not get worse while `metric` is pursued."""

    metric: str
    guardrail: str


@dataclass(frozen=True, slots=True)
class Person:
    """`status` is active, on_leave or left; `delegate` stands in for whoever is away or gone."""

    name: str
    department: str
    roles: tuple[str, ...] = ()
    status: Literal["active", "on_leave", "left"] = "active"
    left_on: date | None = None
    delegate: str | None = None


@dataclass(frozen=True, slots=True)
class Department:
    """A department with the people who answer for it (names of persons)."""

    name: str
    parent: str | None = None
    owner: str | None = None
    manager: str | None = None
    liaison: str | None = None
    deputy: str | None = None


@dataclass(frozen=True, slots=True)
class Grant:
    """`subject` (a department, or "company") may read `dataset`, perhaps only `rows`, perhaps only in a role."""

    subject: str
    dataset: str
    role: str = ""
    granted_on: date | None = None
    expires_on: date | None = None
    rows: str = ""


@dataclass(frozen=True, slots=True)
class Approval:
    """Somebody signed a proposal about a metric."""

    proposal: str
    metric: str
    proposer: str
    approver: str
    signed_on: date


@dataclass(frozen=True, slots=True)
class DriverShare:
    """How much of a metric a driver explains, and which department controls that driver (0..1)."""

    metric: str
    driver: str
    department: str
    share: float


@dataclass(frozen=True, slots=True)
class Version:
    """A published version of a metric; `meaning_changed` is against the version before."""

    metric: str
    number: int
    valid_from: date
    valid_to: date | None
    meaning_changed: bool
    edited_by: str = ""
    change: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """A report bound to a version of a metric. An archived one rightly keeps the version of its day."""

    name: str
    department: str
    metric: str
    metric_version: int
    period: str
    is_archived: bool = False


@dataclass(frozen=True, slots=True)
class Score:
    """A department's scored metric in a quarter: its value as first defined then, and as scored."""

    quarter: str
    department: str
    metric: str
    target: float
    value_before_edit: float
    value_scored: float


@dataclass(frozen=True, slots=True)
class QuizAnswer:
    """One answer to a question about a version of a metric."""

    metric: str
    metric_version: int
    person: str
    department: str
    question: int
    attempt: int
    is_correct: bool


@dataclass(frozen=True, slots=True)
class Use:
    """A department looks at a metric."""

    department: str
    metric: str
    views: int = 0
    dashboards: int = 0


@dataclass(frozen=True)
class Scene:
    """What a scan sees. Absent papers are empty tuples: a detector without its papers finds nothing."""

    model: Model
    look: Look
    today: date
    targets: tuple[Target, ...] = ()
    constraints: tuple[Constraint, ...] = ()
    goals: tuple[Goal, ...] = ()
    guardrails: tuple[Guardrail, ...] = ()
    people: tuple[Person, ...] = ()
    departments: tuple[Department, ...] = ()
    grants: tuple[Grant, ...] = ()
    approvals: tuple[Approval, ...] = ()
    drivers: tuple[DriverShare, ...] = ()
    versions: tuple[Version, ...] = ()
    reports: tuple[Report, ...] = ()
    scores: tuple[Score, ...] = ()
    quizzes: tuple[QuizAnswer, ...] = ()
    uses: tuple[Use, ...] = ()
    certified: frozenset[str] = frozenset()
    """Names of certified metrics."""
    focus: frozenset[str] | None = None
    """An incremental scan asks only for conflicts that touch these metrics; None asks for all."""
    kept: dict[Any, Any] = field(default_factory=dict, compare=False, repr=False)
    """What detectors of one scan share (answers already asked), so that nothing is asked twice."""

    def is_asked(self, *metrics: str) -> bool:
        """Whether a conflict between `metrics` is asked for: detectors may skip all others."""
        return self.focus is None or not self.focus.isdisjoint(metrics)
