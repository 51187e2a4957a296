"""What deeds on views and boards share: names, versions, audiences, the register of uses."""

from __future__ import annotations

from typing import Any, TypeVar

from django.utils import timezone

from hedu.center.catalog.actions.uses import register_uses
from hedu.center.dashboards import reads, rules
from hedu.center.dashboards.models import Dashboard, SavedView, Shared, Tile
from hedu.center.kernel.action import record
from hedu.center.kernel.actor import Actor
from hedu.center.people.models import Department
from hedu.errors import Conflict, QueryError

S = TypeVar("S", bound=Shared)

OTHER_COPY = {"zh": "{name}（副本）", "en": "{name} (copy)"}


def signed_in(actor: Actor, **_: Any) -> bool:
    return actor.user_id is not None


def named(row: Shared, actor: Actor, name: str) -> None:
    """Give `row` a name in the actor's language; the other language's name stays."""
    text = rules.name_of(name)
    if actor.lang == "en":
        row.name_en = text
    else:
        row.name_zh = text


def require_version(row: Shared, version: int) -> None:
    """Conflict when somebody changed it since it was read."""
    if row.version != version:
        raise Conflict("changed-meanwhile", name=row.name, seen=version, now=row.version)


def home_department(actor: Actor, code: str) -> Department | None:
    """The department of that code among one's own; without a code the one where one leads, else the first."""
    mine = list(reads.departments_of(actor))
    if code:
        chosen = next((row for row in mine if row.code == code), None)
        if chosen is None:
            raise QueryError("share-not-your-department", name=code, known=[row.code for row in mine])
        return chosen
    if actor.is_admin:
        mine = [row for row in mine if row.pk in actor.departments]
    leading = [row for row in mine if actor.roles.get(row.pk, frozenset()) & rules.LEADING_ROLES]
    return next(iter(leading or mine), None)


def shown_to(actor: Actor, row: Shared, scope: str, department: str) -> None:
    """Set the audience of `row`. QueryError where the actor may not share so widely."""
    if scope not in ("private", "department", "company"):
        raise QueryError("share-scope-unknown", name=scope)
    place = row.department if row.department and not department else home_department(actor, department)
    if scope == "department" and place is None:
        raise QueryError("share-without-department")
    place_id = place.pk if place else None
    if not actor.is_admin and not rules.may_show(actor.roles, department=place_id, scope=scope):
        raise QueryError("share-too-wide")
    row.scope = scope
    row.department = place


def touched(row: Shared, actor: Actor) -> None:
    """Count the change and keep it."""
    row.version += 1
    row.changed_by_id = actor.user_id
    row.updated_at = timezone.now()
    row.save()


def audience_told(row: Shared) -> dict[str, Any]:
    return {"scope": row.scope, "department": row.department.code if row.department else None}


def recorded(row: Shared, before: dict[str, Any] | None, after: dict[str, Any]) -> None:
    record(row._meta.model_name or "", row.pk, row.name, before=before, after=after)


# --- deeds that views and boards have alike --------------------------------------------------------------


def renamed(actor: Actor, row: S, name: str) -> S:
    before = {"name": row.name}
    named(row, actor, name)
    touched(row, actor)
    use_of(row)
    recorded(row, before, {"name": row.name})
    return row


def shared(actor: Actor, row: S, scope: str, department: str) -> S:
    before = audience_told(row)
    shown_to(actor, row, scope, department)
    touched(row, actor)
    keep_pointed(row) if isinstance(row, SavedView) else keep_pointing(row)
    use_of(row)
    recorded(row, before, audience_told(row))
    return row


def copied(actor: Actor, row: S, **content: Any) -> S:
    """A private copy under a name that says so; its use and its record are the caller's."""
    copy = type(row)(
        owner_id=actor.user_id, changed_by_id=actor.user_id, department=home_department(actor, ""), **content
    )
    named(copy, actor, OTHER_COPY[actor.lang].format(name=row.name[: rules.NAME_MOST - 8]))
    copy.save()
    return copy


def deleted(row: S, before: dict[str, Any]) -> S:
    row.deleted_at = timezone.now()
    row.save(update_fields=["deleted_at"])
    use_of(row)
    recorded(row, before, {"deleted": True})
    return row


def restored(row: S) -> S:
    row.deleted_at = None
    row.save(update_fields=["deleted_at"])
    use_of(row)
    recorded(row, {"deleted": True}, {"deleted": False})
    return row


# --- who uses which metric -------------------------------------------------------------------------------


def use_of(row: Shared) -> None:
    """Tell the catalog which metrics a view or a board rests on; what is private keeps its name to itself."""
    if isinstance(row, SavedView):
        kind, metrics, url = "view", rules.metrics_of(row.question), f"/views/{row.pk}/"
    else:
        fresh = Dashboard.objects.prefetch_related("tiles__view").get(pk=row.pk)
        kind, metrics, url = "dashboard", reads.metrics_on(fresh), f"/dashboards/{row.pk}/"
    is_open = row.scope != "private"
    register_uses(
        kind,
        row.pk,
        () if row.deleted_at else metrics,
        department=row.department_id,
        title=(row.name_zh or row.name_en) if is_open else "",
        title_en=row.name_en if is_open else "",
        url=url if is_open else "",
    )


# --- tiles that point to views ---------------------------------------------------------------------------


def copied_in(tile: Tile) -> None:
    """The tile takes a copy of its view's question and no longer points to it."""
    view = tile.view
    if view is None:
        return
    tile.title = tile.title or view.name
    tile.question, tile.chart, tile.view = view.question, view.chart, None
    tile.save()


def keep_pointing(board: Dashboard) -> None:
    """After the audience of `board` changed: views that some of it cannot see are copied into their tiles."""
    for tile in board.tiles.select_related("view").exclude(view=None):
        if tile.view and not rules.reaches(tile.view.audience, board.audience):
            copied_in(tile)


def keep_pointed(view: SavedView, *, always: bool = False) -> None:
    """After the audience of `view` changed (or it goes, `always`): the same from its side."""
    for tile in view.tiles.select_related("dashboard", "view"):
        if always or not rules.reaches(view.audience, tile.dashboard.audience):
            copied_in(tile)
