"""A metric got another name -> agreed limits speak of it by that."""

from __future__ import annotations

from typing import Any

from hedu.center.goals import reads
from hedu.center.kernel.action import action, record
from hedu.center.kernel.actor import Actor


def only_system(actor: Actor, **_: Any) -> bool:
    return actor.is_system


@action(may=only_system, doors=set())
def follow_names(actor: Actor, *, names: dict[str, str]) -> int:
    """Write the terms of constraints that hold former names of metrics under their names of today."""
    changed = 0
    for row in reads.constraints_visible_to(actor):
        after = {names.get(name, name): factor for name, factor in row.terms.items()}
        if after != row.terms:
            before, row.terms = row.terms, after
            row.save(update_fields=["terms"])
            record("constraint", row.pk, row.code, before={"terms": before}, after={"terms": after})
            changed += 1
    return changed
