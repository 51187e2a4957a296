"""What proposals do when something happened."""

from __future__ import annotations

from hedu.center.kernel.actor import SYSTEM
from hedu.center.kernel.events import Event
from hedu.center.proposals import actions, reads


def on_published(event: Event) -> None:
    """Proposals about what has just been published are merged with it, or told that they cannot be."""
    for proposal in reads.touching(str(row.get("object_id", "")) for row in event.facts["objects"]):
        actions.rebase(SYSTEM, proposal)


SUBSCRIBERS = (("catalog.published", on_published),)
