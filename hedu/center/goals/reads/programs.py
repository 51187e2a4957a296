"""Goals and targets for programs."""

from __future__ import annotations

from typing import Any

from hedu.center.goals.models import Target
from hedu.center.goals.reads import rows
from hedu.center.goals.reads import scorecard as cards
from hedu.center.goals.reads.feasible import feasibility
from hedu.center.goals.reads.planning import fields_of
from hedu.center.goals.reads.tree import tree
from hedu.center.kernel.actor import Actor
from hedu.center.kernel.reading import read


def target_json(row: Target) -> dict[str, Any]:
    """A target as programs read it, with its months."""
    told = fields_of(row)
    numbers = {name: float(told[name]) if told[name] else None for name in ("value", "green", "amber", "tolerance")}
    phases = [{"month": month, "value": float(value)} for month, value in told["phases"].items()]
    state = {"id": row.pk, "code": row.code, "state": row.state, "approval": row.approval, "edits": row.edits}
    return {**state, **told, **numbers, "phases": phases}


@read(doors={"rest", "cli"})
def goals(actor: Actor, department: str = "", cycle: str = "") -> list[dict[str, Any]]:
    """The goal tree in reading order: every goal with its depth, status, score, mean and weakest child."""
    whole = tree(actor, cycle, department)
    return [
        {
            **node.goal.as_json(),
            "depth": node.depth,
            "status": node.status,
            "score": node.scored.own,
            "mean": node.scored.below.mean,
            "weakest": node.weakest.code if node.weakest else None,
            "standing": cards.standing_json(node.standing) if node.standing else None,
        }
        for node in whole.nodes.values()
    ]


@read(doors={"rest", "cli"})
def targets(actor: Actor, period: str = "", metric: str = "", department: str = "") -> list[dict[str, Any]]:
    """Targets in force with their months."""
    found = rows.targets_visible_to(actor).prefetch_related("phases")
    wanted = {"period": period, "metric__name": metric, "department__code": department}
    return [target_json(row) for row in found.filter(**{name: value for name, value in wanted.items() if value})]


@read(doors={"rest", "cli"})
def scorecard(actor: Actor, cycle: str = "", department: str = "", status: str = "") -> dict[str, Any]:
    """How all targets of a period stand, under the asker's own data rights."""
    found = cards.scorecard(actor, cycle, department, status)
    return {
        "cycle": found.cycle,
        "counts": dict(found.counts),
        "mean": found.overall.mean,
        "weakest": found.weakest.target.code if found.weakest else None,
        "targets": [cards.standing_json(row) for row in found.rows],
    }


@read(doors={"rest", "cli"})
def feasible(actor: Actor, period: str) -> dict[str, Any]:
    """Whether all targets of a period can be met at once: what clashes and who must talk, else each one's room."""
    found = feasibility(actor, period)
    return {
        "clashes": [
            {
                "kind": "sum" if clash.is_sum else "jointly",
                "departments": [place.code for place in clash.departments],
                "targets": [
                    {"code": row.code, "value": float(row.value), "gives": give} for row, give in clash.targets
                ],
                "constraints": [row.as_json() for row, _ in clash.constraints],
            }
            for clash in found.clashes
        ],
        "rooms": {name: room.slack for name, room in found.rooms.items()},
    }


@read(doors={"rest"})
def check_ins(actor: Actor, goal: str) -> list[dict[str, Any]]:
    """What was said of a goal, latest first."""
    return [row.as_json() for row in rows.check_ins_visible_to(actor).filter(goal__code=goal)[:200]]


@read(doors={"rest", "cli"})
def guardrails(actor: Actor) -> list[dict[str, Any]]:
    """Every metric with the one that guards it."""
    return [row.as_json() for row in rows.guardrails_visible_to(actor)]


@read(doors={"rest", "cli"})
def constraints(actor: Actor) -> list[dict[str, Any]]:
    """What planners agreed on."""
    return [row.as_json() for row in rows.constraints_visible_to(actor)]
