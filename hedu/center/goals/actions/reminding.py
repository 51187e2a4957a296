"""Asking for check-ins: one task in the inbox of whoever answers for a goal, until somebody checks in."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from hedu.center.goals import reads, rules
from hedu.center.goals.models import Goal
from hedu.center.goals.subjects import goal_subject
from hedu.center.kernel.action import action, record
from hedu.center.kernel.actor import SYSTEM, Actor
from hedu.center.kernel.inbox import ask, settle
from hedu.center.people.reads import holders, people_visible_to


def only_system(actor: Actor, **_: Any) -> bool:
    """The system, on its timetable."""
    return actor.is_system


@action(may=only_system, doors=set())
def remind_check_ins(actor: Actor) -> int:
    """Ask for every check-in that is due -> how many people were asked. Goals without a target in force rest."""
    asked = 0
    aimed = set(reads.targets_visible_to(SYSTEM).exclude(goal=None).values_list("goal_id", flat=True))
    for goal in reads.visible_to(SYSTEM).filter(pk__in=aimed).prefetch_related("check_ins"):
        last = next((said.at for said in goal.check_ins.all()), None)
        since = timezone.localtime(last or goal.created_at).date()
        late = rules.check_in_due(since, timezone.localdate())
        if late > 0:
            asked += _ask(actor, goal, late + rules.CHECK_IN_DAYS)
    record("goal", "", "check-ins", after={"asked": asked})
    return asked


def _ask(actor: Actor, goal: Goal, days: int) -> int:
    subject = goal_subject(SYSTEM, goal.code)
    if subject is None:
        return 0
    people = list(people_visible_to(SYSTEM).filter(pk=goal.owner_id, is_active=True))
    people = people or list(holders(goal.department_id, "owner", "manager"))
    return ask(people, "answer", "goals.check_in_due", subject, actor, department=goal.department_id, days=days)


def settle_check_in(actor: Actor, goal: Goal, outcome: str = "checked_in") -> None:
    """Inside a check-in, or the end of a goal: whoever was asked for it need not any more."""
    subject = goal_subject(SYSTEM, goal.code)
    if subject is not None:
        settle(subject, outcome=outcome, kind="answer", actor=actor)
