"""Pages to find metrics by: the catalog, values at a glance, reviews due, the glossary."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from hedu.center.catalog import figures, reads
from hedu.center.catalog.glossary import TERMS
from hedu.center.catalog.models import Metric
from hedu.center.catalog.searching import FACETS

CARDS, ROWS = 24, 50
SORTS = ("best", "popular", "name", "changed")
GLANCES_MOST = 60


@require_GET
def metrics(request: HttpRequest) -> HttpResponse:
    """The catalog: search, facets, cards or a table."""
    chosen = {facet: request.GET.getlist(facet) for facet in FACETS}
    q = request.GET.get("q", "").strip()[:200]
    sort = request.GET.get("sort", "best")
    view = "table" if request.GET.get("view") == "table" else "cards"
    hits = reads.search(request.actor, q, chosen, sort if sort in SORTS else "best")
    starred = reads.favourites_of(request.actor)
    ids = [pk for pk in hits.ids if pk in starred] if request.GET.get("starred") else list(hits.ids)
    page = Paginator(ids, ROWS if view == "table" else CARDS).get_page(request.GET.get("page"))
    context = {
        "q": q,
        "sort": sort,
        "view": view,
        "page": page,
        "rows": reads.rows_of(request.actor, list(page.object_list)),
        "starred": starred,
        "only_starred": bool(request.GET.get("starred")),
        "facets": _facets(request, hits.facets, chosen),
        "is_narrowed": bool(q or any(chosen.values()) or request.GET.get("starred")),
        "may_create": request.actor.is_admin or bool(reads.edited_departments(request.actor)),
        "sorts": _sorts(),
    }
    return render(request, "catalog/metrics.html", context)


@require_GET
def glance(request: HttpRequest) -> HttpResponse:
    """The latest values of the metrics on a page (?m=name&m=…), for htmx to put into their cards."""
    names = request.GET.getlist("m")[:GLANCES_MOST]
    who = reads.asker(request.actor)
    seen = {row.name: row for row in reads.visible_to(request.actor).filter(name__in=names)}
    shown = [(seen[name], reads.headline(who, name, request.lang)) for name in names if name in seen]
    return render(request, "catalog/glance.html", {"shown": shown})


@require_GET
def reviews(request: HttpRequest) -> HttpResponse:
    """Definitions that somebody should look at again."""
    everybody = request.GET.get("all") == "1"
    due = reads.reviews_due(request.actor, everybody=everybody)
    rows = [(item, reads.may_vouch_for(request.actor, item.metric.department_id)) for item in due]
    late = sum(item.days_late > 0 for item in due)
    return render(request, "catalog/reviews.html", {"rows": rows, "everybody": everybody, "late": late})


@require_GET
def glossary(request: HttpRequest) -> HttpResponse:
    """The words of the product."""
    terms = [
        {"key": term.key, "name": term.name(request.lang), "means": term.means(request.lang),
         "other": term.name("zh" if request.lang == "en" else "en"), "also": term.also}
        for term in TERMS
    ]  # fmt: skip
    return render(request, "catalog/glossary.html", {"terms": terms})


def _sorts() -> list[tuple[str, str]]:
    return [("best", _("最相关")), ("popular", _("最常用")), ("name", _("按名称")), ("changed", _("最近更新"))]


def _facets(
    request: HttpRequest, counts: Mapping[str, Counter[str]], chosen: Mapping[str, list[str]]
) -> list[dict[str, Any]]:
    """Each facet with its values, most frequent first, and whether they are ticked."""
    departments = {code: row.name for code, row in reads.departments_by_code(request.actor).items()}
    people = reads.people_named(request.actor, [*counts["owner"], *chosen["owner"]])
    names: dict[str, Mapping[str, Any]] = {
        "owner": {username: user.name for username, user in people.items()},
        "department": departments,
        "kind": dict(Metric.Kind.choices),
        "type": dict(Metric.Type.choices),
        "certified": {"yes": _("已认证"), "no": _("未认证")},
    }
    titles = {
        "department": _("负责部门"),
        "domain": _("业务域"),
        "kind": _("类别"),
        "type": _("类型"),
        "certified": _("认证"),
        "owner": _("负责人"),
    }
    shown = []
    for facet in FACETS:
        ticked = set(chosen[facet])
        known = counts[facet]
        values = sorted({*known, *ticked}, key=lambda value: (-known.get(value, 0), value))
        items = [
            {
                "value": value,
                "label": names[facet].get(value, value) if facet in names else figures.worded(value),
                "count": known.get(value, 0),
                "on": value in ticked,
            }
            for value in values
        ]
        if items:
            shown.append({"name": facet, "title": titles[facet], "values": items, "on": bool(ticked)})
    return shown
