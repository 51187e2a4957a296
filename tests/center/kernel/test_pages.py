"""The kernel's own pages answer, in both languages."""

from __future__ import annotations

import pytest

PAGES = ("/me/", "/me/tokens/", "/notifications/", "/admin/audit/")


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_page_answers_in_the_language_of_the_person(page, language, person, signed_in):
    client = signed_in(person("lin", "sales", "administrator", language=language))
    response = client.get(page)
    assert response.status_code == 200
    assert f'lang="{"en" if language == "en" else "zh-Hans"}"' in response.content.decode()


def test_a_stranger_is_sent_to_sign_in(client, db):
    response = client.get("/me/")
    assert response.status_code == 302
    assert response["Location"].startswith("/accounts/login/")


def test_the_sign_in_page_takes_name_and_password(client, person):
    person("lin")
    assert client.get("/accounts/login/").status_code == 200
    response = client.post("/accounts/login/", {"login": "lin", "password": "correct horse battery"})
    assert response.status_code == 302, response.content.decode()
    assert client.get("/me/").status_code == 200


@pytest.mark.parametrize("page", ["/accounts/password/change/", "/accounts/2fa/", "/accounts/2fa/totp/activate/"])
def test_the_account_pages_wear_our_frame(page, person, client):
    person("lin", "sales")
    known = {"login": "lin", "password": "correct horse battery"}
    client.post("/accounts/login/", known)
    assert client.get("/accounts/reauthenticate/").status_code == 200
    client.post("/accounts/reauthenticate/", known)
    response = client.get(page)
    assert response.status_code == 200
    assert "house-side" in response.content.decode()
