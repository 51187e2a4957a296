"""Goals and targets for programs."""

from __future__ import annotations

from typing import Any

from hedu.center.goals.models import Goal, Target
from hedu.center.goals.reads.planning import fields_of


def goal_json(row: Goal) -> dict[str, Any]:
    """A goal as programs read it."""
    return row.as_json()


def target_json(row: Target) -> dict[str, Any]:
    """A target as programs read it, with its months."""
    told = fields_of(row)
    numbers = {name: float(told[name]) if told[name] else None for name in ("value", "green", "amber", "tolerance")}
    phases = [{"month": month, "value": float(value)} for month, value in told["phases"].items()]
    state = {"id": row.pk, "code": row.code, "state": row.state, "approval": row.approval, "edits": row.edits}
    return {**state, **told, **numbers, "phases": phases}
