"""The decision on a case, its end, and its return."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from hedu.center.conflicts import reads, rules
from hedu.center.conflicts.actions.steps import (
    ask_for,
    everybody,
    for_change,
    may,
    move,
    require,
    settled,
    tell,
    text_of,
    told,
)
from hedu.center.conflicts.models import Case
from hedu.center.kernel.action import action
from hedu.center.kernel.actor import SYSTEM, Actor
from hedu.center.kernel.topics import in_both
from hedu.center.kernel.workdays import is_workday
from hedu.center.people.reads import today
from hedu.center.proposals import actions as proposals
from hedu.center.proposals import rules as proposal_rules
from hedu.errors import QueryError

NAMES_MOST = 8


@action(may=may("decide"), doors={"page", "rest", "cli"}, event="conflicts.decided")
def decide(
    actor: Actor,
    case: int,
    *,
    decision: str,
    reason: str,
    until: str = "",
    names: dict[str, str] | None = None,
) -> Case:
    """Settle the case: whose meaning holds, new names, a purpose for each, data to mend, or acceptance until a date.

    `names` gives each metric its new name (rename_both) or its purpose (scope_by_purpose).
    """
    row = for_change(actor, case)
    details = _details(row, decision, names or {})
    day = _until(decision, until)
    deed = "accept" if decision == "accept_until" else "decide"
    require(row, deed)
    before = {**move(row, deed), "decision": row.decision}
    row.decision, row.reason, row.details = decision, text_of(reason, "理由"), details
    row.accepted_until = row.due_on = day
    if day is None:
        row.due_on = rules.due_on(today(), row.severity, row.state, is_workday)
    row.decided_by_id, row.decided_at, row.proposals = actor.user_id, timezone.now(), []
    row.save()
    told(row, before, row.reason, decision=decision, until=day, **details)
    _end_proposals(row)
    settled(row, actor, "decided")
    tell(row, "decided", everybody(row), actor, **in_both("decision", row.get_decision_display))
    if deed == "decide":
        ask_for(row, "decide", "apply_asked", everybody(row), actor)
    return row


def _end_proposals(row: Case) -> None:
    """What an earlier decision proposed and nobody has published yet is not to come into force beside another one."""
    note = _("冲突单 %(number)s 已另行处理") % {"number": row.number}
    for proposal in reads.proposals_of(SYSTEM, row):
        if proposal.state in proposal_rules.LIVE:
            proposals.withdraw(SYSTEM, proposal.pk, reason=note)


def _details(case: Case, decision: str, names: dict[str, str]) -> dict[str, Any]:
    if decision not in rules.DECISIONS:
        raise QueryError("case-choice-unknown", given=decision, known="、".join(rules.DECISIONS))
    two = decision in rules.CHANGING
    if two and len(case.names) < 2:
        raise QueryError("case-decision-needs-two", decision=decision, number=case.number)
    if decision not in ("rename_both", "scope_by_purpose"):
        return {}
    given = {name: names.get(name, "").strip()[:200] for name in case.names[:NAMES_MOST]}
    missing = [name for name, text in given.items() if not text]
    if missing:
        raise QueryError("case-names-missing", decision=decision, missing="、".join(missing))
    if len(set(given.values())) < len(given):
        raise QueryError("case-names-equal", decision=decision)
    return {"names": given}


def _until(decision: str, until: str) -> date | None:
    if decision != "accept_until":
        return None
    try:
        day = date.fromisoformat(until)
    except ValueError:
        raise QueryError("case-date-needed", given=until or "–") from None
    if day <= today():
        raise QueryError("case-date-needed", given=until)
    return day


@action(may=may("close"), doors={"page", "rest", "cli"}, event="conflicts.closed")
def close(actor: Actor, case: int, *, note: str = "") -> Case:
    """End a case whose conflict is verified to be gone."""
    row = for_change(actor, case)
    require(row, "close")
    before = move(row, "close")
    row.save()
    told(row, before, note)
    settled(row, actor, "closed")
    tell(row, "closed", everybody(row), actor)
    return row


@action(may=may("dismiss"), doors={"page", "rest", "cli"}, event="conflicts.dismissed")
def dismiss(actor: Actor, case: int, *, reason: str) -> Case:
    """Say why it is no conflict. It returns only when something it was found from changes."""
    row = for_change(actor, case)
    require(row, "dismiss")
    before = move(row, "dismiss")
    row.reason = text_of(reason, "理由")
    row.save()
    told(row, before, row.reason)
    _end_proposals(row)
    settled(row, actor, "dismissed")
    tell(row, "dismissed", everybody(row), actor, text=row.reason[:200])
    return row


@action(may=may("reopen"), doors={"page", "rest", "cli"}, event="conflicts.reopened")
def reopen(actor: Actor, case: int, *, reason: str) -> Case:
    """Take an ended or decided case up again; everything it went through stays, but what its decision proposed and
    nobody has published yet ends with the decision."""
    row = for_change(actor, case)
    require(row, "reopen")
    if not row.is_open and Case.objects.filter(fingerprint=row.fingerprint, is_open=True).exists():
        raise QueryError("case-open-twin", number=row.number)
    before = {**move(row, "reopen", "mediating" if row.mediator_id else "triaged"), "decision": row.decision}
    row.decision, row.accepted_until, row.vanished_at = "", None, None
    row.save()
    told(row, before, text_of(reason, "理由"))
    _end_proposals(row)
    tell(row, "reopened", everybody(row), actor, text=reason[:200])
    return row
