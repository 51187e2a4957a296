"""Every route and every action, asked by a member of another department: nothing leaks, nothing changes."""

from __future__ import annotations

import inspect
import itertools
import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.http import HttpResponse, StreamingHttpResponse
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse

from hedu.center.catalog import serving
from hedu.center.kernel.action import actions
from hedu.center.kernel.reading import readings
from hedu.errors import Denied, HeduError
from tests.house.secrets_of_sales import AMOUNT, MARK, Secrets, state, store, tell

ASKING = {
    "q": MARK[:4], "metrics": "revenue", "metric": "revenue", "by": "customer", "dimension": "customer",
    "path": "deals.customer", "names": "revenue,bonus", "format": "csv", "grain": "month",
}  # fmt: skip
QUESTIONS: list[dict[str, Any]] = [
    {"metrics": ["revenue"], "by": ["region", "customer", "phone"], "totals": True},
    {"metrics": ["revenue"], "by": ["metric_time.month"], "compare": ["previous"], "totals": True},
    {"metrics": ["bonus"], "by": ["receiver"]},
    {"metrics": [], "by": ["deals.customer"]},
    {"metrics": ["revenue"], "where": ["phone <> ''"]},
]
NUMBERS = (str(AMOUNT), f"{AMOUNT:,}", str(AMOUNT + 200), f"{AMOUNT + 200:,}", str(AMOUNT + 300), f"{AMOUNT + 300:,}")
# Leave the session alone: the outsider stays signed in.
NOT_WALKED = {"account_logout", "account_reauthenticate"}


@pytest.fixture
def secrets(db: None, settings: Any, tmp_path: Any) -> Iterator[Secrets]:
    settings.HEDU_ENGINE = store(tmp_path / "deals.duckdb")
    settings.MEDIA_ROOT = tmp_path
    yield tell()
    serving.forget()


@pytest.fixture
def outsider(secrets: Secrets) -> Client:
    return entered(secrets.finn)


def entered(user: Any) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def patterns(items: list[Any], space: str = "") -> Iterator[tuple[str, URLPattern]]:
    for item in items:
        if isinstance(item, URLResolver):
            inner = f"{space}{item.namespace}:" if item.namespace else space
            yield from patterns(item.url_patterns, inner)
        elif item.name:
            yield space, item


def routes(owned: dict[str, list[Any]]) -> list[str]:
    """Every path of the site, with each of the secret objects in its places."""
    found = []
    for space, pattern in patterns(get_resolver().url_patterns):
        if pattern.name in NOT_WALKED:
            continue
        places = list(pattern.pattern.regex.groupindex)
        more = {
            "form": ["csv", "xlsx"],
            "deed": ["submit", "lock", "cancel", "retry", "remove", "off", "sign", "veto", "withdraw", "rename"],
            "step": ["triage", "assign", "position", "decide", "dismiss", "reopen", "merge", "verify", "close"],
            "extension": [1],
            "provider": ["x"],
            "key": ["x"],
            "uidb36": ["1"],
        }
        values = [owned.get(place) or more.get(place, []) for place in places]
        for chosen in itertools.product(*values):
            try:
                found.append(reverse(space + str(pattern.name), kwargs=dict(zip(places, chosen, strict=True))))
            except NoReverseMatch:
                continue
    return sorted(set(found))


def words(response: HttpResponse | StreamingHttpResponse) -> str:
    body = b"".join(response.streaming_content) if response.streaming else response.content  # type: ignore[arg-type]
    headers = " ".join(response.headers.values())
    return f"{headers} {body.decode('utf-8', 'replace')}"


def leaks(response: Any) -> list[str]:
    """What of the secrets stands in an answer, apart from the words the asker sent."""
    text = words(response)
    return [secret for secret in (MARK, *NUMBERS) if secret in text]


def test_the_marks_are_really_there(secrets: Secrets) -> None:
    """The walk would prove nothing if the owner did not meet her secrets on it."""
    mine = entered(secrets.sally)
    seen = [path for path in routes(secrets.owned) if leaks(mine.get(path))]
    assert len(seen) >= 12, seen
    answer = mine.post("/ask/", QUESTIONS[0], content_type="application/json")
    assert MARK in words(answer) and str(AMOUNT) in words(answer)


def test_no_page_shows_another_departments_secrets(secrets: Secrets, outsider: Client) -> None:
    found, broken = [], []
    for path in routes(secrets.owned):
        for asked in ({}, ASKING, {**ASKING, "metrics": "bonus", "metric": "bonus", "by": "receiver"}):
            response = outsider.get(path, asked)
            if response.status_code >= 500:
                broken.append(f"{path} {asked}")
            found += [f"GET {path} {asked} shows {secret}" for secret in leaks(response)]
    assert not found, "\n".join(found)
    assert not broken, "\n".join(broken)


