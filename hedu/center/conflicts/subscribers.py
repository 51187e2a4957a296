"""A publish changes what departments agree on: look again at what it touched."""

from __future__ import annotations

from hedu.center.conflicts import actions, reads
from hedu.center.kernel.actor import SYSTEM
from hedu.center.kernel.events import Event


def on_published(event: Event) -> None:
    """Look at the metrics that changed and all made of them, once there has been a first look at everything."""
    names = sorted({row["object_name"] for row in event.facts["objects"] if row["kind"] == "metric"})
    if names and reads.last_scan(SYSTEM) is not None:
        actions.scan(SYSTEM, metrics=list(reads.touched_by(names)), why="publish")


SUBSCRIBERS = (("catalog.published", on_published),)
