"""A publish changes what departments agree on: look again at what it touched."""

from __future__ import annotations

from hedu.center.catalog import reads as catalog
from hedu.center.conflicts import actions, reads
from hedu.center.kernel.actor import SYSTEM
from hedu.center.kernel.events import Event


def on_published(event: Event) -> None:
    """Let cases follow new names; look at what changed and all made of it, once there has been a first look at
    everything; then check the cases whose decision has just been carried out."""
    renamed = catalog.renamed_in(str(row.get("object_id", "")) for row in event.facts["objects"])
    if renamed:
        actions.follow_names(SYSTEM, names=renamed)
    changed = {(row["kind"], row["object_name"]) for row in event.facts["objects"]}
    names = reads.touched_by(changed)
    if names and reads.last_scan(SYSTEM) is not None:
        actions.scan(SYSTEM, metrics=list(names), why="publish")
    for case in reads.ready_to_verify(SYSTEM):
        actions.verify(SYSTEM, case)


SUBSCRIBERS = (("catalog.published", on_published),)
