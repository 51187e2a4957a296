"""Which deeds a proposal's state allows, who must sign, when it is carried, how long it may take. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from hedu.alignment.change import Risk

State = Literal["draft", "open", "approved", "published", "rejected", "withdrawn", "superseded", "expired"]
Part = Literal["must_sign", "consulted", "informed"]
Decision = Literal["approve", "veto", "request_changes", "advice"]

STEPS: Mapping[str, Mapping[str, State]] = {
    "draft": {"open": "open", "withdraw": "withdrawn"},
    "open": {
        "revise": "open",
        "widen": "open",
        "carry": "approved",
        "veto": "rejected",
        "withdraw": "withdrawn",
        "supersede": "superseded",
        "expire": "expired",
    },
    "approved": {
        "publish": "published",
        "widen": "open",
        "revise": "open",
        "withdraw": "withdrawn",
        "supersede": "superseded",
    },
    "published": {},
    "rejected": {},
    "withdrawn": {},
    "superseded": {},
    "expired": {},
}
"""State -> deed -> next state. What has ended stays ended: going on is a new proposal."""

LIVE: frozenset[str] = frozenset({"draft", "open", "approved"})
WORKDAYS: Mapping[Risk, int] = {"breaking": 5, "risky": 3, "safe": 2}
"""Working days that departments have to sign a change of this risk."""
LADDER_WORKDAYS = 2
"""Working days that each further rung has."""

LIAISONS, HEADS, COMMITTEE, ADMINISTRATORS = 0, 1, 2, 3
"""Rungs of the ladder: liaisons and owners, then heads of departments, then those who lead the company. Administrators
are asked only where whoever made the proposal is all that there is on the others."""
SIGNING_ROLES: tuple[frozenset[str], ...] = (
    frozenset({"liaison", "owner"}),
    frozenset({"liaison", "owner", "deputy", "manager"}),
    frozenset({"liaison", "owner", "deputy", "manager"}),
    frozenset({"liaison", "owner", "deputy", "manager"}),
)
TOLERANCE = 1e-9
STRENGTH: Mapping[Part, int] = {"informed": 0, "consulted": 1, "must_sign": 2}


@dataclass(frozen=True, slots=True)
class Signature:
    """A decision that stands: who, for which department (None: those who lead the company), and which."""

    department: int | None
    person: int
    decision: Decision


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a department is concerned: owner, lineage, raci, goal, usage, questions or asked, with what is named."""

    kind: str
    names: tuple[str, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Concern:
    """A department with its part in a proposal."""

    department: int | None
    part: Part
    reasons: tuple[Reason, ...]


def next_state(state: str, deed: str) -> State | None:
    """The state after a deed; None where the deed does not fit.

    >>> next_state("open", "veto"), next_state("published", "withdraw")
    ('rejected', None)
    """
    return STEPS[state].get(deed)


def together(concerns: Iterable[Concern]) -> tuple[Concern, ...]:
    """One concern per department: its strongest part, all its reasons, each named once."""
    found: dict[int | None, tuple[Part, dict[tuple[str, str], dict[str, None]]]] = {}
    for item in concerns:
        part, reasons = found.get(item.department, (item.part, {}))
        for reason in item.reasons:
            key = (reason.kind, reason.note)
            reasons[key] = reasons.get(key, {}) | dict.fromkeys(reason.names)
        found[item.department] = (max(part, item.part, key=lambda one: STRENGTH[one]), reasons)
    merged = [
        Concern(place, part, tuple(Reason(kind, tuple(names), note) for (kind, note), names in reasons.items()))
        for place, (part, reasons) in found.items()
    ]
    return tuple(sorted(merged, key=lambda one: -STRENGTH[one.part]))


def approved_by(signatures: Iterable[Signature], makers: Collection[int | None] = frozenset()) -> frozenset[int | None]:
    """The departments that have said yes and do not want changes. Signatures come in the order they were given: a
    later yes of somebody else in the department ends a wish for changes, unless it is a maker's.

    >>> wish, yes = Signature(1, 7, "request_changes"), Signature(1, 8, "approve")
    >>> sorted(approved_by([wish, yes])), sorted(approved_by([yes, wish])), sorted(approved_by([wish, yes], {8}))
    ([1], [], [])
    """
    approved, wanting = set(), set()
    for item in signatures:
        if item.decision == "approve":
            approved.add(item.department)
            if item.person not in makers:
                wanting.discard(item.department)
        elif item.decision != "advice":
            wanting.add(item.department)
    return frozenset(approved - wanting)


def is_carried(
    required: Collection[int | None], signatures: Iterable[Signature], makers: Collection[int | None]
) -> bool:
    """Every required department has approved, and somebody who neither proposed nor worded it is among those who did.

    >>> is_carried({1}, [Signature(1, 7, "approve")], makers={7})
    False
    >>> is_carried({1}, [Signature(1, 8, "approve")], makers={7})
    True
    """
    held = [item for item in signatures if item.department in set(required)]
    another = any(item.decision == "approve" and item.person not in makers for item in held)
    return bool(required) and set(required) <= approved_by(held, makers) and another


def differs(before: float | None, after: float | None) -> bool:
    """Whether two numbers are apart by more than rounding.

    >>> differs(1.0, 1.0 + 1e-12), differs(None, 0.0)
    (False, True)
    """
    if before is None or after is None:
        return before is not after
    return abs(before - after) > TOLERANCE * max(1.0, abs(before), abs(after))
