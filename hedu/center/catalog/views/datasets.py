"""Pages of datasets: what there is, its columns in words, how fresh it is, who uses it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from hedu.center.catalog import figures, reads
from hedu.center.catalog.wording import AGGREGATIONS, TYPES
from hedu.center.kernel.reading import found, page_of


@require_GET
def datasets(request: HttpRequest) -> HttpResponse:
    """Every dataset the person may see."""
    rows = reads.datasets_visible_to(request.actor).order_by("name")
    q = request.GET.get("q", "").strip()
    if q:
        rows = reads.datasets_matching(rows, q)
    who = reads.asker(request.actor)
    counts = reads.metric_counts(who)
    page = page_of(request, rows, 50)
    fresh = reads.freshness(who)
    shown = [(row, counts.get(row.name, 0), fresh.get(row.name, "")) for row in page]
    may_create = request.actor.is_admin or bool(reads.edited_departments(request.actor))
    context = {"page": page, "rows": shown, "q": q, "may_create": may_create}
    return render(request, "catalog/datasets.html", context)


@require_GET
def dataset(request: HttpRequest, name: str) -> HttpResponse:
    """One dataset."""
    row = found(reads.datasets_visible_to(request.actor), name=name)
    who = reads.asker(request.actor)
    served = who.workspace.model.datasets.get(row.name)
    masked = {mask.column for mask in who.access.masks if mask.dataset == row.name}
    context: dict[str, Any] = {
        "row": row,
        "definition": served.definition if served else None,
        "masked": masked,
        "filters": [item.where for item in who.access.rows if item.dataset == row.name],
        "measures": _measures(served, request.lang) if served else [],
        "types": {name: label.text(request.lang) for name, label in TYPES.items()},
        "joins": [(join.role, join.right) for join in served.joins] if served else [],
        "fresh": reads.freshness(who).get(row.name, ""),
        "metrics": reads.metrics_on(request.actor, who, row.name),
        "versions": list(reads.versions_of(request.actor, row)),
        "spokespeople": reads.spokespeople(row.department_id),
        "may_edit": reads.may_edit_for(request.actor, row.department_id),
        "may_see_sql": reads.may_see_sql(request.actor),
        "lineage_props": reads.lineage_of(who, dataset=row.name),
        "tab": request.GET.get("tab", "columns"),
    }
    return render(request, "catalog/dataset.html", context)


def _measures(served: Any, lang: str) -> list[dict[str, Any]]:
    written = {item.name: item for item in served.definition.measures} if served.definition else {}
    return [
        {
            "name": measure.name,
            "label": measure.label.text(lang, measure.name),
            "how": AGGREGATIONS[measure.agg].text("en" if lang == "en" else "zh"),
            "expr": written[name].expr if name in written else "",
            "where": written[name].where if name in written else "",
            "unit": figures.worded(measure.unit, "en" if lang == "en" else "zh"),
            "additive": measure.is_additive,
        }
        for name, measure in served.measures.items()
    ]
