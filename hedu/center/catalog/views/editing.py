"""Drafts on pages: begun, written in a form or as YAML, checked and previewed while writing, published."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from hedu.center.catalog import actions, forms, reads
from hedu.center.catalog.views.answers import body_of, said
from hedu.center.kernel.faults import wants_json
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
    text = "" if name else forms.starting_text(kind, reads.own_department_code(request.actor))
    draft = actions.create_draft(request.actor, kind=kind, name=name, text=text)
    return redirect("catalog:draft", draft=draft.pk)


@require_GET
def edit(request: HttpRequest, draft: str) -> HttpResponse:
    """The editor: the form of the definition with its YAML beside it."""
    row = found(reads.drafts_visible_to(request.actor), pk=draft)
    head = reads.head_of_draft(request.actor, row)
    is_stale = bool(head and row.base_id != head.pk)
    changes = [
        {"title": item.title(request.lang), "before": item.before, "after": item.after, "is_meaning": item.is_meaning}
        for item in reads.draft_changes(row)
    ]
    context = {
        "draft": row,
        "is_stale": is_stale,
        "head": head,
        "changes": changes,
        "form": forms.form_of(row.kind, row.text, request),
        "today": timezone.localdate().isoformat(),
        "earliest": head.valid_from.isoformat() if head else "",
        "editor_props": {
            "text": row.text,
            "edits": row.edits,
            "kind": row.kind,
            "name": row.base.name if row.base else "",
            "checkUrl": reverse("catalog:check"),
            "previewUrl": reverse("catalog:preview") if row.kind == "metric" else "",
            "saveUrl": reverse("catalog:save_draft", args=[row.pk]),
            "publishUrl": reverse("catalog:publish_draft", args=[row.pk]),
            "names": reads.names_for_editor(request.actor),
        },
    }
    return render(request, "catalog/draft.html", context)


@require_POST
def save(request: HttpRequest, draft: str) -> HttpResponse:
    """Keep the draft: as YAML (JSON body or field `text`), or as the form's fields put into the YAML."""
    if wants_json(request) or request.content_type == "application/json":
        body = body_of(request)
        text, edits = body.get("text"), body.get("edits")
        if not isinstance(text, str) or not isinstance(edits, int):
            raise QueryError("question-field-wrong", field="text")
        row = actions.save_draft(request.actor, draft, text=text, edits=edits)
        return said({"edits": row.edits, "saved_at": row.updated_at.isoformat()})
    row = found(reads.drafts_visible_to(request.actor), pk=draft)
    given = request.POST.get("text")
    text = (
        given if given is not None else forms.text_from(row.kind, row.text, request.actor, request.lang, request.POST)
    )
    edits = int(request.POST.get("edits") or row.edits)
    actions.save_draft(request.actor, draft, text=text, edits=edits)
    messages.success(request, _("草稿已保存。"))
    return redirect("catalog:draft", draft=draft)


@require_POST
def publish(request: HttpRequest, draft: str) -> HttpResponse:
    """Publish with an effective date and a note."""
    day = request.POST.get("valid_from", "")
    try:
        valid_from = date.fromisoformat(day) if day else None
    except ValueError:
        raise QueryError("question-field-wrong", field="valid_from") from None
    version = actions.publish(request.actor, draft, valid_from=valid_from, note=request.POST.get("note", ""))
    messages.success(
        request, _("已发布 %(name)s 第 %(number)s 版。") % {"name": version.name, "number": version.number}
    )
    if version.kind == "workspace":
        return redirect("catalog:metrics")
    return redirect(f"catalog:{version.kind}", name=version.name)


@require_POST
def rebase(request: HttpRequest, draft: str) -> HttpResponse:
    actions.rebase_draft(request.actor, draft)
    messages.success(request, _("草稿已改为以最新版本为基础，请核对差异后发布。"))
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
    if not isinstance(body, dict) or not isinstance(body.get("text"), str):
        raise QueryError("question-field-wrong", field="text")
    return body["text"][: actions.TEXT_MOST], str(body.get("kind") or "metric"), str(body.get("name") or "")
