"""Target changes that passed their plan -> rows, months, entries of the usage register: few queries however many."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import timezone

from hedu.alignment.goals.periods import span_of
from hedu.center.catalog import reads as catalog
from hedu.center.catalog.actions.uses import Use, register_many
from hedu.center.goals.models import Goal, Target, TargetPhase
from hedu.center.goals.rules import TargetDiff
from hedu.center.kernel.action import record
from hedu.center.kernel.actor import Actor

PLAIN = ("period", "operator", "unit", "scope", "metric_version", "note", "phasing")
NUMBERS = ("value", "green", "amber", "tolerance")
WRITTEN = (
    *PLAIN, *NUMBERS, "state", "metric", "department", "goal", "parent", "since", "until", "approval", "edits",
    "updated_at",
)  # fmt: skip
AT_ONCE = 200


def stored(actor: Actor, diffs: Sequence[TargetDiff], approval: str) -> list[Target]:
    """Write what the diffs say -> the targets that changed, in their order. Parents may come with the same batch."""
    held = _locked([diff.change.code for diff in diffs])
    shelf = _Shelf(actor, diffs)
    rows: list[Target] = []
    for diff in diffs:
        row = held.setdefault(diff.change.code, Target(code=diff.change.code, edits=0))
        if diff.after is None:
            row.state = Target.State.WITHDRAWN
        else:
            shelf.fill(row, diff.after)
        row.approval, row.updated_at = approval, timezone.now()
        row.edits += 1
        rows.append(row)
    _write(rows)
    _hang(held, diffs)
    _keep_phases([(held[diff.change.code], diff.after["phases"]) for diff in diffs if diff.after is not None])
    register_many("target", {str(row.pk): _use(row) for row in rows})
    for row, diff in zip(rows, diffs, strict=True):
        record("target", row.pk, row.code, before=diff.before, after=diff.after, note=approval)
    return rows


class _Shelf:
    """Metrics, departments and goals by the names that changes use, each looked up once for all."""

    def __init__(self, actor: Actor, diffs: Sequence[TargetDiff]) -> None:
        after = [diff.after for diff in diffs if diff.after is not None]
        metrics = catalog.visible_to(actor).filter(name__in={str(one["metric"]) for one in after})
        self.metrics = {row.name: row for row in metrics}
        self.departments = catalog.departments_by_code(actor)
        goals = Goal.objects.filter(code__in={str(one["goal"]) for one in after if one["goal"]})
        self.goals = {row.code: row for row in goals}

    def fill(self, row: Target, after: Mapping[str, Any]) -> None:
        span = span_of(str(after["period"]))
        assert span is not None
        row.state = Target.State.ACTIVE
        row.metric = self.metrics[str(after["metric"])]
        row.department = self.departments[str(after["department"])]
        row.goal = self.goals.get(str(after["goal"])) if after["goal"] else None
        row.parent = None
        row.since, row.until = span.since, span.until
        for name in PLAIN:
            setattr(row, name, after[name])
        for name in NUMBERS:
            setattr(row, name, Decimal(after[name]) if after[name] else None)


def _locked(codes: Sequence[str]) -> dict[str, Target]:
    """The rows as they stand, nobody else changing them meanwhile."""
    rows = {row.code: row for row in Target.objects.select_for_update().filter(code__in=codes).order_by("pk")}
    if rows:
        named = Target.objects.filter(pk__in=[row.pk for row in rows.values()]).select_related("metric", "department")
        for one in named:
            rows[one.code].metric, rows[one.code].department = one.metric, one.department
    return rows


def _write(rows: Sequence[Target]) -> None:
    Target.objects.bulk_create([row for row in rows if row.pk is None])
    Target.objects.bulk_update([row for row in rows if row.edits > 1], WRITTEN, batch_size=AT_ONCE)


def _hang(held: Mapping[str, Target], diffs: Sequence[TargetDiff]) -> None:
    """Each under its parent, now that all of the batch exist."""
    wanted = {
        diff.change.code: str(diff.after["parent"]) for diff in diffs if diff.after is not None and diff.after["parent"]
    }
    others = Target.objects.filter(code__in=set(wanted.values()) - held.keys())
    parents = {**held, **{row.code: row for row in others}}
    for code, parent in wanted.items():
        held[code].parent = parents[parent]
    Target.objects.bulk_update([held[code] for code in wanted], ["parent"], batch_size=AT_ONCE)


def _keep_phases(rows: Sequence[tuple[Target, Mapping[str, str]]]) -> None:
    TargetPhase.objects.filter(target__in=[row.pk for row, _ in rows]).delete()
    TargetPhase.objects.bulk_create(
        TargetPhase(target=row, month=date.fromisoformat(f"{month}-01"), value=Decimal(value))
        for row, phases in rows
        for month, value in phases.items()
    )


def _use(row: Target) -> Use:
    used = (row.metric.name,) if row.state == Target.State.ACTIVE else ()
    titles = (f"{row.code} {row.metric.label(lang)} {row.period}" for lang in ("zh", "en"))
    return Use(used, row.department_id, *titles, url=f"/targets/{row.code}/")
