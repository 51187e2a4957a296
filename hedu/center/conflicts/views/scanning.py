"""Scans: when, why, what came of them, and how far the present one is."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from hedu.center.conflicts import actions, reads, rules
from hedu.center.kernel.reading import page_of


@require_GET
def scans(request: HttpRequest) -> HttpResponse:
    rows = reads.scans_visible_to(request.actor)
    context = {
        "page": page_of(request, rows, 20),
        "latest": rows.first(),
        "may_scan": rules.may_scan(request.actor.is_admin, request.actor.all_roles),
    }
    return render(request, "conflicts/scans.html", context)


@require_POST
def new_scan(request: HttpRequest) -> HttpResponse:
    actions.scan(request.actor)
    messages.success(request, _("扫描已排队，几十秒后能看到结果。"))
    return redirect("conflicts:scans")


@require_GET
def latest(request: HttpRequest) -> HttpResponse:
    """The present scan's line, asked for again while it runs."""
    row = reads.scans_visible_to(request.actor).first()
    answer = render(request, "conflicts/scan_now.html", {"scan": row})
    if row and row.finished_at:
        answer["HX-Refresh"] = "true"
    return answer
