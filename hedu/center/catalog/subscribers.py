"""What the catalog does when something happened."""

from __future__ import annotations

from hedu.center.catalog.actions.owning import hand_over
from hedu.center.catalog.actions.uses import keep_counts
from hedu.center.kernel.actor import SYSTEM
from hedu.center.kernel.events import Event


def on_asked(event: Event) -> None:
    keep_counts()


def on_department(event: Event) -> None:
    for row in event.facts["objects"]:
        hand_over(SYSTEM, department=row["after"]["code"])


SUBSCRIBERS = (("catalog.asked", on_asked), ("people.department_added", on_department))
