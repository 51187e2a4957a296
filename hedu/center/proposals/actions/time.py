"""Deadlines: reminders, the ladder, requests for more time, what takes effect later."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import date
from typing import Any

from django.utils import timezone

from hedu.center.kernel.action import action, record
from hedu.center.kernel.actor import SYSTEM, Actor
from hedu.center.kernel.inbox import Deed, ask, settle
from hedu.center.kernel.reading import found
from hedu.center.kernel.workdays import after_workdays, is_workday
from hedu.center.proposals import reads, rules
from hedu.center.proposals.actions.lifecycle import close, locked, put_into_force, widened
from hedu.center.proposals.actions.telling import (
    ask_signers,
    subject_of,
    tell_held,
    tell_requester,
    tell_signers,
    tell_unseen,
)
from hedu.center.proposals.models import Extension, Proposal
from hedu.errors import Conflict, HeduError, QueryError

LOG = logging.getLogger(__name__)

MOST_WORKDAYS = 20
"""No request for more time reaches further."""


def system(actor: Actor, **_: Any) -> bool:
    return actor.is_system


def concerned(actor: Actor, proposal: int, **_: Any) -> bool:
    """Whoever proposed it, and those who sign."""
    row = found(reads.visible_to(actor), pk=proposal)
    return row.requester_id == actor.user_id or bool(reads.signable(actor, row))


def may_publish_again(actor: Actor, proposal: int, **_: Any) -> bool:
    """People who proposed it or sign for it, and administrators; no program."""
    return reads.is_person(actor) and (actor.is_admin or concerned(actor, proposal))


def may_decide(actor: Actor, extension: int, **_: Any) -> bool:
    """Somebody else concerned than whoever asked: nobody grants themselves time."""
    row = found(reads.extensions_visible_to(actor), pk=extension)
    return reads.is_person(actor) and actor.user_id in {user.pk for user in reads.deciders_of(row)}


@action(may=concerned, doors={"page", "rest"})
def ask_extension(actor: Actor, proposal: int, *, until: date, reason: str) -> Extension:
    """Ask for more time to sign. It counts once somebody else concerned has granted it."""
    row = locked(actor, proposal)
    _require_open(row)
    if not reason.strip():
        raise QueryError("reason-missing")
    today = timezone.localdate()
    if not (row.due_on and row.due_on < until <= after_workdays(today, MOST_WORKDAYS)):
        raise QueryError("extension-unfit", until=until, due=row.due_on, most=MOST_WORKDAYS)
    if row.extensions.filter(state=Extension.State.ASKED).exists():
        raise Conflict("extension-asked", number=row.pk)
    wish = Extension.objects.create(proposal=row, until=until, reason=reason, asked_by_id=actor.user_id)
    deeds = (
        Deed("proposals.decide_extension", {"extension": wish.pk, "grant": True}, "proposals.grant_deed"),
        Deed("proposals.decide_extension", {"extension": wish.pk, "grant": False}, "proposals.refuse_deed", False),
    )
    facts = {"until": until.isoformat(), "note": reason, "number": row.pk}
    people = reads.deciders_of(wish)
    ask(people, "decide", "proposals.extension_asked", subject_of(row), actor, deeds=deeds, **facts)
    record("proposal", row.pk, row.title, after={"extension": wish.pk, "until": until}, note=reason)
    return wish


@action(may=may_decide, doors={"page", "rest"})
def decide_extension(actor: Actor, extension: int, *, grant: bool) -> Extension:
    """Grant or refuse more time. What has got more time meanwhile loses none of it."""
    wish = found(reads.extensions_visible_to(actor), pk=extension)
    row = locked(actor, wish.proposal_id)
    wish.refresh_from_db()
    if wish.state != Extension.State.ASKED:
        raise Conflict("extension-decided", number=row.pk)
    _require_open(row)
    if grant and wish.until < timezone.localdate():
        raise QueryError("extension-unfit", until=wish.until, due=row.due_on, most=MOST_WORKDAYS)
    wish.state = Extension.State.GRANTED if grant else Extension.State.REFUSED
    wish.decided_by_id, wish.decided_at = actor.user_id, timezone.now()
    wish.save()
    before = {"due_on": row.due_on}
    if grant:
        row.due_on, row.reminded_at = max(wish.until, row.due_on or wish.until), None
        row.remind_on = max(timezone.localdate(), _workday_before(row.due_on))
        row.save()
        ask_signers(SYSTEM, row)
    settle(subject_of(row), outcome=wish.state, kind="decide", actor=actor)
    after = {"due_on": row.due_on, "extension": wish.state}
    record("proposal", row.pk, row.title, before=before, after=after, note=wish.reason)
    tell_requester(actor, row, f"proposals.extension_{wish.state}", until=wish.until.isoformat())
    return wish


@action(may=system, doors=set())
def remind(actor: Actor, proposal: int) -> Proposal:
    """Half of the time is over: tell those whose yes is missing, once."""
    row = locked(actor, proposal)
    if row.state == Proposal.State.OPEN and row.reminded_at is None:
        # Who has come into office or got sight of it since is asked, too.
        ask_signers(actor, row)
        tell_unseen(actor, row)
        told = tell_signers(actor, row, "proposals.reminded", due=str(row.due_on))
        row.reminded_at = timezone.now()
        row.save(update_fields=["reminded_at"])
        record("proposal", row.pk, row.title, after={"reminded": told})
    return row


@action(may=system, doors=set(), event="proposals.escalated")
def escalate(actor: Actor, proposal: int) -> Proposal:
    """The time is over: the next rung of the ladder may sign, too; after the last the proposal expires."""
    row = locked(actor, proposal)
    if row.state != Proposal.State.OPEN:
        return row
    if row.level >= rules.COMMITTEE:
        return close(actor, row, "expire")
    today = timezone.localdate()
    row.level += 1
    row.due_on, row.remind_on = after_workdays(today, rules.LADDER_WORKDAYS), after_workdays(today, 1)
    row.reminded_at = None
    row.save()
    record("proposal", row.pk, row.title, before={"level": row.level - 1}, after={"level": row.level})
    ask_signers(actor, row)
    tell_unseen(actor, row)
    tell_signers(actor, row, "proposals.escalated", due=str(row.due_on))
    return row


@action(may=system, doors=set())
def publish_when_due(actor: Actor, proposal: int) -> Proposal:
    """Put into force what everybody has signed and whose day has come."""
    row = locked(actor, proposal)
    if row.state == Proposal.State.APPROVED and reads.due_now(row) and not widened(actor, row):
        put_into_force(actor, row)
    return row


@action(may=system, doors=set(), event="proposals.held_back")
def hold_back(actor: Actor, proposal: int, *, code: str, facts: dict[str, Any]) -> Proposal:
    """What was approved cannot be published on its day: its page says why, and those who can do something are told,
    once for each cause."""
    row = locked(actor, proposal)
    if row.state == Proposal.State.APPROVED:
        row.refusal = {"code": code, "facts": facts}
        row.save(update_fields=["refusal"])
        record("proposal", row.pk, row.title, after={"refused": code})
        tell_held(actor, row)
    return row


@action(may=may_publish_again, doors={"page", "rest"}, event="proposals.published_again")
def publish_again(actor: Actor, proposal: int) -> Proposal:
    """Try once more to put into force what everybody has signed and was refused on its day."""
    row = locked(actor, proposal)
    if row.state != Proposal.State.APPROVED:
        raise Conflict("proposal-ended", number=row.pk, state=str(row.get_state_display()))
    if not reads.due_now(row):
        raise Conflict("not-due-yet", number=row.pk, day=reads.change_of(reads.latest(row)).valid_from)
    if not widened(actor, row):
        put_into_force(actor, row)
    return row


def tick(today: date | None = None) -> dict[str, int]:
    """Everything that time brings about, each in a transaction of its own -> how many of each. On working days only."""
    day = today or timezone.localdate()
    done = {"published": 0, "reminded": 0, "escalated": 0}
    for pk in Proposal.objects.filter(state=Proposal.State.APPROVED).values_list("pk", flat=True):
        done["published"] += _tried(publish_when_due, pk, "published", _held_back)
    if not is_workday(day):
        return done
    live = Proposal.objects.filter(state=Proposal.State.OPEN)
    for pk in list(live.filter(due_on__lt=day).values_list("pk", flat=True)):
        done["escalated"] += _tried(escalate, pk, "")
    waiting = live.filter(reminded_at=None, remind_on__lte=day, due_on__gte=day)
    for pk in list(waiting.values_list("pk", flat=True)):
        done["reminded"] += _tried(remind, pk, "")
    return done


def _tried(deed: Any, pk: int, wanted: str, otherwise: Callable[[int, HeduError], None] | None = None) -> int:
    """1 where it came about. What is refused or breaks stays as it is, and keeps none of the others waiting."""
    try:
        row = deed(SYSTEM, pk)
    except HeduError as error:
        if otherwise is not None:
            otherwise(pk, error)
        return 0
    except Exception:
        LOG.exception("proposal %s: %s", pk, deed.__name__)
        return 0
    return int(not wanted or row.state == wanted)


def _held_back(pk: int, error: HeduError) -> None:
    told = error.problem.as_json()
    if Proposal.objects.filter(pk=pk, refusal__code=error.code).exists():
        return
    hold_back(SYSTEM, pk, code=error.code, facts=told["facts"])


def _require_open(row: Proposal) -> None:
    if row.state != Proposal.State.OPEN:
        raise Conflict("proposal-ended", number=row.pk, state=str(row.get_state_display()))


def _workday_before(day: date) -> date:
    from datetime import timedelta

    day -= timedelta(days=1)
    while not is_workday(day):
        day -= timedelta(days=1)
    return day
