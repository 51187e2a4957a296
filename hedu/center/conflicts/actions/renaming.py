"""Metrics are called otherwise -> the cases about them go on, under the new names."""

from __future__ import annotations

from collections.abc import Mapping

from hedu.alignment.conflict import Conflict as Found
from hedu.center.conflicts.actions.steps import only_system, told
from hedu.center.conflicts.models import Case
from hedu.center.kernel.action import action
from hedu.center.kernel.actor import Actor


@action(may=only_system, doors=set())
def follow_names(actor: Actor, *, names: dict[str, str]) -> int:
    """Cases about metrics with another name (former: present), ended ones too, bear it from now on -> how many.

    A name is no difference: what was found, or dismissed, under the former one is the same conflict.
    """
    count = 0
    for row in Case.objects.filter(metrics__name__in=set(names.values())).distinct():
        before, fingerprint = list(row.names), _fingerprint(row, names)
        row.names = list(dict.fromkeys(names.get(name, name) for name in row.names))
        if row.names == before:
            continue
        row.digests = {_key(key, names): value for key, value in row.digests.items()}
        if not (row.is_open and Case.objects.filter(fingerprint=fingerprint, is_open=True).exclude(pk=row.pk).exists()):
            row.fingerprint = fingerprint
        row.save(update_fields=["names", "digests", "fingerprint"])
        told(row, {"names": before}, news="renamed", names=row.names)
        count += 1
    return count


def _fingerprint(case: Case, names: Mapping[str, str]) -> str:
    """Its fingerprint under the new names. Those that a merge has added stand last, and are no part of it."""

    def of(metrics: list[str]) -> str:
        told = {"facets": tuple(case.facets), "about": case.about}
        return Found(case.kind, case.code, tuple(metrics), (), **told).fingerprint  # type: ignore[arg-type]

    for count in range(len(case.names), 0, -1):
        own = case.names[:count]
        if of(own) == case.fingerprint:
            return of([names.get(name, name) for name in own])
    return case.fingerprint


def _key(key: str, names: Mapping[str, str]) -> str:
    kind, _, name = key.partition(":")
    return f"{kind}:{names[name]}" if name in names else key
