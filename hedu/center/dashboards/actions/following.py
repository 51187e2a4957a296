"""A metric got another name -> whatever people keep asks for it by that."""

from __future__ import annotations

from typing import Any

from hedu.center.catalog.naming import chart_under_names, under_names
from hedu.center.catalog.reads import workspace
from hedu.center.dashboards.actions.keeping import recorded, use_of
from hedu.center.dashboards.models import Dashboard, SavedView, Tile
from hedu.center.kernel.action import action
from hedu.center.kernel.actor import Actor
from hedu.model.expressions import with_metrics_renamed
from hedu.model.types import Model


def only_system(actor: Actor, **_: Any) -> bool:
    return actor.is_system


@action(may=only_system, doors=set())
def follow_names(actor: Actor, *, names: dict[str, str]) -> int:
    """Write questions, charts and filters that hold former names of metrics under their names of today.

    What is asked stays the same, so nobody's version counts up and no layout being edited is lost.
    """
    model = workspace().model
    changed = 0
    for view in SavedView.objects.all():
        now = _now(view, names, model)
        if now != (view.question, view.chart):
            before = {"question": view.question, "chart": view.chart}
            view.question, view.chart = now
            view.save(update_fields=["question", "chart"])
            use_of(view)
            recorded(view, before, {"question": view.question, "chart": view.chart})
            changed += 1
    for board in Dashboard.objects.prefetch_related("tiles__view"):
        changed += _followed(board, names, model)
    return changed


def _followed(board: Dashboard, names: dict[str, str], model: Model) -> bool:
    """Whether the board's own tiles and filters held a former name. What its views ask is theirs."""
    own = [tile for tile in board.tiles.all() if tile.question is not None]
    after = {tile: _now(tile, names, model) for tile in own}
    filters = [{**one, "path": with_metrics_renamed(one["path"], names)} for one in board.filters]
    moved = [tile for tile in own if after[tile] != (tile.question, tile.chart)]
    shows = any(tile.view_id for tile in board.tiles.all())
    if moved or filters != board.filters:
        before = {"filters": board.filters, "tiles": [{"id": tile.pk, "question": tile.question} for tile in moved]}
        for tile in moved:
            tile.question, tile.chart = after[tile]
            tile.save(update_fields=["question", "chart"])
        board.filters = filters
        board.save(update_fields=["filters"])
        told = {"filters": filters, "tiles": [{"id": tile.pk, "question": tile.question} for tile in moved]}
        recorded(board, before, told)
    if moved or shows:
        use_of(board)
    return bool(moved)


def _now(holder: SavedView | Tile, names: dict[str, str], model: Model) -> tuple[dict[str, Any], Any]:
    return under_names(holder.question or {}, names, model), chart_under_names(holder.chart, names)
