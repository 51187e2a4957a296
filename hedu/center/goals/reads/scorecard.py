"""Targets of a period -> the scorecard: each with its status, counters that filter, departments beside each other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q

from hedu.alignment.goals.rollup import Branch, Rolled, rolled
from hedu.alignment.goals.status import STATUSES, WORST_FIRST, Status
from hedu.center.catalog import reads as catalog
from hedu.center.goals.reads.cycles import chosen_cycle, cycles
from hedu.center.goals.reads.rows import targets_visible_to
from hedu.center.goals.reads.standing import Standing, Standings, standings
from hedu.center.kernel.actor import Actor
from hedu.center.people.models import Department
from hedu.center.people.reads import parents
from hedu.center.people.reads import visible_to as departments_visible_to
from hedu.center.people.rules import subtree


@dataclass(frozen=True, slots=True)
class Scorecard:
    """`rows` are those of the chosen status, the worst first; `counts`, `overall` and `weakest` are of all of the
    department."""

    cycle: str
    cycles: Sequence[str]
    department: Department | None
    departments: Sequence[Department]
    status: str
    rows: Sequence[Standing]
    counts: Mapping[Status, int]
    overall: Rolled[int]
    weakest: Standing | None
    by_department: Sequence[tuple[Department, Mapping[Status, int]]]
    questions: int
    milliseconds: float


def scorecard(actor: Actor, cycle: str = "", department: str = "", status: str = "") -> Scorecard:
    """Everything of one period. Targets that only split up another of the same department stand under that one."""
    rows = targets_visible_to(actor)
    known = cycles(rows)
    chosen = chosen_cycle(known, cycle)
    rows = rows.filter(period=chosen).exclude(Q(parent__isnull=False) & Q(parent__department=F("department")))
    places = {row.pk: row for row in departments_visible_to(actor)}
    place = next((row for row in places.values() if row.code == department), None)
    above = parents()
    shown = rows.prefetch_related("phases") if place is None else rows.filter(
        department_id__in=subtree(above, place.pk)
    ).prefetch_related("phases")  # fmt: skip
    found = standings(catalog.asker(actor), shown)
    return _made(actor, found, chosen, known, place, places, above, status)


def _made(
    actor: Actor, found: Standings, cycle: str, known: Sequence[str], place: Department | None,
    places: Mapping[int, Department], above: Mapping[int, int | None], status: str,
) -> Scorecard:  # fmt: skip
    everything = sorted(found.by_target.values(), key=_worst_first)
    chosen = status if status in STATUSES else ""
    held = {row.target.department_id for row in everything}
    scored = overall(everything)
    return Scorecard(
        cycle=cycle,
        cycles=known,
        department=place,
        departments=[row for row in places.values() if row.is_active],
        status=chosen,
        rows=[row for row in everything if not chosen or row.status == chosen],
        counts=counted(everything),
        overall=scored,
        weakest=next((row for row in everything if row.target.pk == scored.weakest), None),
        by_department=[
            (row, counted(one for one in everything if one.target.department_id == row.pk))
            for row in places.values()
            if row.pk in held
        ],
        questions=found.questions,
        milliseconds=found.milliseconds,
    )


def _worst_first(row: Standing) -> tuple[int, float, str]:
    return WORST_FIRST.index(row.status), row.score if row.score is not None else 99.0, row.target.code


def counted(rows: Iterable[Standing]) -> dict[Status, int]:
    """How many stand how."""
    found: dict[Status, int] = dict.fromkeys(STATUSES, 0)
    for row in rows:
        found[row.status] += 1
    return found


def overall(rows: Iterable[Standing]) -> Rolled[int]:
    """All scores as one, every target alike, with the weakest beside the mean."""
    return rolled([Branch(row.target.pk, "contributes", 1.0, row.score) for row in rows])


def standing_json(row: Standing) -> dict[str, Any]:
    """A standing as programs read it."""
    return {
        "target": row.target.code,
        "metric": row.target.metric.name,
        "department": row.target.department.code,
        "period": row.target.period,
        "scope": row.target.scope,
        "operator": row.target.operator,
        "goal": row.goal_value,
        "value": row.value,
        "due": row.due,
        "until": row.until.isoformat() if row.until else None,
        "status": row.status,
        "why": row.why,
        "score": row.score,
        "expected": row.expected.value if row.expected else None,
        "low": row.expected.low if row.expected else None,
        "high": row.expected.high if row.expected else None,
    }
