"""What detectors look at and no table holds, filed by administrators."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from hedu.center.conflicts.models import Paper
from hedu.center.conflicts.papers import read_rows
from hedu.center.kernel.action import action, record
from hedu.center.kernel.actor import Actor


def administrators(actor: Actor, **_: Any) -> bool:
    return actor.is_admin


@action(may=administrators, doors={"rest", "cli"})
def file_papers(actor: Actor, *, kind: str, rows: list[dict[str, Any]]) -> Paper:
    """Put a paper's rows on file in place of those before.

    Kinds: versions, reports, approvals, drivers, scores, uses.
    """
    read_rows(kind, rows)
    paper, _ = Paper.objects.update_or_create(
        kind=kind, defaults={"rows": rows, "filed_by_id": actor.user_id, "filed_at": timezone.now()}
    )
    record("paper", paper.pk, kind, after={"rows": len(rows)})
    return paper
