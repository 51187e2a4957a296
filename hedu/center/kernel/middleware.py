"""Request -> request that knows its door, its actor and its language; HeduError -> an answer."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.utils import translation
from django.utils.cache import patch_vary_headers

from hedu.center.kernel import faults
from hedu.center.kernel.actor import ANONYMOUS
from hedu.center.kernel.actors import actor_of
from hedu.center.kernel.passage import new_request_id, through
from hedu.errors import HeduError

Respond = Callable[[HttpRequest], HttpResponse]
LANGUAGE_COOKIE = "hedu_lang"
_REQUEST_ID = re.compile(r"[\w-]{1,40}")


def errors(get_response: Respond) -> Respond:
    """Give each request an id and a door, and turn our errors into answers."""

    def respond(request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-ID", "")
        request_id = given if _REQUEST_ID.fullmatch(given) else new_request_id()
        door = "rest" if request.path.startswith("/api/") else "page"
        with through(door, request_id):
            response = get_response(request)
        response["X-Request-ID"] = request_id
        return response

    def process_exception(request: HttpRequest, error: Exception) -> HttpResponse | None:
        return faults.answer(request, error) if isinstance(error, HeduError) else None

    respond.process_exception = process_exception  # type: ignore[attr-defined]
    return respond


def language(get_response: Respond) -> Respond:
    """Speak the person's language; before sign-in the cookie's, else the browser's, else Chinese."""

    def respond(request: HttpRequest) -> HttpResponse:
        code = _language_of(request)
        request.lang = "en" if code == "en" else "zh"  # type: ignore[attr-defined]
        request.LANGUAGE_CODE = code  # type: ignore[attr-defined]
        with translation.override(code):
            response = get_response(request)
            response.headers.setdefault("Content-Language", code)
            patch_vary_headers(response, ["Accept-Language"])
        return response

    return respond


def _language_of(request: HttpRequest) -> str:
    known = dict(settings.LANGUAGES)
    user: Any = request.user
    chosen = user.language if user.is_authenticated else request.COOKIES.get(LANGUAGE_COOKIE, "")
    if chosen in known:
        return str(chosen)
    accepted = request.headers.get("Accept-Language", "").lower()
    return "en" if accepted.startswith("en") else "zh-hans"


def _told_in_words(request: HttpRequest, bare: HttpResponse) -> HttpResponse:
    """Django answers a wrong method with an empty page, which a browser shows as its own fault."""
    response = faults.forms_only(request)
    response["Allow"] = bare["Allow"]
    return response


def actor(get_response: Respond) -> Respond:
    """Say who acts: `request.actor`."""

    def respond(request: HttpRequest) -> HttpResponse:
        known = request.user.is_authenticated
        request.actor = actor_of(request.user) if known else ANONYMOUS  # type: ignore[attr-defined]
        response = get_response(request)
        return _told_in_words(request, response) if isinstance(response, HttpResponseNotAllowed) else response

    return respond
