"""How the scans stand, and what a publish touches."""

from __future__ import annotations

from collections.abc import Iterable

from hedu.center.catalog.reads import workspace
from hedu.center.conflicts.models import Scan
from hedu.center.conflicts.reads.cases import scans_visible_to
from hedu.center.kernel.actor import Actor


def last_scan(actor: Actor) -> Scan | None:
    """The latest look at everything that came to its end."""
    rows = scans_visible_to(actor).filter(state=Scan.Stage.DONE)
    return next((row for row in rows[:50] if not row.metrics), None)


def is_scanning(actor: Actor) -> bool:
    return scans_visible_to(actor).filter(state__in=(Scan.Stage.WAITING, Scan.Stage.RUNNING)).exists()


def snapshot_now() -> str:
    """The data version that answers now; "" where the engine knows none."""
    return workspace().engine.snapshot() or ""


def touched_by(changed: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """The metrics among (kind, name), those that rest on the datasets among them, and all that are made of these."""
    model = workspace().model
    given = set(changed)
    datasets = {name for kind, name in given if kind == "dataset"}
    found = {name for kind, name in given if kind == "metric"}
    if datasets:
        found |= {name for name in model.metrics if datasets & {dataset for dataset, _ in model.leaves(name)}}
    while more := {name for name, parts in model.uses.items() if name not in found and found & set(parts)}:
        found |= more
    return tuple(sorted(found))
