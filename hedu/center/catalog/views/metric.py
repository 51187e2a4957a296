"""The metric page, its tabs, and the deeds one does from it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from hedu.center.catalog import actions, figures, reads
from hedu.center.catalog.models import DefinitionVersion, Metric
from hedu.center.catalog.wording import formula, sentence
from hedu.center.kernel.faults import is_htmx
from hedu.center.kernel.reading import found
from hedu.model.resting import users_of

TABS = ("overview", "definition", "lineage", "uses", "talk")


@require_GET
def page(request: HttpRequest, name: str) -> HttpResponse:
    """Everything about one metric; ?tab= says which part."""
    row = _seen(request, name)
    if row.name != name:
        return redirect(f"{reverse('catalog:metric', args=[row.name])}?{request.GET.urlencode()}".rstrip("?"))
    who = reads.asker(request.actor)
    tab = request.GET.get("tab", TABS[0])
    tab = tab if tab in TABS else TABS[0]
    context = head_of(request, who, row) | {"tab": tab}
    match tab:
        case "overview":
            context |= _overview(request, who, row, context)
        case "definition":
            context |= _definition(request, who, row)
        case "lineage":
            context["lineage_props"] = reads.lineage_of(who, metric=row.name)
        case "uses":
            context["uses"] = reads.uses_visible_to(request.actor).filter(metric=row).order_by("kind", "-last_used")
            context["builders"] = _builders(request, who, row)
            context["asked"] = reads.asked_by(row)
    return render(request, "catalog/metric.html", context)


@require_GET
def version(request: HttpRequest, name: str, number: int) -> HttpResponse:
    """What one version says and what it changed, for the history list."""
    row = _seen(request, name)
    versions = reads.versions_of(request.actor, row)
    shown = found(versions, number=number)
    older = versions.filter(number=number - 1).first()
    changes = [
        {
            "title": item.title(request.lang),
            "before": item.said(item.before, request.lang),
            "after": item.said(item.after, request.lang),
            "is_meaning": item.is_meaning,
        }
        for item in reads.version_changes(older, shown)
    ]
    context = {"version": shown, "older": older, "changes": changes}
    return render(request, "catalog/version.html", context)


@require_POST
def star(request: HttpRequest, name: str) -> HttpResponse:
    on = request.POST.get("on") == "1"
    row = actions.favourite(request.actor, name, on=on)
    if is_htmx(request):
        return render(request, "catalog/star.html", {"row": row, "is_starred": on})
    return redirect("catalog:metric", name=row.name)


@require_POST
def certify(request: HttpRequest, name: str) -> HttpResponse:
    if request.POST.get("on") == "0":
        actions.uncertify(request.actor, name, note=request.POST.get("note", ""))
        messages.success(request, _("已撤销认证。"))
    else:
        actions.certify(request.actor, name, note=request.POST.get("note", ""))
        messages.success(request, _("已认证当前口径。口径变化后认证会自动失效。"))
    return redirect("catalog:metric", name=name)


@require_POST
def reviewed(request: HttpRequest, name: str) -> HttpResponse:
    row = actions.review_done(request.actor, name, note=request.POST.get("note", ""))
    due = row.review_due.isoformat() if row.review_due else _("未设定")
    messages.success(request, _("已记录复核，下次复核：%(due)s。") % {"due": due})
    if request.POST.get("back") == "reviews":
        return redirect("catalog:reviews")
    return redirect("catalog:metric", name=name)


def _seen(request: HttpRequest, name: str) -> Metric:
    return reads.metric_named(request.actor, name)


def head_of(request: HttpRequest, who: reads.Asker, row: Metric) -> dict[str, Any]:
    served = who.workspace.model.metrics.get(row.name)
    shown = reads.headline(who, row.name, request.lang)
    today = timezone.localdate()
    person = reads.people_named(request.actor, [row.person]).get(row.person)
    return {
        "row": row,
        "definition": served.definition if served else None,
        "unit": _unit(served.unit if served else row.unit, request.lang),
        "headline": shown,
        "is_partial": reads.is_partial(who, row.name),
        "problem": shown.problem.as_json(request.lang) if shown.problem else None,
        "person": person if person and person.is_active else None,
        "gone": reads.gone_named(row.person),
        "spokespeople": reads.spokespeople(row.department_id),
        "is_starred": row.pk in reads.favourites_of(request.actor),
        "may_edit": reads.may_edit_for(request.actor, row.department_id),
        "may_vouch": reads.may_vouch_for(request.actor, row.department_id),
        "may_report": row.type == Metric.Type.REPORTED and reads.may_report_for(request.actor, row),
        "is_review_late": bool(row.review_due and row.review_due < today),
    }


def _unit(unit: str | None, lang: figures.Lang) -> str:
    """The unit in words: 元, CNY, %."""
    is_sign = lang == "zh" or figures.is_fraction(unit)
    return figures.unit_name(unit, lang) if is_sign else figures.worded(unit, lang)


def _overview(request: HttpRequest, who: reads.Asker, row: Metric, head: dict[str, Any]) -> dict[str, Any]:
    if head["definition"] is None or head["problem"]:
        return {}
    versions = list(reads.versions_of(request.actor, row))
    trend = reads.trend_of(who, row.name, versions, head["headline"], request.lang)
    if trend is None:
        return {}
    ask, export = reverse("catalog:ask"), reverse("catalog:export")
    told: dict[str, Any] = {
        "trend_props": {
            "kind": "line",
            "title": _("走势"),
            "data": trend.data,
            "question": trend.question,
            "ask_url": ask,
            "export_url": export,
            "grains": trend.grains,
            "compares": True,
            "kinds": ["line", "bar", "area"],
            "options": {"annotations": trend.annotations, "brush": True, "height": 340},
        },
        "receipt": trend.data["receipt"],
        "unfinished": trend.unfinished,
    }
    parts = reads.breakdown_of(who, row.name, request.lang, head["headline"])
    if parts:
        told["parts_props"] = {
            "kind": "bar",
            "title": _("按维度拆分"),
            "question": parts["question"],
            "dimensions": parts["dimensions"],
            "ask_url": ask,
            "export_url": export,
            "kinds": ["bar", "table"],
            "options": {"height": 340},
        }
    return told


def _definition(request: HttpRequest, who: reads.Asker, row: Metric) -> dict[str, Any]:
    versions: list[DefinitionVersion] = list(reads.versions_of(request.actor, row))
    served = who.workspace.model.metrics.get(row.name)
    if served is None:
        return {"versions": versions}
    departments = reads.departments_by_code(request.actor)
    raci = served.definition.raci
    held = (raci.responsible, raci.accountable, raci.consulted, raci.informed)
    return {
        "versions": versions,
        "sentence": sentence(served.definition, who.served.words, request.lang),
        "formula": formula(served.definition, who.served.words, request.lang),
        "raci": [
            (letter, title, [departments[code].name if code in departments else code for code in codes])
            for letter, title, codes in zip("RACI", (_("执行"), _("问责"), _("咨询"), _("知会")), held, strict=True)
        ],
        "dimensions": reads.dimensions_of(request.actor, [row.name]),
        "is_additive": served.is_additive,
        "text": row.head.text if row.head else "",
    }


def _builders(request: HttpRequest, who: reads.Asker, row: Metric) -> list[Metric]:
    """The metrics built directly on this one."""
    names = users_of(who.workspace.model, row.name)
    return list(reads.visible_to(request.actor).filter(name__in=names))
