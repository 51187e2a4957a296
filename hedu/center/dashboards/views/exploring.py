"""The explorer, and keeping what it shows. What its island asks, the catalog answers."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from hedu.center.catalog import reads as catalog
from hedu.center.dashboards import actions, reads
from hedu.center.dashboards.models import SavedView
from hedu.center.dashboards.views.exchange import addresses, body_of, said
from hedu.center.kernel.reading import found, whole


@require_GET
def explore(request: HttpRequest) -> HttpResponse:
    """The explorer: the address holds the question; `?view=` opens a saved one."""
    told = _under_names_of_today(request)
    if told != request.GET:
        return redirect(f"{request.path}?{told.urlencode()}")
    asked = request.GET.get("view", "")
    view = found(reads.views_visible_to(request.actor), pk=asked) if asked else None
    keeps = view is not None and reads.may_keep(request.actor, view)
    props: dict[str, Any] = {
        **addresses(),
        "saveUrl": _save_url(view if keeps else None),
        "boardsUrl": reverse("dashboards:boards_to_add"),
        "canSeeSql": catalog.may_see_sql(request.actor),
    }
    if view is not None:
        props |= {"question": view.question, "kind": view.chart.get("kind"), "title": view.name}
    if view is not None and keeps:
        props["viewId"] = view.pk
    context = {"props": props, "view": view, "keeps": keeps, "departments": reads.departments_of(request.actor)}
    return render(request, "dashboards/explore.html", context)


def _under_names_of_today(request: HttpRequest) -> QueryDict:
    """The address with metrics under the names they have now."""
    told = request.GET.copy()
    question = {key: told.getlist(key) for key in catalog.NAMING if key in told}
    for key, values in catalog.asker(request.actor).now(question).items():
        told.setlist(key, values)
    return told


def _save_url(view: SavedView | None) -> str:
    url = reverse("dashboards:save_view")
    return url if view is None else f"{url}?version={view.version}"


@require_POST
def save_view(request: HttpRequest) -> JsonResponse:
    """Keep what the explorer shows: over the view it came from, else as a new one."""
    body = body_of(request)
    given = {"question": body.get("question"), "chart": body.get("chart")}
    if body.get("id") is None:
        row = actions.save_view(request.actor, name=body.get("title", ""), **given)
    else:
        named = body["id"] if type(body["id"]) is int else 0
        known = found(reads.views_visible_to(request.actor), pk=named)
        seen = whole(request.GET.get("version", ""))
        version = known.version if seen is None else seen
        row = actions.update_view(request.actor, known.pk, version=version, name=body.get("title", ""), **given)
    return said({"id": row.pk, "url": f"{reverse('dashboards:explore')}?view={row.pk}", "saveUrl": _save_url(row)})


@require_GET
def boards_to_add(request: HttpRequest) -> JsonResponse:
    """The boards a tile can be put on, and a new one."""
    told = [
        {"id": row.pk, "title": row.name, "addUrl": reverse("dashboards:add_tile", args=[row.pk])}
        for row in reads.boards_one_keeps(request.actor)[:30]
    ]
    new = {"id": "new", "title": _("新建看板…"), "addUrl": reverse("dashboards:new_with_tile")}
    return said({"boards": [*told, new]})
