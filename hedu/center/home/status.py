"""Warehouse, catalog and site -> what an administrator looks at when something seems wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection
from django.utils import timezone

from hedu.center.catalog import reads as catalog
from hedu.center.kernel.actor import Actor
from hedu.center.kernel.models import Audit, User
from hedu.errors import HeduError, Problem
from hedu.version import __version__


@dataclass(frozen=True, slots=True)
class Status:
    """How the system is now."""

    version: str
    engine: str
    database: str
    snapshot: str
    watermarks: Mapping[str, str]
    fault: Problem | None
    problems: tuple[Problem, ...]
    metrics: int
    datasets: int
    people: int
    sessions: int
    deeds_today: int
    denied_today: int


def status_of(actor: Actor) -> Status:
    """Everything at once; a warehouse that cannot be reached is told as its fault, not raised."""
    workspace = catalog.workspace()
    snapshot, marks, fault = "", {}, None
    try:
        snapshot = workspace.engine.snapshot() or ""
        marks = dict(sorted(workspace.engine.watermarks().items()))
    except HeduError as error:
        fault = error.problem
    today = Audit.objects.filter(at__date=timezone.localdate())
    return Status(
        version=__version__,
        engine=settings.HEDU_ENGINE.split(":", 1)[0],
        database=connection.vendor,
        snapshot=snapshot,
        watermarks=marks,
        fault=fault,
        problems=workspace.problems,
        metrics=catalog.visible_to(actor).filter(is_retired=False).count(),
        datasets=catalog.datasets_visible_to(actor).count(),
        people=User.objects.filter(is_active=True).count(),
        sessions=Session.objects.filter(expire_date__gt=timezone.now()).count(),
        deeds_today=today.filter(outcome=Audit.Outcome.DONE).count(),
        denied_today=today.filter(outcome=Audit.Outcome.DENIED).count(),
    )
