"""A published catalog and two departments whose people propose and sign."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from hedu.center.catalog import actions as catalog
from hedu.center.catalog import serving
from hedu.center.catalog.models import Metric
from hedu.center.kernel.actor import SYSTEM, Actor
from hedu.center.kernel.models import User
from hedu.center.people.models import Department
from hedu.center.people.reads import actor_of
from hedu.center.proposals import reads
from hedu.center.proposals.models import Proposal
from tests.center.catalog.world import TEXTS


@pytest.fixture
def engine(settings: object) -> Iterator[None]:
    settings.HEDU_ENGINE = "duckdb://"  # type: ignore[attr-defined]
    yield
    serving.forget()


@pytest.fixture
def people(department: Callable[[str], Department], person: Callable[..., User], engine: None) -> dict[str, User]:
    """sally and lian of sales (owner, liaison), dan its deputy, mei a member; finn and flora of finance; boss; root."""
    department("sales")
    department("finance")
    department("marketing")
    held = {
        "sally": ("sales", "owner"),
        "lian": ("sales", "liaison"),
        "dan": ("sales", "deputy"),
        "head": ("sales", "manager"),
        "mei": ("sales", "member"),
        "finn": ("finance", "owner"),
        "flora": ("finance", "liaison"),
        "mark": ("marketing", "liaison"),
        "boss": ("company", "manager"),
    }
    found = {name: person(name, *post) for name, post in held.items()}
    found["root"] = person("root", is_superuser=True)
    catalog.apply_texts(SYSTEM, TEXTS)
    return found


@pytest.fixture
def act(people: dict[str, User]) -> Callable[[str], Actor]:
    """act("sally") as they are now."""
    return lambda name: actor_of(User.objects.get(username=name))


@pytest.fixture
def metric(people: dict[str, User]) -> Callable[..., Metric]:
    return lambda name="revenue": Metric.objects.select_related("head").get(name=name)


def digest(row: Proposal) -> str:
    """The digest of the revision up for signature."""
    return reads.latest(Proposal.objects.get(pk=row.pk)).digest


def state(row: Proposal) -> str:
    return Proposal.objects.get(pk=row.pk).state
