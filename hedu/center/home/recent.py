"""Pages opened -> the session remembers the last few, so that home can offer them again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse

KEPT = 12
KEY = "recent"
PAGES = {"catalog:metric": ("metric", "name"), "dashboards:board": ("dashboard", "board")}

Respond = Callable[[HttpRequest], HttpResponse]


def remember(get_response: Respond) -> Respond:
    """Middleware: note a metric or a board that was shown whole."""

    def respond(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if request.method == "GET" and response.status_code == 200:
            _note(request)
        return response

    return respond


def _note(request: HttpRequest) -> None:
    match = request.resolver_match
    if match is None or request.headers.get("HX-Request"):
        return
    if match.view_name == "dashboards:explore" and request.GET.get("view"):
        opened = ["view", request.GET["view"]]
    elif match.view_name in PAGES:
        kind, argument = PAGES[match.view_name]
        opened = [kind, str(match.kwargs[argument])]
    else:
        return
    session: Any = request.session
    kept = session.get(KEY, [])
    if kept[:1] != [opened]:
        session[KEY] = [opened, *(item for item in kept if item != opened)][:KEPT]
