"""Reported metrics: values handed in by period, submitted, reviewed by somebody else, locked."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils import timezone

from hedu.center.catalog import reads, rules, sheets
from hedu.center.catalog.actions.telling import tell_returned, tell_submitted
from hedu.center.catalog.models import Metric, ReportedPeriod, ReportedValue, Revision
from hedu.center.kernel.action import action, record
from hedu.center.kernel.actor import Actor
from hedu.errors import Conflict


def may_report(actor: Actor, metric: str, **_: Any) -> bool:
    """Members of the owning department, and of those its RACI calls responsible."""
    return reads.may_report_for(actor, reads.metric_named(actor, metric))


def may_vouch(actor: Actor, metric: str, **_: Any) -> bool:
    """Owner, liaison, deputy or manager of the owning department."""
    return reads.may_vouch_for(actor, reads.metric_named(actor, metric).department_id)


@action(may=may_report, doors={"page", "rest"}, event="catalog.value_reported")
def report_value(
    actor: Actor, metric: str, *, period: str, value: str, dimensions: dict[str, str] | None = None
) -> ReportedPeriod:
    """Hand in one value; an empty one takes it back. The period must still be open."""
    return _report(actor, metric, [{**(dimensions or {}), "period": period, "value": value}])[0]


@action(may=may_report, doors={"page", "rest"}, event="catalog.value_reported")
def report_values(actor: Actor, metric: str, *, rows: list[dict[str, Any]]) -> list[ReportedPeriod]:
    """Hand in many values, each {period, the dimensions, value}, all or nothing.

    A row may carry `seen`, the value that stood there when it was written (empty: none): where another has been
    handed in since, nothing is overwritten (report-value-changed).
    """
    return _report(actor, metric, rows)


@action(may=may_report, doors={"page", "rest"}, event="catalog.period_submitted")
def submit_period(actor: Actor, metric: str, *, period: str, note: str = "") -> ReportedPeriod:
    """Say that a period is complete; it waits for review and can no longer be changed."""
    row = _period(reads.metric_named(actor, metric), period)
    if not ReportedValue.objects.filter(metric=row.metric, period=row.period).exists():
        raise Conflict("period-empty", period=period)
    row.submitted_by_id = actor.user_id
    moved = _move(actor, row, "submit", note)
    tell_submitted(actor, moved, reads.reported_shape(row.metric).grain)
    return moved


@action(may=may_vouch, doors={"page", "rest"}, event="catalog.period_reviewed")
def review_period(actor: Actor, metric: str, *, period: str, note: str = "", seen: str = "") -> ReportedPeriod:
    """Approve a submitted period: its values count from now on. Nobody reviews what they submitted themselves.

    `seen` is the moment of the period's last change as the reviewer saw it: what was handed in anew since is looked
    at again first (period-changed-meanwhile).
    """
    row = _period(reads.metric_named(actor, metric), period)
    if seen and row.state == ReportedPeriod.State.SUBMITTED and seen != row.changed_at.isoformat():
        raise Conflict("period-changed-meanwhile", period=period)
    if row.state == ReportedPeriod.State.SUBMITTED and row.submitted_by_id == actor.user_id and not actor.is_admin:
        raise Conflict("review-own-report", period=period)
    moved = _move(actor, row, "review", note)
    _count_anew(actor, row)
    return moved


@action(may=may_vouch, doors={"page", "rest"}, event="catalog.period_returned")
def return_period(actor: Actor, metric: str, *, period: str, note: str = "") -> ReportedPeriod:
    """Open a submitted or reviewed period again for correction; its values stop counting."""
    row = _period(reads.metric_named(actor, metric), period)
    counted = row.state == ReportedPeriod.State.REVIEWED
    moved = _move(actor, row, "return", note)
    if counted:
        _count_anew(actor, row)
    tell_returned(actor, moved, reads.reported_shape(row.metric).grain, note)
    return moved


@action(may=may_vouch, doors={"page", "rest"}, event="catalog.period_locked")
def lock_period(actor: Actor, metric: str, *, period: str, note: str = "") -> ReportedPeriod:
    """Close a reviewed period for good, short of unlocking."""
    return _move(actor, _period(reads.metric_named(actor, metric), period), "lock", note)


@action(may=may_vouch, doors={"page", "rest"}, event="catalog.period_unlocked")
def unlock_period(actor: Actor, metric: str, *, period: str, note: str) -> ReportedPeriod:
    """Lift the lock, with a reason; the values still count until the period is returned."""
    if not note.strip():
        raise Conflict("reason-needed")
    return _move(actor, _period(reads.metric_named(actor, metric), period), "unlock", note)


def _report(actor: Actor, name: str, rows: list[dict[str, Any]]) -> list[ReportedPeriod]:
    metric = reads.metric_named(actor, name)
    shape = reads.reported_shape(metric)
    touched: dict[Any, ReportedPeriod] = {}
    for given in rows:
        period = _period(metric, str(given.get("period", "")), shape)
        if period.state != ReportedPeriod.State.OPEN:
            raise Conflict("period-closed", period=rules.period_name(shape.grain, period.period))
        _keep(actor, metric, period, given, shape)
        touched[period.period] = period
    for period in touched.values():
        period.changed_by_id, period.changed_at = actor.user_id, timezone.now()
        period.save(update_fields=["changed_by", "changed_at"])
        record("period", period.pk, str(period), after={"values": len(rows)})
    return list(touched.values())


def _keep(actor: Actor, metric: Metric, period: ReportedPeriod, given: dict[str, Any], shape: sheets.Shape) -> None:
    dimensions = {name: str(given.get(name, "")).strip() for name in shape.dimensions}
    _require_dimensions(given, dimensions, shape)
    which = {"metric": metric, "period": period.period, "key": sheets.key_of(dimensions)}
    written = str(given.get("value", "") if given.get("value") is not None else "").strip()
    value = _number(written)
    if "seen" in given and "seen" not in shape.dimensions:
        _require_unchanged(which, _number(str(given["seen"] or "").strip()), value, " · ".join(dimensions.values()))
    if value is None:
        ReportedValue.objects.filter(**which).delete()
        return
    ReportedValue.objects.update_or_create(
        **which,
        defaults={
            "value": value,
            "dimensions": dimensions,
            "reported_by_id": actor.user_id,
            "reported_at": timezone.now(),
        },
    )


def _require_dimensions(given: dict[str, Any], dimensions: dict[str, str], shape: sheets.Shape) -> None:
    unknown = sorted(set(given) - set(shape.dimensions) - {"period", "value", "seen"})
    if unknown:
        raise Conflict("report-dimension-unknown", name=unknown[0], known=list(shape.dimensions))
    for name, text in dimensions.items():
        if not text:
            raise Conflict("report-dimension-missing", name=name)
        if not sheets.fits(text):
            raise Conflict("report-dimension-unfit", name=name, value=text[: sheets.SHOWN_MOST], most=sheets.TEXT_MOST)


def _number(written: str) -> Decimal | None:
    """A written number to ten places, as it is kept; None for nothing."""
    if not written:
        return None
    value = sheets.number_of(written)
    if value is None:
        raise Conflict("report-value-unreadable", value=written[: sheets.SHOWN_MOST])
    return value.quantize(Decimal("1.0000000000"))


def _require_unchanged(which: dict[str, Any], seen: Decimal | None, wanted: Decimal | None, where: str) -> None:
    """Nobody overwrites what they have not seen; what already stands as wanted is no matter."""
    held = ReportedValue.objects.filter(**which).values_list("value", flat=True).first()
    if held not in (seen, wanted):
        now = "" if held is None else format(held.normalize(), "f")
        raise Conflict("report-value-changed", cell=where or which["period"].isoformat(), now=now)


def _period(metric: Metric, period: str, shape: sheets.Shape | None = None) -> ReportedPeriod:
    known = shape or reads.reported_shape(metric)
    start = rules.parse_period(known.grain, period)
    if start is None:
        raise Conflict("report-period-unreadable", period=period, grain=known.grain)
    if start > timezone.localdate():
        raise Conflict("period-in-future", period=period)
    row, _ = ReportedPeriod.objects.select_for_update().get_or_create(metric=metric, period=start)
    return row


def _move(actor: Actor, row: ReportedPeriod, deed: str, note: str) -> ReportedPeriod:
    before, after = row.state, rules.next_state(row.state, deed)
    if after is None:
        raise Conflict("period-not-in-state", period=row.period.isoformat(), state=row.get_state_display(), deed=deed)
    row.state, row.note = after, note
    row.changed_by_id, row.changed_at = actor.user_id, timezone.now()
    row.save()
    record("period", row.pk, str(row), before={"state": before}, after={"state": after}, note=note)
    return row


def _count_anew(actor: Actor, row: ReportedPeriod) -> None:
    """What counts has changed: every process builds its workspace again."""
    Revision.objects.create(author_id=actor.user_id, note=f"{row.metric.name} {row.period.isoformat()}: {row.state}")
