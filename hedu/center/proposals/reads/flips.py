"""A change set -> targets whose value or status would be another, as the viewer sees them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from hedu.alignment.goals.status import Status
from hedu.center.catalog.reads import Asker
from hedu.center.goals import reads as goals
from hedu.center.goals.models import Target
from hedu.center.goals.reads.standing import Standing, standings

TARGETS_MOST = 60


@dataclass(frozen=True, slots=True)
class Flip:
    """One target before and after."""

    target: Target
    before: Standing
    after: Standing

    @property
    def is_flip(self) -> bool:
        return self.before.status != self.after.status

    @property
    def statuses(self) -> tuple[Status, Status]:
        return self.before.status, self.after.status


def flips_of(before: Asker, after: Asker, metrics: Iterable[str]) -> tuple[tuple[Flip, ...], int]:
    """Targets of these metrics that would stand otherwise, those that change their status first; and how many were
    not looked at: of the periods farthest from today."""
    rows = goals.targets_visible_to(before.actor).filter(metric__name__in=list(metrics))
    near = sorted(rows.values_list("since", "until", "pk"), key=_nearness)
    held = list(rows.filter(pk__in=[pk for *_, pk in near[:TARGETS_MOST]]).select_related("metric", "department"))
    if not held:
        return (), 0
    old, new = standings(before, held), standings(after, held)
    found = [Flip(row, old.by_target[row.pk], new.by_target[row.pk]) for row in held]
    moved = [one for one in found if one.is_flip or one.before.value != one.after.value]
    return tuple(sorted(moved, key=lambda one: (not one.is_flip, one.target.code))), len(near) - len(held)


def _nearness(row: tuple[date, date, int]) -> tuple[int, int, int]:
    """Targets under way first, then those to come, then those past; of each the nearest to today."""
    today = timezone.localdate()
    since, until, pk = row
    if since > today:
        return 1, (since - today).days, pk
    return (0, (until - today).days, pk) if until >= today else (2, (today - until).days, pk)
