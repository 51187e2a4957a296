"""Deeds upon jobs: stopping one, trying one again."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from hedu.center.kernel import reads
from hedu.center.kernel.action import action, record
from hedu.center.kernel.actor import Actor
from hedu.center.kernel.models import Job
from hedu.center.kernel.reading import found
from hedu.errors import Conflict

OVER = (Job.State.FAILED, Job.State.DEAD, Job.State.CANCELLED)


def administrator(actor: Actor, **_: Any) -> bool:
    return actor.is_admin


@action(may=administrator, doors={"page", "rest", "cli"})
def cancel_job(actor: Actor, job: int) -> Job:
    """Take a waiting job out of the queue; one under way ends at its next step."""
    row = found(reads.jobs_visible_to(actor), lock=True, pk=job)
    if row.state == Job.State.QUEUED:
        row.state, row.ended_at = Job.State.CANCELLED, timezone.now()
    row.cancel_asked = row.state in (Job.State.RUNNING, Job.State.CANCELLED)
    row.save(update_fields=["state", "ended_at", "cancel_asked"])
    record("job", row.pk, row.name, after={"state": row.state, "cancel": row.cancel_asked})
    return row


@action(may=administrator, doors={"page", "rest", "cli"})
def retry_job(actor: Actor, job: int) -> Job:
    """Queue a job again that failed, was given up or was cancelled, with all its tries before it."""
    row = found(reads.jobs_visible_to(actor).filter(state__in=OVER), lock=True, pk=job)
    before = {"state": row.state, "attempts": row.attempts}
    row.state, row.attempts, row.cancel_asked, row.run_after = Job.State.QUEUED, 0, False, timezone.now()
    row.ended_at, row.progress, row.note = None, 0.0, ""
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as waiting:
        raise Conflict("job-waits-already", name=row.name) from waiting
    record("job", row.pk, row.name, before=before, after={"state": row.state})
    return row
