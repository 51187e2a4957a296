"""A proposal that others overtook -> one page on which each disputed field is settled, and the merged revision."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from hedu.center.catalog import reads as catalog
from hedu.center.kernel.reading import found
from hedu.center.proposals import actions, reads
from hedu.center.proposals.models import Proposal
from hedu.center.proposals.reads.blocking import WHOLE, field_title
from hedu.errors import Conflict

LONG = 60
"""Longer than this is written in more than one line."""


@require_http_methods(["GET", "POST"])
def merge(request: HttpRequest, proposal: int) -> HttpResponse:
    """Field by field: as it was, as published, as proposed; choose one or write another."""
    if request.method == "POST":
        sides = {key[5:]: str(value) for key, value in request.POST.items() if key.startswith("side:")}
        typed = {key: "=" + request.POST.get(f"typed:{key}", "") for key, side in sides.items() if side == "typed"}
        note = request.POST.get("note", "").strip()
        row = actions.merge(request.actor, proposal, choices={**sides, **typed}, note=note)
        ended = row.state == Proposal.State.WITHDRAWN
        messages.success(request, _("没有剩下的改动，提案已结束。") if ended else _("已合并为新的修订，需要重新会签。"))
        return redirect("proposals:proposal", proposal=proposal)
    row = found(reads.visible_to(request.actor), pk=proposal)
    rows = _rows(row, request.lang)
    if not rows:
        raise Conflict("nothing-to-merge", number=row.pk)
    return render(request, "proposals/merge.html", {"proposal": row, "definitions": rows})


def _rows(row: Proposal, lang: Any) -> list[dict[str, Any]]:
    if row.kind != Proposal.Kind.DEFINITIONS or row.state not in reads.LIVE:
        return []
    told = catalog.disputes_of(reads.change_of(reads.latest(row)))
    labels = reads.labels_of(told)
    return [
        {"name": name, "label": _named(labels, name, lang), "fields": [_field(name, one, lang) for one in held]}
        for name, held in told.items()
    ]


def _field(name: str, one: Any, lang: Any) -> dict[str, Any]:
    whole = WHOLE.get((one.path,))
    return {
        "key": f"{name}/{one.path}",
        "title": whole.text(lang) if whole else field_title(one.path, lang),
        "path": "" if whole else one.path,
        "sides": (one.base, one.theirs, one.mine),
        "is_whole": whole is not None,
        "is_long": max(map(len, (one.theirs, one.mine))) > LONG or "\n" in one.theirs + one.mine,
        "mine": one.mine,
    }


def _named(labels: Any, name: str, lang: str) -> str:
    zh, en = labels.get(name, ("", ""))
    return ((zh or en) if lang == "zh" else (en or zh)) or name
