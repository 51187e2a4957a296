"""How targets come to be stored: one way for all, and only once those who bear them have signed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

from hedu.center.catalog import reads as catalog
from hedu.center.goals import reads, rules
from hedu.center.goals.actions.storing import stored
from hedu.center.goals.actions.telling import tell_targets
from hedu.center.goals.models import Target
from hedu.center.goals.rules import TargetChange
from hedu.center.kernel.action import action
from hedu.center.kernel.actor import Actor
from hedu.errors import Conflict, QueryError


def may_apply(actor: Actor, changes: Sequence[TargetChange], **_: Any) -> bool:
    """Owner, liaison, deputy or manager of every department concerned, or of one above it."""
    codes = {change.department for change in changes if change.department}
    known = catalog.departments_by_code(actor)
    held = reads.targets_visible_to(actor, withdrawn=True).filter(code__in=[change.code for change in changes])
    places = {known[code].pk for code in codes if code in known} | set(held.values_list("department_id", flat=True))
    return reads.may_manage_for(actor, places)


@action(may=may_apply, doors=set(), event="goals.targets_changed", secret=("changes",))
def apply_targets(actor: Actor, changes: Sequence[TargetChange], *, approval: str = "") -> list[Target]:
    """Store target changes, all or none; the one way a target is ever stored. Returns those that changed.

    `approval` names what signed them. The months are shared out as `reads.plan_targets` shows. QueryError: the
    problems of all changes, or targets-too-many.
    """
    diffs = reads.plan_targets(actor, changes)
    problems = [problem for diff in diffs for problem in diff.problems]
    if problems:
        raise QueryError.of(problems)
    rows = stored(actor, [diff for diff in diffs if diff.is_change], approval)
    tell_targets(actor, rows)
    return rows


def _submitted(actor: Actor, changes: Sequence[TargetChange]) -> dict[str, str]:
    """Where the changes are signed; the system, which sets a site up, stores them at once."""
    if actor.is_system:
        apply_targets(actor, changes)
        return {"url": f"/targets/{changes[0].code}/" if len(changes) == 1 else "/targets/"}
    submit: Callable[[Actor, Sequence[TargetChange]], str] = import_string(settings.HEDU_TARGETS_THROUGH)
    return {"url": submit(actor, changes)}


def may_set(actor: Actor, department: str, code: str = "", **_: Any) -> bool:
    """Owner, liaison, deputy or manager of the department, or of one above it."""
    return may_apply(actor, (TargetChange(code, department=department),))


def may_touch(actor: Actor, code: str, **_: Any) -> bool:
    """Owner, liaison, deputy or manager of the target's department, or of one above it."""
    return may_apply(actor, (TargetChange(code),))


@action(may=may_set, doors={"page", "rest", "cli"})
def set_target(
    actor: Actor,
    code: str,
    *,
    metric: str,
    department: str,
    period: str,
    value: str,
    operator: str = ">=",
    goal: str = "",
    scope: str = "",
    unit: str = "",
    parent: str = "",
    metric_version: int | None = None,
    green: str = "",
    amber: str = "",
    tolerance: str = "",
    note: str = "",
    phasing: str = "seasonal",
    edits: int | None = None,
) -> dict[str, str]:
    """Propose one target, new or changed, shared out over its months -> where it is signed.

    `edits` guards against lost updates.
    """
    _require_edits(actor, code, edits)
    given = dict(locals())
    change = rules.change_of({name: given[name] for name in TargetChange.__dataclass_fields__ if name in given})
    return _submitted(actor, (change,))


@action(may=may_touch, doors={"page", "rest", "cli"})
def withdraw_target(actor: Actor, code: str) -> dict[str, str]:
    """Propose to take a target back; it stays as history. Targets below it must go first."""
    row = reads.target_coded(actor, code)
    if row.children.filter(state=Target.State.ACTIVE).exists():
        raise Conflict("target-has-children", name=code)
    return _submitted(actor, (TargetChange(code, "withdraw"),))


@action(may=may_touch, doors={"page", "rest"})
def phase_target(actor: Actor, code: str, *, method: str, months: dict[str, str] | None = None) -> dict[str, str]:
    """Propose to share a target out anew: by season, with growth, alike, or by hand.

    By hand `months` is {YYYY-MM: value}, adding up to it.
    """
    row = reads.target_coded(actor, code)
    phases = tuple((month, value) for month, value in (months or {}).items() if value.strip())
    fields = {**reads.fields_of(row), "code": code, "phasing": method, "phases": phases}
    return _submitted(actor, (rules.change_of(fields),))


@action(may=may_touch, doors={"page", "rest"})
def undo_target(actor: Actor, code: str) -> dict[str, str]:
    """Propose to put a target back to what it was before its last change, as the record of deeds holds it."""
    row = Target.objects.filter(code=code).first()
    last = reads.history_of(actor, row).first() if row else None
    if last is None:
        raise Conflict("nothing-to-undo", name=code)
    if last.before is None:
        return _submitted(actor, (TargetChange(code, "withdraw"),))
    fields = {**last.before, "code": code, "phases": tuple((last.before.get("phases") or {}).items())}
    return _submitted(actor, (rules.change_of(fields),))


def _require_edits(actor: Actor, code: str, edits: int | None) -> None:
    row = reads.targets_visible_to(actor).filter(code=code).first()
    if row is not None and edits is not None and row.edits != edits:
        raise Conflict("changed-meanwhile", name=code, seen=edits, now=row.edits)


def signed_in(actor: Actor, **_: Any) -> bool:
    """Anybody signed in; each row is checked for its own department."""
    return actor.user_id is not None or actor.is_system


@action(may=signed_in, doors={"page", "rest", "cli"})
def import_targets(actor: Actor, *, targets: list[dict[str, Any]]) -> dict[str, str]:
    """Propose many targets at once, all or none; those that are as they were stay untouched -> where it is signed.

    Each has the keys of a target: code, metric, department, period, value and, if need be, operator, unit, scope,
    parent, goal, metric_version, green, amber, tolerance, phasing, note.
    """
    changes = tuple(rules.change_of(row) for row in targets)
    return _submitted(actor, changes)
