"""What goals do when something happened."""

from __future__ import annotations

from hedu.center.catalog.reads import renamed_in
from hedu.center.goals import actions
from hedu.center.kernel.actor import SYSTEM
from hedu.center.kernel.events import Event


def on_published(event: Event) -> None:
    """Agreed limits follow metrics that have another name now; goals and targets point to the metric itself."""
    names = renamed_in(row.get("object_id", "") for row in event.facts["objects"])
    if names:
        actions.follow_names(SYSTEM, names=names)


SUBSCRIBERS = (("catalog.published", on_published),)
