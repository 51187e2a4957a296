"""Deeds on boards: make, lay out, filter, share, copy, delete, star."""

from __future__ import annotations

from typing import Any

from hedu.center.dashboards import reads, rules
from hedu.center.dashboards.actions.keeping import (
    audience_told,
    copied,
    deleted,
    home_department,
    named,
    recorded,
    renamed,
    require_version,
    restored,
    shared,
    shown_to,
    signed_in,
    touched,
    use_of,
)
from hedu.center.dashboards.models import Dashboard, Star, Tile
from hedu.center.kernel.action import action
from hedu.center.kernel.actor import Actor
from hedu.center.kernel.reading import found
from hedu.errors import QueryError

NEW_TILE = {**dict.fromkeys(rules.KINDS, (6, 4)), "indicator": (3, 2), "table": (12, 5), "note": (6, 2)}
"""Width and height of a new tile, by the kind of its chart."""


def may_keep_board(actor: Actor, dashboard: int, **_: Any) -> bool:
    """Those who keep it; of what one cannot see, one is told that it is not there."""
    row = reads.visible_to(actor).filter(pk=dashboard).first()
    return actor.user_id is not None and (row is None or reads.may_keep(actor, row))


@action(may=signed_in, doors={"page", "rest"}, event="dashboards.dashboard_created", idempotent=True)
def create_dashboard(actor: Actor, *, name: str, scope: str = "private", department: str = "") -> Dashboard:
    """Start an empty board; only for oneself unless shared."""
    row = Dashboard(owner_id=actor.user_id, changed_by_id=actor.user_id, department=home_department(actor, department))
    named(row, actor, name)
    if scope != "private":
        shown_to(actor, row, scope, department)
    row.save()
    recorded(row, None, {"name": row.name, **audience_told(row)})
    return row


@action(may=may_keep_board, doors={"page", "rest"}, event="dashboards.dashboard_changed")
def add_tile(
    actor: Actor,
    dashboard: int,
    *,
    title: str = "",
    view: int | None = None,
    question: dict[str, Any] | None = None,
    chart: dict[str, Any] | None = None,
    text: str = "",
) -> Tile:
    """Put a saved view, a question with its chart, or a note below what the board already shows."""
    board = reads.board_for_change(actor, dashboard)
    tiles = list(board.tiles.all())
    if len(tiles) >= rules.TILES_MOST:
        raise QueryError("too-many-tiles", limit=rules.TILES_MOST, count=len(tiles) + 1)
    tile = Tile(dashboard=board, title=title.strip()[: rules.NAME_MOST])
    if view is not None:
        _pointed(actor, tile, view)
    elif question is not None:
        tile.question, tile.chart = rules.question_of(question), rules.chart_of(chart)
        tile.question = reads.question_checked(actor, tile.question)
    elif text.strip():
        tile.text = text.strip()[: rules.NOTE_MOST]
    else:
        raise QueryError("tile-empty")
    tile.w, tile.h = NEW_TILE[(tile.shown_chart or {}).get("kind", "note")]
    tile.x, tile.y = rules.free_place([(item.x, item.y, item.w, item.h) for item in tiles], tile.w, tile.h)
    tile.save()
    touched(board, actor)
    use_of(board)
    recorded(board, None, {"tile": tile.as_json()})
    return tile


def _pointed(actor: Actor, tile: Tile, view: int) -> None:
    """The tile shows a view: by pointing where all of the board's audience may see it, else by a copy."""
    row = found(reads.views_visible_to(actor), pk=view)
    if rules.reaches(row.audience, tile.dashboard.audience):
        tile.view = row
    else:
        tile.title = tile.title or row.name
        tile.question, tile.chart = row.question, row.chart


@action(may=may_keep_board, doors={"page", "rest"}, event="dashboards.dashboard_changed")
def save_layout(
    actor: Actor,
    dashboard: int,
    *,
    version: int,
    tiles: list[dict[str, Any]],
    title: str = "",
    filters: list[dict[str, Any]] | None = None,
) -> Dashboard:
    """Save the whole board over the version one has seen: tiles left out are gone, unknown ids are new."""
    board = reads.board_for_change(actor, dashboard)
    require_version(board, version)
    wanted = rules.tiles_of(tiles)
    before = {"name": board.name, "filters": board.filters, "tiles": [_kept(tile) for tile in board.tiles.all()]}
    if title:
        named(board, actor, title)
    if filters is not None:
        board.filters = rules.filters_of(filters)
    _laid_out(actor, board, wanted)
    touched(board, actor)
    use_of(board)
    after = [_kept(tile) for tile in board.tiles.all()]
    recorded(board, before, {"name": board.name, "filters": board.filters, "tiles": after})
    return board


