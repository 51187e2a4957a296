"""Pages of targets: the list with joint feasibility, one target, the form, the import of a file."""

from __future__ import annotations

import binascii
import json
from typing import Any

from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from hedu.center.catalog import reads as catalog
from hedu.center.goals import actions, forms, reads, sheets
from hedu.center.goals.actions.targets import may_touch
from hedu.center.goals.exporting import template_xlsx
from hedu.center.goals.views.charting import course_chart
from hedu.center.goals.views.trying import tried
from hedu.center.kernel.reading import found, page_of
from hedu.errors import Denied, QueryError

SALT = "goals.import"
SHOWN_MOST = 200
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_GET
def scorecard(request: HttpRequest) -> HttpResponse:
    asked = {name: request.GET.get(name, "") for name in ("cycle", "department", "status")}
    return render(request, "goals/scorecard.html", {"card": reads.scorecard_of(request.actor, **asked)})


@require_GET
def targets(request: HttpRequest) -> HttpResponse:
    """Every target of a period, and whether all of them can be met at once."""
    rows = reads.targets_visible_to(request.actor)
    cycles = reads.cycles(rows)
    cycle = request.GET.get("cycle", "")
    chosen = cycle if cycle in cycles else (cycles or [""])[0]
    words = request.GET.get("q", "").replace("\x00", "").strip()
    shown = rows.filter(period=chosen)
    if words:
        labels = ("code", "metric__name", "metric__label_zh", "metric__label_en", "department__code", "scope")
        shown = reads.matching(shown, words, labels)
    context = {
        "cycles": cycles,
        "cycle": chosen,
        "q": words,
        "page": page_of(request, shown.order_by("code"), 50),
        "joint": reads.feasibility(request.actor, chosen),
        "constraints": reads.constraints_visible_to(request.actor).filter(period=chosen),
        "may_lead": request.actor.is_admin or bool(reads.managed_departments(request.actor)),
    }
    return render(request, "goals/targets.html", context)


@require_GET
def target(request: HttpRequest, code: str) -> HttpResponse:
    row = found(
        reads.targets_visible_to(request.actor, withdrawn=True).prefetch_related("phases", "children__metric"),
        code=code,
    )
    stands = reads.standings(catalog.asker(request.actor), [row]).by_target[row.pk]
    rows = reads.course_rows(stands)
    context = {
        "target": row,
        "stands": stands,
        "chart": course_chart(stands, rows),
        "rows": rows,
        "children": [child for child in row.children.all() if child.state == "active"],
        "history": reads.history_of(request.actor, row)[:20],
        "may_touch": may_touch(request.actor, code),
        "room": reads.feasibility(request.actor, row.period).rooms.get(code),
    }
    return render(request, "goals/target.html", context)


def add(request: HttpRequest) -> HttpResponse:
    if not (request.actor.is_admin or reads.managed_departments(request.actor)):
        raise Denied("action-denied", action="goals.set_target", who=request.actor.name)
    goal = reads.visible_to(request.actor).filter(code=request.GET.get("goal", "")).first()
    given: dict[str, Any] = {"period": request.GET.get("period", "")}
    if goal is not None:
        given |= {
            "goal": goal.code,
            "metric": goal.metric.name,
            "department": goal.department.code,
            "scope": goal.scope,
        }
        given["operator"] = "<=" if goal.metric.direction == "down" else ">="
    form = forms.TargetForm(request.actor, request.POST or None, initial=given)
    if request.method == "POST" and form.is_valid():
        inputs = dict(form.cleaned_data)
        code = inputs.pop("code")
        told = tried(request, form, actions.set_target, code, **inputs)
        if told is not None:
            messages.success(request, _("目标 %(name)s 已提交会签。") % {"name": code})
            return redirect(told["url"])
    return render(request, "goals/target_form.html", {"form": form, "target": None})


