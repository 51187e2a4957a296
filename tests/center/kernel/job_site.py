"""A site on a real database file: python -m tests.center.kernel.job_site PART."""

from __future__ import annotations

import sys
from datetime import time

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.utils import timezone  # noqa: E402

from hedu.center.kernel.job import enqueue  # noqa: E402
from hedu.center.kernel.models import Channel, Job, Outgoing, Preference, User  # noqa: E402
from hedu.center.kernel.outbox import send_later  # noqa: E402
from hedu.center.kernel.sealing import sealed  # noqa: E402


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


def news(port: str) -> None:
    """A channel to a hook on this machine, and one thing to tell by it."""
    url = sealed(f"json://127.0.0.1:{port}/{{username}}?rto=60")
    channel = Channel.objects.create(name="hook", scheme="json", sealed=url)
    lin = User.objects.create_user("lin", name="lin")
    Preference.objects.create(user=lin, quiet_from=time(0), quiet_to=time(0))
    Outgoing.objects.create(channel=channel, user=lin, type="talk", topic="kernel.commented", facts={"name": "账本"})
    send_later(channel.pk, timezone.now())


def is_on_its_way() -> None:
    """After the kill: nothing is marked as sent; then as if the lease had run out."""
    assert Outgoing.objects.get().state == "waiting"
    assert Job.objects.filter(name="outbox.send", state="running").update(lease_until=timezone.now()) == 1


def is_sent() -> None:
    assert Outgoing.objects.get().state == "sent"


if __name__ == "__main__":
    part, *more = sys.argv[1:]
    globals()[part](*more)
