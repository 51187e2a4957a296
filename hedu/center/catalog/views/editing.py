"""Drafts on pages: begun, written in a form or as YAML, checked and previewed; proposals take them from here."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from hedu.center.catalog import actions, reads
from hedu.center.catalog.models import Draft
from hedu.center.catalog.views.answers import body_of, said
from hedu.center.kernel.reading import found, page_of
from hedu.errors import QueryError


@require_GET
def drafts(request: HttpRequest) -> HttpResponse:
    """One's own drafts and those of the departments one edits for."""
    page = page_of(request, reads.drafts_visible_to(request.actor), 50)
    may_create = request.actor.is_admin or bool(reads.edited_departments(request.actor))
    return render(request, "catalog/drafts.html", {"page": page, "may_create": may_create})


@require_POST
def new(request: HttpRequest) -> HttpResponse:
    """Begin a draft: of a change (name), else of something new (kind)."""
    kind = request.POST.get("kind", "metric")
    name = request.POST.get("name", "")
    text = "" if name else reads.starting_text(kind, reads.own_department_code(request.actor))
    draft = actions.create_draft(request.actor, kind=kind, name=name, text=text)
    return redirect("catalog:draft", draft=draft.pk)


@require_GET
def edit(request: HttpRequest, draft: str) -> HttpResponse:
    """The editor: the form of the definition with its YAML beside it."""
    row = found(reads.drafts_visible_to(request.actor), pk=draft)
    head = reads.head_of_draft(request.actor, row)
    is_stale = bool(head and row.base_id != head.pk)
    which = f"?kind={row.kind}&name={row.base.name if row.base else ''}"
    context = {
        "draft": row,
        "is_draft": True,
        "is_stale": is_stale,
        "head": head,
        "changes": _changes(request, row),
        "editor_props": {
            "yaml": row.text,
            "version": row.edits,
            "checkUrl": reverse("catalog:check") + which,
            "previewUrl": reverse("catalog:preview") + which if row.kind == "metric" else None,
            "saveUrl": reverse("catalog:save_draft", args=[row.pk]),
            "field": "publish-text",
            "form": reads.choices_for_editor(request.actor),
        },
    }
    return render(request, "catalog/draft.html", context)


@require_POST
def changes(request: HttpRequest, draft: str) -> HttpResponse:
    """What the text under work changes, field by field."""
    row = found(reads.drafts_visible_to(request.actor), pk=draft)
    context = {"changes": _changes(request, row, request.POST.get("text")), "older": row.base, "is_draft": True}
    return render(request, "catalog/version.html", context)


@require_POST
def save(request: HttpRequest, draft: str) -> HttpResponse:
    """Keep the draft's text: {yaml, version last seen} -> the version now."""
    body = body_of(request)
    text, edits = (body.get("yaml"), body.get("version")) if isinstance(body, dict) else (None, None)
    if not isinstance(text, str) or not isinstance(edits, int):
        raise QueryError("question-field-wrong", field="yaml")
    row = actions.save_draft(request.actor, draft, text=text, edits=edits)
    return said({"version": row.edits})


@require_POST
def rebase(request: HttpRequest, draft: str) -> HttpResponse:
    actions.rebase_draft(request.actor, draft)
    messages.success(request, _("草稿已改为以最新版本为基础，请核对差异后再发起会签。"))
    return redirect("catalog:draft", draft=draft)


@require_POST
def discard(request: HttpRequest, draft: str) -> HttpResponse:
    actions.discard_draft(request.actor, draft)
    messages.success(request, _("草稿已丢弃。"))
    return redirect("catalog:drafts")


@require_POST
def check(request: HttpRequest) -> HttpResponse:
    """Every problem a text would have in the catalog: {text, kind, name of what it replaces}."""
    text, kind, name = _sent(request)
    return said(reads.check_text(request.actor, text, kind=kind, replaces=name))


@require_POST
def preview(request: HttpRequest) -> HttpResponse:
    """A draft metric's values beside the published ones, under the editor's access."""
    text, _kind, name = _sent(request)
    return said(reads.preview_text(request.actor, text, replaces=name))


def _sent(request: HttpRequest) -> tuple[str, str, str]:
    body: Any = body_of(request)
    if not isinstance(body, dict) or not isinstance(body.get("yaml"), str):
        raise QueryError("question-field-wrong", field="yaml")
    return body["yaml"][: actions.TEXT_MOST], request.GET.get("kind") or "metric", request.GET.get("name", "")


def _changes(request: HttpRequest, row: Draft, text: str | None = None) -> list[dict[str, Any]]:
    return [
        {
            "title": item.title(request.lang),
            "before": item.said(item.before, request.lang),
            "after": item.said(item.after, request.lang),
            "is_meaning": item.is_meaning,
        }
        for item in reads.draft_changes(row, text)
    ]
