"""Work for later -> a row that a worker takes, does, and marks done; safe against kills, twins and repeats.

An app says in jobs.py what it can do later:

    @job("conflicts.scan", retries=3, lane="long", limit=900)
    def scan(run: Run, *, metrics: list[str] | None = None) -> Any:
        for at, name in enumerate(names):
            run.progress(at / len(names), name)         # shown to administrators; also where a job can be stopped
            ...
        return {"found": 3}                              # kept as the job's result (JSON)

    JOBS = (scan,)

and, inside an action (the row is written in the action's transaction: it is there exactly when the deed is):

    enqueue("conflicts.scan", {"metrics": ["revenue"]}, key="conflicts.scan")

- **Coalescing.** While a job of the same name and `key` is queued, enqueuing again only updates its payload (`merge`
  of the job decides how; without one the newest counts) and keeps the earlier time. One that is already running is left
  alone: another is queued behind it, and two of one key never run at once.
- **Leases.** A worker holds a job for LEASE seconds at a time and renews while it works, for at most `limit`
  seconds in all. After a kill the lease runs out and another worker takes the job. So a job may run twice: write
  it so that this does no harm (deeds of its own in actions, keyed by what they are about).
- **Failure.** A HeduError (a refusal, a bad question) is final: `failed`. Any other error is tried again after 10 s,
  40 s, 160 s … up to an hour, `retries` times, then it is `dead` until an administrator retries it.

`work_off()` runs all that is due now, in this process: for tests and programs. See docs/why/jobs-are-leased.md.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from importlib import import_module
from typing import Any, Literal

import structlog
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from hedu.center.kernel.actor import SYSTEM, Actor
from hedu.center.kernel.models import Job
from hedu.center.kernel.passage import through
from hedu.center.kernel.plain import plain
from hedu.errors import EngineError, HeduError

log = structlog.get_logger("hedu.jobs")

LEASE = 60.0
"""Seconds that a worker holds a job without renewing."""
FIRST_WAIT, LONGEST_WAIT = 10.0, 3600.0
ERROR_LIMIT = 4000
Lane = Literal["short", "long"]
Merge = Callable[[dict[str, Any], dict[str, Any]], dict[str, Any]]


class Stopped(Exception):
    """Raised in a running job by `run.progress`: cancelled, or its lease is another worker's by now."""


class Leaving(Exception):
    """Raised in a running job by `run.progress` when the worker is asked to end: the job goes back to the queue."""


@dataclass(frozen=True, slots=True)
class JobKind:
    """One thing that can be done later. `lane` "long" keeps it from holding up short ones."""

    name: str
    call: Callable[..., Any]
    retries: int = 3
    lane: Lane = "short"
    limit: float = 600.0
    merge: Merge | None = None


@dataclass(slots=True)
class Run:
    """A job under way. `actor` is the system: jobs act for nobody in particular."""

    job: Job
    leaving: Callable[[], bool] = lambda: False
    actor: Actor = SYSTEM
    told: datetime | None = field(default=None)

    def progress(self, done: float, note: str = "") -> None:
        """Tell how far it is (0 to 1) and what is being worked on; ends the job here if it was cancelled."""
        if self.leaving():
            raise Leaving
        now = timezone.now()
        if self.told and done < 1 and now - self.told < timedelta(seconds=0.5):
            return
        self.told = now
        told = {"progress": min(max(done, 0.0), 1.0), "note": note[:200]}
        if not held(self.job).filter(cancel_asked=False).update(**told):
            raise Stopped


def job(
    name: str, *, retries: int = 3, lane: Lane = "short", limit: float = 600.0, merge: Merge | None = None
) -> Callable[[Callable[..., Any]], JobKind]:
    """Make a function of `(run, **payload)` something that can be done later, under `name` ("app.verb")."""

    def decorate(call: Callable[..., Any]) -> JobKind:
        return JobKind(name, call, retries, lane, limit, merge)

    return decorate


@cache
def kinds() -> Mapping[str, JobKind]:
    """Every kind of job by name, from the modules that settings.HEDU_JOB_MODULES lists."""
    return {kind.name: kind for module in settings.HEDU_JOB_MODULES for kind in import_module(module).JOBS}


def enqueue(
    name: str, payload: Mapping[str, Any] | None = None, *, key: str = "", run_after: datetime | None = None
) -> Job:
    """Have `name` done with `payload` once the present transaction has committed -> the queued job.

    With a `key`, a job of that name and key that still waits is the one returned.
    """
    kind = kinds()[name]
    wanted, when = plain(payload or {}), run_after or timezone.now()
    while True:
        if key and (waiting := _coalesced(kind, wanted, key, when)):
            return waiting
        try:
            with transaction.atomic():
                return Job.objects.create(name=name, key=key, payload=wanted, run_after=when)
        except IntegrityError:
            if not key:
                raise


def _coalesced(kind: JobKind, wanted: dict[str, Any], key: str, when: datetime) -> Job | None:
    with transaction.atomic():
        rows = Job.objects.select_for_update().filter(name=kind.name, key=key, state=Job.State.QUEUED)
        row = rows.first()
        if row is None:
            return None
        row.payload = kind.merge(row.payload, wanted) if kind.merge else wanted
        row.run_after = min(row.run_after, when)
        row.save(update_fields=["payload", "run_after"])
        return row


# --- taking and holding ----------------------------------------------------------------------------------


