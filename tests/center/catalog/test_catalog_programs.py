"""Programs ask the same catalog through REST, under the same rights."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from hedu.center.catalog.models import Draft
from hedu.center.kernel.actions import create_token
from hedu.center.kernel.actor import Actor
from hedu.center.kernel.models import User
from hedu.center.people.models import Department, Policy


@pytest.fixture
def bearer(acting: Callable[[User], Actor]) -> Callable[[User], dict[str, str]]:
    def make(user: User) -> dict[str, str]:
        secret = create_token(acting(user), name="test", scope="write").secret
        return {"authorization": f"Bearer {secret}"}

    return make


def test_metrics_are_listed_read_and_asked(
    owner: User, client: Client, bearer: Callable[[User], dict[str, str]]
) -> None:
    key = bearer(owner)
    listed = client.get("/api/catalog/metrics?q=xse", headers=key).json()
    assert [item["name"] for item in listed] == ["revenue"]
    told = client.get("/api/catalog/metric?name=revenue", headers=key).json()
    assert told["versions"][0]["number"] == 1 and "simple:" in told["text"]
    paths = [item["path"] for item in client.get("/api/catalog/dimensions?metrics=revenue", headers=key).json()]
    assert {"metric_time", "region", "channel"} <= set(paths)
    question = {"metrics": ["revenue", "basket"], "by": ["region"], "order": ["region"]}
    answer = client.post("/api/catalog/answer", question, content_type="application/json", headers=key).json()
    assert answer["rows"] == [["east", 350, pytest.approx(350 / 3)], ["west", 70, 35]]
    assert client.get("/api/catalog/lineage?name=revenue", headers=key).json()["focus"] == "metric:revenue"
    assert client.get("/api/catalog/reviews", headers=key).json() == []
    wrong = client.post("/api/catalog/answer", {**question, "limit": 0}, content_type="application/json", headers=key)
    assert wrong.status_code == 400 and wrong.json()["code"] == "question-field-wrong"


def test_programs_see_no_more_than_their_people(
    outsider: User, client: Client, bearer: Callable[[User], dict[str, str]]
) -> None:
    Policy.objects.create(dataset="orders", where="region = 'east'", department=Department.objects.get(code="finance"))
    key = bearer(outsider)
    question = {"metrics": ["revenue"], "by": ["region"]}
    answer = client.post("/api/catalog/answer", question, content_type="application/json", headers=key).json()
    assert answer["rows"] == [["east", 350]]
    values = client.get("/api/catalog/values?dimension=orders.region", headers=key).json()
    assert values == ["east"]
    for path in ("/api/catalog/metrics", "/api/catalog/pull"):
        assert client.get(path).status_code == 401


def test_a_draft_is_made_by_a_program_and_published_by_no_door(
    owner: User, client: Client, bearer: Callable[[User], dict[str, str]]
) -> None:
    key = bearer(owner)

    def post(deed: str, **body: object) -> dict[str, object]:
        done = client.post(f"/api/catalog/{deed.replace('_', '-')}", body, content_type="application/json", headers=key)
        assert done.status_code == 200, done.content
        return done.json()

    draft = post("create_draft", name="revenue")
    told = client.get("/api/catalog/metric?name=revenue", headers=key).json()["text"]
    post("save_draft", draft=draft["id"], text=told.replace("'paid'", "'open'"), edits=1)
    kept = Draft.objects.get(pk=draft["id"])
    assert kept.edits == 2 and "'open'" in kept.text
    for deed in ("publish", "rename", "retire", "restore"):
        assert client.post(f"/api/catalog/{deed}", {}, content_type="application/json", headers=key).status_code == 404
