"""Tables -> who somebody is, what they may see, and the departments as a tree."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.module_loading import import_string

from hedu.center.kernel.actor import ANONYMOUS, Actor
from hedu.center.kernel.actors import StandIn
from hedu.center.kernel.models import User
from hedu.center.kernel.reading import read
from hedu.center.people import rules
from hedu.center.people.models import Absence, Department, Membership, Policy
from hedu.query import ALL, Access


def today() -> date:
    return timezone.localdate()


def _valid(on: date) -> Q:
    return (Q(since=None) | Q(since__lte=on)) & (Q(until=None) | Q(until__gte=on))


def actor_of(user: Any) -> Actor:
    """The person with the roles they hold today. Somebody who may not sign in is nobody."""
    if not user.is_authenticated or not user.is_active:
        return ANONYMOUS
    held: dict[int, set[str]] = {}
    rows = Membership.objects.filter(_valid(today()), user_id=user.pk, department__is_active=True)
    for department, role in rows.values_list("department_id", "role"):
        held.setdefault(department, set()).add(role)
    roles = {department: frozenset(names) for department, names in held.items()}
    return Actor(
        user_id=user.pk,
        name=user.name,
        lang=user.lang,
        departments=frozenset(roles),
        roles=roles,
        is_admin=user.is_superuser or any("administrator" in names for names in roles.values()),
        username=user.username,
    )


def parents() -> dict[int, int | None]:
    """Each department's parent."""
    return dict(Department.objects.values_list("pk", "parent_id"))


def grants(on: date | None = None) -> list[rules.Grant]:
    """Every policy in force on `on` (default today) as a plain value."""
    rows = list(Policy.objects.filter(_valid(on or today()), is_active=True))
    above = parents() if any(row.department_id and row.with_subtree for row in rows) else {}
    return [_grant(row, above) for row in rows]


def _grant(row: Policy, above: Mapping[int, int | None]) -> rules.Grant:
    departments = None
    if row.department_id is not None:
        departments = rules.subtree(above, row.department_id) if row.with_subtree else frozenset({row.department_id})
    return rules.Grant(
        dataset=row.dataset,
        effect=row.effect,
        where=row.where,
        column=row.column,
        departments=departments,
        role=row.role,
        user=row.user_id,
    )


def access_of(actor: Actor) -> Access:
    """What the actor may see, closed unless granted. Only the system sees all; administrators hold grants too."""
    if actor.is_system:
        return ALL
    return rules.access(grants(), actor.user_id, actor.roles, actor.username)


# --- departments -----------------------------------------------------------------------------------------


def visible_to(actor: Actor) -> QuerySet[Department]:
    """Departments are no secret to those who may sign in."""
    if actor.is_anonymous:
        return Department.objects.none()
    return Department.objects.all()


@dataclass(frozen=True, slots=True)
class Branch:
    """A department in the tree, with how deep it stands, how many people are in it and who speaks for it.

    `is_own` is false where the liaisons are those of the department above.
    """

    department: Department
    depth: int
    people: int
    liaisons: tuple[User, ...] = ()
    is_own: bool = True


def tree(actor: Actor) -> list[Branch]:
    """Departments in reading order: each followed by those under it."""
    rows = list(visible_to(actor).filter(is_active=True))
    members: dict[int, set[int]] = {}
    liaisons: dict[int, list[User]] = {}
    for item in Membership.objects.filter(_valid(today()), user__is_active=True).select_related("user"):
        members.setdefault(item.department_id, set()).add(item.user_id)
        if item.role == "liaison":
            liaisons.setdefault(item.department_id, []).append(item.user)
    children: dict[int | None, list[Department]] = {}
    known = {row.pk for row in rows}
    for row in rows:
        children.setdefault(row.parent_id if row.parent_id in known else None, []).append(row)
    found: list[Branch] = []

    def walk(parent: int | None, depth: int, above: tuple[User, ...]) -> None:
        for row in children.get(parent, ()):
            own = tuple(liaisons.get(row.pk, ()))
            found.append(Branch(row, depth, len(members.get(row.pk, ())), own or above, bool(own) or not above))
            walk(row.pk, depth + 1, own or above)

    walk(None, 0, ())
    return found


@read(doors={"rest", "cli"})
def departments(actor: Actor) -> list[dict[str, Any]]:
    """Departments as a tree in reading order, with depth and head count."""
    return [{**branch.department.as_json(), "depth": branch.depth, "people": branch.people} for branch in tree(actor)]


def department_named(code: str) -> Department | None:
    """The department that definitions call `code`."""
    return Department.objects.filter(code=code).first()