def _takeable(lane: Lane | None) -> QuerySet[Job]:
    """What a worker of that lane may take now: due, or left behind by a worker that is gone."""
    now = timezone.now()
    names = [kind.name for kind in kinds().values() if lane in (None, kind.lane)]
    due = Q(state=Job.State.QUEUED, run_after__lte=now) | Q(state=Job.State.RUNNING, lease_until__lt=now)
    twin = Job.objects.filter(name=OuterRef("name"), key=OuterRef("key"), state=Job.State.RUNNING)
    twin = twin.exclude(key="").exclude(pk=OuterRef("pk"))
    return Job.objects.filter(due, ~Exists(twin), name__in=names).order_by("run_after", "id")


def take(worker: str, lane: Lane | None = None) -> Job | None:
    """The next job, now held by `worker`; None when there is none. Each job is taken by one worker only."""
    while _takeable(lane).exists():
        try:
            with transaction.atomic():
                row = _takeable(lane).select_for_update(skip_locked=True, of=("self",)).first()
                if row is None:
                    return None
                if _is_held_by_one(row, worker):
                    return row
        except IntegrityError:  # another of the same key was taken in the same moment
            continue
    return None


def _is_held_by_one(row: Job, worker: str) -> bool:
    """Hold `row`, or bury it when it has ended its worker once too often."""
    now = timezone.now()
    if row.state == Job.State.RUNNING and (row.cancel_asked or row.attempts > kinds()[row.name].retries):
        row.state = Job.State.CANCELLED if row.cancel_asked else Job.State.DEAD
        row.ended_at, row.error_code = now, "job-lost-its-worker"
        row.save(update_fields=["state", "ended_at", "error_code"])
        return False
    row.state, row.worker, row.attempts = Job.State.RUNNING, worker, row.attempts + 1
    row.lease_until, row.started_at, row.ended_at = now + timedelta(seconds=LEASE), now, None
    row.progress, row.note = 0.0, ""
    row.save()
    return True


def held(row: Job) -> QuerySet[Job]:
    """The row while this very attempt holds it: no update of a worker that lost its lease reaches it."""
    return Job.objects.filter(pk=row.pk, state=Job.State.RUNNING, worker=row.worker, attempts=row.attempts)


def renew(row: Job) -> bool:
    """Hold the job for another LEASE, unless its time is up -> whether it is still held."""
    now = timezone.now()
    if row.started_at and (now - row.started_at).total_seconds() > kinds()[row.name].limit:
        return False
    return bool(held(row).update(lease_until=now + timedelta(seconds=LEASE)))


# --- doing -----------------------------------------------------------------------------------------------


def perform(row: Job, leaving: Callable[[], bool] = lambda: False) -> str:
    """Do a job that is held -> the state it is left in."""
    kind = kinds()[row.name]
    try:
        with through("system", f"job-{row.pk}-{row.attempts}"):
            result = kind.call(Run(row, leaving), **row.payload)
    except Stopped:
        return _end(row, Job.State.CANCELLED)
    except Leaving:
        return _queue_again(row, kind, timezone.now(), attempts=row.attempts - 1)
    except Exception as error:  # noqa: BLE001  (whatever it was is kept with the job)
        return _fail(row, kind, error)
    return _end(row, Job.State.DONE, result=plain(result), progress=1.0, error_code="", error_facts={}, error="")


def _end(row: Job, state: str, **told: Any) -> str:
    held(row).update(state=state, ended_at=timezone.now(), lease_until=None, **told)
    return state


def _fail(row: Job, kind: JobKind, error: Exception) -> str:
    told: dict[str, Any] = {"error_code": "", "error_facts": {}, "error": _told(error)}
    if isinstance(error, HeduError):
        told |= {"error_code": error.code, "error_facts": plain(error.problem.facts), "error": ""}
    if isinstance(error, HeduError) and not isinstance(error, EngineError):
        return _end(row, Job.State.FAILED, **told)
    log.warning("job failed", job=row.name, id=row.pk, attempt=row.attempts, exc_info=error)
    if row.attempts > kind.retries:
        return _end(row, Job.State.DEAD, **told)
    return _queue_again(row, kind, timezone.now() + timedelta(seconds=wait_after(row.attempts)), **told)


def _queue_again(row: Job, kind: JobKind, when: datetime, **told: Any) -> str:
    """Back to the queue; where another of its key waits there already, that one does the work of both."""
    try:
        with transaction.atomic():
            held(row).update(state=Job.State.QUEUED, run_after=when, lease_until=None, worker="", **told)
        return Job.State.QUEUED
    except IntegrityError:
        with transaction.atomic():
            twin = Job.objects.select_for_update().get(name=row.name, key=row.key, state=Job.State.QUEUED)
            twin.payload = kind.merge(row.payload, twin.payload) if kind.merge else twin.payload
            twin.save(update_fields=["payload"])
            return _end(row, Job.State.CANCELLED, **told)


def wait_after(attempt: int) -> float:
    """Seconds until the next try after that many.

    >>> [wait_after(n) for n in (1, 2, 3, 9)]
    [10.0, 40.0, 160.0, 3600.0]
    """
    return float(min(FIRST_WAIT * 4 ** (attempt - 1), LONGEST_WAIT))


def _told(error: Exception) -> str:
    """The error's last line first, then where it came from; for administrators only."""
    lines = traceback.format_exception(error)
    return f"{lines[-1].strip()}\n{''.join(lines[-4:-1])}"[:ERROR_LIMIT]


def work_off(worker: str = "here", most: int = 1000) -> int:
    """Do everything that is due now, one after the other, in this process -> how many were done."""
    for count in range(most):
        row = take(worker)
        if row is None:
            return count
        perform(row)
    return most
