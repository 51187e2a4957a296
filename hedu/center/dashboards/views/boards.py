"""Pages of boards: the list, one board with its island, what changes it, its export."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from hedu.center.catalog import exporting
from hedu.center.catalog import reads as catalog
from hedu.center.catalog.actions.uses import note_use
from hedu.center.dashboards import actions, reads
from hedu.center.dashboards.export import Sheet, workbook
from hedu.center.dashboards.models import Dashboard
from hedu.center.dashboards.views.exchange import addresses, body_of, handed_over, said
from hedu.center.kernel.reading import page_of, whole
from hedu.errors import HeduError

TABS = ("all", "starred", "mine", "department", "company")


@require_GET
def boards(request: HttpRequest) -> HttpResponse:
    """The boards one may open: tabs by audience, search, favourites first."""
    which = request.GET.get("which", "all")
    words = request.GET.get("q", "").replace("\x00", "").strip()
    page = page_of(request, reads.boards_listed(request.actor, which, words), 24)
    gone = reads.deleted_by_me(request.actor)[1].filter(owner_id=request.actor.user_id)
    context = {
        "page": page,
        "which": which if which in TABS else "all",
        "q": words,
        "gone": gone.order_by("-deleted_at")[:10],
        "departments": reads.departments_of(request.actor),
    }
    return render(request, "dashboards/boards.html", context)


@require_POST
def new_board(request: HttpRequest) -> HttpResponse:
    row = actions.create_dashboard(
        request.actor, name=request.POST.get("name", ""), scope=request.POST.get("scope", "private")
    )
    messages.success(request, _("看板“%(name)s”已建立，从探索里把图表加进来。") % {"name": row.name})
    return redirect("dashboards:board", board=row.pk)


@require_GET
def board(request: HttpRequest, board: int) -> HttpResponse:
    """One board. Its tiles ask from the browser, as whoever looks."""
    row = reads.board_opened(request.actor, board)
    note_use("dashboard", row.pk)
    keeps = reads.may_keep(request.actor, row)
    context = {
        "board": row,
        "keeps": keeps,
        "is_starred": row.stars.filter(user_id=request.actor.user_id).exists(),
        "props": _props(request, row, keeps),
        "departments": reads.departments_of(request.actor),
        "views": reads.views_listed(request.actor)[:100] if keeps else (),
        "tiles": len(row.tiles.all()),
    }
    return render(request, "dashboards/board.html", context)


def _props(request: HttpRequest, row: Dashboard, keeps: bool) -> dict[str, Any]:
    return {
        **addresses(),
        "id": row.pk,
        "title": row.name,
        "version": row.version,
        "tiles": [tile.as_json() for tile in row.tiles.all()],
        "filters": row.filters,
        "canEdit": keeps,
        "canSeeSql": catalog.may_see_sql(request.actor),
        "saveUrl": reverse("dashboards:save_layout", args=[row.pk]),
        "exploreUrl": reverse("dashboards:explore"),
    }


@require_http_methods(["PUT", "POST"])
def save_layout(request: HttpRequest, board: int) -> JsonResponse:
    """The whole board as its island sends it. 409 when somebody saved meanwhile."""
    body = body_of(request)
    row = actions.save_layout(
        request.actor,
        board,
        version=body.get("version", 0),
        title=body.get("title") or "",
        tiles=body.get("tiles", []),
        filters=body.get("filters"),
    )
    return said({"version": row.version, "tiles": [tile.as_json() for tile in row.tiles.all()]})


@require_POST
def add_tile(request: HttpRequest, board: int) -> JsonResponse:
    return _added(request, board, body_of(request))


@require_POST
def new_with_tile(request: HttpRequest) -> JsonResponse:
    """A new board named after its first tile."""
    body = body_of(request)
    row = actions.create_dashboard(request.actor, name=body.get("title", ""))
    return _added(request, row.pk, body)


def _added(request: HttpRequest, board: int, body: dict[str, Any]) -> JsonResponse:
    given = body.get("view")
    title = body.get("title") if isinstance(body.get("title"), str) else ""
    if isinstance(given, dict):
        tile = actions.add_tile(
            request.actor, board, title=title, question=given.get("question"), chart=given.get("chart")
        )
    else:
        view = given if isinstance(given, int) else None
        tile = actions.add_tile(request.actor, board, title=title, view=view, text=str(body.get("text") or ""))
    return said({**tile.as_json(), "url": reverse("dashboards:board", args=[board])})


@require_POST
def add_view(request: HttpRequest, board: int) -> HttpResponse:
    """A saved view or a note onto the board, from the board's own page."""
    text = request.POST.get("text", "").strip()
    chosen = request.POST.get("view", "")
    view = None if text else whole(chosen)
    actions.add_tile(request.actor, board, view=view, text=text)
    return redirect("dashboards:board", board=board)


@require_GET
def export_board(request: HttpRequest, board: int) -> HttpResponse:
    """Every tile of the board as a sheet of one workbook, asked as whoever exports."""
    row = reads.board_opened(request.actor, board)
    sheets = []
    for tile, question in reads.tiles_asked(row):
        try:
            sheets.append(Sheet(tile.shown_title, reads.answer(request.actor, question)))
        except HeduError as error:
            sheets.append(Sheet(tile.shown_title, None, error.problem.what(request.lang)))
    content = workbook(sheets or [Sheet(row.name, None)], request.lang)
    return handed_over(content, exporting.EXCEL_TYPE, f"{row.name}.xlsx")


@require_POST
def rename_board(request: HttpRequest, board: int) -> HttpResponse:
    actions.rename_dashboard(request.actor, board, name=request.POST.get("name", ""))
    messages.success(request, _("已改名。"))
    return redirect("dashboards:board", board=board)


@require_POST
def share_board(request: HttpRequest, board: int) -> HttpResponse:
    row = actions.share_dashboard(
        request.actor,
        board,
        scope=request.POST.get("scope", ""),
        department=request.POST.get("department", ""),
    )
    messages.success(
        request, _("“%(name)s”的可见范围：%(scope)s。") % {"name": row.name, "scope": row.get_scope_display()}
    )
    return redirect("dashboards:board", board=board)


@require_POST
def duplicate_board(request: HttpRequest, board: int) -> HttpResponse:
    row = actions.duplicate_dashboard(request.actor, board)
    messages.success(request, _("已复制为“%(name)s”，目前仅您自己可见。") % {"name": row.name})
    return redirect("dashboards:board", board=row.pk)


@require_POST
def delete_board(request: HttpRequest, board: int) -> HttpResponse:
    row = actions.delete_dashboard(request.actor, board)
    messages.success(request, _("“%(name)s”已删除，30 天内可在本页底部恢复。") % {"name": row.name})
    return redirect("dashboards:boards")


@require_POST
def restore_board(request: HttpRequest, board: int) -> HttpResponse:
    row = actions.restore_dashboard(request.actor, board)
    messages.success(request, _("“%(name)s”已恢复。") % {"name": row.name})
    return redirect("dashboards:board", board=row.pk)


@require_POST
def star(request: HttpRequest, board: int) -> HttpResponse:
    """Toggle the star; htmx gets the button back."""
    row = actions.star(request.actor, board, on=request.POST.get("on") == "1")
    context = {"board": row, "is_starred": request.POST.get("on") == "1"}
    if request.headers.get("HX-Request"):
        return render(request, "dashboards/star.html", context)
    return redirect("dashboards:boards")
