"""Decisions of departments on what exactly they have seen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hedu.center.kernel.action import action, record
from hedu.center.kernel.actor import Actor
from hedu.center.kernel.inbox import settle
from hedu.center.kernel.reading import found
from hedu.center.people.models import Department
from hedu.center.proposals import reads, rules
from hedu.center.proposals.actions.lifecycle import carry_out, close, locked, put_signature, widened
from hedu.center.proposals.actions.telling import ask_signers, settle_signed, subject_of, tell_opened, tell_requester
from hedu.center.proposals.models import Affected, Proposal, SignOff
from hedu.errors import Conflict, QueryError

FIELD_DECISIONS = frozenset({"approve", "object"})


def may_sign(actor: Actor, proposal: int, **_: Any) -> bool:
    """Liaisons and owners of the departments that must sign, deputies for the absent, on later rungs their heads and
    the committee. Never the system, never a program."""
    return bool(reads.signable(actor, found(reads.visible_to(actor), pk=proposal)))


def may_advise(actor: Actor, proposal: int, **_: Any) -> bool:
    """Whoever may speak for a department that signs or is consulted."""
    row = found(reads.visible_to(actor), pk=proposal)
    return bool(reads.signable(actor, row, ("must_sign", "consulted")))


def may_consult(actor: Actor, proposal: int, **_: Any) -> bool:
    """Whoever proposed it, and those who sign."""
    row = found(reads.visible_to(actor), pk=proposal)
    return row.requester_id == actor.user_id or bool(reads.signable(actor, row))


@action(may=may_sign, doors={"page", "rest"}, event="proposals.signed")
def sign(actor: Actor, proposal: int, *, digest: str, department: str = "", reason: str = "") -> Proposal:
    """Approve the revision with this digest, for every department one may sign for (or only `department`).

    With the last signature it is published. Signing again changes nothing. Errors: proposal-revised where there is
    another revision by now, base-moved where another version was published meanwhile: nothing is recorded then.
    """
    row = locked(actor, proposal)
    places = _places(actor, row, department)
    if _is_signed(actor, row, places, digest):
        return row
    _require_current(row, digest)
    for place in places:
        put_signature(actor, row, place, SignOff.Decision.APPROVE, reason)
    return _after(actor, row)


@action(may=may_sign, doors={"page", "rest"}, event="proposals.vetoed")
def veto(actor: Actor, proposal: int, *, digest: str, reason: str, department: str = "") -> Proposal:
    """Reject the proposal for good, with a reason. What it asked for may be proposed anew, otherwise worded."""
    row = locked(actor, proposal)
    _require_current(row, digest)
    _require_reason(reason)
    for place in _places(actor, row, department):
        put_signature(actor, row, place, SignOff.Decision.VETO, reason)
    return close(actor, row, "veto", reason)


@action(may=may_sign, doors={"page", "rest"}, event="proposals.changes_asked")
def request_changes(
    actor: Actor,
    proposal: int,
    *,
    digest: str,
    reason: str,
    fields: dict[str, str] | None = None,
    department: str = "",
) -> Proposal:
    """Ask for another wording: `fields` says for each "definition/path" whether one approves or objects.

    It stays open and cannot be carried until a new revision comes or the department approves after all.
    """
    row = locked(actor, proposal)
    _require_current(row, digest)
    _require_reason(reason)
    told = _checked_fields(row, fields or {})
    for place in _places(actor, row, department):
        put_signature(actor, row, place, SignOff.Decision.REQUEST_CHANGES, reason, told)
    settle_signed(actor, row)
    tell_requester(actor, row, "proposals.changes_asked", note=reason)
    return row


@action(may=may_advise, doors={"page", "rest"}, event="proposals.advised")
def advise(actor: Actor, proposal: int, *, text: str) -> Proposal:
    """Give the opinion one was asked for. It is recorded with the proposal and binds nobody."""
    row = locked(actor, proposal)
    if row.state not in rules.LIVE:
        raise Conflict("proposal-ended", number=row.pk, state=str(row.get_state_display()))
    _require_reason(text)
    for place in reads.signable(actor, row, ("consulted",)):
        put_signature(actor, row, place, SignOff.Decision.ADVICE, text)
        settle(subject_of(row), reads.signers(place, row.level), "advised", kind="answer", actor=actor)
    tell_requester(actor, row, "proposals.advised", note=text)
    return row


@action(may=may_consult, doors={"page", "rest"})
def consult(actor: Actor, proposal: int, *, department: str) -> Proposal:
    """Ask one more department for its opinion."""
    row = locked(actor, proposal)
    if row.state != Proposal.State.OPEN:
        raise Conflict("proposal-ended", number=row.pk, state=str(row.get_state_display()))
    place = found(Department.objects.filter(is_active=True), code=department)
    revision = reads.latest(row)
    why = [{"kind": "asked", "names": [actor.name], "note": ""}]
    known = revision.affected.filter(department=place).first()
    if known is None:
        Affected.objects.create(revision=revision, department=place, part=Affected.Part.CONSULTED, why=why)
    elif known.part == Affected.Part.INFORMED:
        known.part, known.why = Affected.Part.CONSULTED, [*known.why, *why]
        known.save(update_fields=["part", "why"])
    record("proposal", row.pk, row.title, after={"consulted": place.code})
    tell_opened(actor, row, place.pk)
    return row


def _after(actor: Actor, row: Proposal) -> Proposal:
    """Carried by this signature, or waiting for the next; somebody else where those who made it alone have signed."""
    revision = reads.latest(row)
    if rules.is_carried(reads.required_of(revision), reads.signatures_of(revision), reads.makers_of(revision)):
        if widened(actor, row):
            settle_signed(actor, row)
            # Whoever signed last may be asked for the department that has joined, too.
            ask_signers(actor, row)
        else:
            carry_out(actor, row)
    else:
        settle_signed(actor, row)
        given = rules.approved_by(reads.signatures_of(revision), reads.makers_of(revision))
        if set(reads.required_of(revision)) <= given:
            ask_signers(actor, row)
    return row


def _places(actor: Actor, row: Proposal, department: str) -> list[int | None]:
    places = reads.signable(actor, row)
    if department:
        places = [place for place in places if place == found(Department.objects.all(), code=department).pk]
        if not places:
            raise Conflict("not-for-department", department=department)
    return places


def _is_signed(actor: Actor, row: Proposal, places: list[int | None], digest: str) -> bool:
    """The same yes was said before, to the same content, and nobody of the department wanted changes since."""
    mine = SignOff.objects.filter(
        revision__proposal=row, person_id=actor.user_id, decision=SignOff.Decision.APPROVE, digest=digest
    )
    current = mine.filter(revision__number=row.revision_number)
    if not places or not set(places) <= set(current.values_list("department_id", flat=True)):
        return False
    revision = reads.latest(row)
    makers = reads.makers_of(revision)
    return actor.user_id in makers or set(places) <= rules.approved_by(reads.signatures_of(revision), makers)


def _require_current(row: Proposal, digest: str) -> None:
    if row.state != Proposal.State.OPEN:
        raise Conflict("proposal-ended", number=row.pk, state=str(row.get_state_display()))
    revision = reads.latest(row)
    if digest != revision.digest:
        raise Conflict("proposal-revised", number=row.pk, revision=revision.number)
    moved = reads.moved_in(row.kind, revision.content)
    if moved:
        raise Conflict("base-moved", names=moved)


def _require_reason(reason: str) -> None:
    if not reason.strip():
        raise QueryError("reason-missing")


def _checked_fields(row: Proposal, fields: Mapping[str, str]) -> dict[str, str]:
    known = set(reads.field_paths(row))
    wrong = [path for path, said in fields.items() if path not in known or said not in FIELD_DECISIONS]
    if wrong:
        raise QueryError("field-decision-wrong", fields=wrong)
    return dict(fields)
