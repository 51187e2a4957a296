"""A case's states, deadlines and who may move it: plain values, no database."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

STATES = (
    "detected", "triaged", "mediating", "decided", "accepted", "applied", "verified", "closed", "dismissed", "merged",
)  # fmt: skip
ENDED = frozenset({"closed", "dismissed", "merged"})
COLUMNS = ("detected", "triaged", "mediating", "decided", "applied", "verified")
"""The states of the board, in order; accepted cases stand with the decided ones."""
DECISIONS = ("adopt_a", "adopt_b", "rename_both", "scope_by_purpose", "fix_data", "accept_until")
CHANGING = frozenset({"adopt_a", "adopt_b", "rename_both", "scope_by_purpose"})
"""Decisions that change definitions: they are applied through proposals."""
MOVES: Mapping[str, tuple[frozenset[str], str]] = {
    "triage": (frozenset({"detected"}), "triaged"),
    "assign_mediator": (frozenset({"detected", "triaged", "mediating"}), "mediating"),
    "decide": (frozenset({"detected", "triaged", "mediating", "decided", "accepted"}), "decided"),
    "accept": (frozenset({"detected", "triaged", "mediating", "decided", "accepted"}), "accepted"),
    "apply": (frozenset({"decided"}), "applied"),
    "verify": (frozenset({"decided", "applied", "verified"}), "verified"),
    "close": (frozenset({"verified"}), "closed"),
    "dismiss": (frozenset({"detected", "triaged", "mediating"}), "dismissed"),
    "reopen": (frozenset({"accepted", "applied", "verified", "closed", "dismissed"}), "mediating"),
    "merge": (frozenset({"detected", "triaged", "mediating"}), "merged"),
}
"""Deed -> the states it starts from and the one it leads to."""
SLA: Mapping[str, Mapping[str, int]] = {
    "high": {"detected": 1, "triaged": 2, "mediating": 5, "decided": 3, "applied": 5, "verified": 3},
    "medium": {"detected": 3, "triaged": 4, "mediating": 10, "decided": 5, "applied": 8, "verified": 5},
    "low": {"detected": 5, "triaged": 10, "mediating": 20, "decided": 10, "applied": 15, "verified": 10},
}
"""Working days that a case may stay in a state, by severity."""
LADDER = ("liaison", "manager", "committee")
"""Whom an overdue case goes to, one rung at a time."""
JOINING = frozenset({"detected", "triaged", "mediating"})
"""States of a case that another may be merged into: what was decided, was decided without it."""
SPEAKING = frozenset({"liaison", "deputy", "owner", "manager"})
"""Roles that speak for a department in a case."""
SEVERITIES = ("high", "medium", "low")


def may_move(deed: str, state: str) -> bool:
    """Whether a case in `state` can be moved by `deed`."""
    return state in MOVES[deed][0]


def is_open(state: str) -> bool:
    return state not in ENDED


def is_weekday(day: date) -> bool:
    return day.weekday() < 5


def due_on(start: date, severity: str, state: str, is_workday: Callable[[date], bool] = is_weekday) -> date | None:
    """The last day a case may stay in `state`; None where no deadline runs.

    >>> due_on(date(2026, 11, 20), "high", "detected")
    datetime.date(2026, 11, 23)
    """
    days = SLA[severity].get(state)
    if days is None:
        return None
    day = start
    while days:
        day += timedelta(days=1)
        days -= is_workday(day)
    return day


def next_rung(escalated: int) -> str | None:
    """Whom an overdue case goes to next; None when everybody has been told."""
    return LADDER[escalated] if escalated < len(LADDER) else None


@dataclass(frozen=True, slots=True)
class Standing:
    """What a person is to a case."""

    speaks_for: frozenset[int] = frozenset()
    is_mediator: bool = False
    is_admin: bool = False

    @property
    def is_party(self) -> bool:
        return bool(self.speaks_for)

    def may(self, deed: str, has_mediator: bool) -> bool:
        """Parties sort and argue, and name a mediator once; the mediator decides; where there is none, administrators
        do, who may also replace one."""
        if self.is_admin:
            return True
        match deed:
            case "state_position":
                return self.is_party
            case "assign_mediator":
                return self.is_mediator or (self.is_party and not has_mediator)
            case "triage" | "apply" | "verify" | "reopen" | "escalate":
                return self.is_party or self.is_mediator
            case "decide" | "dismiss" | "merge":
                return self.is_mediator
            case "close":
                return self.is_mediator or (self.is_party and not has_mediator)
            case _:
                return False


def returns(dismissed: Mapping[str, str], found: Mapping[str, str]) -> bool:
    """Whether a dismissed conflict comes back: only when something it was found from has changed.

    >>> returns({"definition:a": "1", "data": "x"}, {"definition:a": "1", "data": "x"})
    False
    >>> returns({"definition:a": "1"}, {"definition:a": "2"})
    True
    """
    return dict(dismissed) != dict(found)


def agreed(positions: Iterable[str]) -> str:
    """The decision all parties prefer, or "" when they differ or are silent."""
    preferred = {position for position in positions if position}
    return preferred.pop() if len(preferred) == 1 else ""


def may_scan(is_admin: bool, roles: frozenset[str]) -> bool:
    """Administrators, and whoever speaks for a department."""
    return is_admin or bool(roles & SPEAKING)
