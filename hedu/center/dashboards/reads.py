"""Tables of views and boards -> what the actor may open, keep and show."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any, TypeVar

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from hedu.center.catalog import reads as catalog
from hedu.center.dashboards import rules
from hedu.center.dashboards.models import Dashboard, SavedView, Shared, Star, Tile
from hedu.center.kernel.actor import Actor
from hedu.center.kernel.reading import found, read, whole
from hedu.center.people.models import Department
from hedu.center.people.reads import visible_to as departments_visible_to
from hedu.query import Result

S = TypeVar("S", bound=Shared)

KEPT_AFTER_DELETION = timedelta(days=30)


def _seen(rows: QuerySet[S], actor: Actor) -> QuerySet[S]:
    if actor.is_anonymous:
        return rows.none()
    if actor.is_admin:
        return rows
    shared = Q(scope="company") | Q(scope="department", department_id__in=actor.departments)
    return rows.filter(Q(owner_id=actor.user_id) | shared)


def visible_to(actor: Actor) -> QuerySet[Dashboard]:
    """Boards the actor may open: their own, their departments', the company's."""
    rows = Dashboard.objects.filter(deleted_at=None).select_related("owner", "department")
    return _seen(rows, actor)


def views_visible_to(actor: Actor) -> QuerySet[SavedView]:
    """Saved views the actor may open: their own, their departments', the company's."""
    rows = SavedView.objects.filter(deleted_at=None).select_related("owner", "department")
    return _seen(rows, actor)


def board_for_change(actor: Actor, board: int) -> Dashboard:
    """The board, locked until the deed ends. NotFound for the unseen."""
    return found(visible_to(actor).select_related(None), lock=True, pk=board)


def view_for_change(actor: Actor, view: int) -> SavedView:
    """The view, locked until the deed ends. NotFound for the unseen."""
    return found(views_visible_to(actor).select_related(None), lock=True, pk=view)


def may_keep(actor: Actor, row: Shared) -> bool:
    """Whether the actor may change, share and delete it."""
    if actor.is_admin:
        return True
    return rules.may_keep(actor.user_id, actor.roles, owner=row.owner_id, department=row.department_id, scope=row.scope)


def deleted_by_me(actor: Actor) -> tuple[QuerySet[SavedView], QuerySet[Dashboard]]:
    """Views and boards that one may bring back: deleted within thirty days, owned by oneself."""
    since = timezone.now() - KEPT_AFTER_DELETION
    return (
        _gone(SavedView.objects.all(), actor).filter(deleted_at__gte=since),
        _gone(Dashboard.objects.all(), actor).filter(deleted_at__gte=since),
    )


def _gone(rows: QuerySet[S], actor: Actor) -> QuerySet[S]:
    if actor.is_anonymous:
        return rows.none()
    rows = rows.filter(deleted_at__isnull=False)
    return rows if actor.is_admin else rows.filter(owner_id=actor.user_id)


def departments_of(actor: Actor) -> QuerySet[Department]:
    """The departments one may share with: those one belongs to."""
    rows = departments_visible_to(actor).filter(is_active=True)
    return rows if actor.is_admin else rows.filter(pk__in=actor.departments)


# --- lists -----------------------------------------------------------------------------------------------


def boards_listed(actor: Actor, which: str = "all", q: str = "") -> QuerySet[Dashboard]:
    """Boards with `is_starred`, favourites first. `which`: all, mine, department, company, starred."""
    rows = _narrowed(visible_to(actor), actor, which, q)
    star = Star.objects.filter(user_id=actor.user_id, dashboard_id=OuterRef("pk"))
    rows = rows.annotate(is_starred=Exists(star))
    if which == "starred":
        rows = rows.filter(is_starred=True)
    return rows.prefetch_related("tiles__view").order_by("-is_starred", "-updated_at")


def views_listed(actor: Actor, which: str = "all", q: str = "") -> QuerySet[SavedView]:
    """Saved views, latest first. `which`: all, mine, department, company."""
    return _narrowed(views_visible_to(actor), actor, which, q)


def _narrowed(rows: QuerySet[S], actor: Actor, which: str, q: str) -> QuerySet[S]:
    match which:
        case "mine":
            rows = rows.filter(owner_id=actor.user_id)
        case "department":
            rows = rows.filter(scope="department")
        case "company":
            rows = rows.filter(scope="company")
    words = q.split()
    for word in words:
        rows = rows.filter(Q(name_zh__icontains=word) | Q(name_en__icontains=word) | Q(owner__name__icontains=word))
    return rows


def boards_one_keeps(actor: Actor) -> list[Dashboard]:
    """The boards a tile can be added to, latest first."""
    return [row for row in visible_to(actor) if may_keep(actor, row)]


def board_opened(actor: Actor, board: int) -> Dashboard:
    """One board with its tiles. NotFound for the unseen."""
    return found(visible_to(actor).prefetch_related("tiles__view"), pk=board)


def metrics_on(board: Dashboard) -> tuple[str, ...]:
    """Every metric that the board's tiles ask for, each once."""
    asked = [tile.shown_question for tile in board.tiles.all() if tile.shown_question]
    return tuple(dict.fromkeys(name for question in asked for name in rules.metrics_of(question)))


