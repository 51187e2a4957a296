"""A published catalog, people of two departments, and a question that has an answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from hedu.center.catalog import actions, serving
from hedu.center.kernel.actor import SYSTEM, Actor
from hedu.center.kernel.models import User
from hedu.center.people.models import Department
from tests.center.catalog.world import TEXTS

QUESTION: dict[str, Any] = {"metrics": ["revenue"], "by": ["region"]}
BARS: dict[str, Any] = {"kind": "bar", "options": {}}


@pytest.fixture
def published(department: Callable[[str], Department], settings: Any) -> Iterator[None]:
    settings.HEDU_ENGINE = "duckdb://"
    department("sales")
    department("finance")
    actions.apply_texts(SYSTEM, TEXTS)
    yield
    serving.forget()


@pytest.fixture
def sally(person: Callable[..., User], published: None) -> User:
    """Liaison of sales: keeps what her department shares."""
    return person("sally", "sales", "liaison")


@pytest.fixture
def mei(person: Callable[..., User], published: None) -> User:
    """A member of sales."""
    return person("mei", "sales")


@pytest.fixture
def finn(person: Callable[..., User], published: None) -> User:
    """A manager of another department."""
    return person("finn", "finance", "manager")


@pytest.fixture
def act(acting: Callable[[User], Actor]) -> Callable[[User], Actor]:
    return acting
