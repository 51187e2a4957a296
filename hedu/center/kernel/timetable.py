"""Cron expressions -> jobs in the queue, exactly once per slot however many workers look.

An app says in schedule.py what happens when, in the site's time zone:

    SCHEDULE = (("0 2 * * *", "conflicts.scan", {}),)         # (cron expression, job, payload)

A slot missed while nobody worked is made up for once, at the next start; of several missed ones only the last. An
entry that is new begins with its next slot.
"""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from functools import cache
from importlib import import_module
from typing import Any

from croniter import croniter
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from hedu.center.kernel.job import enqueue
from hedu.center.kernel.models import Job, Timetable

Entry = tuple[str, str, dict[str, Any]]


@cache
def entries() -> tuple[Entry, ...]:
    """Every scheduled job of every app."""
    return tuple(entry for module in settings.HEDU_SCHEDULE_MODULES for entry in import_module(module).SCHEDULE)


def last_slot(expression: str, now: datetime) -> datetime:
    """The latest moment up to `now` that the expression names, on the site's clock."""
    local = timezone.localtime(now).replace(tzinfo=None)
    slot = croniter(expression, local).get_prev(datetime)
    if croniter.match(expression, local):
        slot = local.replace(second=0, microsecond=0)
    return timezone.make_aware(slot)


def next_slot(expression: str, now: datetime) -> datetime:
    """The first moment after `now` that the expression names."""
    local = timezone.localtime(now).replace(tzinfo=None)
    return timezone.make_aware(croniter(expression, local).get_next(datetime))


def hand_over(now: datetime | None = None) -> list[Job]:
    """Queue the jobs whose slot has come -> those queued by this very call."""
    now = now or timezone.now()
    queued = []
    for expression, name, payload in entries():
        slot, entry = last_slot(expression, now), _named(expression, name, payload)
        with transaction.atomic():
            if _is_ours(entry, slot):
                queued.append(enqueue(name, payload, key=f"schedule:{entry}"))
    return queued


def _named(expression: str, name: str, payload: dict[str, Any]) -> str:
    digest = hashlib.sha256(json.dumps(payload, sort_keys=True).encode()).hexdigest()[:8]
    return f"{name} {expression} {digest}" if payload else f"{name} {expression}"


def _is_ours(entry: str, slot: datetime) -> bool:
    """Whether this call is the one that moved the entry on to `slot`."""
    if Timetable.objects.filter(entry=entry, last_slot__lt=slot).update(last_slot=slot):
        return True
    if not Timetable.objects.filter(entry=entry).exists():
        try:
            with transaction.atomic():
                Timetable.objects.create(entry=entry, last_slot=slot)
        except IntegrityError:  # another worker has just met the entry for the first time, too
            return False
    return False
