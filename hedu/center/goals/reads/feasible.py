"""Targets and constraints of a period -> whether all can be met at once, who must talk, how much room is left."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import lru_cache

from django.db.models import F
from django.utils import timezone

from hedu.alignment import scene
from hedu.alignment.goals.courses import COVERED, coverage
from hedu.alignment.goals.feasibility import Contradiction, Room, Row, contradictions, rooms
from hedu.alignment.goals.periods import last_whole_month, month_after, span_of
from hedu.alignment.goals.sums import mismatches, sums
from hedu.alignment.goals.system import system
from hedu.center.catalog import reads as catalog
from hedu.center.goals.models import Constraint, Edge, Target
from hedu.center.goals.reads.rows import constraints_visible_to, targets_visible_to, visible_to
from hedu.center.kernel.actor import SYSTEM, Actor
from hedu.center.people.models import Department


@dataclass(frozen=True, slots=True)
class Clash:
    """Targets and constraints that cannot all hold, with the departments that must talk. `is_sum`: the first target is
    not what the others add up to."""

    targets: Sequence[tuple[Target, float | None]]
    constraints: Sequence[tuple[Constraint, float | None]]
    departments: Sequence[Department]
    is_sum: bool = False


@dataclass(frozen=True, slots=True)
class Feasibility:
    """Of one period: what clashes, and the room of every target that takes part in no clash."""

    clashes: Sequence[Clash]
    rooms: Mapping[str, Room]
    targets: int
    constraints: int

    def of(self, code: str) -> Clash | None:
        """The clash a target is part of."""
        return next((one for one in self.clashes if any(row.code == code for row, _ in one.targets)), None)


def feasibility(actor: Actor, period: str) -> Feasibility:
    """Aims, agreements and definitions decide; no value is told, so everybody is told the same.

    The whole year counts: a quarter's targets may be at odds with the year's. Shown is what lies within the period.
    """
    targets = {row.code: row for row in targets_visible_to(actor).filter(period__startswith=period[:4])}
    agreed = {row.code: row for row in constraints_visible_to(actor).filter(period__startswith=period[:4])}
    model, aims = catalog.workspace().model, scene_targets(targets.values())
    parts = _set_as_parts(targets.values()) | _parts(actor, targets.values())
    aims = tuple(replace(one, parent=parts.get(one.id, one.parent)) for one in aims)
    rows = tuple(system(model, aims, scene_constraints(agreed.values()), covered=set(parts.values())))
    found, room = _solution(_System(repr(rows), rows))
    uneven = mismatches(tuple(sums(model, aims, parts)))
    inside = {code for code, row in (*targets.items(), *agreed.items()) if _lies_in(row.period, period)}
    clashes = [_clash(one, targets, agreed, is_sum=one in uneven) for one in (*found, *uneven) if _names(one) & inside]
    rooms_told = {code: one for code, one in room.items() if code in inside}
    counts = (sum(row.period == period for row in held.values()) for held in (targets, agreed))
    return Feasibility(clashes, rooms_told, *counts)


def _parts(actor: Actor, rows: Iterable[Target]) -> dict[str, str]:
    """Target -> the target it is a part of, where a goal is decomposed into several of its metric and each of them has
    one target for the period: then the tree says that the parts are the whole."""
    of_goal: dict[tuple[int, str], list[Target]] = {}
    for row in rows:
        if row.goal_id is not None:
            of_goal.setdefault((row.goal_id, row.period), []).append(row)
    below: dict[int, list[int]] = {}
    for goal in visible_to(actor).filter(edge=Edge.DECOMPOSES, parent__metric=F("metric")):
        below.setdefault(goal.parent_id or 0, []).append(goal.pk)
    found: dict[str, str] = {}
    for (goal, period), wholes in of_goal.items():
        parts = [of_goal.get((one, period), []) for one in below.get(goal, [])]
        if len(wholes) == 1 and len(parts) > 1 and all(len(held) == 1 for held in parts):
            found |= {held[0].code: wholes[0].code for held in parts}
    return found


def _set_as_parts(rows: Iterable[Target]) -> dict[str, str]:
    """Target -> the target it was set as a part of, where the parts made up the whole over the last twelve months."""
    below: dict[str, list[Target]] = {}
    for row in rows:
        above = row.parent
        is_part = above is not None and (row.goal is None or row.goal.edge == Edge.DECOMPOSES)
        if above is not None and is_part and _aim(row) == _aim(above):
            below.setdefault(above.code, []).append(row)
    served, found = catalog.asker(SYSTEM), {}
    mark = (served.served.mark, served.workspace.engine.snapshot() or "")
    for name, parts in below.items():
        whole = parts[0].parent
        if whole is not None and len(parts) > 1:
            scopes = tuple(sorted(part.scope for part in parts))
            if _is_all(mark, whole.metric.name, whole.scope, scopes, last_whole_month(timezone.localdate())):
                found.update(dict.fromkeys((part.code for part in parts), name))
    return found


def _aim(row: Target) -> tuple[int, str, str]:
    return row.metric_id, row.operator, row.period


@lru_cache(maxsize=256)
def _is_all(mark: tuple[str, str], metric: str, scope: str, scopes: tuple[str, ...], last: date) -> bool:
    """Asked as the system, kept for as long as definitions (`mark`) and data stay: nothing but yes or no comes out."""
    who = catalog.asker(SYSTEM)
    if metric not in who.workspace.model.metrics:
        return False
    ends = month_after(last, -11), month_after(last) - timedelta(days=1)
    share = coverage(who.ask, who.workspace.model, metric, scope, scopes, *ends)
    return share is not None and share >= COVERED


def _lies_in(inner: str, outer: str) -> bool:
    spans = span_of(inner), span_of(outer)
    return inner == outer or (spans[0] is not None and spans[1] is not None and spans[1].holds(spans[0]))


def _names(found: Contradiction) -> set[str]:
    return {row.name for row in found.parties}


@dataclass(frozen=True, slots=True)
class _System:
    """Rows of a linear program, told apart by what they say."""

    text: str
    rows: tuple[Row, ...] = field(compare=False)


@lru_cache(maxsize=64)
def _solution(asked: _System) -> tuple[Sequence[Contradiction], Mapping[str, Room]]:
    """What clashes, and the room of the rest: the same system has the same solution, whoever looks."""
    found = tuple(contradictions(asked.rows))
    clashing = {row.name for one in found for row in one.parties}
    return found, rooms(row for row in asked.rows if row.name not in clashing and len(row.terms) > 0)


def scene_targets(rows: object) -> tuple[scene.Target, ...]:
    """Targets as alignment reads them."""
    return tuple(
        scene.Target(
            id=row.code, metric=row.metric.name, department=row.department.code, period=row.period,
            operator=row.operator, value=float(row.value), unit=row.unit or None, scope=row.scope,
            parent=row.parent.code if row.parent else None, metric_version=row.metric_version,
        )
        for row in rows  # type: ignore[attr-defined]
    )  # fmt: skip


def scene_constraints(rows: object) -> tuple[scene.Constraint, ...]:
    """Constraints as alignment reads them."""
    return tuple(
        scene.Constraint(
            row.code, row.department.code, row.period, dict(row.terms), row.operator, float(row.bound),
            row.text_zh, row.text_en,
        )
        for row in rows  # type: ignore[attr-defined]
    )  # fmt: skip


def _clash(
    found: Contradiction, targets: Mapping[str, Target], agreed: Mapping[str, Constraint], *, is_sum: bool
) -> Clash:
    names = list(dict.fromkeys(row.name for row in found.parties))
    aims = [(targets[name], found.gives.get(name)) for name in names if name in targets]
    ties = [(agreed[name], found.gives.get(name)) for name in names if name in agreed]
    places = {row.department_id: row.department for row, _ in [*aims, *ties]}
    return Clash(aims, ties, list(places.values()), is_sum)
