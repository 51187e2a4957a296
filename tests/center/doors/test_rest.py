"""The API: the same deeds as on pages, by token or session, errors in one shape."""

from __future__ import annotations

import json

import pytest

from hedu.center.kernel import actions as kernel
from hedu.center.kernel.models import Audit, User
from hedu.center.people.models import Department

JSON = "application/json"


@pytest.fixture
def bearer(acting):
    def make(user: User, scope: str = "write") -> dict[str, str]:
        secret = kernel.create_token(acting(user), name="script", scope=scope).secret
        return {"authorization": f"Bearer {secret}"}

    return make


def post(client, path, body, headers=None):
    return client.post(path, json.dumps(body), content_type=JSON, headers=headers or {})


def test_openapi_names_deeds_and_reads_with_their_inputs(client, db):
    schema = client.get("/api/openapi.json").json()
    assert schema["openapi"].startswith("3.1")
    assert "post" in schema["paths"]["/api/people/add-department"]
    assert "get" in schema["paths"]["/api/people/departments"]
    assert "name_zh" in schema["components"]["schemas"]["PeopleAddDepartment"]["required"]


def test_a_stranger_gets_401_as_problem_json(client, db):
    response = client.get("/api/people/me")
    assert response.status_code == 401
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["code"] == "not-signed-in"


def test_a_token_reads_and_writes_as_its_owner(client, person, bearer):
    ada = bearer(person("ada", "company", "administrator"))
    assert client.get("/api/people/me", headers=ada).json()["username"] == "ada"
    made = post(client, "/api/people/add-department", {"code": "legal", "name_zh": "法务"}, ada)
    assert made.status_code == 200, made.content
    assert made.json()["code"] == "legal"
    row = Audit.objects.get(deed="people.add_department")
    assert (row.door, row.who, row.after["code"]) == ("rest", "ada", "legal")
    assert row.request_id == made["X-Request-ID"]


def test_a_read_token_does_not_write(client, person, bearer):
    ada = bearer(person("ada", "company", "administrator"), scope="read")
    refused = post(client, "/api/people/add-department", {"code": "legal", "name_zh": "法务"}, ada)
    assert (refused.status_code, refused.json()["code"]) == (403, "token-read-only")
    assert not Department.objects.filter(code="legal").exists()


def test_a_member_is_denied_and_the_attempt_is_on_record(client, person, bearer):
    refused = post(
        client, "/api/people/add-department", {"code": "legal", "name_zh": "法务"}, bearer(person("lin", "sales"))
    )
    assert (refused.status_code, refused.json()["code"]) == (403, "action-denied")
    assert Audit.objects.get(deed="people.add_department").outcome == "denied"


def test_a_revoked_token_is_nobody(client, person, bearer, acting):
    lin = person("lin")
    header = bearer(lin)
    kernel.revoke_token(acting(lin), lin.tokens.get().pk)
    assert client.get("/api/people/me", headers=header).status_code == 401


def test_a_session_needs_the_csrf_token_to_write(person):
    from django.test import Client

    client = Client(enforce_csrf_checks=True)
    client.force_login(person("ada", "company", "administrator"), backend="django.contrib.auth.backends.ModelBackend")
    assert client.get("/api/people/me").status_code == 200
    assert post(client, "/api/people/add-department", {"code": "x", "name_zh": "x"}).status_code == 403
    assert not Department.objects.filter(code="x").exists()


@pytest.mark.parametrize(
    "body", [{}, {"code": 5, "name_zh": []}, {"code": "a", "name_zh": "b", "colour": "red"}, [], "text", None]
)
def test_a_wrong_body_is_a_typed_error_with_a_hint(body, client, person, bearer):
    refused = post(client, "/api/people/add-department", body, bearer(person("ada", "company", "administrator")))
    assert refused.status_code == 400, refused.content
    assert refused.json()["code"] == "request-invalid"
    assert refused.json()["hint"]


def test_not_json_at_all_is_a_problem_too(client, person, bearer):
    header = bearer(person("ada", "company", "administrator"))
    refused = client.post("/api/people/add-department", "{", content_type=JSON, headers=header)
    assert refused.status_code == 400
    assert refused["Content-Type"] == "application/problem+json"


def test_the_language_follows_the_asker(client, person, bearer):
    header = bearer(person("lin", "sales", language="en"))
    said = post(client, "/api/people/add-department", {"code": "a", "name_zh": "b"}, header).json()["what"]
    assert said.startswith("You may not")
    said = post(
        client, "/api/people/add-department", {"code": "a", "name_zh": "b"}, {**header, "accept-language": "zh-CN"}
    ).json()["what"]
    assert said.startswith("您无权")


def test_an_unknown_path_of_the_api_is_a_problem(client, person, bearer):
    missing = client.get("/api/people/nothing", headers=bearer(person("lin")))
    assert missing.status_code == 404
    assert missing["Content-Type"] == "application/problem+json"


def test_the_docs_page_lists_the_operations(person, signed_in):
    page = signed_in(person("lin")).get("/api/docs/").content.decode()
    assert "/api/people/add-department" in page