def edit(request: HttpRequest, code: str) -> HttpResponse:
    row = found(reads.targets_visible_to(request.actor).prefetch_related("phases"), code=code)
    if not may_touch(request.actor, code):
        raise Denied("action-denied", action="goals.set_target", who=request.actor.name)
    given = {**reads.fields_of(row), "edits": row.edits}
    form = forms.TargetForm(request.actor, request.POST or None, initial=given, target=row)
    if request.method == "POST" and form.is_valid():
        more = {"unit": row.unit, "metric_version": row.metric_version}
        told = tried(request, form, actions.set_target, code, **form.cleaned_data, **more)
        if told is not None:
            messages.success(request, _("目标 %(name)s 已提交会签。") % {"name": code})
            return redirect(told["url"])
    return render(request, "goals/target_form.html", {"form": form, "target": row})


@require_POST
def phase(request: HttpRequest, code: str) -> HttpResponse:
    """Share a target out anew; by hand the cells month-YYYY-MM hold the values."""
    method = request.POST.get("method", "")
    months = {key.removeprefix("month-"): value for key, value in request.POST.items() if key.startswith("month-")}
    told = actions.phase_target(request.actor, code, method=method, months=months if method == "manual" else None)
    messages.success(request, _("目标 %(name)s 已提交会签。") % {"name": code})
    return redirect(told["url"])


@require_POST
def undo(request: HttpRequest, code: str) -> HttpResponse:
    told = actions.undo_target(request.actor, code)
    messages.success(request, _("目标 %(name)s 已提交会签。") % {"name": code})
    return redirect(told["url"])


@require_POST
def withdraw(request: HttpRequest, code: str) -> HttpResponse:
    told = actions.withdraw_target(request.actor, code)
    messages.success(request, _("目标 %(name)s 已提交会签。") % {"name": code})
    return redirect(told["url"])


# --- import ----------------------------------------------------------------------------------------------


@require_POST
def look(request: HttpRequest) -> HttpResponse:
    """Look at a file: what each line would change, what is wrong and why. Nothing is kept yet."""
    file = request.FILES.get("file")
    if file is None:
        raise QueryError("question-field-wrong", field="file")
    plan = reads.import_plan(request.actor, file.name or "targets", file.read())
    rows = [change.as_json() for change in plan.changes]
    names = {line.diff.metric for line in plan.changing[:SHOWN_MOST]}
    context = {
        "filename": file.name,
        "plan": plan,
        "problems": [
            (line.number, line.diff.change.code, f"{one.what(request.lang)} {one.hint(request.lang)}")
            for line in plan.problems
            for one in line.diff.problems
        ],
        "changing": plan.changing[:SHOWN_MOST],
        "labels": {
            row.name: row.label(request.lang) for row in catalog.visible_to(request.actor).filter(name__in=names)
        },
        "places": {code: row.name for code, row in catalog.departments_by_code(request.actor).items()},
        "more": max(0, len(plan.changing) - SHOWN_MOST),
        "same": len(plan.lines) - len(plan.changing) - len(plan.problems),
        "kept": "" if plan.problems else signing.dumps(rows, salt=SALT, compress=True),
    }
    return render(request, "goals/import.html", context)


@require_POST
def take(request: HttpRequest) -> HttpResponse:
    """Propose the lines of a file that was looked at, all or none."""
    try:
        rows = signing.loads(request.POST.get("kept", ""), salt=SALT, max_age=3600)
    except (signing.BadSignature, binascii.Error, json.JSONDecodeError, ValueError):
        raise QueryError("question-field-wrong", field="kept") from None
    told = actions.import_targets(request.actor, targets=rows)
    messages.success(request, _("%(count)s 个目标已提交会签。") % {"count": len(rows)})
    return redirect(told["url"])


@require_GET
def template(request: HttpRequest) -> HttpResponse:
    """A sheet to fill in, with the targets in force as they are."""
    rows = reads.targets_visible_to(request.actor).order_by("period", "code")
    held = [{**reads.fields_of(row), "code": row.code} for row in rows.prefetch_related("phases")]
    response = HttpResponse(template_xlsx(sheets.HEADS, held), content_type=XLSX)
    response["Content-Disposition"] = content_disposition_header(True, _("目标.xlsx")) or ""
    return response
