"""Warehouse, catalog and site -> what an administrator looks at when something seems wrong."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection
from django.utils import timezone

from hedu.center.catalog import reads as catalog
from hedu.center.kernel.actor import Actor
from hedu.center.kernel.models import Audit, User
from hedu.errors import HeduError, Problem
from hedu.version import __version__

LOADS_SHOWN = 200
REASONS_SHOWN = 3

_LOADS = "SELECT table_name, row_count, source, loaded_at FROM hedu_tables ORDER BY loaded_at DESC, table_name"
_REJECTS = "SELECT table_name, reason, count(*) AS lines FROM hedu_rejects GROUP BY 1, 2 ORDER BY 1, 3 DESC"


@dataclass(frozen=True, slots=True)
class Load:
    """A table of the warehouse: its last load, and why lines were refused. Their values are not shown here:
    whoever runs the system need not be allowed to see the data."""

    table: str
    rows: int
    source: str
    at: datetime
    rejected: int
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Status:
    """How the system is now."""

    version: str
    engine: str
    database: str
    snapshot: str
    loads: tuple[Load, ...]
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
    snapshot, loads, fault = "", (), None
    try:
        snapshot = workspace.engine.snapshot() or ""
        loads = _loads(workspace) if workspace.engine.watermarks() else ()
    except HeduError as error:
        fault = error.problem
    today = Audit.objects.filter(at__date=timezone.localdate())
    return Status(
        version=__version__,
        engine=settings.HEDU_ENGINE.split(":", 1)[0],
        database=connection.vendor,
        snapshot=snapshot,
        loads=loads,
        fault=fault,
        problems=workspace.problems,
        metrics=catalog.visible_to(actor).filter(is_retired=False).count(),
        datasets=catalog.datasets_visible_to(actor).count(),
        people=User.objects.filter(is_active=True).count(),
        sessions=Session.objects.filter(expire_date__gt=timezone.now()).count(),
        deeds_today=today.filter(outcome=Audit.Outcome.DONE).count(),
        denied_today=today.filter(outcome=Audit.Outcome.DENIED).count(),
    )


def _loads(workspace: Any) -> tuple[Load, ...]:
    """What Hedu remembers of its loads; the snapshot itself keeps it."""
    refused: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for row in workspace.engine.query(_REJECTS).to_pylist():
        refused[row["table_name"]].append((row["reason"], row["lines"]))
    return tuple(
        Load(
            table=row["table_name"],
            rows=row["row_count"],
            source=row["source"] or "",
            at=datetime.fromisoformat(row["loaded_at"]),
            rejected=sum(lines for _, lines in refused[row["table_name"]]),
            reasons=tuple(f"{reason} ({lines})" for reason, lines in refused[row["table_name"]][:REASONS_SHOWN]),
        )
        for row in workspace.engine.query(_LOADS).to_pylist()[:LOADS_SHOWN]
    )