def codes_of(actor: Actor) -> frozenset[str]:
    """The codes of the departments the actor belongs to."""
    if not actor.departments:
        return frozenset()
    return frozenset(Department.objects.filter(pk__in=actor.departments).values_list("code", flat=True))


def holders(department: int, *roles: str) -> QuerySet[User]:
    """Those who hold one of `roles` in the department today."""
    held = Membership.objects.filter(_valid(today()), department_id=department, role__in=roles)
    return User.objects.filter(is_active=True, pk__in=held.values("user_id"))


def posts_of(users: Iterable[int]) -> dict[int, set[int]]:
    """User -> the departments they belong to today; those who belong to none are left out."""
    found: dict[int, set[int]] = {}
    held = Membership.objects.filter(_valid(today()), user_id__in=list(users)).exclude(role="administrator")
    for user, place in held.values_list("user_id", "department_id"):
        found.setdefault(user, set()).add(place)
    return found


def liaisons_of(department: int) -> QuerySet[User]:
    """Who speaks for the department: its liaisons, else their deputies, else its manager, else those above."""
    above = parents()
    place: int | None = department
    while place is not None:
        for role in ("liaison", "deputy", "manager"):
            found = holders(place, role)
            if found.exists():
                return found
        place = above.get(place)
    return User.objects.none()


def other_administrators(membership: Membership) -> QuerySet[User]:
    """Active administrators besides the person of this membership."""
    held = Membership.objects.filter(role="administrator").exclude(pk=membership.pk)
    chosen = Q(is_superuser=True) | Q(pk__in=held.values("user_id"))
    return User.objects.filter(chosen, is_active=True).exclude(pk=membership.user_id)


def names_of(departments: Iterable[int] | None) -> dict[int, str]:
    """The departments' names in the present language; None: of all in use."""
    rows = Department.objects.filter(is_active=True)
    if departments is not None:
        rows = Department.objects.filter(pk__in=list(departments))
    return {row.pk: row.name for row in rows}


# --- absence ---------------------------------------------------------------------------------------------


def absences_visible_to(actor: Actor) -> QuerySet[Absence]:
    """Who is away when, and who stands in: no secret among colleagues. Past ones are left out."""
    rows = Absence.objects.filter(until__gte=today()).select_related("user", "delegate")
    return rows.none() if actor.is_anonymous else rows


def stands_in_for(actor: Actor) -> tuple[StandIn, ...]:
    """Those away today who named the actor; and, where they named nobody, liaisons whose deputy the actor is."""
    now = today()
    away = Absence.objects.filter(since__lte=now, until__gte=now)
    named = away.filter(delegate=actor.user_id).values_list("user_id", flat=True) if actor.user_id else ()
    found = [StandIn(user) for user in named]
    deputy_in = [place for place, roles in actor.roles.items() if "deputy" in roles]
    if deputy_in:
        held = Membership.objects.filter(_valid(now), role="liaison", department__in=deputy_in)
        held = held.filter(user__in=away.filter(delegate=None).values("user_id")).exclude(user=actor.user_id)
        found += [StandIn(user, place) for user, place in held.values_list("user_id", "department_id")]
    return tuple(dict.fromkeys(found))


# --- people ----------------------------------------------------------------------------------------------


def people_visible_to(actor: Actor) -> QuerySet[User]:
    """Colleagues are no secret; those who left are seen by administrators only."""
    if actor.is_anonymous:
        return User.objects.none()
    return User.objects.all() if actor.is_admin else User.objects.filter(is_active=True)


@dataclass(frozen=True, slots=True)
class Post:
    """A role a person holds, told for pages."""

    membership: Membership
    is_now: bool


def posts(*, user: int | None = None, department: int | None = None) -> list[Post]:
    """Memberships of a person or a department, those in force first."""
    rows = Membership.objects.select_related("user", "department").filter(user__is_active=True)
    if user is not None:
        rows = rows.filter(user_id=user)
    if department is not None:
        rows = rows.filter(department_id=department)
    now = today()
    told = [Post(row, rules.is_valid_on(now, row.since, row.until)) for row in rows]
    order = {role: place for place, role in enumerate(reversed(rules.ROLES))}
    return sorted(told, key=lambda post: (not post.is_now, order[post.membership.role]))


@read(doors={"rest", "cli"})
def people(actor: Actor, q: str = "", department: str = "") -> list[dict[str, Any]]:
    """Colleagues, narrowed by a part of their name or user name and by a department's code."""
    rows = people_visible_to(actor)
    if q:
        rows = rows.filter(Q(name__icontains=q) | Q(username__icontains=q))
    if department:
        rows = rows.filter(memberships__department__code=department).distinct()
    return [row.as_json() for row in rows[:200]]


