"""A site on a real database file: python -m tests.center.kernel.job_site PART."""

from __future__ import annotations

import sys

import django

django.setup()

from django.core.management import call_command  # noqa: E402

from hedu.center.kernel.job import enqueue  # noqa: E402
from hedu.center.kernel.models import Job  # noqa: E402


def make() -> None:
    call_command("migrate", verbosity=0)


def forty() -> None:
    for number in range(40):
        enqueue("watched.say", {"number": number})


def slow() -> None:
    enqueue("watched.slow")


def patient() -> None:
    enqueue("watched.patient")


def is_waiting() -> None:
    row = Job.objects.get(name="watched.patient")
    assert (row.state, row.attempts, row.worker) == ("queued", 0, ""), (row.state, row.attempts, row.worker)


if __name__ == "__main__":
    for part in sys.argv[1:]:
        globals()[part]()
