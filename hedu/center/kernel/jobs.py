"""What the kernel itself does later; other apps take `job`, `enqueue` and `Run` from here."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from hedu.center.kernel import sending
from hedu.center.kernel.job import Run, enqueue, job, work_off
from hedu.center.kernel.models import Job, Outgoing

__all__ = ["JOBS", "Run", "enqueue", "job", "work_off"]

KEPT = timedelta(days=14)
"""How long a job that has ended is kept to be looked at."""


@job("kernel.tidy")
def tidy(run: Run) -> dict[str, int]:
    """Forget jobs and messages that ended long ago; dead ones stay until somebody has looked."""
    long_ago = timezone.now() - KEPT
    jobs = Job.objects.filter(state__in=(Job.State.DONE, Job.State.CANCELLED), ended_at__lt=long_ago)
    sent = Outgoing.objects.filter(state__in=(Outgoing.State.SENT, Outgoing.State.DROPPED), at__lt=long_ago)
    return {"jobs": jobs.delete()[0], "messages": sent.delete()[0]}


@job("outbox.sweep")
def sweep(run: Run) -> dict[str, int]:
    """Come back to every channel that has something waiting."""
    return {"channels": sending.sweep()}


send = job("outbox.send", retries=5, limit=300)(sending.send)
JOBS = (tidy, sweep, send)