def _kept(tile: Tile) -> dict[str, Any]:
    return {"id": tile.pk, "title": tile.shown_title, "x": tile.x, "y": tile.y, "w": tile.w, "h": tile.h}


def _laid_out(actor: Actor, board: Dashboard, wanted: list[dict[str, Any]]) -> None:
    present = {str(tile.pk): tile for tile in board.tiles.select_related("view")}
    stays = {str(item["id"]) for item in wanted}
    board.tiles.exclude(pk__in=[tile.pk for key, tile in present.items() if key in stays]).delete()
    for item in wanted:
        tile = present.pop(str(item["id"]), None) or Tile(dashboard=board)
        _placed(actor, tile, item)
        tile.save()


def _placed(actor: Actor, tile: Tile, item: dict[str, Any]) -> None:
    """Take over place and content; a tile whose content is still that of its view keeps pointing to it."""
    tile.x, tile.y, tile.w, tile.h = item["x"], item["y"], item["w"], item["h"]
    view = tile.view
    same = view is not None and (item["question"], item["chart"]) == (view.question, view.chart)
    tile.title = "" if same and view and item["title"] == view.name else item["title"]
    tile.text = item["text"]
    if same:
        return
    if item["question"] is not None and item["question"] != tile.shown_question:
        item["question"] = reads.question_checked(actor, item["question"])
    tile.view, tile.question, tile.chart = None, item["question"], item["chart"]


@action(may=may_keep_board, doors={"page", "rest"}, event="dashboards.dashboard_changed")
def set_filters(actor: Actor, dashboard: int, *, version: int, filters: list[dict[str, Any]]) -> Dashboard:
    """Set the filters over the whole board, over the version one has seen."""
    board = reads.board_for_change(actor, dashboard)
    require_version(board, version)
    before = {"filters": board.filters}
    board.filters = rules.filters_of(filters)
    touched(board, actor)
    recorded(board, before, {"filters": board.filters})
    return board


@action(may=may_keep_board, doors={"page", "rest"})
def rename_dashboard(actor: Actor, dashboard: int, *, name: str) -> Dashboard:
    """Give a board another name in one's own language."""
    return renamed(actor, reads.board_for_change(actor, dashboard), name)


@action(may=may_keep_board, doors={"page", "rest"}, event="dashboards.dashboard_shared")
def share_dashboard(actor: Actor, dashboard: int, *, scope: str, department: str = "") -> Dashboard:
    """Say who may open a board: private, department or company. Everybody sees it with their own data rights."""
    return shared(actor, reads.board_for_change(actor, dashboard), scope, department)


@action(may=signed_in, doors={"page", "rest"}, event="dashboards.dashboard_created")
def duplicate_dashboard(actor: Actor, dashboard: int) -> Dashboard:
    """Make a private copy of a board one can see, tiles and filters included."""
    row = reads.board_opened(actor, dashboard)
    copy = copied(actor, row, filters=row.filters)
    for tile in row.tiles.all():
        Tile.objects.create(
            dashboard=copy,
            title=tile.shown_title,
            text=tile.text,
            question=tile.shown_question,
            chart=tile.shown_chart,
            **{side: getattr(tile, side) for side in "xywh"},
        )
    use_of(copy)
    recorded(copy, None, {"copy_of": row.pk})
    return copy


@action(may=may_keep_board, doors={"page", "rest"})
def delete_dashboard(actor: Actor, dashboard: int) -> Dashboard:
    """Delete a board; its owner can bring it back for thirty days."""
    board = reads.board_for_change(actor, dashboard)
    return deleted(board, {"name": board.name})


@action(may=signed_in, doors={"page", "rest"})
def restore_dashboard(actor: Actor, dashboard: int) -> Dashboard:
    """Bring back a board one has deleted."""
    return restored(found(reads.deleted_by_me(actor)[1], pk=dashboard))


@action(may=signed_in, doors={"page", "rest"})
def star(actor: Actor, dashboard: int, *, on: bool = True) -> Dashboard:
    """Mark a board as a favourite, or no longer."""
    board = found(reads.visible_to(actor), pk=dashboard)
    if on:
        Star.objects.get_or_create(user_id=actor.user_id, dashboard=board)
    else:
        Star.objects.filter(user_id=actor.user_id, dashboard=board).delete()
    recorded(board, None, {"starred": on})
    return board
