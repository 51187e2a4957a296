"""Rollups that the site keeps: accepted, dropped, looked for, built."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, get_args

from django.utils import timezone

from hedu.center.catalog import rolling, serving
from hedu.center.catalog.models import Rollup
from hedu.center.kernel.action import action, record
from hedu.center.kernel.actor import Actor
from hedu.center.kernel.job import enqueue
from hedu.center.kernel.models import Job
from hedu.center.kernel.reading import found
from hedu.define.definitions import Grain, RollupDef
from hedu.errors import Conflict, DefinitionError, Problem, QueryError
from hedu.model.rollups import rollup_of

_NAME = re.compile(r"[^\W\d]\w{0,99}")


def administers(actor: Actor, **_: Any) -> bool:
    return actor.is_admin


@action(may=administers, doors={"page", "rest", "cli"}, event="catalog.rollup_accepted")
def accept_rollup(
    actor: Actor,
    name: str,
    *,
    measures: Sequence[str] = (),
    metrics: Sequence[str] = (),
    dimensions: Sequence[str] = (),
    time: str = "",
    where: str = "",
) -> Rollup:
    """Aggregate measures of one dataset by dimensions beforehand, from now on; it is built at once and after loads."""
    if not _NAME.fullmatch(name):
        raise QueryError("question-unfit", field="name", value=name)
    if time and time not in get_args(Grain):
        raise QueryError("question-unfit", field="time", value=time)
    model = serving.served().workspace.model
    if any(one.name.lower() == name.lower() for one in model.settings.rollups):
        raise Conflict("rollup-name-taken", name=name)
    grain: Any = time or None
    made = RollupDef(name, tuple(metrics), tuple(measures), tuple(dimensions), grain, where or None)
    problems: list[Problem] = []
    if rollup_of(model, made, problems) is None:
        raise DefinitionError.of(problems)
    row = Rollup.objects.create(name=name, told=rolling.told(made), accepted_by_id=actor.user_id)
    record("rollup", row.pk, name, before={}, after=row.told)
    enqueue("catalog.roll_up", key="catalog.roll_up")
    return row


@action(may=administers, doors={"page", "rest", "cli"}, event="catalog.rollup_dropped")
def drop_rollup(actor: Actor, name: str) -> Rollup:
    """Do without an accepted rollup again; questions are answered from the rows themselves at once."""
    row = found(Rollup.objects.filter(dropped_at=None), name=name)
    row.dropped_at = row.changed_at = timezone.now()
    row.save(update_fields=["dropped_at", "changed_at"])
    record("rollup", row.pk, name, before=row.told, after={})
    enqueue("catalog.roll_up", key="catalog.roll_up")
    return row


@action(may=administers, doors={"page", "rest"})
def look_for_rollups(actor: Actor) -> Job:
    """Look which rollups the questions of boards and views would need least reading with."""
    row = enqueue("catalog.recommend_rollups", key="catalog.recommend_rollups")
    record("rollup", 0, "*", before={}, after={"looked": True})
    return row
