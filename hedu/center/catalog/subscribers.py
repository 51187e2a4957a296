"""What the catalog does when something happened."""

from __future__ import annotations

from hedu.center.catalog.actions.uses import keep_counts
from hedu.center.kernel.events import Event


def on_asked(event: Event) -> None:
    keep_counts()


SUBSCRIBERS = (("catalog.asked", on_asked),)
