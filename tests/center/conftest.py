"""People and departments for tests of the center; `acting(user)` is what views and actions get."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from hedu.center.kernel.actor import Actor
from hedu.center.kernel.models import User
from hedu.center.people.models import Department, Membership
from hedu.center.people.reads import actor_of


@pytest.fixture(autouse=True)
def quick_passwords(settings):
    """Argon2 is slow on purpose; one test looks that the site uses it."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def company(db: None) -> Department:
    return Department.objects.create(code="company", name_zh="公司", name_en="Company")


@pytest.fixture
def department(company: Department) -> Callable[[str], Department]:
    """A department under the company, made at first use of its code."""

    def make(code: str) -> Department:
        return Department.objects.get_or_create(
            code=code, defaults={"name_zh": code, "name_en": code.title(), "parent": company}
        )[0]

    return make


@pytest.fixture
def person(department: Callable[[str], Department]) -> Callable[..., User]:
    """A user, member of a department in a role: person("lin", "sales", "liaison")."""

    def make(username: str, at: str = "", role: str = "member", **fields: object) -> User:
        user = User.objects.filter(username=username).first()
        if user is None:
            user = User.objects.create_user(username, "correct horse battery", **{"name": username, **fields})
        if at:
            Membership.objects.get_or_create(user=user, department=department(at), role=role)
        return user

    return make


@pytest.fixture
def acting() -> Callable[[User], Actor]:
    return actor_of


@pytest.fixture
def signed_in(client: Client) -> Callable[[User], Client]:
    """The test client with a session of that user."""

    def enter(user: User) -> Client:
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return enter
