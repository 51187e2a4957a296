"""A published catalog with people of two departments around it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from hedu.center.catalog import actions, serving
from hedu.center.kernel.actor import SYSTEM, Actor
from hedu.center.kernel.models import User
from hedu.center.people.models import Department
from tests.center.catalog.world import TEXTS


@pytest.fixture
def engine(settings: object) -> Iterator[None]:
    """An engine in memory: the world's data are SELECTs."""
    settings.HEDU_ENGINE = "duckdb://"  # type: ignore[attr-defined]
    yield
    serving.forget()


@pytest.fixture
def published(department: Callable[[str], Department], engine: None) -> None:
    department("sales")
    department("finance")
    actions.apply_texts(SYSTEM, TEXTS)


@pytest.fixture
def owner(person: Callable[..., User], published: None) -> User:
    return person("sally", "sales", "owner")


@pytest.fixture
def liaison(person: Callable[..., User], published: None) -> User:
    return person("lian", "sales", "liaison")


@pytest.fixture
def outsider(person: Callable[..., User], published: None) -> User:
    """Owner of another department's metrics."""
    return person("finn", "finance", "owner")


@pytest.fixture
def member(person: Callable[..., User], published: None) -> User:
    return person("mei", "sales")


@pytest.fixture
def sally(owner: User, acting: Callable[[User], Actor]) -> Actor:
    return acting(owner)


@pytest.fixture
def lian(liaison: User, acting: Callable[[User], Actor]) -> Actor:
    return acting(liaison)


@pytest.fixture
def finn(outsider: User, acting: Callable[[User], Actor]) -> Actor:
    return acting(outsider)


@pytest.fixture
def mei(member: User, acting: Callable[[User], Actor]) -> Actor:
    return acting(member)
