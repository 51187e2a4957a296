"""Signing in: wrong tries lock, strangers stay out, demo identities exist in the demo only, headers protect."""

from __future__ import annotations

import pytest
from allauth.core.exceptions import ImmediateHttpResponse
from django.contrib.auth.models import AnonymousUser
from django.test import Client
from django.utils import translation

from hedu.center import settings as site
from hedu.center.kernel import faults
from hedu.center.kernel.actor import ANONYMOUS
from hedu.center.kernel.models import User
from hedu.center.kernel.signin import FromProvider

PASSWORD = "correct horse battery"


def post_login(client, name, password):
    return client.post("/accounts/login/", {"login": name, "password": password})


def test_repeated_failures_lock_the_name(client, person):
    person("lin")
    for _ in range(6):
        answer = post_login(client, "lin", "wrong")
    assert answer.status_code == 429
    assert "sign-in-locked" in answer.content.decode()
    assert post_login(client, "lin", PASSWORD).status_code == 429
    assert client.get("/me/").status_code == 302


def test_another_name_is_not_locked_by_it(client, person):
    person("lin")
    person("wang")
    for _ in range(6):
        post_login(client, "lin", "wrong")
    assert post_login(client, "wang", PASSWORD).status_code == 302


def test_a_wrong_name_and_a_wrong_password_read_alike(client, person):
    person("lin")
    one = post_login(client, "lin", "wrong").content.decode()
    other = post_login(client, "nobody", "wrong").content.decode()
    assert one.count("alert-danger") == other.count("alert-danger") == 1


def test_nobody_signs_up_alone(client, db):
    answer = client.post("/accounts/signup/", {"username": "x", "password1": PASSWORD, "password2": PASSWORD})
    assert b"password1" not in answer.content
    assert post_login(client, "x", PASSWORD).status_code == 200


def test_demo_identities_exist_in_the_demo_only(client, person, settings):
    person("lin")
    settings.HEDU_DEMO = False
    assert client.post("/demo/sign-in/", {"username": "lin"}).status_code == 404
    assert b"demo-person" not in client.get("/accounts/login/").content
    settings.HEDU_DEMO = True
    assert b"demo-person" in client.get("/accounts/login/").content
    assert client.post("/demo/sign-in/", {"username": "lin"}).status_code == 302
    assert client.get("/me/").status_code == 200
    assert b"demo-person" in client.get("/demo/people/").content
    assert client.post("/demo/sign-in/", {"username": "nobody"}).status_code == 404


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_forms_lead_back_to_this_site_only(target, person, signed_in):
    answer = signed_in(person("lin")).post("/language/", {"language": "en", "next": target})
    assert answer["Location"] == "/"


def test_the_chosen_language_lasts_before_and_after_sign_in(client, person):
    client.post("/language/", {"language": "en"})
    assert b"Sign in" in client.get("/accounts/login/").content
    client.force_login(person("lin"), backend="django.contrib.auth.backends.ModelBackend")
    assert "个人设置" in client.get("/me/").content.decode()
    client.post("/language/", {"language": "en"})
    assert "Profile" in client.get("/me/").content.decode()
    client.post("/language/", {"language": "klingon"})
    assert "个人设置" in client.get("/me/").content.decode()


def test_the_theme_is_kept(person, signed_in):
    client = signed_in(person("lin"))
    client.post("/theme/", {"theme": "dark"})
    assert 'data-bs-theme="dark"' in client.get("/me/").content.decode()
    client.post("/theme/", {"theme": "pink"})
    assert 'data-bs-theme="dark"' in client.get("/me/").content.decode()


def test_forms_need_the_csrf_token(person):
    client = Client(enforce_csrf_checks=True)
    client.force_login(person("lin"), backend="django.contrib.auth.backends.ModelBackend")
    refused = client.post("/theme/", {"theme": "dark"})
    assert refused.status_code == 403
    assert "csrf-failed" in refused.content.decode()


