"""Deeds on saved views."""

from __future__ import annotations

from typing import Any

from hedu.center.dashboards import reads, rules
from hedu.center.dashboards.actions.keeping import (
    audience_told,
    copied,
    deleted,
    home_department,
    keep_pointed,
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
from hedu.center.dashboards.models import Dashboard, SavedView
from hedu.center.kernel.action import action
from hedu.center.kernel.actor import Actor
from hedu.center.kernel.reading import found


def may_keep_view(actor: Actor, view: int, **_: Any) -> bool:
    """Those who keep it; of what one cannot see, one is told that it is not there."""
    row = reads.views_visible_to(actor).filter(pk=view).first()
    return actor.user_id is not None and (row is None or reads.may_keep(actor, row))


@action(may=signed_in, doors={"page", "rest"}, event="dashboards.view_saved")
def save_view(
    actor: Actor,
    *,
    name: str,
    question: dict[str, Any],
    chart: dict[str, Any] | None = None,
    scope: str = "private",
    department: str = "",
) -> SavedView:
    """Keep a question with its chart under a name; only for oneself unless shared."""
    row = SavedView(owner_id=actor.user_id, changed_by_id=actor.user_id, department=home_department(actor, department))
    named(row, actor, name)
    row.question = rules.question_of(question)
    row.chart = rules.chart_of(chart)
    row.question = reads.question_checked(actor, row.question)
    if scope != "private":
        shown_to(actor, row, scope, department)
    row.save()
    use_of(row)
    recorded(row, None, {"question": row.question, "chart": row.chart, **audience_told(row)})
    return row


@action(may=may_keep_view, doors={"page", "rest"}, event="dashboards.view_saved")
def update_view(
    actor: Actor,
    view: int,
    *,
    version: int,
    question: dict[str, Any],
    chart: dict[str, Any] | None = None,
    name: str = "",
) -> SavedView:
    """Save a view anew over the version one has seen; boards that show it follow."""
    row = reads.view_for_change(actor, view)
    require_version(row, version)
    before = {"question": row.question, "chart": row.chart, "name": row.name}
    row.question = rules.question_of(question)
    row.chart = rules.chart_of(chart)
    row.question = reads.question_checked(actor, row.question)
    if name:
        named(row, actor, name)
    touched(row, actor)
    use_of(row)
    for board in Dashboard.objects.filter(tiles__view=row).distinct():
        use_of(board)
    recorded(row, before, {"question": row.question, "chart": row.chart, "name": row.name})
    return row


@action(may=may_keep_view, doors={"page", "rest"})
def rename_view(actor: Actor, view: int, *, name: str) -> SavedView:
    """Give a view another name in one's own language."""
    return renamed(actor, reads.view_for_change(actor, view), name)


@action(may=may_keep_view, doors={"page", "rest"}, event="dashboards.view_shared")
def share_view(actor: Actor, view: int, *, scope: str, department: str = "") -> SavedView:
    """Say who may open a view: private, department or company. Everybody sees it with their own data rights."""
    return shared(actor, reads.view_for_change(actor, view), scope, department)


@action(may=signed_in, doors={"page", "rest"})
def duplicate_view(actor: Actor, view: int) -> SavedView:
    """Make a private copy of a view one can see."""
    row = found(reads.views_visible_to(actor), pk=view)
    copy = copied(actor, row, question=row.question, chart=row.chart)
    use_of(copy)
    recorded(copy, None, {"copy_of": row.pk, "question": row.question})
    return copy


@action(may=may_keep_view, doors={"page", "rest"})
def delete_view(actor: Actor, view: int) -> SavedView:
    """Delete a view; its owner can bring it back for thirty days. Boards that showed it keep a copy."""
    row = reads.view_for_change(actor, view)
    keep_pointed(row, always=True)
    return deleted(row, {"question": row.question})


@action(may=signed_in, doors={"page", "rest"})
def restore_view(actor: Actor, view: int) -> SavedView:
    """Bring back a view one has deleted."""
    return restored(found(reads.deleted_by_me(actor)[0], pk=view))