def test_no_form_shows_or_changes_another_departments_secrets(secrets: Secrets, outsider: Client) -> None:
    before = state(secrets)
    found, broken = [], []
    form = {**ASKING, "text": "x", "title": "x", "scope": "company", "on": "1", "question": json.dumps(QUESTIONS[0])}
    for path in routes(secrets.owned):
        answers = [outsider.post(path, form)]
        answers += [outsider.post(path, question, content_type="application/json") for question in QUESTIONS]
        for response in answers:
            if response.status_code >= 500:
                broken.append(f"{path} {response.status_code}")
            found += [f"POST {path} shows {secret}" for secret in leaks(response)]
    assert not found, "\n".join(found)
    assert not broken, "\n".join(sorted(set(broken)))
    assert state(secrets) == before


def inputs(spec: Any, owned: dict[str, list[Any]]) -> Iterator[dict[str, Any]]:
    """Ways to call a deed on what the other department owns."""
    plain: dict[str, list[Any]] = {
        "scope": ["company"], "name": ["mine"], "text": ["mine"], "question": [QUESTIONS[0], QUESTIONS[2]],
        "on": [True], "role": ["administrator"], "period": ["2024-01"], "value": [1], "edits": [0, 1],
        "version": [1, 2], "note": ["mine"], "tiles": [[]], "filters": [[]], "rows": [[]], "texts": [{}],
        "reason": ["mine"], "digest": ["mine"], "metrics": [["revenue", "bonus"]],
        "confidence": [1], "guardrail": ["bonus"], "terms": [{"revenue": 1}], "method": ["equal"], "edge": ["guards"],
        "questions": [[]], "since": ["2024-01-01"], "until": ["2024-01-02"],
        "name_zh": ["mine"], "username": ["mine"], "effect": ["rows"], "where": ["true"], "prune": [True],
    }  # fmt: skip
    names, choices = [], []
    for name, item in spec.parameters.items():
        values = plain.get(name) or owned.get(name) if name not in ("metric", "dataset") else owned[name]
        if values:
            names.append(name)
            choices.append(values)
        elif item.default is item.empty:
            return
    for chosen in itertools.product(*choices):
        yield dict(zip(names, chosen, strict=True))


def test_no_deed_reaches_another_departments_things(secrets: Secrets, outsider: Client) -> None:
    before = state(secrets)
    tried, found = set(), []
    for spec in actions().values():
        if "rest" not in spec.doors:
            continue
        for given in inputs(spec, secrets.owned):
            path = f"/api/{spec.app}/{spec.verb.replace('_', '-')}"
            response = outsider.post(path, given, content_type="application/json")
            tried.add(spec.name)
            assert response.status_code < 500, f"{spec.name} {given}: {words(response)[:300]}"
            found += [f"{spec.name} {given} shows {secret}" for secret in leaks(response)]
    assert not found, "\n".join(found)
    after = state(secrets)
    changed = [name for name in before if before[name] != after[name]]
    assert not changed, f"an outsider changed {changed}"
    offered = {spec.name for spec in actions().values() if "rest" in spec.doors}
    assert len(tried) >= len(offered) * 0.8, sorted(offered - tried)


def named(call: Any, owned: dict[str, list[Any]]) -> Iterator[dict[str, Any]]:
    """Ways to name one of what the other department owns to a read."""
    numbers = {one for key in ("view", "board", "case", "proposal") for one in owned[key]}
    for name in inspect.signature(call).parameters:
        values = numbers if name == "id" else owned.get(name, ())
        yield from ({name: one} for one in values)


def test_no_read_shows_another_departments_secrets(secrets: Secrets, outsider: Client) -> None:
    found = []
    for spec in readings().values():
        for given in ({}, {"q": MARK}, *named(spec.call, secrets.owned)):
            path = f"/api/{spec.app}/{spec.call.__name__.replace('_', '-')}"
            for response in (outsider.get(path, given), outsider.post(path, given, content_type="application/json")):
                assert response.status_code < 500, f"{spec.call.__name__} {given}"
                found += [f"{path} {given} shows {one}" for one in leaks(response) if one not in str(given)]
    assert not found, "\n".join(found)


def test_a_refusal_is_one_of_ours(secrets: Secrets) -> None:
    """Called past every door, a deed on another's thing still raises our own refusal."""
    from hedu.center.kernel.action import perform
    from hedu.center.kernel.actors import actor_of

    with pytest.raises(HeduError) as refused:
        perform("dashboards.rename_dashboard")(actor_of(secrets.finn), secrets.owned["board"][0], name="mine")
    assert isinstance(refused.value, Denied) or refused.value.code == "not-found"
