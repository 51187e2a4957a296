"""Tables of goals and targets -> what the actor may see. Aims are open to all colleagues; values obey access."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from operator import or_

from django.db.models import Q, QuerySet

from hedu.center.goals import rules
from hedu.center.goals.models import CheckIn, Constraint, Goal, Guardrail, Target
from hedu.center.kernel.actor import Actor
from hedu.center.kernel.models import Audit
from hedu.center.kernel.reading import found
from hedu.center.people.models import Department
from hedu.center.people.reads import parents
from hedu.center.people.reads import visible_to as departments_visible_to
from hedu.center.people.rules import subtree


def visible_to(actor: Actor) -> QuerySet[Goal]:
    """Goals in use. A goal is nothing if nobody can read it: everybody signed in may."""
    if actor.is_anonymous:
        return Goal.objects.none()
    return Goal.objects.filter(archived_at=None).select_related("metric", "department", "owner", "parent")


def archived_visible_to(actor: Actor) -> QuerySet[Goal]:
    """Goals put away, for those who may bring them back."""
    if actor.is_anonymous:
        return Goal.objects.none()
    rows = Goal.objects.exclude(archived_at=None).select_related("metric", "department", "owner", "parent")
    return rows if actor.is_admin else rows.filter(department_id__in=managed_departments(actor))


def targets_visible_to(actor: Actor, *, withdrawn: bool = False) -> QuerySet[Target]:
    """Targets in force, or all that ever were."""
    if actor.is_anonymous:
        return Target.objects.none()
    rows = Target.objects.select_related("metric", "department", "goal", "parent")
    return rows if withdrawn else rows.filter(state=Target.State.ACTIVE)


def check_ins_visible_to(actor: Actor) -> QuerySet[CheckIn]:
    """What was said of goals in use."""
    if actor.is_anonymous:
        return CheckIn.objects.none()
    return CheckIn.objects.filter(goal__archived_at=None).select_related("goal", "author")


def guardrails_visible_to(actor: Actor) -> QuerySet[Guardrail]:
    """Every pair."""
    if actor.is_anonymous:
        return Guardrail.objects.none()
    return Guardrail.objects.select_related("metric", "guardrail", "metric__department").order_by("pk")


def constraints_visible_to(actor: Actor) -> QuerySet[Constraint]:
    """What planners agreed on and still holds."""
    if actor.is_anonymous:
        return Constraint.objects.none()
    return Constraint.objects.filter(archived_at=None).select_related("department")


def goal_coded(actor: Actor, code: str) -> Goal:
    """The goal of that code. NotFound for the unseen."""
    return found(visible_to(actor), code=code)


def target_coded(actor: Actor, code: str) -> Target:
    """The target of that code, in force. NotFound for the unseen."""
    return found(targets_visible_to(actor), code=code)


def history_of(actor: Actor, target: Target) -> QuerySet[Audit]:
    """What was done to a target, latest first."""
    if actor.is_anonymous:
        return Audit.objects.none()
    return Audit.objects.filter(kind="target", object_id=str(target.pk), outcome=Audit.Outcome.DONE)


def managed_departments(actor: Actor) -> frozenset[int]:
    """The departments whose goals and targets the actor may set: those led, with all below them."""
    led = [place for place, roles in actor.roles.items() if roles & rules.MANAGING_ROLES]
    if not led:
        return frozenset()
    above = parents()
    return frozenset().union(*(subtree(above, place) for place in led))


def may_manage_for(actor: Actor, departments: Iterable[int]) -> bool:
    """Whether the actor may set goals and targets of all these departments."""
    return actor.is_admin or actor.is_system or set(departments) <= managed_departments(actor)


def departments_managed(actor: Actor) -> QuerySet[Department]:
    """The departments to choose from when setting a goal or a target."""
    rows = departments_visible_to(actor).filter(is_active=True)
    return rows if actor.is_admin or actor.is_system else rows.filter(pk__in=managed_departments(actor))


def involved(actor: Actor, goals: Iterable[Goal]) -> bool:
    """Whether the actor owns one of these goals."""
    return any(goal.owner_id is not None and goal.owner_id == actor.user_id for goal in goals)


def matching(rows: QuerySet[Target], words: str, fields: Iterable[str]) -> QuerySet[Target]:
    """Targets in which every word is found in one of `fields`."""
    for word in words.split():
        rows = rows.filter(reduce(or_, (Q(**{f"{field}__icontains": word}) for field in fields)))
    return rows
