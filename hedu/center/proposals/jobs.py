"""What proposals do later: reminders, the ladder, what takes effect on a day."""

from __future__ import annotations

from typing import Any

from hedu.center.kernel.job import Run, job
from hedu.center.proposals.actions import tick


@job("proposals.tick")
def look_at_deadlines(run: Run) -> Any:
    """Remind, escalate, publish what is due."""
    return tick()


JOBS = (look_at_deadlines,)
