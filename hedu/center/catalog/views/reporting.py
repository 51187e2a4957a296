"""Pages to hand in values: what is due, the form of a period, upload with preview, review and lock."""

from __future__ import annotations

import binascii
import json
from typing import Any

from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from hedu.center.catalog import actions, exporting, figures, reads, rules, sheets
from hedu.center.catalog.models import Metric
from hedu.errors import NotFound, QueryError

SHOWN_MOST = 200
SALT = "catalog.upload"
MOVES = {
    "submit": actions.submit_period,
    "review": actions.review_period,
    "return": actions.return_period,
    "lock": actions.lock_period,
    "unlock": actions.unlock_period,
}


@require_GET
def reported(request: HttpRequest) -> HttpResponse:
    """The reported metrics one fills in or reviews."""
    return render(request, "catalog/reported.html", {"rows": reads.reported_metrics(request.actor)})


def sheet(request: HttpRequest, name: str) -> HttpResponse:
    """The form of one period; POST keeps its values."""
    row = _row(request, name)
    if request.method == "POST":
        period = request.POST.get("period", "")
        rows = _posted(request, reads.reported_shape(row), period)
        if rows:
            actions.report_values(request.actor, name, rows=rows)
        messages.success(request, _("已保存 %(count)s 个数值。") % {"count": len(rows)})
        return redirect(f"{reverse('catalog:sheet', args=[name])}?period={period}")
    return render(request, "catalog/sheet.html", _sheet_context(request, row))


@require_GET
def template(request: HttpRequest, name: str) -> HttpResponse:
    """An empty CSV with the right columns and the cells of the period before."""
    row = _row(request, name)
    shown = reads.sheet_of(request.actor, row, _period_asked(request, row), request.lang)
    heads = [_("期间"), *shown.labels, _("数值")]
    lines = [[shown.period.code, *(text for _name, text in line.dimensions), ""] for line in shown.lines]
    content = exporting.plain_csv([heads, *lines])
    response = HttpResponse(content, content_type=exporting.CSV_TYPE)
    response["Content-Disposition"] = content_disposition_header(True, f"{row.label(request.lang)}.csv") or ""
    return response


@require_POST
def upload(request: HttpRequest, name: str) -> HttpResponse:
    """Look at an uploaded file: what would be taken, what is refused and why. Nothing is kept yet."""
    row = _row(request, name)
    file = request.FILES.get("file")
    if file is None:
        raise QueryError("question-field-wrong", field="file")
    read = reads.upload_rows(request.actor, row, file.name or "upload", file.read())
    shape = reads.reported_shape(row)
    context = {
        "row": row,
        "filename": file.name,
        "labels": _sheet_context(request, row)["sheet"].labels,
        "cells": [
            (
                rules.period_name(shape.grain, cell.period),
                [cell.dimensions[key] for key in shape.dimensions],
                format(cell.value.normalize(), "f"),
            )
            for cell in read.cells[:SHOWN_MOST]
        ],
        "more": max(0, len(read.cells) - SHOWN_MOST),
        "count": len(read.cells),
        "rejects": [(item.line, _why(item.code), item.found) for item in read.rejects],
        "kept": _packed(read.cells, shape),
    }
    return render(request, "catalog/upload.html", context)


@require_POST
def take(request: HttpRequest, name: str) -> HttpResponse:
    """Keep the rows of a file that was looked at."""
    rows = _unpacked(request.POST.get("kept", ""))
    periods = actions.report_values(request.actor, name, rows=rows)
    messages.success(request, _("已写入 %(count)s 个数值。") % {"count": len(rows)})
    last = max(rows, key=lambda item: str(item["period"]))["period"] if rows and periods else ""
    return redirect(f"{reverse('catalog:sheet', args=[name])}?period={last}")


@require_POST
def move(request: HttpRequest, name: str, deed: str) -> HttpResponse:
    """Submit, review, return, lock or unlock a period."""
    act = MOVES.get(deed)
    if act is None:
        raise NotFound("not-found", kind="deed", name=deed)
    period = request.POST.get("period", "")
    given = {"seen": request.POST.get("seen", "")} if deed == "review" else {}
    act(request.actor, name, period=period, note=request.POST.get("note", ""), **given)
    messages.success(request, _("期间 %(period)s 的状态已更新。") % {"period": period})
    return redirect(f"{reverse('catalog:sheet', args=[name])}?period={period}")


def _row(request: HttpRequest, name: str) -> Metric:
    return reads.metric_named(request.actor, name)


def _period_asked(request: HttpRequest, row: Metric) -> str:
    asked = request.GET.get("period", "")
    if asked:
        return asked
    periods = reads.periods_of(request.actor, row, request.lang)
    waiting = [item for item in periods if item.state == "submitted"]
    return (waiting or periods)[0].code


def _sheet_context(request: HttpRequest, row: Metric) -> dict[str, Any]:
    periods = reads.periods_of(request.actor, row, request.lang)
    shown = reads.sheet_of(request.actor, row, _period_asked(request, row), request.lang)
    return {
        "row": row,
        "periods": periods,
        "sheet": shown,
        "is_open": shown.period.state == "open",
        "may_report": reads.may_report_for(request.actor, row),
        "may_vouch": reads.may_vouch_for(request.actor, row.department_id),
        "may_review": reads.may_review(request.actor, row, shown.period.start),
        "unit": figures.unit_name(row.unit, request.lang),
        "state_names": dict(row.periods.model.State.choices),
        "blank_lines": range(3) if shown.shape.dimensions else (),
    }


def _posted(request: HttpRequest, shape: sheets.Shape, period: str) -> list[dict[str, Any]]:
    """The grid's cells that were changed: value-N with d-N-<dimension>, seen-N what stood there."""
    rows = []
    for key, value in request.POST.items():
        if not key.startswith("value-"):
            continue
        place = key.removeprefix("value-")
        dimensions = {name: request.POST.get(f"d-{place}-{name}", "").strip() for name in shape.dimensions}
        seen = request.POST.get(f"seen-{place}", "")
        if value.strip() == seen:
            continue
        rows.append({"period": period, **dimensions, "value": value.strip(), "seen": seen})
    return rows


def _why(code: str) -> str:
    return {
        "report-period-unreadable": _("期间无法识别"),
        "value-unreadable": _("不是数字"),
        "dimension-missing": _("缺少维度取值"),
        "dimension-unfit": _("维度取值过长，或含有换行等不可见字符"),
        "cell-twice": _("同一期间和维度重复出现"),
        "period-closed": _("该期间已提交或锁定"),
    }.get(code, code)


def _packed(cells: tuple[sheets.Cell, ...], shape: sheets.Shape) -> str:
    """The rows to take, signed, so that what was looked at is what is kept."""
    rows = [
        {"period": rules.period_name(shape.grain, cell.period), **cell.dimensions, "value": str(cell.value)}
        for cell in cells
    ]
    return signing.dumps(rows, salt=SALT, compress=True)


def _unpacked(text: str) -> list[dict[str, Any]]:
    try:
        rows = signing.loads(text, salt=SALT, max_age=3600)
    except (signing.BadSignature, binascii.Error, json.JSONDecodeError, ValueError):
        raise QueryError("question-field-wrong", field="kept") from None
    return list(rows)
