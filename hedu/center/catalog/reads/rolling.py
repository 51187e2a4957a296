"""Rollups of the site, for administrators: which are declared, which can be read, which would help."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from hedu.center.catalog import rolling, serving
from hedu.center.catalog.models import Rollup, Usage
from hedu.center.catalog.reads.holdings import ASKED_DAYS, questions_kept
from hedu.center.kernel.actor import Actor
from hedu.center.kernel.models import Job
from hedu.define.definitions import RollupDef
from hedu.errors import EngineError, HeduError
from hedu.query import Question, question_of

_KEYS = ("metrics", "by", "where", "since", "until", "compare", "window", "totals")


@dataclass(frozen=True, slots=True)
class Standing:
    """A rollup as it stands: `rows` where it can be read now, None where it is not built from these data."""

    rollup: RollupDef
    rows: int | None
    accepted: Rollup | None = None


@dataclass(frozen=True, slots=True)
class Looked:
    """What the last look for useful rollups found, and when; `is_looking` while one is under way."""

    found: list[dict[str, Any]]
    at: datetime | None
    is_looking: bool


def rollups_of_site(actor: Actor) -> list[Standing]:
    """Those the workspace declares and those accepted; nothing for others than administrators."""
    if not actor.is_admin:
        return []
    workspace = serving.served().workspace
    try:
        rows = {one.name: one.rows for one in workspace.rollups()}
    except EngineError:
        rows = {}
    accepted = {row.name: row for row in Rollup.objects.filter(dropped_at=None).select_related("accepted_by")}
    return [Standing(one, rows.get(one.name), accepted.get(one.name)) for one in workspace.model.settings.rollups]


def rollups_found(actor: Actor) -> Looked:
    """The rollups last recommended that were not accepted meanwhile."""
    jobs = Job.objects.filter(name="catalog.recommend_rollups") if actor.is_admin else Job.objects.none()
    last = jobs.filter(state=Job.State.DONE).order_by("-ended_at").first()
    model = serving.served().workspace.model
    had = {str(rolling.told(one)) for one in model.settings.rollups}
    result = last.result if last is not None and isinstance(last.result, dict) else {}
    found = [one for one in result.get("found", []) if str(one["told"]) not in had]
    is_looking = jobs.filter(state__in=(Job.State.QUEUED, Job.State.RUNNING)).exists()
    return Looked(found, last.ended_at if last else None, is_looking)


def questions_asked(actor: Actor) -> list[tuple[Question, int]]:
    """What boards and views that were looked at in the last ninety days ask, with how often they were opened."""
    since = timezone.now() - timedelta(days=ASKED_DAYS)
    rows = Usage.objects.filter(last_used__gte=since).values_list("kind", "object", "count")
    times: dict[tuple[str, str], int] = {}
    for kind, key, count in rows:
        times[kind, key] = max(times.get((kind, key), 1), count)
    found: dict[Question, int] = {}
    for (kind, key), count in sorted(times.items()):
        for kept in questions_kept(actor, kind, key):
            told = {name: kept.question[name] for name in _KEYS if kept.question.get(name)}
            try:
                question = question_of(**told)
            except HeduError:
                continue
            if question.metrics:
                found[question] = found.get(question, 0) + count
    return list(found.items())
