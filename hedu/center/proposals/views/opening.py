"""From a draft, or from a metric's page, to a proposal: first shown whom it concerns, then opened."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from hedu.center.catalog import actions as catalog_actions
from hedu.center.catalog import reads as catalog
from hedu.center.kernel.reading import found, whole
from hedu.center.proposals import actions, reads
from hedu.center.proposals.actions.lifecycle import require_publishable
from hedu.center.proposals.models import Proposal
from hedu.center.proposals.views import showing
from hedu.errors import NotFound, QueryError


@require_http_methods(["GET", "POST"])
def draft(request: HttpRequest, draft: str) -> HttpResponse:
    """What opening a proposal from the draft would mean: fields, departments, numbers. Nothing is asked yet.

    A POST keeps the text under work first (the editor's button sends it).
    """
    row = found(catalog.drafts_visible_to(request.actor), pk=draft)
    if request.method == "POST":
        text = request.POST.get("text", "").replace("\r\n", "\n")
        if text and text != row.text:
            catalog_actions.save_draft(request.actor, draft, text=text, edits=row.edits)
        return redirect("proposals:draft", draft=draft)
    change = catalog.draft_wanted(row)
    require_publishable(request.actor, change)
    impact = reads.impact_of(request.actor, change)
    reads.require_seen("definitions", reads.datasets_of("definitions", change.as_json()), impact.required)
    entry = catalog.entries_of(change).get(row.entry_id)
    live = reads.visible_to(request.actor).filter(draft=row.pk, state__in=reads.LIVE).first()
    context = {
        "draft": row,
        "live": live,
        "impact": impact,
        "fields": showing.fields_of(change, request.lang),
        "concerns": showing.concerns_of(impact.concerns, change, request.lang),
        "is_alone": not impact.required,
        "preview": showing.preview_rows(reads.preview_of(request.actor, change, impact, request.lang), request.lang),
        "today": timezone.localdate().isoformat(),
        "earliest": entry.head.valid_from.isoformat() if entry and entry.head else "",
    }
    return render(request, "proposals/new.html", context)


@require_POST
def open_draft(request: HttpRequest, draft: str) -> HttpResponse:
    """Open the proposal, or give the live one its next revision."""
    row = actions.propose_draft(
        request.actor,
        draft,
        title=request.POST.get("title", ""),
        reason=request.POST.get("reason", ""),
        valid_from=_day(request.POST.get("valid_from", "")),
    )
    return _said(request, row)


@require_POST
def metric(request: HttpRequest, name: str, deed: str) -> HttpResponse:
    """Propose another name, the retirement, the return or an earlier version of a metric."""
    reason = request.POST.get("reason", "")
    match deed:
        case "rename":
            new = request.POST.get("name", "").strip()
            row = actions.propose_rename(request.actor, name, name=new, reason=reason)
        case "retire":
            row = actions.propose_retirement(request.actor, name, reason=reason)
        case "restore":
            row = actions.propose_restoration(request.actor, name, reason=reason)
        case "roll-back":
            number = whole(request.POST.get("number", ""))
            if number is None:
                raise QueryError("question-field-wrong", field="number")
            row = actions.roll_back(request.actor, name, number=number, reason=reason)
        case _:
            raise NotFound("not-found", kind="deed", name=deed)
    return _said(request, row)


def _said(request: HttpRequest, row: Proposal) -> HttpResponse:
    if row.state == Proposal.State.PUBLISHED:
        messages.success(request, _("只改了文字，已直接发布；相关部门会收到知会。"))
    else:
        messages.success(request, _("变更提案已发起，正在等待会签；撤回之前随时可以修订。"))
    return redirect("proposals:proposal", proposal=row.pk)


def _day(text: str) -> date | None:
    """A day; today and none are the day it is published."""
    try:
        day = date.fromisoformat(text) if text else None
    except ValueError:
        raise QueryError("question-field-wrong", field="valid_from") from None
    return None if day == timezone.localdate() else day
