"""One goal -> its page: its target and how it stands, its months, what guards it, what stands below it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from hedu.alignment.goals.courses import courses, values
from hedu.alignment.goals.feasibility import Room
from hedu.alignment.goals.periods import last_whole_month, month_after
from hedu.alignment.goals.status import Status
from hedu.center.catalog import reads as catalog
from hedu.center.catalog.reads import Asker
from hedu.center.goals.models import CheckIn, Goal, Guardrail, Target
from hedu.center.goals.reads.feasible import Clash, Feasibility, feasibility
from hedu.center.goals.reads.rows import check_ins_visible_to, goal_coded, guardrails_visible_to, targets_visible_to
from hedu.center.goals.reads.standing import Standing, standings
from hedu.center.goals.reads.tree import Node, tree
from hedu.center.kernel.actor import Actor
from hedu.center.people.models import Department

MONTHS_COMPARED = 6
Row = tuple[date, float | None, float | None, float | None]
"""Month, reached so far, due so far, expected so far; of levels the month's own."""


@dataclass(frozen=True, slots=True)
class Guard:
    """A guardrail and whether it held over the last six months, against the same months a year before."""

    pair: Guardrail
    now: float | None
    before: float | None
    status: Status

    @property
    def change(self) -> float | None:
        """Relative to a year before."""
        return None if self.now is None or not self.before else (self.now - self.before) / abs(self.before)


@dataclass(frozen=True, slots=True)
class GoalPage:
    """Everything of a goal."""

    goal: Goal
    node: Node
    cycle: str
    cycles: Sequence[str]
    standing: Standing | None
    others: Sequence[Standing]
    rows: Sequence[Row]
    guards: Sequence[Guard]
    check_ins: Sequence[CheckIn]
    raci: Sequence[tuple[str, Sequence[Department]]]
    clash: Clash | None
    feasibility: Feasibility | None
    ancestors: Sequence[Goal]
    is_partial: bool

    @property
    def room(self) -> Room | None:
        """How much room its target leaves."""
        return self.feasibility.rooms.get(self.standing.target.code) if self.feasibility and self.standing else None


def goal_page(actor: Actor, code: str, cycle: str = "") -> GoalPage:
    """NotFound for the unseen."""
    goal = goal_coded(actor, code)
    who = catalog.asker(actor)
    whole = tree(actor, cycle)
    node = whole.nodes[goal.pk]
    stands = node.standing
    others = _others(who, actor, goal, stands.target if stands else None)
    joint = feasibility(actor, whole.cycle) if stands else None
    return GoalPage(
        goal=goal,
        node=node,
        cycle=whole.cycle,
        cycles=whole.cycles,
        standing=stands,
        others=others,
        rows=course_rows(stands) if stands else (),
        guards=guards(who, actor, goal),
        check_ins=list(check_ins_visible_to(actor).filter(goal=goal)[:20]),
        raci=_raci(actor, who, goal),
        clash=joint.of(stands.target.code) if joint and stands else None,
        feasibility=joint,
        ancestors=_above(node.goal, whole.nodes),
        is_partial=goal.metric.name in who.workspace.model.metrics and catalog.is_partial(who, goal.metric.name),
    )


def _others(who: Asker, actor: Actor, goal: Goal, shown: Target | None) -> list[Standing]:
    """The goal's targets of other periods, and the parts of its target."""
    rows = targets_visible_to(actor).filter(goal=goal)
    if shown is not None:
        rows |= targets_visible_to(actor).filter(parent=shown)
    chosen = [row for row in rows.prefetch_related("phases").distinct() if shown is None or row.pk != shown.pk]
    found = standings(who, chosen)
    return [found.by_target[row.pk] for row in chosen]


def course_rows(stands: Standing) -> list[Row]:
    """The months of a target's period. Amounts run up; what is expected goes on from what was reached."""
    phases = {phase.month: float(phase.value) for phase in stands.target.phases.all()}
    points = stands.course.points
    ahead = stands.expected.months if stands.expected else {}
    runs_up = stands.nature == "flow"
    rows: list[Row] = []
    reached = due = 0.0
    month = stands.target.since
    while month <= stands.target.until:
        value, share, coming = points.get(month), phases.get(month), ahead.get(month)
        is_last = stands.until is not None and month == stands.until
        if runs_up:
            due += share or 0.0
            reached += value if value is not None else coming or 0.0
            known = reached if value is not None and stands.until and month <= stands.until else None
            expected = reached if (known is None and coming is not None) or is_last else None
            rows.append((month, known, due if phases else None, expected))
        else:
            rows.append((month, value, share, coming if coming is not None else value if is_last else None))
        month = month_after(month)
    return rows


def guards(who: Asker, actor: Actor, goal: Goal) -> list[Guard]:
    """Guardrails of the goal's metric. Values are those the person may see."""
    pairs = list(guardrails_visible_to(actor).filter(metric=goal.metric))
    names = {pair.guardrail.name for pair in pairs}
    if not names:
        return []
    last = last_whole_month(timezone.localdate())
    looks = {(name, "") for name in names}
    known = courses(who.ask, who.workspace.model, looks, month_after(last, -35), month_after(last) - timedelta(days=1))
    found: list[Guard] = []
    for pair in pairs:
        look = (pair.guardrail.name, "")
        end = max(known.points(look), default=None)
        if end is None:
            found.append(Guard(pair, None, None, "none"))
            continue
        now, before = (
            values(
                who.ask, who.workspace.model, [look], month_after(end, 1 - MONTHS_COMPARED - back),
                month_after(end, 1 - back) - timedelta(days=1),
            ).value(look)
            for back in (0, 12)
        )  # fmt: skip
        found.append(Guard(pair, now, before, guard_status(pair, now, before)))
    return found


def guard_status(pair: Guardrail, now: float | None, before: float | None) -> Status:
    """on where it did not get worse, watch within the tolerance, off beyond it."""
    if now is None or not before or pair.guardrail.direction not in ("up", "down"):
        return "none"
    worse = (before - now if pair.guardrail.direction == "up" else now - before) / abs(before)
    return "on" if worse <= 0 else "watch" if worse <= pair.tolerance else "off"


def _raci(actor: Actor, who: Asker, goal: Goal) -> list[tuple[str, list[Department]]]:
    """The goal's own letters, else those of its metric."""
    places = catalog.departments_by_code(actor)
    letters: dict[str, Any] = dict(goal.raci)
    known = who.workspace.model.metrics.get(goal.metric.name)
    if not letters and known is not None:
        raci = known.definition.raci
        letters = {"R": raci.responsible, "A": raci.accountable, "C": raci.consulted, "I": raci.informed}
    return [(letter, [places[code] for code in letters.get(letter, ()) if code in places]) for letter in "RACI"]


def _above(goal: Goal, nodes: Any) -> list[Goal]:
    found: list[Goal] = []
    at = goal.parent_id
    while at in nodes and len(found) < 20:
        found.append(nodes[at].goal)
        at = nodes[at].goal.parent_id
    return found[::-1]
