"""What boards do when something happened."""

from __future__ import annotations

from hedu.center.catalog.reads import renamed_in
from hedu.center.dashboards import actions
from hedu.center.kernel.actor import SYSTEM
from hedu.center.kernel.events import Event


def on_published(event: Event) -> None:
    """What is kept follows metrics that have another name now."""
    names = renamed_in(row.get("object_id", "") for row in event.facts["objects"])
    if names:
        actions.follow_names(SYSTEM, names=names)


SUBSCRIBERS = (("catalog.published", on_published),)
