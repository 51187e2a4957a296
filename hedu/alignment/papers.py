"""Papers of a scene -> what several detectors read from them: who is in post, when a period ends, a digest."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date, datetime, timedelta

from hedu.alignment.scene import Department, Person, Scene, Version
from hedu.errors import HeduError
from hedu.plan.periods import parse_period


def digest_of(*papers: object) -> str:
    """Equal for papers that say the same.

    >>> digest_of("a", 1) == digest_of("a", 1), digest_of("a", 1) == digest_of("a", 2)
    (True, False)
    """
    return hashlib.sha256(repr(papers).encode()).hexdigest()[:16]


def people_by_name(scene: Scene) -> Mapping[str, Person]:
    return {person.name: person for person in scene.people}


def is_answered_for(name: str | None, people: Mapping[str, Person]) -> bool:
    """The post is held by somebody present, or whoever stands in for them is present. Strangers count as present."""
    if not name:
        return False
    person = people.get(name)
    if person is None or person.status == "active":
        return True
    return bool(person.delegate) and is_answered_for(person.delegate, {**people, name: Person(name, "", status="left")})


def departments_by_name(scene: Scene) -> Mapping[str, Department]:
    return {department.name: department for department in scene.departments}


def ancestry(department: str, departments: Mapping[str, Department]) -> tuple[str, ...]:
    """The department and those above it, nearest first."""
    found: list[str] = []
    name: str | None = department
    while name and name not in found:
        found.append(name)
        here = departments.get(name)
        name = here.parent if here else None
    return tuple(found)


def last_day(period: str, today: date) -> date:
    """The last day of a period (2027, 2027-Q1, 2027-03); today, where the period cannot be read."""
    try:
        return parse_period(period, datetime.combine(today, datetime.min.time())).end - timedelta(days=1)
    except HeduError:
        return today


def superseding(versions: tuple[Version, ...], metric: str, bound: int, by: date) -> Version | None:
    """The latest later version of a metric that changed its meaning and holds by that day."""
    later = [
        v for v in versions if v.metric == metric and v.number > bound and v.meaning_changed and v.valid_from <= by
    ]
    return max(later, key=lambda version: version.number, default=None)
