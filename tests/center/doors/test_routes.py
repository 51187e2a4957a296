"""Every route of the site: strangers learn nothing, nobody gets a traceback, members reach no administration."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

OPEN_TO_STRANGERS = {
    "/health/",
    "/language/",
    "/demo/sign-in/",
    "/api/openapi.json",
}
SAMPLE = {"int": "1", "str": "x", "slug": "x", "path": "x", "uuid": "00000000-0000-0000-0000-000000000000"}
PLACE = re.compile(r"<(?:(\w+):)?\w+>")


def routes(patterns: list[object] | None = None, before: str = "/") -> Iterator[str]:
    for item in get_resolver().url_patterns if patterns is None else patterns:
        place = before + str(item.pattern)
        if isinstance(item, URLResolver):
            yield from routes(item.url_patterns, place)
        elif isinstance(item, URLPattern) and "(" not in place and "^" not in place:
            yield PLACE.sub(lambda match: SAMPLE.get(match[1] or "str", "1"), place)


ROUTES = sorted({route for route in routes() if not route.startswith("/accounts/")})


def test_the_routes_are_found():
    assert "/departments/" in ROUTES
    assert "/api/people/me" in ROUTES
    assert len(ROUTES) > 40


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_stranger_is_sent_away(route, method, client, db):
    answer = getattr(client, method)(route)
    if route in OPEN_TO_STRANGERS:
        assert answer.status_code < 500
    elif route.startswith("/api/") and route != "/api/docs/":
        assert answer.status_code in (401, 405) or route == "/api/"
    else:
        assert answer.status_code == 302, route
        assert answer["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_member_never_breaks_a_page(route, method, person, signed_in):
    """Whatever is asked with nothing in it: an answer or a typed refusal, never a fault of ours."""
    client = signed_in(person("lin", "sales"))
    client.raise_request_exception = False
    answer = getattr(client, method)(route)
    assert answer.status_code != 500, route
    if route.startswith("/admin/"):
        assert answer.status_code in (403, 404, 405) or (route == "/admin/audit/" and answer.status_code == 200)


@pytest.mark.parametrize("route", [route for route in ROUTES if "x" in route or "1" in route])
def test_what_is_not_there_and_what_may_not_be_seen_read_alike(route, person, signed_in):
    client = signed_in(person("lin", "sales"))
    client.raise_request_exception = False
    answer = client.get(route)
    assert answer.status_code in (200, 302, 400, 403, 404, 405), route
    assert b"Traceback" not in answer.content
