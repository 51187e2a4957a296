"""Definitions, people and uses -> nobody or several answer for a metric, who did has left, nobody speaks for a user."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hedu.alignment.conflict import Conflict, Evidence, Severity
from hedu.alignment.papers import ancestry, departments_by_name, digest_of, is_answered_for, people_by_name
from hedu.alignment.scene import Department, DriverShare, Scene
from hedu.model.types import Metric

VERSION = 1
CONTROLLABLE_LEAST = 0.5
"""Whoever is held to a metric should move at least half of it."""


def detect(scene: Scene) -> Iterator[Conflict]:
    """Where there are no departments on paper nothing can be said about who answers for what."""
    if not scene.departments:
        return
    for metric in scene.model.metrics.values():
        yield from _accountable(metric)
        yield from _person(metric, scene)
        yield from _controllable(metric, scene)
    yield from _approvals(scene)
    yield from _liaisons(scene)


def accountable_of(metric: Metric) -> tuple[str, ...]:
    """Departments that answer for the metric: the letter A, else the owner where no letters are written at all."""
    raci, owner = metric.definition.raci, metric.definition.owner
    if raci.accountable:
        return tuple(dict.fromkeys(raci.accountable))
    is_silent = not (raci.responsible or raci.consulted or raci.informed)
    return (owner,) if owner and is_silent else ()


def _found(code: str, metric: str, departments: tuple[str, ...], facts: dict[str, Any], *exhibits: Evidence,
           digest: str, about: str = "", level: str = "medium") -> Conflict:  # fmt: skip
    return Conflict(
        kind="ownership",
        code=code,
        metrics=(metric,),
        departments=departments,
        facets=(code,),
        facts={"metric": metric, **facts},
        evidence=exhibits,
        severity=Severity("high" if level == "high" else "medium"),
        settles=("fix_data", "accept_until"),
        digests={"paper": digest},
        detector=f"ownership/{VERSION}",
        about=about,
    )


def _accountable(metric: Metric) -> Iterator[Conflict]:
    definition, raci = metric.definition, metric.definition.raci
    named = accountable_of(metric)
    if len(named) == 1:
        return
    held = {"R": raci.responsible, "A": raci.accountable, "C": raci.consulted, "I": raci.informed}
    letters = [{"letter": letter, "departments": list(places)} for letter, places in held.items()]
    shown = Evidence("people", {"raci": letters, "owner": definition.owner, "person": definition.person})
    digest = digest_of(definition.owner, raci)
    if named:
        facts = {"departments": list(named), "count": len(named)}
        yield _found("several_accountable", metric.name, named, facts, shown, digest=digest)
        return
    parties = tuple(dict.fromkeys((*((definition.owner,) if definition.owner else ()), *raci.responsible)))
    yield _found("no_accountable", metric.name, parties, {"departments": list(parties)}, shown, digest=digest)


def _person(metric: Metric, scene: Scene) -> Iterator[Conflict]:
    named = accountable_of(metric)
    post = departments_by_name(scene).get(named[0]) if named else None
    name = metric.definition.person or (post.owner if post else None)
    people = people_by_name(scene)
    person = people.get(name) if name else None
    if name is None or person is None or person.status != "left" or is_answered_for(name, people):
        return
    left = person.left_on.isoformat() if person.left_on else None
    shown = Evidence("people", {"person": name, "status": "left", "left_on": left, "delegate": person.delegate})
    facts = {"person": name, "department": named[0] if named else person.department, "left_on": left or ""}
    yield _found(
        "accountable_left", metric.name, named or (person.department,), facts, shown, digest=digest_of(name, person)
    )  # fmt: skip


def _controllable(metric: Metric, scene: Scene) -> Iterator[Conflict]:
    named = accountable_of(metric)
    drivers = [row for row in scene.drivers if row.metric == metric.name]
    if len(named) != 1 or not drivers:
        return
    share = _share_of(named[0], drivers)
    if share >= CONTROLLABLE_LEAST:
        return
    rows = [{"driver": row.driver, "department": row.department, "share": row.share} for row in drivers]
    shown = Evidence("shares", {"of": metric.name, "shares": rows, "least": CONTROLLABLE_LEAST})
    facts = {"department": named[0], "share": share, "least": CONTROLLABLE_LEAST}
    yield _found("not_controllable", metric.name, named, facts, shown, digest=digest_of(drivers), about=named[0])


def _share_of(department: str, drivers: list[DriverShare]) -> float:
    total = sum(row.share for row in drivers)
    own = sum(row.share for row in drivers if row.department == department)
    return own / total if total else 0.0


def _approvals(scene: Scene) -> Iterator[Conflict]:
    signed: dict[tuple[str, str], list[Any]] = {}
    for row in scene.approvals:
        signed.setdefault((row.proposal, row.metric), []).append(row)
    for (proposal, metric), rows in signed.items():
        proposer = rows[0].proposer
        if metric not in scene.model.metrics or {row.approver for row in rows} != {proposer}:
            continue
        person = people_by_name(scene).get(proposer)
        owner = scene.model.metrics[metric].definition.owner
        department = person.department if person else owner or ""
        shown = Evidence(
            "people", {"proposal": proposal, "proposer": proposer,
                       "approvers": [{"person": row.approver, "signed_on": row.signed_on.isoformat()} for row in rows]},
        )  # fmt: skip
        facts = {"proposal": proposal, "person": proposer, "department": department}
        parties = (department,) if department else ()
        yield _found("self_approved", metric, parties, facts, shown, digest=digest_of(rows), about=proposal)


def _liaisons(scene: Scene) -> Iterator[Conflict]:
    """A department that looks at others' metrics while nobody of it can be asked about them."""
    departments = departments_by_name(scene)
    people = people_by_name(scene)
    tops = {item.parent for item in scene.departments} - {i.name for i in scene.departments if i.parent}
    for department in scene.departments:
        uses = [use for use in scene.uses if use.department == department.name and use.metric in scene.model.metrics]
        speaker = _speaker(department.name, departments)
        if not uses or department.name in tops or speaker is None or speaker.name != department.name:
            continue
        posts = [(post, name) for post, name in (("liaison", speaker.liaison), ("deputy", speaker.deputy)) if name]
        if any(is_answered_for(name, people) for _, name in posts):
            continue
        foreign = [use for use in uses if accountable_of(scene.model.metrics[use.metric]) != (department.name,)]
        first = min(_closeness(scene.model.metrics[use.metric], department.name) for use in foreign or uses)[-1]
        gone = [{"post": post, "person": name, "status": people[name].status,
                 "left_on": str(people[name].left_on or "")} for post, name in posts]  # fmt: skip
        named = [use.metric for use in uses]
        shown = Evidence("people", {"department": department.name, "posts": gone, "metrics": named})
        facts = {"department": department.name, "count": len(uses), "views": sum(use.views for use in uses)}
        yield _found(
            "no_liaison", first, (department.name,), facts, shown,
            digest=digest_of(speaker, gone), about=department.name, level="high",
        )  # fmt: skip


def _closeness(metric: Metric, department: str) -> tuple[bool, int, str]:
    """Least for the metric that consults this department before all others: a choice that views do not change."""
    consulted = metric.definition.raci.consulted
    return department not in consulted, len(consulted), metric.name


def _speaker(name: str, departments: dict[str, Department] | Any) -> Department | None:
    """The nearest department at or above `name` that names a liaison or a deputy."""
    for place in ancestry(name, departments):
        found: Department | None = departments.get(place)
        if found and (found.liaison or found.deputy):
            return found
    return None
