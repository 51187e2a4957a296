"""What the kernel itself does later; other apps take `job`, `enqueue` and `Run` from here."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from hedu.center.kernel.job import Run, enqueue, job, work_off
from hedu.center.kernel.models import Job

__all__ = ["JOBS", "Run", "enqueue", "job", "work_off"]

KEPT = timedelta(days=14)
"""How long a job that has ended is kept to be looked at."""


@job("kernel.tidy")
def tidy(run: Run) -> dict[str, int]:
    """Forget jobs that ended long ago; dead ones stay until somebody has looked."""
    ended = (Job.State.DONE, Job.State.CANCELLED)
    gone, _kinds = Job.objects.filter(state__in=ended, ended_at__lt=timezone.now() - KEPT).delete()
    return {"jobs": gone}


JOBS = (tidy,)
