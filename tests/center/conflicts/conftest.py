"""Two departments whose catalog disagrees, and somebody of a third who can mediate."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from hedu.center.catalog import actions as catalog
from hedu.center.catalog import serving
from hedu.center.conflicts import actions
from hedu.center.conflicts.models import Case, Scan
from hedu.center.kernel.actor import SYSTEM, Actor
from hedu.center.kernel.job import work_off
from hedu.center.kernel.models import User
from hedu.center.people.models import Department
from tests.center.catalog.world import TEXTS


@pytest.fixture
def more_texts() -> dict[str, str]:
    """Definitions published besides; a test file says which."""
    return {}


@pytest.fixture
def published(department: Callable[[str], Department], settings: Any, more_texts: dict[str, str]) -> Iterator[None]:
    """`revenue` has two departments accountable: one conflict of ownership."""
    settings.HEDU_ENGINE = "duckdb://"
    for code in ("sales", "finance", "hr"):
        department(code)
    texts = {name: text.replace("A: sales, C: [finance]", "A: [sales, finance]") for name, text in TEXTS.items()}
    catalog.apply_texts(SYSTEM, texts | more_texts)
    yield
    serving.forget()


@pytest.fixture
def sally(person: Callable[..., User], published: None) -> User:
    """Liaison of sales."""
    return person("sally", "sales", "liaison")


@pytest.fixture
def finn(person: Callable[..., User], published: None) -> User:
    """Liaison of finance."""
    return person("finn", "finance", "liaison")


@pytest.fixture
def mo(person: Callable[..., User], published: None) -> User:
    """Of neither: may mediate."""
    return person("mo", "hr", "manager")


@pytest.fixture
def ada(person: Callable[..., User], published: None) -> User:
    return person("ada", "company", "administrator")


@pytest.fixture
def scanned(published: None) -> Scan:
    actions.scan(SYSTEM)
    work_off()
    return Scan.objects.get()


@pytest.fixture
def case(sally: User, finn: User, mo: User, scanned: Scan) -> Case:
    """Sales and finance are both accountable for revenue."""
    return Case.objects.get(code="several_accountable")


@pytest.fixture
def act(acting: Callable[[User], Actor]) -> Callable[[User], Actor]:
    return acting
