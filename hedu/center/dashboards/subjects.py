"""Boards and views as others speak of them: discussed, documented, named in news."""

from __future__ import annotations

from hedu.center.dashboards import reads
from hedu.center.dashboards.models import Shared
from hedu.center.kernel.actor import Actor
from hedu.center.kernel.reading import whole
from hedu.center.kernel.subjects import Subject


def board_subject(actor: Actor, object_id: str) -> Subject | None:
    row = reads.visible_to(actor).filter(pk=whole(object_id)).first()
    return _subject("dashboard", row, "/dashboards/")


def view_subject(actor: Actor, object_id: str) -> Subject | None:
    row = reads.views_visible_to(actor).filter(pk=whole(object_id)).first()
    return _subject("savedview", row, "/views/")


def _subject(kind: str, row: Shared | None, place: str) -> Subject | None:
    if row is None:
        return None
    return Subject(kind, str(row.pk), row.name, f"{place}{row.pk}/", followers=(row.owner_id,))


SUBJECTS = {"dashboard": board_subject, "savedview": view_subject}
