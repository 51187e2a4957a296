"""Jobs in the queue -> done: one thread for short ones, one for any, renewed leases, the timetable kept.

Runs until asked to end. A job that does not end within its limit ends the process: whoever supervises starts another,
and the job, whose lease has run out, is taken again.
"""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import structlog
from django.db import DatabaseError, close_old_connections, connection

from hedu.center.kernel import job as queue
from hedu.center.kernel import timetable
from hedu.center.kernel.job import Lane
from hedu.center.kernel.models import Job

log = structlog.get_logger("hedu.worker")
PAUSE = 0.5
RENEW_EVERY = queue.LEASE / 4
LOOK_AT_CLOCK_EVERY = 5.0
LEAVE_WITHIN = 8.0
GRACE = 30.0
STUCK = 70
"""Exit code of a worker that one of its jobs has outstayed."""


@dataclass(slots=True)
class Hands:
    """One thread that does one job at a time, of one lane or of any (None)."""

    name: str
    lane: Lane | None
    leaving: threading.Event
    at: Job | None = None
    since: float = 0.0

    def work(self) -> None:
        while not self.leaving.is_set():
            close_old_connections()
            try:
                row = queue.take(self.name, self.lane)
                if row is None:
                    self.leaving.wait(PAUSE)
                    continue
                self.since, self.at = time.monotonic(), row
                queue.perform(row, self.leaving.is_set)
            except DatabaseError as error:
                log.warning("the database does not answer", exc_info=error)
                connection.close()
                self.leaving.wait(5)
            finally:
                self.at = None
        connection.close()

    def has_outstayed(self) -> bool:
        row = self.at
        return row is not None and time.monotonic() - self.since > queue.kinds()[row.name].limit + GRACE


def run(leaving: threading.Event, is_orphan: Callable[[], bool] = lambda: False) -> int:
    """Work until `leaving` is set or the supervisor is gone -> exit code."""
    who = f"{socket.gethostname()[:40]}-{os.getpid()}"
    lanes: tuple[Lane | None, ...] = ("short", None)
    hands = [Hands(f"{who}-{place}", lane, leaving) for place, lane in enumerate(lanes)]
    threads = [threading.Thread(target=each.work, name=each.name, daemon=True) for each in hands]
    for thread in threads:
        thread.start()
    renewed = clock = 0.0
    while not leaving.wait(PAUSE):
        now = time.monotonic()
        if is_orphan():
            leaving.set()
        if any(each.has_outstayed() for each in hands):
            log.error("a job outstayed its limit", jobs=[str(each.at) for each in hands])
            return STUCK
        if now - renewed > RENEW_EVERY:
            renewed = now
            _quietly(lambda: _renew(hands))
        if now - clock > LOOK_AT_CLOCK_EVERY:
            clock = now
            _quietly(timetable.hand_over)
    deadline = time.monotonic() + LEAVE_WITHIN
    for thread in threads:
        thread.join(max(0.0, deadline - time.monotonic()))
    return 0


def _renew(hands: list[Hands]) -> None:
    for each in hands:
        row = each.at
        if row is not None:
            queue.renew(row)


def _quietly(step: Callable[[], object]) -> None:
    """A database that is away for a while is no reason to end."""
    close_old_connections()
    try:
        step()
    except DatabaseError as error:
        log.warning("the database does not answer", exc_info=error)
        connection.close()
