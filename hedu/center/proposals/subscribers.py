"""What proposals do when something happened."""

from __future__ import annotations

import logging

from hedu.center.kernel.actor import SYSTEM
from hedu.center.kernel.events import Event
from hedu.center.proposals import actions, reads
from hedu.errors import HeduError

LOG = logging.getLogger(__name__)


def on_published(event: Event) -> None:
    """Proposals about what has just been published are merged with it, or told that they cannot be."""
    objects = event.facts["objects"]
    names = (str(row.get(key, "")) for row in objects for key in ("object_id", "object_name"))
    for proposal in reads.touching(names):
        try:
            actions.rebase(SYSTEM, proposal)
        except HeduError:
            # The others must not wait for it; signing it says what is wrong.
            LOG.exception("proposal %s could not be merged", proposal)


SUBSCRIBERS = (("catalog.published", on_published),)
