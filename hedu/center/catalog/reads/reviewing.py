"""Cadences and dates -> the definitions somebody should look at again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from hedu.center.catalog.models import Metric
from hedu.center.catalog.reads.entries import edited_departments, visible_to
from hedu.center.kernel.actor import Actor

SOON_DAYS = 14


@dataclass(frozen=True, slots=True)
class Due:
    """A review with how late it is (negative: still to come)."""

    metric: Metric
    days_late: int


def reviews_due(actor: Actor, *, everybody: bool = False, today: date | None = None) -> list[Due]:
    """Reviews late or due within two weeks, latest first: one's own departments', or everybody's."""
    now = today or timezone.localdate()
    rows: QuerySet[Metric] = visible_to(actor).filter(is_retired=False, review_due__lte=now + timedelta(days=SOON_DAYS))
    if not everybody:
        rows = rows.filter(Q(department_id__in=edited_departments(actor)) | Q(department_id__in=actor.departments))
    return [Due(row, (now - row.review_due).days) for row in rows.order_by("review_due", "name") if row.review_due]
