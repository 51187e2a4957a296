"""Inside a deed: put tasks into inboxes, take them out, tell those whom it concerns."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from django.utils import timezone

from hedu.center.kernel.actor import SYSTEM, Actor
from hedu.center.kernel.inbox import Deed, ask, settle
from hedu.center.kernel.models import User
from hedu.center.kernel.subjects import Subject
from hedu.center.kernel.topics import notify
from hedu.center.people.reads import holders
from hedu.center.proposals import reads, rules
from hedu.center.proposals.models import Affected, Proposal
from hedu.center.proposals.subjects import proposal_subject

SPOKESPEOPLE = ("liaison", "owner", "manager")


def subject_of(row: Proposal) -> Subject:
    """The proposal as news speaks of it."""
    found = proposal_subject(SYSTEM, str(row.pk))
    assert found is not None
    return found


def ask_signers(actor: Actor, row: Proposal) -> int:
    """A task for everybody who may sign for a department whose yes is missing and has not said yes for it before.

    One for each department, so that whoever stands in for somebody absent in one of them sees it.
    """
    _reach_others(row)
    revision, subject = reads.latest(row), subject_of(row)
    inputs = {"proposal": row.pk, "digest": revision.digest}
    said = {(item.department, item.person) for item in reads.signatures_of(revision) if item.decision == "approve"}
    deeds = (Deed("proposals.sign", inputs, "proposals.sign_deed"),)
    facts = {"number": row.pk, "revision": revision.number}
    asked = 0
    for place in reads.waiting_departments(row):
        people = [user for user in reads.signers(place, row.level) if (place, user.pk) not in said]
        told = {"department": place, "due": _end_of(row), "deeds": deeds, **facts}
        asked += ask(people, "sign", "proposals.sign_asked", subject, actor, **told)
    return asked


def _reach_others(row: Proposal) -> None:
    """Where nobody but those who made it could sign, whoever stands above them is asked at once: waiting would bring
    nobody else."""
    revision, before = reads.latest(row), row.level
    required, makers = reads.required_of(revision), reads.makers_of(revision)
    while required and row.level < rules.ADMINISTRATORS:
        if any(user.pk not in makers for user in reads.asked_people(required, row.level)):
            break
        row.level += 1
    if row.level != before:
        row.save(update_fields=["level"])


def settle_signed(actor: Actor, row: Proposal) -> None:
    """Tasks of those who need not sign any more are done."""
    waiting = reads.waiting_departments(row) if row.state == Proposal.State.OPEN else []
    needed = {user.pk for place in waiting for user in reads.signers(place, row.level)}
    own = {actor.user_id}
    people = [user for user in reads.everybody_asked(row) if user.pk not in needed - own]
    settle(subject_of(row), people, "signed", kind="sign", actor=actor)


def tell_opened(actor: Actor, row: Proposal, only: int | None = None) -> None:
    """The consulted are asked for their opinion, the informed are told; or `only` one department."""
    revision, subject = reads.latest(row), subject_of(row)
    signing = {item.department_id for item in reads.affected_of(revision) if item.part == Affected.Part.MUST_SIGN}
    for item in reads.affected_of(revision):
        if only not in (None, item.department_id):
            continue
        people = _spokespeople(item.department_id)
        if item.part == Affected.Part.CONSULTED:
            told = {"department": item.department_id, "due": _end_of(row), "firm": False, "number": row.pk}
            ask(people, "answer", "proposals.opinion_asked", subject, actor, **told)
        elif item.part == Affected.Part.INFORMED and item.department_id not in signing:
            notify("proposals.opened", people, subject, actor, number=row.pk)


def tell_revised(actor: Actor, row: Proposal, note: str, news: str) -> None:
    """Those concerned hear that there is another wording."""
    settle(subject_of(row), outcome="revised", kind="sign", actor=actor)
    _tell(actor, row, news, number=row.pk, revision=row.revision_number, note=note or "–")


def tell_ended(actor: Actor, row: Proposal, note: str = "") -> None:
    """Nobody need do anything any more; those concerned hear how it ended."""
    settle(subject_of(row), outcome=row.state, actor=actor)
    _tell(actor, row, f"proposals.{row.state}", number=row.pk, note=note or "–")


def tell_requester(actor: Actor, row: Proposal, topic: str, **facts: Any) -> None:
    """Whoever proposed it hears."""
    if row.requester is not None:
        notify(topic, [row.requester], subject_of(row), actor, number=row.pk, **facts)


def tell_unseen(actor: Actor, row: Proposal) -> None:
    """Whoever proposed it and administrators hear which departments wait for sight of what."""
    found = reads.unseen(row)
    if not found:
        return
    held = reads.departments_in(found)
    places = [held[place].name_zh for place in found if place in held] or ["–"]
    datasets = sorted({name for hidden in found.values() for name in hidden})
    names = [held[place].name_en or held[place].name_zh for place in found if place in held] or ["–"]
    facts = {"departments": "、".join(places), "datasets": "、".join(datasets)}
    facts |= {"departments_en": ", ".join(names), "datasets_en": ", ".join(datasets)}
    people = {user.pk: user for user in (row.requester, *reads.administrators()) if user is not None}
    notify("proposals.unseen", people.values(), subject_of(row), actor, number=row.pk, **facts)


def tell_held(actor: Actor, row: Proposal) -> None:
    """Whoever proposed it and the liaisons who signed for it hear why it was not published on its day."""
    people = {user.pk: user for user in reads.asked_people(reads.required_of(reads.latest(row)), rules.LIAISONS)}
    if row.requester is not None:
        people[row.requester.pk] = row.requester
    facts = {"why": reads.what_blocks(row, "zh"), "why_en": reads.what_blocks(row, "en")}
    notify("proposals.held", people.values(), subject_of(row), actor, number=row.pk, **facts)


def tell_signers(actor: Actor, row: Proposal, topic: str, **facts: Any) -> int:
    """Those whose yes is missing hear."""
    people = reads.asked_people(reads.waiting_departments(row), row.level)
    return notify(topic, people, subject_of(row), actor, number=row.pk, **facts)


def _tell(actor: Actor, row: Proposal, topic: str, **facts: Any) -> None:
    people = {user.pk: user for item in reads.affected_of(reads.latest(row)) for user in _told(item, row.level)}
    if row.requester is not None:
        people[row.requester.pk] = row.requester
    notify(topic, people.values(), subject_of(row), actor, **facts)


def _told(item: Affected, level: int) -> list[User]:
    if item.part == Affected.Part.MUST_SIGN:
        return reads.signers(item.department_id, level)
    return _spokespeople(item.department_id)


def _spokespeople(department: int | None) -> list[User]:
    found = list(holders(department, *SPOKESPEOPLE)) if department is not None else []
    return found or reads.signers(department, rules.LIAISONS)


def _end_of(row: Proposal) -> datetime | None:
    if row.due_on is None:
        return None
    return timezone.make_aware(datetime.combine(row.due_on, time(18)))
