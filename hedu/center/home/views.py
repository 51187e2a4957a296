"""Home and the page that tells administrators how the system is."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from hedu.center.catalog import reads as catalog
from hedu.center.home import actions, pulse, reads, waiting
from hedu.center.home.recent import KEY
from hedu.center.home.status import status_of
from hedu.errors import Denied, HeduError


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Everything that needs no question is there at once; numbers too when they are known, else they follow."""
    actor = request.actor
    who = catalog.asker(actor)
    mine, watched = reads.my_metrics(actor), reads.watched(actor)
    tasks, asked = waiting.tasks(actor)
    todo, more = waiting.waiting_for(actor)
    context: dict[str, Any] = {
        "has_metrics": bool(mine),
        "tasks": tasks,
        "asked": asked,
        "todo": todo,
        "more": more,
        "recent": reads.recent(actor, request.session.get(KEY, []), request.lang),
        "guide": reads.guide_of(actor) if reads.guide_is_shown(actor) else None,
    }
    try:
        context |= _numbers(request, who, mine, watched)
    except HeduError as error:
        context["fault"] = error.problem.as_json(request.lang)
    return render(request, "home/home.html", context)


def _numbers(request: HttpRequest, who: catalog.Asker, mine: Any, watched: Any) -> dict[str, Any]:
    """Those numbers that can be shown without asking anything."""
    told: dict[str, Any] = {"freshness": reads.freshness(who)}
    if pulse.are_known(who, [row.name for row in mine]):
        told["cards"] = reads.cards(who, mine, request.lang)
    if pulse.are_known(who, [row.name for row in watched]):
        told |= {"moved": reads.moved(who, watched, request.lang), "watched": len(watched), "moved_known": True}
    return told


@require_GET
def metrics(request: HttpRequest) -> HttpResponse:
    """The cards of one's metrics, as a fragment."""
    who = catalog.asker(request.actor)
    cards = reads.cards(who, reads.my_metrics(request.actor), request.lang)
    return render(request, "home/cards.html", {"cards": cards})


@require_GET
def moved(request: HttpRequest) -> HttpResponse:
    """What moved, as a fragment."""
    who = catalog.asker(request.actor)
    watched = reads.watched(request.actor)
    context = {"moved": reads.moved(who, watched, request.lang), "watched": len(watched)}
    return render(request, "home/moved.html", context)


@require_POST
def guide(request: HttpRequest) -> HttpResponse:
    """Put the guide away, or bring it back."""
    actions.show_guide(request.actor, on=request.POST.get("on") == "1")
    return redirect("home:home")


@require_GET
def system(request: HttpRequest) -> HttpResponse:
    """For administrators: data version, loads with their rejects, the catalog's state, jobs."""
    if not request.actor.is_admin:
        raise Denied("page-for-administrators", page=_("系统状态"))
    status = status_of(request.actor)
    context = {
        "status": status,
        "fault": status.fault.as_json(request.lang) if status.fault else None,
        "problems": [problem.as_json(request.lang) for problem in status.problems[:100]],
    }
    return render(request, "home/system.html", context)