def metric_labels(actor: Actor, rows: Iterable[SavedView], lang: str) -> dict[str, str]:
    """Name -> label of every metric that these views ask for, in one query."""
    names = {name for row in rows for name in rules.metrics_of(row.question)}
    return {row.name: row.label(lang) for row in catalog.visible_to(actor).filter(name__in=names)}


# --- answers ---------------------------------------------------------------------------------------------


def question_checked(actor: Actor, question: dict[str, Any]) -> dict[str, Any]:
    """The question under the names metrics have today. Raises what asking would raise, without running it: nothing
    that has no answer is kept."""
    asker = catalog.asker(actor)
    now = asker.now(question)
    asker.workspace.explain(**now, access=asker.access)
    return now


def answer(actor: Actor, question: dict[str, Any]) -> Result:
    """The answer under the rights of whoever looks, never of whoever saved it."""
    return catalog.ask(actor, **question)


def answer_of_view(actor: Actor, view: int) -> tuple[SavedView, Result]:
    """A saved view with its answer for this actor. NotFound for the unseen."""
    row = found(views_visible_to(actor), pk=view)
    return row, answer(actor, row.question)


def tiles_asked(board: Dashboard) -> list[tuple[Tile, dict[str, Any]]]:
    """Tiles that ask something, with their question."""
    return [(tile, tile.shown_question) for tile in board.tiles.all() if tile.shown_question is not None]


def questions_kept(actor: Actor, kind: str, object_id: str) -> list[catalog.Kept]:
    """What a board's tiles or a view ask, as far as the actor may open them: for previews in apps below."""
    if whole(object_id) is None:
        return []
    if kind == "view":
        views = views_visible_to(actor).filter(pk=object_id)
        return [catalog.Kept(row.name, row.name, f"/views/{row.pk}/", row.question) for row in views]
    boards = visible_to(actor).filter(pk=object_id).prefetch_related("tiles__view") if kind == "dashboard" else ()
    return [
        catalog.Kept(row.name, tile.title or (tile.view.name if tile.view else ""), f"/dashboards/{row.pk}/", asked)
        for row in boards
        for tile, asked in tiles_asked(row)
    ]


# --- for programs ----------------------------------------------------------------------------------------


@read(doors={"rest", "cli"})
def boards(actor: Actor, q: str = "") -> list[dict[str, Any]]:
    """Dashboards the asker may open, with their tiles and filters."""
    return [row.as_json() for row in boards_listed(actor, q=q)[:200]]


@read(doors={"rest", "cli"})
def board(actor: Actor, id: int) -> dict[str, Any]:
    """One dashboard with its tiles and filters."""
    return board_opened(actor, id).as_json()


@read(doors={"rest", "cli"})
def views(actor: Actor, q: str = "") -> list[dict[str, Any]]:
    """Saved views the asker may open, with their questions."""
    return [row.as_json() for row in views_listed(actor, q=q)[:200]]


@read(doors={"rest"})
def view_answer(actor: Actor, id: int) -> dict[str, Any]:
    """The answer of a saved view, under the asker's own data rights."""
    _row, result = answer_of_view(actor, id)
    return catalog.result_json(result, actor.lang, actor)
