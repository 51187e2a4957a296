"""A department made later -> owner of the definitions whose texts already name it."""

from __future__ import annotations

from typing import Any

from hedu.center.catalog.actions.versions import MODELS
from hedu.center.catalog.texts import department_of, single
from hedu.center.kernel.action import action, record
from hedu.center.kernel.actor import Actor
from hedu.center.people.models import Department


def only_system(actor: Actor, **_: Any) -> bool:
    return actor.is_system


@action(may=only_system, doors=set())
def hand_over(actor: Actor, *, department: str) -> int:
    """Give the department of this code what was published in its name before it was made; how many that is."""
    row = Department.objects.filter(code=department).first()
    if row is None:
        return 0
    count = 0
    for kind, model in MODELS.items():
        for entry in model._default_manager.filter(department=None, head__isnull=False).select_related("head"):
            if department_of(single(entry.head.text).definition) == department:
                entry.department = row
                entry.save(update_fields=["department"])
                record(kind, entry.pk, entry.name, before={"department": None}, after={"department": department})
                count += 1
    return count
