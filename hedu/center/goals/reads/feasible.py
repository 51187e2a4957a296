"""Targets and constraints of a period -> whether all can be met at once, who must talk, how much room is left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from hedu.alignment import scene
from hedu.alignment.goals.feasibility import Contradiction, Room, Row, contradictions, rooms
from hedu.alignment.goals.system import system
from hedu.center.catalog import reads as catalog
from hedu.center.goals.models import Constraint, Target
from hedu.center.goals.reads.rows import constraints_visible_to, targets_visible_to
from hedu.center.kernel.actor import Actor
from hedu.center.people.models import Department


@dataclass(frozen=True, slots=True)
class Clash:
    """Targets and constraints that cannot all hold, with the departments that must talk."""

    targets: Sequence[tuple[Target, float | None]]
    constraints: Sequence[tuple[Constraint, float | None]]
    departments: Sequence[Department]


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
    """Aims, agreements and definitions alone decide, no value is looked up: everybody is told the same."""
    targets = {row.code: row for row in targets_visible_to(actor).filter(period=period)}
    agreed = {row.code: row for row in constraints_visible_to(actor).filter(period=period)}
    model = catalog.workspace().model
    rows = tuple(system(model, scene_targets(targets.values()), scene_constraints(agreed.values())))
    found, room = _solution(_System(repr(rows), rows))
    return Feasibility([_clash(one, targets, agreed) for one in found], room, len(targets), len(agreed))


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


def _clash(found: Contradiction, targets: Mapping[str, Target], agreed: Mapping[str, Constraint]) -> Clash:
    names = list(dict.fromkeys(row.name for row in found.parties))
    aims = [(targets[name], found.gives.get(name)) for name in names if name in targets]
    ties = [(agreed[name], found.gives.get(name)) for name in names if name in agreed]
    places = {row.department_id: row.department for row, _ in [*aims, *ties]}
    return Clash(aims, ties, list(places.values()))
