"""Proposals in a list, and one with everything one needs to decide."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from hedu.center.kernel.reading import found, page_of
from hedu.center.kernel.workdays import is_proclaimed, workdays_between
from hedu.center.people.reads import visible_to as departments_visible_to
from hedu.center.proposals import reads
from hedu.center.proposals.models import Extension, Proposal, Revision, SignOff
from hedu.center.proposals.views import showing
from hedu.errors import Problem

TABS = ("mine", "opened", "all")
STATE_TONES = {
    "draft": "secondary",
    "open": "blue",
    "approved": "cyan",
    "published": "green",
    "rejected": "red",
    "withdrawn": "secondary",
    "superseded": "secondary",
    "expired": "orange",
}


@require_GET
def proposals(request: HttpRequest) -> HttpResponse:
    """Proposals: those one is to sign, those one opened, all; narrowed by state, content and words."""
    waiting = reads.waits_for(request.actor)
    tab = request.GET.get("tab", "mine" if waiting else "all")
    rows = reads.visible_to(request.actor)
    if tab == "mine":
        rows = rows.filter(pk__in=[row.pk for row in waiting])
    elif tab == "opened":
        rows = rows.filter(requester_id=request.actor.user_id)
    chosen = {name: request.GET.get(name, "") for name in ("state", "kind", "risk")}
    for name, value in chosen.items():
        if value:
            rows = rows.filter(**{name: value})
    words = request.GET.get("q", "").replace("\x00", "").strip()
    if words:
        rows = rows.filter(Q(title__icontains=words) | Q(title_en__icontains=words) | Q(names__icontains=words))
    page = page_of(request, rows, 30)
    context = {
        "page": page,
        "rows": [_listed(row) for row in page.object_list],
        "tab": tab if tab in TABS else "all",
        "waiting": len(waiting),
        "q": words,
        "chosen": chosen,
        "states": Proposal.State.choices,
        "kinds": Proposal.Kind.choices,
        "risks": Proposal.Risk.choices,
    }
    return render(request, "proposals/list.html", context)


def _listed(row: Proposal) -> dict[str, Any]:
    left = workdays_between(timezone.localdate(), row.due_on) if row.due_on and row.state == "open" else None
    return {
        "row": row,
        "tone": STATE_TONES[row.state],
        "risk_tone": showing.RISK_TONES[row.risk],
        "left": left,
    }


@require_GET
def proposal(request: HttpRequest, proposal: int) -> HttpResponse:
    """One proposal: what changes, whom it concerns, who has said what, and the deeds open to the reader."""
    row = found(reads.visible_to(request.actor), pk=proposal)
    revision = reads.latest(row)
    decisions = list(revision.signoffs.select_related("person", "department"))
    is_texts = row.kind == Proposal.Kind.DEFINITIONS
    context = _listed(row) | {
        "proposal": row,
        "revision": revision,
        "fields": showing.fields_of(reads.change_of(revision), request.lang) if is_texts else [],
        "content": None if is_texts else showing.content_rows(row.kind, revision.content, request.lang),
        "is_texts": is_texts,
        "case_number": reads.case_number(row.origin_id),
        "valid_from": reads.change_of(revision).valid_from if is_texts else None,
        "affected": _affected(row, revision, decisions, request.lang),
        "decisions": decisions,
        "earlier": _earlier(row),
        "timeline": showing.timeline_rows(reads.timeline_of(row)),
        "extensions": list(row.extensions.select_related("asked_by", "decided_by")),
        "blocked": reads.what_blocks(row, request.lang) if _is_blocked(row) else "",
        "refused": _refused(row, request.lang),
        "is_provisional": bool(row.due_on and not is_proclaimed(row.due_on)),
        **_deeds(request, row),
    }
    return render(request, "proposals/proposal.html", context)


@require_GET
def preview(request: HttpRequest, proposal: int) -> HttpResponse:
    """Numbers before and after, as the reader may see them; fetched by the page when it stands."""
    row = found(reads.visible_to(request.actor), pk=proposal)
    told = reads.preview_on(request.actor, row, request.lang)
    context = {"preview": showing.preview_rows(told, request.lang), "row": row}
    return render(request, "proposals/preview.html", context)


def _affected(row: Proposal, revision: Revision, decisions: list[SignOff], lang: str) -> list[dict[str, Any]]:
    """Departments with their part, why, who may sign and what they have said."""
    kept = reads.affected_of(revision)
    change = reads.change_of(revision) if row.kind == Proposal.Kind.DEFINITIONS else None
    told = showing.affected_rows(kept, change, lang)
    waiting = set(reads.waiting_departments(row)) if row.state == Proposal.State.OPEN else set()
    said = {item.person_id for item in decisions if item.decision == "approve"}
    unseen = reads.unseen(row)
    for one, shown in zip(kept, told, strict=True):
        shown["said"] = [item for item in decisions if item.department_id == one.department_id]
        asked = reads.signers(one.department_id, row.level) if one.department_id in waiting else []
        shown["unseen"] = unseen.get(one.department_id, ()) if one.part == "must_sign" else ()
        shown["signers"] = [user for user in asked if user.pk not in said] if one.part == "must_sign" else []
    return told


def _is_blocked(row: Proposal) -> bool:
    """Under signature, or approved for a later day: then a refusal on its day is told by itself."""
    return row.state == Proposal.State.OPEN or (row.state == Proposal.State.APPROVED and not row.refusal)


def _refused(row: Proposal, lang: str) -> dict[str, Any] | None:
    """Why it was not published on its day, and what to do about it."""
    if row.state != Proposal.State.APPROVED or not row.refusal:
        return None
    return Problem(row.refusal["code"], None, row.refusal["facts"]).as_json("en" if lang == "en" else "zh")


def _earlier(row: Proposal) -> list[Revision]:
    return list(row.revisions.exclude(number=row.revision_number).select_related("author").prefetch_related("signoffs"))


def _deeds(request: HttpRequest, row: Proposal) -> dict[str, Any]:
    """What the reader may do."""
    actor, is_open = request.actor, row.state == Proposal.State.OPEN
    mine = reads.signable(actor, row) if is_open else []
    said = reads.latest(row).signoffs.filter(person_id=actor.user_id, decision="approve")
    signed = bool(mine) and set(mine) <= set(said.values_list("department_id", flat=True))
    advising = reads.signable(actor, row, ("consulted",)) if row.state in reads.LIVE else []
    is_requester = row.requester_id == actor.user_id
    asked = row.extensions.filter(state=Extension.State.ASKED).first()
    decides = asked is not None and actor.user_id in {user.pk for user in reads.deciders_of(asked)}
    return {
        "may_sign": bool(mine) and not signed,
        "may_object": bool(mine),
        "may_advise": bool(advising),
        "may_withdraw": row.state in reads.LIVE and (is_requester or actor.is_admin),
        "may_publish_again": bool(row.refusal) and (is_requester or actor.is_admin or bool(reads.signable(actor, row))),
        "may_merge": _is_blocked(row) and bool(row.blocked_by) and (is_requester or actor.is_admin),
        "may_consult": is_open and (is_requester or bool(mine)),
        "may_extend": is_open and (is_requester or bool(mine)) and asked is None,
        "asked": asked if decides else None,
        "has_signed": signed,
        "departments": departments_visible_to(actor).filter(is_active=True) if is_open else [],
    }
