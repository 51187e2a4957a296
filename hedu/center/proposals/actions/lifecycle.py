"""What every deed upon a proposal shares: taking steps, making revisions, asking, carrying out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from hedu.center.catalog import actions as catalog_actions
from hedu.center.catalog import reads as catalog
from hedu.center.catalog.actions.guarding import require_rights_hold
from hedu.center.catalog.actions.versions import Proposed, checked, require_free_names
from hedu.center.catalog.changeset import ChangeSet
from hedu.center.catalog.texts import single
from hedu.center.goals import actions as goals_actions
from hedu.center.kernel.action import record
from hedu.center.kernel.actor import SYSTEM, Actor
from hedu.center.kernel.reading import found
from hedu.center.kernel.workdays import after_workdays
from hedu.center.people import actions as people_actions
from hedu.center.proposals import reads, rules
from hedu.center.proposals.actions.telling import (
    ask_signers,
    settle_signed,
    tell_ended,
    tell_opened,
    tell_requester,
    tell_revised,
    tell_unseen,
)
from hedu.center.proposals.models import Affected, Proposal, Revision, SignOff
from hedu.errors import Conflict, Denied, HeduError

TITLE_MOST = 200
NAMES_KEPT = 50
"""How many names of a bulk proposal the audit repeats; the revision holds them all."""


@dataclass(frozen=True, slots=True)
class Origin:
    """What asked for a proposal: a case, a meeting; and the departments (codes) between whom that was settled."""

    kind: str = ""
    id: str = ""
    parties: tuple[str, ...] = ()


def locked(actor: Actor, proposal: int) -> Proposal:
    """The proposal, nobody else deciding on it meanwhile. NotFound for the unseen."""
    found(reads.visible_to(actor), pk=proposal)
    rows: QuerySet[Proposal] = Proposal.objects.all()
    return found(rows, lock=True, pk=proposal)


def step(row: Proposal, deed: str) -> None:
    """Take the proposal to its next state. Conflict proposal-ended where the deed does not fit."""
    after = rules.next_state(row.state, deed)
    if after is None:
        raise Conflict("proposal-ended", number=row.pk, state=str(row.get_state_display()))
    row.state = after
    if after not in rules.LIVE:
        row.closed_at = timezone.now()


def require_publishable(actor: Actor, change: ChangeSet) -> None:
    """The catalog must load with it. Errors: nothing-changed, name-taken, effective-date-before-last, what policies
    speak of (policy-loses-…), DefinitionError, Denied for the workspace's own settings, which administrators alone
    propose."""
    if not change.items:
        raise Conflict("nothing-changed", name="")
    if any(item.kind == "workspace" for item in change.items) and not actor.is_admin:
        raise Denied("settings-not-yours")
    rows = catalog.entries_of(change)
    require_free_names([Proposed(single(item.text), rows.get(item.entry)) for item in change.items if item.text])
    for entry in rows.values():
        if change.valid_from and entry.head and change.valid_from < entry.head.valid_from:
            day, last = change.valid_from.isoformat(), entry.head.valid_from.isoformat()
            raise Conflict("effective-date-before-last", date=day, last=last)
    require_rights_hold(checked(catalog.texts_with(change.items)).model)


def opened(
    actor: Actor,
    kind: str,
    content: Mapping[str, Any],
    *,
    title: str = "",
    title_en: str = "",
    reason: str = "",
    draft: str = "",
    origin: Origin = Origin(),
) -> Proposal:
    """A new proposal with its first revision; the departments are asked, or it is published where nobody must be."""
    names = reads.names_of(kind, content)
    if not names:
        raise Conflict("nothing-changed", name="")
    row = Proposal.objects.create(
        kind=kind,
        title=(title or _title(actor, kind, content, "zh"))[:TITLE_MOST],
        title_en=(title_en or ("" if title else _title(actor, kind, content, "en")))[:TITLE_MOST],
        reason=reason,
        requester_id=actor.user_id,
        department_id=min(actor.departments, default=None),
        draft=draft,
        origin_kind=origin.kind,
        origin_id=origin.id,
        parties=list(origin.parties),
        opened_at=timezone.now(),
    )
    step(row, "open")
    _revision(actor, row, content, "")
    record("proposal", row.pk, row.title, after={**row.as_json(), "names": names[:NAMES_KEPT]}, note=reason)
    tell_opened(actor, row)
    sign_by_opening(actor, row)
    return row


def revised(
    actor: Actor, row: Proposal, content: Mapping[str, Any], *, note: str = "", news: str = "proposals.revised"
) -> Proposal:
    """Another wording under the same proposal: signatures of the one before no longer count."""
    before = {"revision": row.revision_number, "state": row.state}
    step(row, "revise")
    _revision(actor, row, content, note)
    after = {"revision": row.revision_number, "digest": reads.latest(row).digest}
    record("proposal", row.pk, row.title, before=before, after=after, note=note)
    tell_revised(actor, row, note, news)
    sign_by_opening(actor, row)
    return row


def _revision(actor: Actor, row: Proposal, content: Mapping[str, Any], note: str) -> None:
    impact = reads.with_parties(reads.impact_on(actor, row.kind, content), row)
    reads.require_seen(row.kind, reads.datasets_of(row.kind, content), impact.required)
    row.revision_number += 1
    revision = Revision.objects.create(
        proposal=row,
        number=row.revision_number,
        content=dict(content),
        digest=reads.digest_of(row.kind, content),
        note=note[:400],
        author_id=actor.user_id,
    )
    Affected.objects.bulk_create(
        Affected(revision=revision, department_id=item.department, part=item.part, why=_why(item))
        for item in impact.concerns
    )
    today, days = timezone.localdate(), rules.WORKDAYS[impact.risk]
    row.risk, row.level, row.reminded_at = impact.risk, rules.LIAISONS, None
    row.blocked_by, row.refusal = {}, {}
    about = [*reads.names_of(row.kind, content), *(item["entry"] for item in content.get("items", ()))]
    row.names = "|" + "|".join(filter(None, about)) + "|"
    hidden = reads.datasets_of(row.kind, content)
    row.datasets = "|" + "|".join(hidden) + "|" if hidden else ""
    row.due_on, row.remind_on = after_workdays(today, days), after_workdays(today, max(1, days // 2))
    row.save()


def widened(actor: Actor, row: Proposal) -> bool:
    """Whether it concerns more departments by now than when it was written: then they must sign, too."""
    more = reads.newly_required(row)
    if not more:
        return False
    revision, before = reads.latest(row), row.state
    for item in more:
        told = {"part": item.part, "why": _why(item)}
        Affected.objects.update_or_create(revision=revision, department_id=item.department, defaults=told)
    step(row, "widen")
    today = timezone.localdate()
    row.due_on = max(row.due_on or today, after_workdays(today, rules.LADDER_WORKDAYS))
    row.reminded_at = None
    row.save()
    after = {"state": row.state, "departments": [item.department for item in more]}
    record("proposal", row.pk, row.title, before={"state": before}, after=after)
    ask_signers(actor, row)
    tell_unseen(actor, row)
    return True


def _why(item: rules.Concern) -> list[dict[str, Any]]:
    return [{"kind": why.kind, "names": list(why.names), "note": why.note} for why in item.reasons]


def sign_by_opening(actor: Actor, row: Proposal) -> None:
    """Whoever words it speaks for the departments they may sign for. That alone never carries it.

    Where nobody need sign (words only, by those who vouch for them) it is published at once.
    """
    if reads.is_person(actor):
        for place in reads.signable(actor, row):
            put_signature(actor, row, place, SignOff.Decision.APPROVE)
        if not reads.required_of(reads.latest(row)):
            carry_out(actor, row)
            return
    ask_signers(actor, row)


def put_signature(
    actor: Actor, row: Proposal, department: int | None, decision: str, reason: str = "", fields: Any = None
) -> SignOff:
    """The actor's decision for a department on the latest revision, in place of what they said before."""
    revision = reads.latest(row)
    signed, _is_new = SignOff.objects.update_or_create(
        revision=revision,
        department_id=department,
        person_id=actor.user_id,
        defaults={
            "digest": revision.digest,
            "decision": decision,
            "reason": reason,
            "fields": fields or {},
            "at": timezone.now(),
        },
    )
    after = {"decision": decision, "department": department, "revision": revision.number, "digest": revision.digest}
    record("proposal", row.pk, row.title, after=after, note=reason)
    return signed


