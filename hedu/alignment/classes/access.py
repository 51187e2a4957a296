"""Goals and grants -> departments held to a metric whose data they may not read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sqlglot
from sqlglot.errors import SqlglotError

from hedu.alignment.conflict import Conflict, Evidence, Severity
from hedu.alignment.papers import ancestry, departments_by_name, digest_of
from hedu.alignment.scene import Goal, Grant, Scene
from hedu.model.resting import rests_on

VERSION = 1
EVERYBODY = "company"


def detect(scene: Scene) -> Iterator[Conflict]:
    """Without any grant on paper nothing is closed. Reported values belong to whoever hands them in."""
    if not scene.grants:
        return
    for goal in {(goal.department, goal.metric): goal for goal in scene.goals}.values():
        if goal.metric not in scene.model.metrics or goal.department == EVERYBODY:
            continue
        for dataset in rests_on(scene.model, goal.metric):
            if dataset.startswith("reported:"):
                continue
            held = _held(scene, goal, dataset)
            if not held or not any(_covers(grant.rows, goal.scope) for grant in held):
                yield _found(scene, goal, dataset, held)


def _held(scene: Scene, goal: Goal, dataset: str) -> list[Grant]:
    """Grants that hold today for the goal's department, those above it, or everybody. A role counts once it is held."""
    places = {*ancestry(goal.department, departments_by_name(scene)), *_above(goal.department, scene), EVERYBODY}
    return [
        grant
        for grant in scene.grants
        if grant.dataset == dataset
        and grant.subject in places
        and (grant.granted_on is None or grant.granted_on <= scene.today)
        and (grant.expires_on is None or scene.today <= grant.expires_on)
        and (not grant.role or _is_held(grant.role, grant.subject, scene))
    ]


def _above(department: str, scene: Scene) -> set[str]:
    """A team that no paper knows belongs to the department its name begins with (sales-east to sales)."""
    known = departments_by_name(scene)
    top = department.split("-")[0]
    return {top} if department not in known and top in known else set()


def _is_held(role: str, department: str, scene: Scene) -> bool:
    present = (person for person in scene.people if person.department == department and person.status == "active")
    return any(role in person.roles for person in present)


def _covers(rows: str, scope: str) -> bool:
    return not rows or _plain(rows) == _plain(scope)


def _plain(where: str) -> str:
    """One writing for one condition; text that is no condition stands for itself."""
    if not where:
        return ""
    try:
        return sqlglot.parse_one(where, dialect="duckdb").sql(dialect="duckdb", normalize=True)
    except SqlglotError:
        return " ".join(where.split())


def _found(scene: Scene, goal: Goal, dataset: str, held: list[Grant]) -> Conflict:
    code = "rows_missing" if held else "no_grant"
    past = [grant for grant in scene.grants if grant.dataset == dataset and grant.subject == goal.department]
    owner = scene.model.datasets[dataset].definition
    holder = owner.owner if owner else None
    facts: dict[str, Any] = {"metric": goal.metric, "department": goal.department, "dataset": dataset}
    shown = [{"subject": grant.subject, "role": grant.role, "rows": grant.rows,
              "granted_on": str(grant.granted_on or ""), "expires_on": str(grant.expires_on or "")}
             for grant in (*held, *(grant for grant in past if grant not in held))]  # fmt: skip
    parties = (goal.department, *((holder,) if holder and holder != goal.department else ()))
    return Conflict(
        kind="access",
        code=code,
        metrics=(goal.metric,),
        departments=(goal.department,),
        facets=(code,),
        facts=facts | {"goal": goal.id, "scope": goal.scope, "rows": " / ".join(grant.rows for grant in held)},
        evidence=(
            Evidence("people", {"dataset": dataset, "grants": shown, "scope": goal.scope, "parties": list(parties)}),
        ),
        severity=Severity("medium"),
        settles=("fix_data", "accept_until"),
        digests={"goal": digest_of(goal), "grants": digest_of(shown)},
        detector=f"access/{VERSION}",
        about=f"{goal.department}/{dataset}",
    )  # fmt: skip
