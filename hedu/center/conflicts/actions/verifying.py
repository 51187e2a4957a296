"""The same detector, asked again: clean, or fresh evidence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.utils import timezone

from hedu.alignment.conflict import Conflict as Found
from hedu.center.conflicts import reads
from hedu.center.conflicts.actions.scanning import _describe, follow_parties, keep_finding
from hedu.center.conflicts.actions.steps import (
    ask_for,
    everybody,
    for_change,
    may,
    move,
    only_system,
    require,
    settled,
    tell,
    told,
)
from hedu.center.conflicts.models import Case, Finding
from hedu.center.kernel.action import action
from hedu.center.kernel.actor import Actor
from hedu.center.kernel.job import enqueue
from hedu.errors import Conflict


def may_verify(actor: Actor, case: int, **more: Any) -> bool:
    """Those a case concerns; of one raised by hand only whoever raised it, the mediator or an administrator."""
    if not may("verify")(actor, case=case):
        return (
            actor.user_id is not None and reads.visible_to(actor).filter(pk=case, raised_by_id=actor.user_id).exists()
        )
    return True


@action(may=may_verify, doors={"page", "rest", "cli"})
def verify(actor: Actor, case: int, *, note: str = "") -> Case:
    """Have the detector that found the case look again at the present definitions and data.

    A case raised by hand has no detector: it is verified by whoever raised it, its mediator or an administrator, unless
    cases that detectors found were merged into it: then these look, too.
    """
    row = for_change(actor, case)
    require(row, "verify")
    if row.changes_definitions and not reads.is_carried_out(row):
        raise Conflict("case-not-applied", number=row.number)
    if row.is_by_hand and not (actor.is_admin or actor.user_id in (row.raised_by_id, row.mediator_id)):
        raise Conflict("case-raiser-verifies", number=row.number)
    if not reads.parts_of(row):
        before = move(row, "verify")
        row.checked_at = timezone.now()
        row.save()
        told(row, before, note, news="clean")
        tell(row, "verified", everybody(row), actor)
        return row
    row.check_state = "waiting"
    row.save(update_fields=["check_state"])
    enqueue("conflicts.check", {"case": row.pk}, key=f"conflicts.check:{row.pk}")
    told(row, {}, note, check="asked")
    return row


@action(may=only_system, doors=set(), event="conflicts.checked")
def file_check(actor: Actor, case: int, *, conflicts: Sequence[Found], snapshot: str = "") -> Case:
    """What the detector says now: nothing of this kind about these metrics, or it stands with fresh evidence.

    Metrics that differ in something else by now still conflict: the case goes on with that, unless another has it.
    """
    row = for_change(actor, case)
    row.check_state, row.checked_at = "", timezone.now()
    still = ((part, same) for part in reads.parts_of(row) if (same := _same(part, conflicts)) is not None)
    part, same = next(still, (row, None))
    if same is None:
        before = move(row, "verify") if row.state in ("decided", "applied") else {"state": row.state}
        row.vanished_at = row.vanished_at or timezone.now()
        row.save()
        Finding.objects.create(case=row, is_clean=True, snapshot=snapshot[:120], detector=row.detector)
        told(row, before, news="clean")
        settled(row, actor, "verified")
        ask_for(row, "read", "verified", everybody(row), actor)
        return row
    before = {"state": row.state}
    if part.pk == row.pk and (same.fingerprint == row.fingerprint or not _has_a_case(same)):
        row.fingerprint = same.fingerprint
        _describe(row, same)
        follow_parties(row, same, actor)
    if row.state == "verified":
        before = move(row, "apply", "applied")
    row.vanished_at, row.changed_at = None, timezone.now()
    row.save()
    keep_finding(row, same, snapshot)
    told(row, before, news="not_clean")
    tell(row, "not_clean", everybody(row), actor)
    return row


def _same(case: Case, conflicts: Sequence[Found]) -> Found | None:
    """The case's conflict, else another of its class about the same metrics: they still disagree, only otherwise."""
    for conflict in conflicts:
        if conflict.fingerprint == case.fingerprint:
            return conflict
    facets = tuple(case.facets)
    return next((one for one in conflicts if replace(one, facets=facets).fingerprint == case.fingerprint), None)


def _has_a_case(conflict: Found) -> bool:
    return Case.objects.filter(fingerprint=conflict.fingerprint, is_open=True).exists()


@action(may=only_system, doors=set())
def give_up_check(actor: Actor, case: int) -> Case:
    """The detector could not look: the case stands as it stood, and may be asked to be checked again."""
    row = for_change(actor, case)
    row.check_state = ""
    row.save(update_fields=["check_state"])
    told(row, {}, news="unchecked")
    return row
