"""Pages of saved views: the list, opening, renaming, sharing, files."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from hedu.center.catalog import exporting
from hedu.center.catalog import reads as catalog
from hedu.center.catalog.actions.uses import note_use
from hedu.center.dashboards import actions, reads, rules
from hedu.center.dashboards.views.boards import TABS
from hedu.center.dashboards.views.exchange import handed_over
from hedu.center.kernel.reading import found, page_of
from hedu.errors import QueryError


@require_GET
def views(request: HttpRequest) -> HttpResponse:
    """The saved views one may open: tabs by audience, search."""
    which = request.GET.get("which", "all")
    words = request.GET.get("q", "").replace("\x00", "").strip()
    page = page_of(request, reads.views_listed(request.actor, which, words), 40)
    labels = reads.metric_labels(request.actor, page, request.lang)
    for row in page:
        row.is_kept = reads.may_keep(request.actor, row)
        row.metrics_shown = [labels.get(name, name) for name in rules.metrics_of(row.question)]
    gone = reads.deleted_by_me(request.actor)[0].filter(owner_id=request.actor.user_id)
    context = {
        "page": page,
        "which": which if which in TABS else "all",
        "q": words,
        "gone": gone.order_by("-deleted_at")[:10],
    }
    return render(request, "dashboards/views.html", context)


@require_GET
def view(request: HttpRequest, view: int) -> HttpResponse:
    """Open a saved view in the explorer."""
    row = found(reads.views_visible_to(request.actor), pk=view)
    note_use("view", row.pk)
    return redirect(f"{reverse('dashboards:explore')}?view={row.pk}")


@require_GET
def export_view(request: HttpRequest, view: int, form: str) -> HttpResponse:
    """A saved view as a file, asked as whoever exports."""
    row, result = reads.answer_of_view(request.actor, view)
    match form:
        case "csv":
            content, kind = exporting.as_csv(result, request.lang), exporting.CSV_TYPE
        case "xlsx":
            words = catalog.asker(request.actor).served.words
            told = exporting.Told(request.actor.name, timezone.localtime(), words, request.lang)
            content, kind = exporting.as_excel(result, told), exporting.EXCEL_TYPE
        case _:
            raise QueryError("export-format-unknown", name=form)
    return handed_over(content, kind, f"{row.name}.{form}")


@require_POST
def rename_view(request: HttpRequest, view: int) -> HttpResponse:
    actions.rename_view(request.actor, view, name=request.POST.get("name", ""))
    messages.success(request, _("已改名。"))
    return _back(request, view)


@require_POST
def share_view(request: HttpRequest, view: int) -> HttpResponse:
    row = actions.share_view(
        request.actor,
        view,
        scope=request.POST.get("scope", ""),
        department=request.POST.get("department", ""),
    )
    told = {"name": row.name, "scope": row.get_scope_display()}
    messages.success(request, _("“%(name)s”的可见范围：%(scope)s。") % told)
    return _back(request, view)


@require_POST
def duplicate_view(request: HttpRequest, view: int) -> HttpResponse:
    row = actions.duplicate_view(request.actor, view)
    messages.success(request, _("已复制为“%(name)s”，目前仅您自己可见。") % {"name": row.name})
    return _back(request, row.pk)


@require_POST
def delete_view(request: HttpRequest, view: int) -> HttpResponse:
    row = actions.delete_view(request.actor, view)
    messages.success(request, _("“%(name)s”已删除，30 天内可在本页底部恢复。") % {"name": row.name})
    return redirect("dashboards:views")


@require_POST
def restore_view(request: HttpRequest, view: int) -> HttpResponse:
    row = actions.restore_view(request.actor, view)
    messages.success(request, _("“%(name)s”已恢复。") % {"name": row.name})
    return redirect("dashboards:views")


def _back(request: HttpRequest, view: int) -> HttpResponse:
    """To the explorer when the form stood there, else to the list."""
    if request.POST.get("from") == "explore":
        return redirect(f"{reverse('dashboards:explore')}?view={view}")
    return redirect("dashboards:views")
