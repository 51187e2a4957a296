"""What goals do later: ask for check-ins that are due."""

from __future__ import annotations

from hedu.center.goals.actions import remind_check_ins
from hedu.center.kernel.job import Run, job


@job("goals.remind")
def remind(run: Run) -> dict[str, int]:
    """Ask the owners of goals that nobody has checked in on for long."""
    return {"asked": remind_check_ins(run.actor)}


JOBS = (remind,)
