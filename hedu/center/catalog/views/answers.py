"""Questions of the pages' islands -> JSON and files, always under the asker's access."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET, require_POST

from hedu.center.catalog import exporting, figures, reads
from hedu.center.kernel.reading import found
from hedu.errors import QueryError

METRICS_MOST = 30
JSON_ROWS_MOST = 5_000
EXPORT_ROWS_MOST = 200_000
_LISTS = ("metrics", "by", "where", "compare", "order")


def question_of(given: Any, most: int) -> dict[str, Any]:
    """A question as the islands send it. QueryError where it is not one."""
    if not isinstance(given, dict):
        raise QueryError("question-not-json")
    question: dict[str, Any] = {}
    for key in _LISTS:
        value = given.get(key) or []
        value = [value] if isinstance(value, str) else value
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise QueryError("question-field-wrong", field=key)
        question[key] = tuple(value)
    for key in ("since", "until", "as_of"):
        value = given.get(key)
        if value is not None and not isinstance(value, str):
            raise QueryError("question-field-wrong", field=key)
        question[key] = value or None
    for key in ("window", "time_zone", "currency"):
        value = given.get(key)
        if value is not None and not isinstance(value, str):
            raise QueryError("question-field-wrong", field=key)
        question[key] = value or None
    question["parameters"] = _parameters(given.get("parameters"))
    limit = given.get("limit")
    if limit is not None and (not isinstance(limit, int) or isinstance(limit, bool) or limit < 1):
        raise QueryError("question-field-wrong", field="limit")
    question["limit"] = min(limit or most, most)
    question["totals"] = bool(given.get("totals"))
    return question


def _parameters(value: Any) -> dict[str, str]:
    """Values of parameters by name; one that is empty is not set."""
    held = {} if value is None else value
    if not isinstance(held, dict) or not all(isinstance(item, str | int | float | bool) for item in held.values()):
        raise QueryError("question-field-wrong", field="parameters")
    return {name: item for name, item in held.items() if item != ""}


def body_of(request: HttpRequest) -> Any:
    """The JSON a request carries. QueryError where it is none."""
    try:
        return json.loads(request.body or b"{}")
    except (ValueError, UnicodeDecodeError):
        raise QueryError("question-not-json") from None


def said(body: Any, status: int = 200) -> JsonResponse:
    return JsonResponse(body, status=status, json_dumps_params={"ensure_ascii": False})


@require_POST
def ask(request: HttpRequest) -> HttpResponse:
    """Ask a question; the answer is the Result as islands read it."""
    result = reads.ask(request.actor, **question_of(body_of(request), JSON_ROWS_MOST))
    return said(reads.result_json(result, request.lang, request.actor))


@require_POST
def unmatched(request: HttpRequest) -> HttpResponse:
    """The rows of a question's answer that stand under NULL because a join found no partner."""
    who = reads.asker(request.actor)
    return said({"unmatched": who.unmatched(**question_of(body_of(request), JSON_ROWS_MOST))})


@require_POST
def export(request: HttpRequest) -> HttpResponse:
    """The answer to a question as a CSV file or a workbook (?format=)."""
    return _file(request, question_of(body_of(request), EXPORT_ROWS_MOST), "hedu")


@require_GET
def export_metric(request: HttpRequest, name: str) -> HttpResponse:
    """A metric's course over time as a file."""
    row = reads.metric_named(request.actor, name)
    grain = reads.grain_named(row.name)
    by = f"metric_time.{grain}"
    return _file(request, {"metrics": (row.name,), "by": (by,), "order": (by,)}, row.label(request.lang))


@require_GET
def metrics(request: HttpRequest) -> HttpResponse:
    """Metrics for pickers: ?q=."""
    hits = reads.search(request.actor, request.GET.get("q", ""))
    rows = reads.rows_of(request.actor, hits.ids[:METRICS_MOST])
    shown = [reads.entry_json(row, request.lang) for row in rows]
    return said({"metrics": [{**row, "domain": figures.worded(row["domain"])} for row in shown]})


@require_GET
def dimensions(request: HttpRequest) -> HttpResponse:
    """What metrics can be split by, and what else a question may set: ?metrics=a,b."""
    named = _named(request)
    choices = reads.choices_for(request.actor, named)
    return said({"dimensions": reads.dimensions_of(request.actor, named), "choices": choices})


@require_GET
def values(request: HttpRequest) -> HttpResponse:
    """Values of a dimension: ?dimension=…&q=…&metrics=a,b."""
    dimension = request.GET.get("dimension", "")
    if not dimension:
        raise QueryError("question-field-wrong", field="dimension")
    return said({"values": reads.values_of(request.actor, dimension, request.GET.get("q", ""), _named(request))})


@require_GET
def lineage(request: HttpRequest, name: str) -> HttpResponse:
    """The metric's graph for the lineage island."""
    row = reads.metric_named(request.actor, name)
    return said(reads.lineage_of(reads.asker(request.actor), metric=row.name))


@require_GET
def dataset_lineage(request: HttpRequest, name: str) -> HttpResponse:
    """The dataset's graph for the lineage island."""
    row = found(reads.datasets_visible_to(request.actor), name=name)
    return said(reads.lineage_of(reads.asker(request.actor), dataset=row.name))


def _named(request: HttpRequest) -> tuple[str, ...]:
    return tuple(item for item in request.GET.get("metrics", "").split(",") if item)


def _file(request: HttpRequest, question: dict[str, Any], title: str) -> HttpResponse:
    who = reads.asker(request.actor)
    result = who.ask(**question)
    if request.GET.get("format") == "xlsx":
        told = exporting.Told(request.actor.name, timezone.localtime(), who.served.words, request.lang)
        return _sent(exporting.as_excel(result, told), exporting.EXCEL_TYPE, f"{title}.xlsx")
    return _sent(exporting.as_csv(result, request.lang), exporting.CSV_TYPE, f"{title}.csv")


def _sent(content: bytes, kind: str, filename: str) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = content_disposition_header(True, filename) or ""
    return response