def alike(policy: Policy, besides: Collection[int] = ()) -> Policy | None:
    """The policy in force that says the same as this one, those `besides` (ids) left out."""
    told: dict[str, Any] = {}
    for name in (
        "dataset",
        "effect",
        "where",
        "column",
        "department",
        "with_subtree",
        "role",
        "user",
        "since",
        "until",
    ):
        value = getattr(policy, name)
        told |= {f"{name}__isnull": True} if value is None else {name: value}
    return Policy.objects.filter(is_active=True, **told).exclude(pk__in=list(besides)).first()


def policies_visible_to(actor: Actor) -> QuerySet[Policy]:
    """Policies are for administrators to see."""
    rows = Policy.objects.select_related("department", "user")
    return rows if actor.is_admin else rows.none()


@read(doors={"rest", "cli"})
def policies(actor: Actor) -> list[dict[str, Any]]:
    """Data policies, for administrators."""
    return [row.as_json() for row in policies_visible_to(actor)]


@read(doors={"rest", "cli"})
def me(actor: Actor) -> dict[str, Any]:
    """Who the asker is, with departments, roles and the data they see."""
    access = access_of(actor)
    codes = dict(Department.objects.filter(pk__in=actor.departments).values_list("pk", "code"))
    return {
        "username": actor.username,
        "name": actor.name,
        "is_admin": actor.is_admin,
        "roles": {codes[place]: sorted(held) for place, held in actor.roles.items() if place in codes},
        "rows": [{"dataset": item.dataset, "where": item.where} for item in access.rows],
        "masks": [{"dataset": item.dataset, "column": item.column} for item in access.masks],
        "hidden": list(access.hidden),
    }


# --- for pages -------------------------------------------------------------------------------------------


def people_searched(actor: Actor, asked: str) -> QuerySet[User]:
    """People by a part of their name, user name or mail."""
    rows = people_visible_to(actor).order_by("-is_active", "username")
    if not asked:
        return rows
    return rows.filter(Q(name__icontains=asked) | Q(username__icontains=asked) | Q(email__icontains=asked))


def roles_by_user(users: Iterable[User]) -> dict[int, list[Membership]]:
    """Each user's memberships in force, in one query."""
    rows = Membership.objects.filter(_valid(today()), user__in=[user.pk for user in users])
    found: dict[int, list[Membership]] = {}
    for row in rows.select_related("department"):
        found.setdefault(row.user_id, []).append(row)
    return found


@dataclass(frozen=True, slots=True)
class Opening:
    """What some policies open together: these rows, this column or all of a dataset, each to its people."""

    effect: str
    where: str
    column: str
    policies: tuple[Policy, ...]


def policies_by_dataset(actor: Actor) -> dict[str, list[Opening]]:
    """Active policies under the dataset they speak of, those that open the same together."""
    found: dict[str, dict[tuple[str, str, str], list[Policy]]] = {}
    for row in policies_visible_to(actor).filter(is_active=True):
        key = (row.effect, row.where, row.column)
        found.setdefault(row.dataset, {}).setdefault(key, []).append(row)
    return {
        dataset: [Opening(*key, tuple(rows)) for key, rows in openings.items()] for dataset, openings in found.items()
    }


@dataclass(frozen=True, slots=True)
class SeenAs:
    """What one person sees, told for administrators."""

    user: User
    actor: Actor
    access: Access


def seen_as(username: str) -> SeenAs | None:
    """The preview of somebody's access."""
    user = User.objects.filter(username=username).first()
    if user is None:
        return None
    actor = actor_of(user)
    return SeenAs(user, actor, access_of(actor))


def known_datasets() -> list[tuple[str, str]]:
    """(name, label) of the datasets that policies can speak of, where the catalog (above us) tells them."""
    if not settings.HEDU_DATASETS_OF:
        return []
    tell: Callable[[], list[tuple[str, str]]] = import_string(settings.HEDU_DATASETS_OF)
    return tell()


def roles_now() -> dict[int, frozenset[str]]:
    """The roles that active people hold today, by department."""
    found: dict[int, set[str]] = {}
    rows = Membership.objects.filter(_valid(today()), user__is_active=True, department__is_active=True)
    for department, role in rows.values_list("department_id", "role").distinct():
        found.setdefault(department, set()).add(role)
    return {department: frozenset(roles) for department, roles in found.items()}
