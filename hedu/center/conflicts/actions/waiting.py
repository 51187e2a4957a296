"""What time does to cases: deadlines pass, acceptance runs out."""

from __future__ import annotations

from django.utils import timezone

from hedu.center.conflicts import reads, rules
from hedu.center.conflicts.actions.steps import ask_for, for_change, may, move, only_system, told
from hedu.center.conflicts.models import Case
from hedu.center.conflicts.reads.cases import rung_of
from hedu.center.kernel.action import action
from hedu.center.kernel.actor import Actor
from hedu.center.kernel.workdays import is_workday
from hedu.center.people.reads import today
from hedu.errors import Conflict


@action(may=may("escalate"), doors={"page", "rest", "cli"})
def escalate(actor: Actor, case: int, *, note: str = "") -> Case:
    """Hand a case up the ladder: liaisons, then the departments' heads, then the administrators."""
    row = for_change(actor, case)
    if not row.is_open or rules.next_rung(row.escalated) is None:
        raise Conflict("case-no-higher", number=row.number)
    _up(row, actor, note)
    return row


def _up(case: Case, actor: Actor, note: str = "", **after: str) -> None:
    """One rung higher; whoever is asked now has as long as those asked before."""
    rung = rules.next_rung(case.escalated)
    assert rung is not None, "asked before"
    before = {"escalated": case.escalated, "due_on": case.due_on}
    case.escalated += 1
    if case.due_on is not None and case.due_on < today():
        case.due_on = rules.due_on(today(), case.severity, case.state, is_workday)
    case.changed_at = timezone.now()
    case.save(update_fields=["escalated", "changed_at", "due_on"])
    told(case, before, note, escalated=rung, **after)
    ask_for(case, "decide", "escalated", rung_of(case, rung), actor)


@action(may=only_system, doors=set())
def sweep(actor: Actor) -> dict[str, int]:
    """Once a day: overdue cases go one rung up, accepted ones whose date has passed come back. Free days are free."""
    now, counts = today(), {"escalated": 0, "returned": 0}
    if not is_workday(now):
        return counts
    for pk in list(reads.visible_to(actor).filter(is_open=True, due_on__lt=now).values_list("pk", flat=True)):
        row = for_change(actor, pk)
        if not row.is_open or row.due_on is None or row.due_on >= now:
            continue
        if row.state == "accepted":
            before = move(row, "reopen", "mediating" if row.mediator_id else "triaged")
            row.save()
            told(row, before, news="acceptance_over", accepted_until=row.accepted_until)
            ask_for(row, "decide", "acceptance_over", reads.speakers_of(row), actor)
            counts["returned"] += 1
        elif rules.next_rung(row.escalated):
            _up(row, actor, news="overdue")
            counts["escalated"] += 1
    return counts
