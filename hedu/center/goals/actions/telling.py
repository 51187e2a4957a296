"""Inside a deed: tell those whom a goal or a target concerns."""

from __future__ import annotations

from collections.abc import Sequence

from hedu.center.goals import rules
from hedu.center.goals.models import Goal, Target
from hedu.center.goals.subjects import goal_subject, target_subject
from hedu.center.kernel.actor import SYSTEM, Actor
from hedu.center.kernel.topics import notify
from hedu.center.people.reads import holders, people_visible_to

TOLD_ROLES = tuple(sorted(rules.MANAGING_ROLES - {"administrator"}))


def tell_targets(actor: Actor, rows: Sequence[Target]) -> None:
    """Those who lead a department hear that its targets were set, changed or taken back: one piece of news for all."""
    if actor.is_system:
        return
    by_department: dict[int, list[Target]] = {}
    for row in rows:
        by_department.setdefault(row.department_id, []).append(row)
    for department, theirs in by_department.items():
        subject = target_subject(SYSTEM, theirs[0].code)
        if subject is not None:
            topic = "goals.target_changed" if len(theirs) == 1 else "goals.targets_changed"
            told = {"period": theirs[0].period, "count": len(theirs)}
            notify(topic, holders(department, *TOLD_ROLES), subject, actor, **told)


def tell_check_in(actor: Actor, row: Goal, confidence: int, note: str) -> None:
    """The owner of the goal above, and those who lead its department, hear of a check-in that lacks confidence."""
    above = row.parent
    if above is None or confidence >= 5:
        return
    subject = goal_subject(SYSTEM, row.code)
    if subject is not None:
        people = set(holders(above.department_id, *TOLD_ROLES)) | set(
            people_visible_to(SYSTEM).filter(pk=above.owner_id)
        )
        notify("goals.doubted", people, subject, actor, confidence=confidence, text=note)
