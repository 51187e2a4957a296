"""Inside a deed: tell those whom a goal or a target concerns."""

from __future__ import annotations

from hedu.center.goals import rules
from hedu.center.goals.models import Goal, Target
from hedu.center.goals.subjects import goal_subject, target_subject
from hedu.center.kernel.actor import SYSTEM, Actor
from hedu.center.kernel.topics import notify
from hedu.center.people.reads import holders, people_visible_to

TOLD_ROLES = tuple(sorted(rules.MANAGING_ROLES - {"administrator"}))


def tell_target(actor: Actor, row: Target) -> None:
    """Those who lead its department hear that a target was set, changed or taken back."""
    subject = target_subject(SYSTEM, row.code)
    if subject is not None and not actor.is_system:
        people = holders(row.department_id, *TOLD_ROLES)
        notify("goals.target_changed", people, subject, actor, period=row.period)


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