def carry_out(actor: Actor, row: Proposal) -> None:
    """Approved; and published today unless it takes effect later."""
    step(row, "carry")
    row.save()
    if reads.due_now(row):
        put_into_force(actor, row)
    else:
        record("proposal", row.pk, row.title, after={"state": row.state})
        settle_signed(actor, row)


def put_into_force(actor: Actor, row: Proposal) -> None:
    """Do what was approved, through the deeds of the apps below; each keeps its own record."""
    content = reads.latest(row).content
    moved = reads.moved_in(row.kind, content)
    if moved:
        raise Conflict("base-moved", names=moved)
    match row.kind:
        case Proposal.Kind.DEFINITIONS:
            versions = catalog_actions.publish(actor, reads.change_of(reads.latest(row)), approval=row.approval)
            row.published_id = versions[0].revision_id if versions else None
        case Proposal.Kind.TARGETS:
            goals_actions.apply_targets(SYSTEM, reads.target_changes(content), approval=row.approval)
        case _:
            for grant in content["grants"]:
                people_actions.grant(SYSTEM, **grant)
            for policy in content["withdraw"]:
                people_actions.withdraw(SYSTEM, policy, note=row.reason[:400])
            _ask_who_sees_now(content)
    before, row.refusal = row.state, {}
    step(row, "publish")
    row.save()
    record("proposal", row.pk, row.title, before={"state": before}, after={"state": row.state})
    tell_ended(actor, row)
    if row.kind != Proposal.Kind.DEFINITIONS:
        _tell_overtaken(row.kind, content)


