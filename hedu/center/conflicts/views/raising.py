"""From any number on any page: it looks wrong."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from hedu.center.catalog import reads as catalog
from hedu.center.conflicts import actions, reads

QUESTION_MOST = 4000


@require_http_methods(["GET", "POST"])
def raise_case(request: HttpRequest) -> HttpResponse:
    """The form beside a number brings its question and value with it; what is missing is asked for."""
    given = request.POST if request.method == "POST" else request.GET
    question = _question(given.get("question", ""))
    metrics = [name for name in given.getlist("metric") if name] or [str(name) for name in question.get("metrics", ())]
    told = {name: given.get(name, "").strip()[:200] for name in ("value", "expected", "place")}
    text = given.get("text", "")
    if request.method == "POST":
        row = actions.raise_by_hand(request.actor, text=text, metrics=metrics, question=question, **told)
        messages.success(request, _("已提出 %(number)s，负责部门的联络人会收到。") % {"number": row.number})
        return redirect("conflicts:case", case=row.pk)
    rows = list(catalog.visible_to(request.actor).filter(name__in=metrics))
    context = {
        **told,
        "metrics": [(row.name, row.label(request.lang)) for row in rows],
        "choices": [] if rows else _choices(request),
        "question": json.dumps(question, ensure_ascii=False) if question else "",
        "open_cases": _about(request, [row.name for row in rows]),
    }
    return render(request, "conflicts/raise.html", context)


def _question(text: str) -> dict[str, Any]:
    """What was asked; anything that is no question is left out."""
    try:
        made = json.loads(text[:QUESTION_MOST]) if text else {}
    except ValueError:
        return {}
    if not isinstance(made, dict):
        return {}
    metrics = made.get("metrics")
    return made if isinstance(metrics, list) and all(isinstance(name, str) for name in metrics) else {}


def _choices(request: HttpRequest) -> list[tuple[str, str]]:
    rows = catalog.visible_to(request.actor).filter(is_retired=False).order_by("name")
    return [(row.name, row.label(request.lang)) for row in rows]


def _about(request: HttpRequest, metrics: list[str]) -> list[dict[str, Any]]:
    """Open cases about the same metric: somebody may have said it already."""
    rows = [row for name in metrics[:3] for row in reads.open_cases_of(request.actor, name)[:5]]
    unique = {row.pk: row for row in rows}
    words = reads.words_told(request.actor, unique.values(), request.lang)
    return [{"case": row, "sentence": words[row.pk]} for row in unique.values()]
