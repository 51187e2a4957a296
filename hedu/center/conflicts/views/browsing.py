"""The list, the board, one case with its evidence."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from hedu.center.conflicts import reads, rules
from hedu.center.conflicts.models import Case, Decision, Kind, Severity, State
from hedu.center.conflicts.views.showing import Shown, shown, shown_live
from hedu.center.kernel.reading import found, page_of
from hedu.center.people.reads import today
from hedu.center.people.reads import visible_to as departments
from hedu.center.proposals.reads import LIVE

MENTIONED_MOST = 4
ASKED = ("q", "state", "kind", "severity", "department", "metric", "mine")


def _asked(request: HttpRequest) -> dict[str, str]:
    return {key: request.GET.get(key, "").replace("\x00", "").strip()[:200] for key in ASKED}


def _lines(request: HttpRequest, rows: Any) -> list[dict[str, Any]]:
    found = list(rows)
    words = reads.words_told(request.actor, found, request.lang)
    return [{"case": row, "sentence": words[row.pk]} for row in found]


def _around(request: HttpRequest, asked: dict[str, str]) -> dict[str, Any]:
    return {
        "asked": asked,
        "counts": reads.counted(request.actor),
        "kinds": Kind.choices,
        "states": State.choices,
        "severities": Severity.choices,
        "departments": departments(request.actor).filter(is_active=True),
        "last": reads.last_scan(request.actor),
        "is_scanning": reads.is_scanning(request.actor),
        "may_scan": rules.may_scan(request.actor.is_admin, request.actor.all_roles),
        "today": today(),
    }


@require_GET
def cases(request: HttpRequest) -> HttpResponse:
    """Cases with counters that are filters."""
    asked = _asked(request)
    page = page_of(request, reads.listed(request.actor, asked), 25)
    context = _around(request, asked) | {"page": page, "lines": _lines(request, page.object_list)}
    return render(request, "conflicts/cases.html", context)


@require_GET
def board(request: HttpRequest) -> HttpResponse:
    """Open cases in columns by state."""
    asked = _asked(request)
    labels = dict(State.choices)
    found = reads.on_board(request.actor, asked)
    words = reads.words_told(request.actor, [row for _, rows, _ in found for row in rows], request.lang)
    columns = [
        {
            "state": state,
            "label": labels[state],
            "count": count,
            "more": count - len(rows),
            "lines": [{"case": row, "sentence": words[row.pk]} for row in rows],
        }
        for state, rows, count in found
    ]
    return render(request, "conflicts/board.html", _around(request, asked) | {"columns": columns})


@require_GET
def case(request: HttpRequest, case: int) -> HttpResponse:
    """One case: its sentence, parties, evidence, positions, decision and history."""
    row = found(reads.visible_to(request.actor), pk=case)
    standing = reads.standing_of(request.actor, row)
    exhibits = shown(request, row)
    proposals = reads.proposals_of(request.actor, row)
    context = {
        "case": row,
        "sentence": reads.words_told(request.actor, [row], request.lang)[row.pk],
        "may_see_raised": reads.may_see_raised(request.actor, row),
        "facets": reads.facets_told(row, request.lang),
        "metrics": reads.metrics_of(row, request.lang),
        "parties": reads.parties(row),
        "exhibits": exhibits,
        "hidden": sorted({name for exhibit in exhibits for name in exhibit.hidden}),
        "finding": reads.latest(row),
        "changed_since": reads.has_changed_since(row),
        "positions": reads.positions_of(row),
        "timeline": reads.timeline_told(request.actor, row),
        "proposals": proposals,
        "is_being_signed": any(one.state in LIVE for one in proposals),
        "today": today(),
        **_deeds(request, row, standing),
    }
    return render(request, "conflicts/case.html", context)


def _deeds(request: HttpRequest, row: Case, standing: rules.Standing) -> dict[str, Any]:
    """What this person may do now, and what they choose from."""
    has_mediator = row.mediator_id is not None
    is_raiser = row.raised_by_id is not None and row.raised_by_id == request.actor.user_id
    may = {
        deed: standing.may(deed if deed != "accept" else "decide", has_mediator) and rules.may_move(deed, row.state)
        for deed in rules.MOVES
    }
    may["verify"] = (may["verify"] or (is_raiser and rules.may_move("verify", row.state))) and row.state != "verified"
    may["apply"] = may["apply"] and row.decision in rules.CHANGING and not row.proposals
    if row.decision in rules.CHANGING and row.state == "decided":
        may["verify"] = False
    may["state_position"] = row.is_open and standing.is_party
    may["escalate"] = row.is_open and standing.may("escalate", has_mediator) and bool(rules.next_rung(row.escalated))
    context: dict[str, Any] = {"may": may, "standing": standing, "speaks_for": []}
    if may["assign_mediator"]:
        context["mediators"] = reads.mediators_for(request.actor, row)
    if may["decide"]:
        context["decisions"] = _decisions(row)
    if may["merge"]:
        context["similar"] = _lines(request, reads.similar_to(request.actor, row))
    if may["state_position"]:
        context["speaks_for"] = [party for party in reads.parties(row) if party.pk in standing.speaks_for]
        context["preferences"] = _decisions(row)
    return context


def _decisions(row: Case) -> list[tuple[str, Any]]:
    """Those that could settle it first; what needs two metrics only where there are two."""
    labels = dict(Decision.choices)
    first = [name for name in row.settles if name in labels]
    rest = [name for name in rules.DECISIONS if name not in first]
    allowed = [name for name in (*first, *rest) if len(row.names) > 1 or name not in rules.CHANGING]
    return [(name, labels[name]) for name in allowed]


@require_GET
def of_metric(request: HttpRequest, metric: str) -> HttpResponse:
    """The open cases of a metric, for its page; nothing where there are none."""
    rows = list(reads.open_cases_of(request.actor, metric)[:MENTIONED_MOST])
    return render(request, "conflicts/of_metric.html", {"lines": _lines(request, rows), "metric": metric})


@require_GET
def live(request: HttpRequest, case: int) -> HttpResponse:
    """The case's questions asked now, as whoever looks: stands beside the frozen evidence."""
    row = found(reads.visible_to(request.actor), pk=case)
    told: list[Shown] = shown_live(request, row)
    return render(request, "conflicts/live.html", {"case": row, "exhibits": told})


@require_GET
def check(request: HttpRequest, case: int) -> HttpResponse:
    """Whether the detector is still looking; once it is not, the page is fetched anew."""
    row = found(reads.visible_to(request.actor), pk=case)
    answer = render(request, "conflicts/checking.html", {"case": row})
    if not row.check_state:
        answer["HX-Refresh"] = "true"
    return answer