def _tell_overtaken(kind: str, content: Mapping[str, Any]) -> None:
    """Others that would change the same targets or policies cannot go on; those of which nothing is left end."""
    for row in Proposal.objects.select_for_update().filter(kind=kind, state=Proposal.State.OPEN):
        held = reads.latest(row).content
        if not set(reads.names_of(kind, held)) & set(reads.names_of(kind, content)):
            continue
        if reads.is_there_already(kind, held):
            close(SYSTEM, row, "withdraw", _("同样的内容已经发布"))
        elif moved := reads.moved_in(kind, held):
            blocked(SYSTEM, row, {}, Conflict("base-moved", names=moved))


def blocked(
    actor: Actor, row: Proposal, why: Mapping[str, Sequence[str]], refusal: HeduError | None = None
) -> Proposal:
    """It cannot go on as it is worded: its page and whoever proposed it are told, once for each cause."""
    told = refusal.problem.as_json() if refusal else {}
    before = row.blocked_by, row.refusal
    row.blocked_by = {name: list(parts) for name, parts in why.items()}
    row.refusal = {"code": told["code"], "facts": told["facts"]} if told else {}
    if (row.blocked_by, row.refusal) == before:
        return row
    row.save(update_fields=["blocked_by", "refusal"])
    record("proposal", row.pk, row.title, after={"blocked_by": row.blocked_by or row.refusal["code"]})
    words = {"why": reads.what_blocks(row, "zh"), "why_en": reads.what_blocks(row, "en")}
    tell_requester(actor, row, "proposals.blocked", **words)
    return row


def _ask_who_sees_now(content: Mapping[str, Any]) -> None:
    """Those who have been given sight of a dataset are asked to sign what waits for them."""
    for row in Proposal.objects.filter(kind=Proposal.Kind.DEFINITIONS, state=Proposal.State.OPEN):
        if set(reads.datasets_of(row.kind, reads.latest(row).content)) & set(reads.names_of("policy", content)):
            ask_signers(SYSTEM, row)


def close(actor: Actor, row: Proposal, deed: str, note: str = "") -> Proposal:
    """End it without publishing; everybody asked hears of it."""
    before = row.state
    step(row, deed)
    row.save()
    record("proposal", row.pk, row.title, before={"state": before}, after={"state": row.state}, note=note)
    tell_ended(actor, row, note)
    return row


def _title(actor: Actor, kind: str, content: Mapping[str, Any], lang: Literal["zh", "en"]) -> str:
    """What a proposal that nobody gave a title is called in `lang`."""
    names = reads.names_of(kind, content)
    shown = names[0]
    if kind == "definitions":
        row, text = catalog.visible_to(actor).filter(name=shown).first(), content["items"][0]["text"]
        shown = row.label(lang) if row else single(text).definition.label.text(lang, shown) if text else shown
    if len(names) == 1:
        return shown
    with override("en" if lang == "en" else "zh-hans"):
        return _("%(name)s 等 %(count)s 项") % {"name": shown, "count": len(names)}
