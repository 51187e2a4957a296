"""Jobs that leave a line in a file when they run, for tests with processes of their own."""

from __future__ import annotations

import time
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from hedu.center.kernel.job import Run, held, job


def say(text: object) -> None:
    with (Path(settings.HEDU_HOME) / "done.txt").open("a") as file:
        file.write(f"{text}\n")


@job("watched.say")
def say_number(run: Run, *, number: int) -> None:
    say(number)


@job("watched.slow")
def slow(run: Run) -> None:
    """Takes for ever the first time, with a lease that runs out soon."""
    say("begun")
    if run.job.attempts == 1:
        held(run.job).update(lease_until=timezone.now() + timedelta(seconds=2))
        time.sleep(60)
    say("ended")


@job("watched.patient")
def patient(run: Run) -> None:
    say("begun")
    for _ in range(600):
        run.progress(0.5)
        time.sleep(0.1)


JOBS = (say_number, slow, patient)
