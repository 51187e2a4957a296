"""Deeds upon one's inbox: what needs no answer is marked as read, and taken back."""

from __future__ import annotations

from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from hedu.center.kernel import reads
from hedu.center.kernel.action import action, record
from hedu.center.kernel.actions.own import signed_in
from hedu.center.kernel.actor import Actor

READ = "read"
TAKE_BACK_WITHIN = timedelta(hours=1)


@action(may=signed_in, doors={"page", "rest"})
def mark_tasks_read(actor: Actor, *, tasks: list[int]) -> list[int]:
    """Mark tasks that ask for no more than reading as read -> the ids of those that were open."""
    rows = reads.tasks_visible_to(actor).filter(pk__in=tasks, kind="read", is_firm=False, done_at=None)
    marked = sorted(rows.values_list("pk", flat=True))
    for row in rows:
        row.done_at, row.done_by_id, row.outcome = timezone.now(), actor.user_id, READ
        row.save(update_fields=["done_at", "done_by", "outcome"])
    record("task", ",".join(map(str, marked))[:80], after={"read": marked})
    return marked


@action(may=signed_in, doors={"page", "rest"})
def take_back_reading(actor: Actor, *, tasks: list[int]) -> int:
    """Open again what one has marked as read within the last hour -> how many."""
    since = timezone.now() - TAKE_BACK_WITHIN
    rows = reads.tasks_visible_to(actor).filter(pk__in=tasks, outcome=READ, done_by=actor.user_id, done_at__gte=since)
    count = 0
    for row in rows:
        row.done_at, row.done_by, row.outcome = None, None, ""
        try:
            with transaction.atomic():
                row.save(update_fields=["done_at", "done_by", "outcome"])
            count += 1
        except IntegrityError:  # asked anew meanwhile: that task is open already
            continue
    record("task", ",".join(map(str, tasks))[:80], after={"opened": count})
    return count
