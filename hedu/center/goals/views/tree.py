"""Pages of the goal tree: the tree, one goal, and the deeds upon it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from hedu.center.goals import actions, forms, reads
from hedu.center.goals.actions import goals as rights
from hedu.center.goals.views.charting import course_chart
from hedu.center.goals.views.trying import tried
from hedu.center.kernel.reading import found
from hedu.errors import Denied


@require_GET
def tree(request: HttpRequest) -> HttpResponse:
    whole = reads.tree_of(request.actor, request.GET.get("cycle", ""), request.GET.get("department", ""))
    context = {
        "tree": whole,
        "may_lead": request.actor.is_admin or bool(reads.managed_departments(request.actor)),
        "archived": reads.archived_visible_to(request.actor)[:20],
    }
    return render(request, "goals/tree.html", context)


@require_GET
def goal(request: HttpRequest, code: str) -> HttpResponse:
    return _page(request, code)


def _page(request: HttpRequest, code: str, form: Any = None) -> HttpResponse:
    page = reads.goal_page(request.actor, code, request.GET.get("cycle", ""))
    may_change = rights.may_change(request.actor, code)
    context = {
        "page": page,
        "goal": page.goal,
        "stands": page.standing,
        "chart": course_chart(page.standing, page.rows) if page.standing else None,
        "form": form or forms.CheckInForm(),
        "may_change": may_change,
        "may_guard": rights.may_guard(request.actor, page.goal.metric.name),
        "move": forms.MoveForm(request.actor, page.goal) if may_change else None,
        "guard": forms.GuardForm(request.actor),
    }
    return render(request, "goals/goal.html", context)


def add(request: HttpRequest) -> HttpResponse:
    if not (request.actor.is_admin or reads.managed_departments(request.actor)):
        raise Denied("action-denied", action="goals.create_goal", who=request.actor.name)
    given = {"parent": request.GET.get("parent", ""), "metric": request.GET.get("metric", "")}
    form = forms.GoalForm(request.actor, request.POST or None, initial=given)
    if request.method == "POST" and form.is_valid():
        row = tried(request, form, actions.create_goal, **form.inputs())
        if row is not None:
            messages.success(request, _("目标“%(name)s”已建立。") % {"name": row.label(request.lang)})
            return redirect("goals:goal", code=row.code)
    return render(request, "goals/goal_form.html", {"form": form, "goal": None})


def edit(request: HttpRequest, code: str) -> HttpResponse:
    row = reads.goal_coded(request.actor, code)
    if not rights.may_change(request.actor, code):
        raise Denied("action-denied", action="goals.edit_goal", who=request.actor.name)
    given = {**row.as_json(), **{f"raci_{letter}": codes for letter, codes in row.raci.items()}}
    form = forms.GoalForm(request.actor, request.POST or None, initial=given, goal=row)
    if request.method == "POST" and form.is_valid():
        kept = tried(request, form, actions.edit_goal, code, **form.inputs())
        if kept is not None:
            messages.success(request, _("目标“%(name)s”已更新。") % {"name": kept.label(request.lang)})
            return redirect("goals:goal", code=code)
    return render(request, "goals/goal_form.html", {"form": form, "goal": row})


@require_POST
def check_in(request: HttpRequest, code: str) -> HttpResponse:
    form = forms.CheckInForm(request.POST)
    if form.is_valid() and tried(request, form, actions.check_in, code, **form.cleaned_data) is not None:
        messages.success(request, _("进展已更新。"))
        return redirect("goals:goal", code=code)
    return _page(request, code, form)


@require_POST
def move(request: HttpRequest, code: str) -> HttpResponse:
    actions.move_goal(request.actor, code, parent=request.POST.get("parent", ""), edge=request.POST.get("edge", ""))
    messages.success(request, _("已移动。"))
    return redirect("goals:goal", code=code)


@require_POST
def archive(request: HttpRequest, code: str) -> HttpResponse:
    row = actions.archive_goal(request.actor, code)
    messages.success(request, _("目标“%(name)s”已归档，可在目标树页底部恢复。") % {"name": row.label(request.lang)})
    return redirect("goals:tree")


@require_POST
def restore(request: HttpRequest, code: str) -> HttpResponse:
    actions.restore_goal(request.actor, code)
    messages.success(request, _("已恢复。"))
    return redirect("goals:goal", code=code)


@require_POST
def guard(request: HttpRequest, code: str) -> HttpResponse:
    """Pair a guardrail with the goal's metric, or take one away."""
    row = found(reads.visible_to(request.actor), code=code)
    if request.POST.get("away"):
        actions.unpair_guardrail(request.actor, row.metric.name, guardrail=request.POST["away"])
        messages.success(request, _("护栏已取消。"))
        return redirect("goals:goal", code=code)
    form = forms.GuardForm(request.actor, request.POST)
    if form.is_valid():
        actions.pair_guardrail(request.actor, row.metric.name, **form.cleaned_data)
        messages.success(request, _("护栏已设置。"))
    else:
        messages.error(request, " ".join(error for errors in form.errors.values() for error in errors))
    return redirect("goals:goal", code=code)
