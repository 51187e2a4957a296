"""Tables of the catalog -> the entries, versions and drafts an actor may see, and what they may do to them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Q, QuerySet

from hedu.center.catalog import rules, serving
from hedu.center.catalog.models import (
    DatasetEntry,
    DefinitionVersion,
    Draft,
    Entry,
    Favourite,
    Metric,
    Usage,
)
from hedu.center.kernel.actor import SYSTEM, Actor
from hedu.center.kernel.models import User
from hedu.center.kernel.reading import found
from hedu.center.people.models import Department
from hedu.center.people.reads import access_of, people_visible_to, posts
from hedu.center.people.reads import visible_to as departments_visible_to
from hedu.errors import NotFound


def visible_to(actor: Actor) -> QuerySet[Metric]:
    """What a metric means is no secret to colleagues; its values obey access when they are asked.

    Retired metrics are seen by those who may bring them back.
    """
    if actor.is_anonymous:
        return Metric.objects.none()
    rows = Metric.objects.select_related("department", "head", "certified_by")
    if actor.is_admin:
        return rows
    return rows.filter(Q(is_retired=False) | Q(department_id__in=edited_departments(actor)))


def datasets_visible_to(actor: Actor) -> QuerySet[DatasetEntry]:
    """Datasets that no policy hides from the actor."""
    if actor.is_anonymous:
        return DatasetEntry.objects.none()
    rows = DatasetEntry.objects.select_related("department", "head").filter(is_retired=False)
    return rows.exclude(name__in=access_of(actor).hidden)


def metric_named(actor: Actor, which: str) -> Metric:
    """The metric with this name, former name or id. NotFound for the unseen: metric-retired, not-found."""
    row = visible_to(actor).filter(Q(pk=which) | Q(name=which)).first()
    if row is not None:
        return row
    name = serving.served().former.get(which, which)
    gone = Metric.objects.filter(Q(pk=which) | Q(name=name), is_retired=True)
    if not actor.is_anonymous and (retired := gone.exclude(pk__in=visible_to(actor)).first()):
        raise NotFound("metric-retired", name=retired.label(actor.lang))
    return found(visible_to(actor), name=name)


def names_today() -> Mapping[str, str]:
    """Former name -> name of today, of all metrics in use."""
    return serving.served().former


def renamed_in(entries: Iterable[str]) -> dict[str, str]:
    """Former name -> name of today, of those of the entries (ids) that are metrics under another name than once."""
    former = serving.served().former
    wanted = set(Metric.objects.filter(pk__in=[one for one in entries if one]).values_list("name", flat=True))
    return {old: new for old, new in former.items() if new in wanted}


def versions_visible_to(actor: Actor) -> QuerySet[DefinitionVersion]:
    """Every version of what the actor may see; a hidden dataset's texts are hidden with it."""
    if actor.is_anonymous:
        return DefinitionVersion.objects.none()
    hidden = access_of(actor).hidden
    rows = DefinitionVersion.objects.select_related("author", "revision")
    return rows.exclude(kind="dataset", name__in=hidden) if hidden else rows


def versions_of(actor: Actor, entry: Entry) -> QuerySet[DefinitionVersion]:
    """The entry's history, latest first."""
    return versions_visible_to(actor).filter(entry_id=entry.pk)


def drafts_visible_to(actor: Actor) -> QuerySet[Draft]:
    """One's own drafts and those of the departments one edits for."""
    if actor.is_anonymous:
        return Draft.objects.none()
    rows = Draft.objects.select_related("author", "department", "base")
    if actor.is_admin:
        return rows
    return rows.filter(Q(author_id=actor.user_id) | Q(department_id__in=edited_departments(actor)))


def uses_visible_to(actor: Actor) -> QuerySet[Usage]:
    """Who uses what is open to colleagues; titles of others' private views are withheld by whoever registers them."""
    if actor.is_anonymous:
        return Usage.objects.none()
    return Usage.objects.select_related("department", "metric")


def favourites_of(actor: Actor) -> frozenset[str]:
    """The ids of the metrics the actor has starred."""
    if actor.user_id is None:
        return frozenset()
    return frozenset(Favourite.objects.filter(user_id=actor.user_id).values_list("metric_id", flat=True))


def edited_departments(actor: Actor) -> frozenset[int]:
    """The departments whose definitions the actor may change."""
    return frozenset(place for place, roles in actor.roles.items() if roles & rules.EDITING_ROLES)


def may_edit_for(actor: Actor, department: int | None) -> bool:
    """Whether the actor may change definitions of this department; those of none are for analysts."""
    if actor.is_admin or actor.is_system:
        return True
    if department is None:
        return actor.has_role("analyst")
    return bool(actor.roles.get(department, frozenset()) & rules.EDITING_ROLES)


def may_vouch_for(actor: Actor, department: int | None) -> bool:
    """Whether the actor may certify, review and lock for this department."""
    return actor.is_admin or actor.is_system or holds_post_for(actor, department)


def holds_post_for(actor: Actor, department: int | None) -> bool:
    """Whether the actor answers for this department's words by a post in it; running the site is no such post."""
    return department is not None and bool(actor.roles.get(department, frozenset()) & rules.CERTIFYING_ROLES)


def may_see_sql(actor: Actor) -> bool:
    """Whether the SQL behind a number is shown."""
    return actor.is_admin or bool(actor.all_roles & rules.SQL_ROLES)


def departments_by_code(actor: Actor) -> dict[str, Department]:
    """Departments by the name definitions use for them."""
    return {row.code: row for row in departments_visible_to(actor)}


def spokespeople(department: int | None) -> dict[str, list[User]]:
    """Owners and liaisons (with deputies) of a department, in one query."""
    found_people: dict[str, list[User]] = {"owner": [], "liaison": [], "deputy": []}
    if department is None:
        return found_people
    for post in posts(department=department):
        if post.is_now and post.membership.role in found_people:
            found_people[post.membership.role].append(post.membership.user)
    return found_people


def people_named(actor: Actor, usernames: Iterable[str]) -> dict[str, User]:
    """Colleagues by user name: definitions name persons so."""
    rows = people_visible_to(actor).filter(username__in={name for name in usernames if name})
    return {row.username: row for row in rows}


def gone_named(username: str) -> str:
    """What somebody was called who has left: a definition may still name them."""
    row = people_visible_to(SYSTEM).filter(username=username, is_active=False).first()
    return row.name if row else ""


def entry_json(row: Metric, lang: str) -> dict[str, Any]:
    """A metric for programs and pickers."""
    return {
        "id": row.pk,
        "name": row.name,
        "label": row.label(lang),
        "label_zh": row.label_zh,
        "label_en": row.label_en,
        "meaning": row.meaning(lang),
        "type": row.type,
        "kind": row.kind,
        "domain": row.domain,
        "unit": row.unit,
        "direction": row.direction,
        "department": row.department.code if row.department else None,
        "certified": row.is_certified,
        "version": row.head.number if row.head else None,
        "url": f"/metrics/{row.name}/",
    }
