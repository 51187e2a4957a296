"""How the scans stand, and what a publish touches."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import QuerySet

from hedu.center.catalog.reads import workspace
from hedu.center.conflicts.models import Scan
from hedu.center.conflicts.reads.cases import scans_visible_to
from hedu.center.kernel.actor import Actor
from hedu.center.kernel.models import Job
from hedu.model.resting import made_with, rests_on


def last_scan(actor: Actor) -> Scan | None:
    """The latest look at everything that came to its end."""
    rows = scans_visible_to(actor).filter(state=Scan.Stage.DONE)
    return next((row for row in rows[:50] if not row.metrics), None)


def is_scanning(actor: Actor) -> bool:
    """Whether a look is waiting or under way: one that a job still means to do."""
    return under_way(actor).filter(pk__in=_meant()).exists()


def abandoned(actor: Actor) -> QuerySet[Scan]:
    """Looks that stand as under way though no job does them any more: their worker was killed, or they were ended."""
    return under_way(actor).exclude(pk__in=_meant())


def under_way(actor: Actor) -> QuerySet[Scan]:
    return scans_visible_to(actor).filter(state__in=(Scan.Stage.WAITING, Scan.Stage.RUNNING))


def _meant() -> set[int]:
    live = Job.objects.filter(name="conflicts.scan", state__in=(Job.State.QUEUED, Job.State.RUNNING))
    payloads = live.values_list("payload", flat=True)
    return {pk for payload in payloads for pk in (payload["scan"], *payload.get("also", ()))}


def snapshot_now() -> str:
    """The data version that answers now; "" where the engine knows none."""
    return workspace().engine.snapshot() or ""


def touched_by(changed: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """The metrics among (kind, name), and all whose value can depend on what is among them."""
    model = workspace().model
    given = set(changed)
    datasets = {name for kind, name in given if kind == "dataset"}
    metrics = {name for kind, name in given if kind == "metric"}
    resting = {
        name
        for name in model.metrics
        if (datasets and datasets & set(rests_on(model, name))) or (metrics and metrics & set(made_with(model, name)))
    }
    return tuple(sorted(metrics | resting))
