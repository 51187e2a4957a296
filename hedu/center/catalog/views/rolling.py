"""The page of rollups, for administrators."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from hedu.center.catalog import actions
from hedu.center.catalog.reads.rolling import rollups_found, rollups_of_site
from hedu.errors import Denied


@require_GET
def rollups(request: HttpRequest) -> HttpResponse:
    """What is rolled up, and what would be worth it."""
    if not request.actor.is_admin:
        raise Denied("page-for-administrators", page=_("预汇总"))
    context = {"rows": rollups_of_site(request.actor), "looked": rollups_found(request.actor)}
    return render(request, "catalog/rollups.html", context)


@require_POST
def accept(request: HttpRequest) -> HttpResponse:
    told = request.POST
    actions.accept_rollup(
        request.actor,
        told.get("name", ""),
        measures=told.getlist("measure"),
        dimensions=told.getlist("dimension"),
        time=told.get("time", ""),
    )
    messages.success(request, _("已采用“%(name)s”，正在建立。") % {"name": told.get("name", "")})
    return redirect("catalog:rollups")


@require_POST
def drop(request: HttpRequest, name: str) -> HttpResponse:
    actions.drop_rollup(request.actor, name)
    messages.success(request, _("已停用“%(name)s”。") % {"name": name})
    return redirect("catalog:rollups")


@require_POST
def look(request: HttpRequest) -> HttpResponse:
    actions.look_for_rollups(request.actor)
    messages.success(request, _("正在按看板和视图的提问推荐，稍后刷新本页。"))
    return redirect("catalog:rollups")
