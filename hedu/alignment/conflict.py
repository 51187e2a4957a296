"""What departments disagree on, as a value: class, parties, facts, evidence, severity, fingerprint.

Sentences are not kept: `hedu.alignment.wording` renders code + facts in both languages, where they are shown.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

ConflictClass = Literal[
    "definition",
    "duplicate",
    "source",
    "timing",
    "unit",
    "aggregation",
    "target",
    "trade_off",
    "ownership",
    "version",
    "access",
    "gaming",
    "interpretation",
]
Decision = Literal["adopt_a", "adopt_b", "rename_both", "scope_by_purpose", "fix_data", "accept_until"]
Level = Literal["high", "medium", "low"]


@dataclass(frozen=True, slots=True)
class Evidence:
    """One exhibit. `kind` says how to show it: facets gap witness bridge series shares estimate infeasible people.

    `facts` is plain data (what json can hold); `question` re-asks it (keyword arguments of `ask`), None where it
    rests on no question. `datasets` are those whose rows it shows: whoever may not see them is shown no rows.
    """

    kind: str
    facts: Mapping[str, Any]
    question: Mapping[str, Any] | None = None
    datasets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Severity:
    """How much it matters to the business: the relative gap, who looks at it, whether it is a key metric."""

    level: Level
    gap: float | None = None
    amount: float | None = None
    unit: str | None = None
    audience: int = 0
    is_key: bool = False


@dataclass(frozen=True, slots=True)
class Conflict:
    """One disagreement. `code` names its sentence, `facts` fill it; `settles` are the decisions that could end it.

    `digests` are of everything it was found from (definitions, data versions, papers): a dismissed conflict
    returns only when one of them changes. `detector` is "class/version". `about` tells apart disagreements of the
    same class over the same metrics and facets: the department, report or person that this one is about.
    """

    kind: ConflictClass
    code: str
    metrics: tuple[str, ...]
    departments: tuple[str, ...]
    facets: tuple[str, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)
    evidence: tuple[Evidence, ...] = ()
    severity: Severity = Severity("low")
    settles: tuple[Decision, ...] = ()
    digests: Mapping[str, str] = field(default_factory=dict)
    detector: str = ""
    about: str = ""

    @property
    def fingerprint(self) -> str:
        """Equal for the same disagreement however often it is found: class, sorted metrics, differing facets."""
        parts: tuple[object, ...] = (self.kind, tuple(sorted(self.metrics)), tuple(sorted(self.facets)))
        text = repr((*parts, self.about) if self.about else parts)
        return hashlib.sha256(text.encode()).hexdigest()[:20]