def test_pages_carry_headers_that_protect(client, db):
    answer = client.get("/accounts/login/")
    policy = answer["Content-Security-Policy"]
    scripts = next(part for part in policy.split(";") if part.strip().startswith("script-src "))
    assert "unsafe" not in scripts
    assert "style-src 'self'" in policy
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    assert answer["Referrer-Policy"] == "same-origin"


def test_passwords_are_kept_by_argon2(settings, db):
    settings.PASSWORD_HASHERS = site.PASSWORD_HASHERS
    assert User.objects.create_user("lin", PASSWORD, name="林").password.startswith("argon2")


def test_errors_are_pages_for_people_and_toasts_for_htmx(person, signed_in):
    client = signed_in(person("lin"))
    page = client.get("/people/nobody/")
    assert page.status_code == 404
    assert "house-fault" in page.content.decode()
    toast = client.get("/people/nobody/", headers={"HX-Request": "true"})
    assert toast.status_code == 404
    assert "not-found" in toast["HX-Trigger"]
    missing = client.get("/no/such/page/")
    assert missing.status_code == 404
    assert "page-not-found" in missing.content.decode()
    by_itself = client.get("/inbox/read/")
    assert by_itself.status_code == 405 and by_itself["Allow"] == "POST"
    assert "page-takes-forms" in by_itself.content.decode()


def test_a_stranger_learns_nothing_of_what_exists(client, person):
    person("lin")
    for path in ("/people/lin/", "/departments/", "/admin/users/", "/comments/user/1/", "/documents/1"):
        answer = client.get(path)
        assert answer.status_code == 302, path
        assert "login" in answer["Location"]


def test_health_answers_without_sign_in(client, db):
    assert client.get("/health/").json()["status"] == "ok"


class Vouched:
    """What a provider says of somebody who signs in for the first time."""

    is_existing = False

    def __init__(self, **told):
        self.account = type("Account", (), {"extra_data": {"userinfo": told}})
        self.connected = None

    def connect(self, request, user):
        self.connected = user


@pytest.mark.parametrize(
    ("told", "who"),
    [
        ({"preferred_username": "lin"}, "lin"),
        ({"email": "LIN@example.com", "email_verified": True}, "lin"),
        ({"email": "lin@example.com", "email_verified": False}, None),
        ({"email": "lin@example.com"}, None),
        ({"preferred_username": "gone"}, None),
        ({"preferred_username": "stranger", "email": "s@example.com", "email_verified": True}, None),
        ({}, None),
    ],
)
def test_a_provider_lets_in_only_those_invited(told, who, rf, person):
    person("lin", email="lin@example.com")
    person("gone", is_active=False)
    request = rf.get("/accounts/oidc/company/login/callback/", headers={"Accept": "application/json"})
    vouched = Vouched(**told)
    if who is None:
        with pytest.raises(ImmediateHttpResponse) as refused:
            FromProvider().pre_social_login(request, vouched)
        assert refused.value.response.status_code == 403
        assert "not-invited" in refused.value.response.content.decode()
    else:
        FromProvider().pre_social_login(request, vouched)
        assert vouched.connected.username == who


@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [
        (lambda request: faults.bad_request(request, ValueError()), 400, "bad-request"),
        (lambda request: faults.denied(request, ValueError()), 403, "page-denied"),
        (faults.failed, 500, "internal-error"),
        (faults.csrf_failed, 403, "csrf-failed"),
    ],
)
@pytest.mark.parametrize("accept", ["text/html", "application/json"])
def test_what_django_refuses_wears_our_shape(fault, status, code, accept, rf, db):
    request = rf.get("/somewhere/", headers={"Accept": accept})
    request.actor, request.user, request.lang = ANONYMOUS, AnonymousUser(), "en"
    answer = fault(request)
    assert answer.status_code == status
    assert code in answer.content.decode()
    assert answer["Content-Type"].startswith("application/problem+json" if "json" in accept else "text/html")


def test_a_title_reads_in_the_language_it_is_known_in(person):
    both, one = person("lin", title="联络人", title_en="Liaison"), person("may", title="分析师")
    with translation.override("en"):
        assert (both.post, one.post) == ("Liaison", "分析师")
    with translation.override("zh-hans"):
        assert both.post == "联络人"
