"""The page where people confirm that they understand a metric, and its owner sees how far it is understood."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from hedu.center.catalog import actions, reads
from hedu.center.catalog.actions.acknowledging import MOST_CHOICES, MOST_QUESTIONS
from hedu.center.catalog.models import Metric, Question
from hedu.center.catalog.reads import acknowledging
from hedu.center.catalog.views.metric import head_of
from hedu.center.catalog.wording import sentence
from hedu.center.kernel.reading import whole
from hedu.errors import Denied, HeduError

SHOWN_CHOICES = 4


@require_GET
def understanding(request: HttpRequest, name: str) -> HttpResponse:
    """Confirm, answer, and see which departments have."""
    return _page(request, reads.metric_named(request.actor, name))


@require_POST
def confirm(request: HttpRequest, name: str) -> HttpResponse:
    row = reads.metric_named(request.actor, name)
    questions = acknowledging.questions_of(row)
    chosen = [request.POST.get(f"answer_{item.pk}", "") for item in questions]
    answers = [number for item in chosen if (number := whole(item)) is not None]
    try:
        outcome = actions.confirm_understanding(
            request.actor, name, digest=request.POST.get("digest", ""), answers=answers
        )
    except HeduError as error:
        if isinstance(error, Denied):
            raise
        messages.error(request, f"{error.problem.what(request.lang)} {error.problem.hint(request.lang)}")
        return redirect("catalog:understanding", name=name)
    if outcome.is_confirmed:
        messages.success(request, _("已确认，谢谢。口径变化时会再请您确认。"))
        return redirect("catalog:understanding", name=name)
    chosen_of = dict(zip((item.pk for item in questions), answers, strict=True))
    return _page(request, row, wrong=outcome.wrong, chosen=chosen_of)


@require_POST
def ask(request: HttpRequest, name: str) -> HttpResponse:
    count = actions.ask_to_confirm(request.actor, name, departments=request.POST.getlist("department"))
    said = ngettext("已请 %(n)s 人确认。", "已请 %(n)s 人确认。", count) % {"n": count}
    messages.success(request, said if count else _("这些部门的人都已经请过了。"))
    return redirect("catalog:understanding", name=name)


@require_POST
def questions(request: HttpRequest, name: str) -> HttpResponse:
    told = [_told(request.POST, place) for place in range(1, MOST_QUESTIONS + 1)]
    try:
        actions.write_questions(request.actor, name, questions=[item for item in told if item["zh"] or item["en"]])
    except HeduError as error:
        if isinstance(error, Denied):
            raise
        messages.error(request, f"{error.problem.what(request.lang)} {error.problem.hint(request.lang)}")
    else:
        messages.success(request, _("确认题已保存。"))
    return redirect("catalog:understanding", name=name)


def _told(post: QueryDict, place: int) -> dict[str, Any]:
    """One question as the form wrote it; the right choice is counted among those filled in."""
    start = f"q{place}"
    written = [
        (number, {lang: post.get(f"{start}_{number}_{lang}", "").strip() for lang in ("zh", "en")})
        for number in range(MOST_CHOICES)
    ]
    filled = [(number, choice) for number, choice in written if choice["zh"] or choice["en"]]
    right = next((at for at, (number, _) in enumerate(filled) if post.get(f"{start}_right") == str(number)), 0)
    texts = {lang: post.get(f"{start}_{lang}", "").strip() for lang in ("zh", "en")}
    return {**texts, "choices": [choice for _, choice in filled], "right": right}


def _page(request: HttpRequest, row: Metric, **more: Any) -> HttpResponse:
    who = reads.asker(request.actor)
    asked = acknowledging.questions_of(row)
    may_ask = acknowledging.may_ask(request.actor, row)
    context = head_of(request, who, row) | {
        "tab": "understanding",
        "mine": acknowledging.own_understanding(request.actor, row),
        "digest": acknowledging.digest_now(row),
        "questions": [_shown(item, request.lang, **more) for item in asked],
        "coverage": acknowledging.coverage_of(row),
        "few": acknowledging.FEW,
        "may_ask": may_ask,
        "wrong": more.get("wrong", ()),
    }
    if context["definition"] and not context["problem"]:  # it names datasets: not for those who may not see them
        context["sentence"] = sentence(context["definition"], who.served.words, request.lang)
    if may_ask:
        audience = {place.pk for place in acknowledging.audience_of(row)}
        context["places"] = [(place, place.pk in audience) for place in acknowledging.departments_to_ask(request.actor)]
        context["outdated"] = acknowledging.outdated_questions(row)
        context["slots"] = [_slot(place, asked or context["outdated"]) for place in range(1, MOST_QUESTIONS + 1)]
    return render(request, "catalog/understanding.html", context)


def _shown(
    item: Question, lang: str, wrong: tuple[int, ...] = (), chosen: dict[int, int] | None = None
) -> dict[str, Any]:
    other = "en" if lang == "zh" else "zh"
    choices = [choice.get(lang) or choice.get(other, "") for choice in item.choices]
    marked = (chosen or {}).get(item.pk)
    return {
        "pk": item.pk,
        "text": item.text(lang),
        "choices": choices,
        "is_wrong": item.place in wrong,
        "chosen": marked,
    }


def _slot(place: int, asked: list[Question]) -> dict[str, Any]:
    """One question's fields in the owner's form, filled with what is asked now."""
    item = next((item for item in asked if item.place == place), None)
    choices = list(item.choices) if item else []
    rows = max(SHOWN_CHOICES, len(choices))
    return {"place": place, "item": item, "choices": (choices + [{}] * rows)[:rows], "right": item.right if item else 0}
