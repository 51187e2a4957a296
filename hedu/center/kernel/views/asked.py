"""Pages of the inbox: what one is asked, done at once where one click suffices, and how one wants to hear."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from hedu.center.kernel import actions, forms, inbox, reads
from hedu.center.kernel.action import perform
from hedu.center.kernel.actors import department_names
from hedu.center.kernel.channels import Type, Way
from hedu.center.kernel.models import Task
from hedu.center.kernel.reading import found, whole
from hedu.errors import Denied, HeduError

DONE_MOST = 60


@require_GET
def tasks(request: HttpRequest) -> HttpResponse:
    """What waits, by role, the overdue first; or what was done lately."""
    box = inbox.opened_box(request.actor, request.GET.get("kind", ""), request.GET.get("department", ""))
    is_done = request.GET.get("show") == "done"
    context = {
        "box": box,
        "departments": department_names(box.departments),
        "is_done": is_done,
        "done": inbox.lately_done(request.actor)[:DONE_MOST] if is_done else (),
        "kinds": Task.Kind.choices,
        "undo": request.session.pop("tasks_read", None) if not is_done else None,
    }
    return render(request, "kernel/inbox.html", context)


@require_GET
def open_task(request: HttpRequest, task: int) -> HttpResponse:
    """To what the task is about."""
    row = found(reads.tasks_visible_to(request.actor), pk=task)
    return redirect(row.url or "kernel:inbox")


@require_POST
def do_task(request: HttpRequest, task: int, place: int) -> HttpResponse:
    """The one-click deed of a task, done by the person who clicks; the deed itself decides whether they may."""
    row = found(inbox.open_tasks(request.actor), pk=task)
    try:
        deed = row.deeds[place]
    except IndexError:
        return redirect("kernel:inbox")
    try:
        perform(deed["action"])(request.actor, **deed["inputs"])
    except HeduError as error:
        if isinstance(error, Denied):
            raise
        messages.error(request, f"{error.problem.what(request.lang)} {error.problem.hint(request.lang)}")
    else:
        messages.success(request, _("已完成：%(name)s") % {"name": row})
    return redirect("kernel:inbox")


@require_POST
def read_tasks(request: HttpRequest) -> HttpResponse:
    """Mark the ticked ones as read, and offer to take it back."""
    ticked = [number for item in request.POST.getlist("task") if (number := whole(item)) is not None]
    marked = actions.mark_tasks_read(request.actor, tasks=ticked) if ticked else []
    if marked:
        request.session["tasks_read"] = marked
        said = ngettext("%(n)s 条已标为已读。", "%(n)s 条已标为已读。", len(marked)) % {"n": len(marked)}
        messages.success(request, said)
    else:
        messages.info(request, _("没有可以标为已读的待办：需要您会签、决定或答复的事项要打开办理。"))
    return redirect("kernel:inbox")


@require_POST
def take_back(request: HttpRequest) -> HttpResponse:
    ticked = [number for item in request.POST.getlist("task") if (number := whole(item)) is not None]
    actions.take_back_reading(request.actor, tasks=ticked)
    return redirect("kernel:inbox")


def hearing(request: HttpRequest) -> HttpResponse:
    """How one hears of each type of news, quiet hours, the digest."""
    row = reads.preference_of(request.actor)
    own = reads.channels_to_address()
    form = forms.Hearing(request.POST or None, preference=row, channels=own)
    if request.method == "POST" and form.is_valid():
        try:
            actions.choose_ways(request.actor, **form.chosen())
        except HeduError as error:
            form.add_error(None, f"{error.problem.what(request.lang)} {error.problem.hint(request.lang)}")
        else:
            messages.success(request, _("已保存。"))
            return redirect("kernel:hearing")
    context = {"form": form, "tab": "hearing", "types": Type.choices, "ways": Way.choices}
    return render(request, "kernel/hearing.html", context)
