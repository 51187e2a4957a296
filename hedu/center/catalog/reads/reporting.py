"""Reported metrics -> what is to be filled in, by whom, and how far each period has come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Count, Max, QuerySet
from django.utils import timezone

from hedu.center.catalog import figures, rules, serving, sheets
from hedu.center.catalog.models import Metric, ReportedPeriod, ReportedValue
from hedu.center.catalog.reads.entries import edited_departments, may_edit_for, may_vouch_for, visible_to
from hedu.center.kernel.actor import Actor
from hedu.center.people.reads import codes_of
from hedu.define.definitions import Reported
from hedu.errors import Conflict, Denied

PERIODS_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Period:
    """One period of a reported metric and its state."""

    start: date
    code: str
    label: str
    state: str
    values: int
    changed_at: datetime | None = None
    changed_by: str = ""

    @property
    def moment(self) -> str:
        """When it last changed, as a reviewer's deed tells what they saw."""
        return self.changed_at.isoformat() if self.changed_at else ""


@dataclass(frozen=True, slots=True)
class Line:
    """One cell to fill in: its dimension values, its value now and that of the period before."""

    dimensions: tuple[tuple[str, str], ...]
    key: str
    value: Decimal | None
    before: Decimal | None

    @property
    def written(self) -> str:
        """The value with every digit it holds; "" for none."""
        return "" if self.value is None else format(self.value, "f")

    @property
    def written_before(self) -> str:
        return "" if self.before is None else format(self.before, "f")


@dataclass(frozen=True, slots=True)
class Sheet:
    """The form of one period."""

    period: Period
    shape: sheets.Shape
    labels: tuple[str, ...]
    lines: tuple[Line, ...]


def reported_shape(metric: Metric) -> sheets.Shape:
    """What the metric's rows hold. Conflict metric-not-reported for a computed metric."""
    served = serving.served().workspace.model.metrics.get(metric.name)
    if served is None or not isinstance(served.body, Reported):
        raise Conflict("metric-not-reported", name=metric.name)
    body = served.body
    dimensions = {item.name: (item.label.zh, item.label.en, *item.synonyms) for item in body.dimensions}
    dimensions |= {item.name: (item.label.zh, item.label.en, item.key[0]) for item in body.entities}
    return sheets.Shape(metric.name, body.grain, dimensions, (metric.label_zh, metric.label_en, metric.name))


def may_report_for(actor: Actor, metric: Metric) -> bool:
    """Members of the owning department, and of those its RACI calls responsible."""
    if actor.is_admin or metric.department_id in actor.departments or may_edit_for(actor, metric.department_id):
        return True
    return _is_responsible(metric, serving.served(), codes_of(actor))


def _is_responsible(metric: Metric, served: serving.Served, codes: frozenset[str]) -> bool:
    known = served.workspace.model.metrics.get(metric.name)
    return bool(known and set(known.definition.raci.responsible) & codes)


def may_review(actor: Actor, metric: Metric, start: date) -> bool:
    """Whether the actor may approve this period: those who vouch, but not for what they submitted themselves."""
    if not may_vouch_for(actor, metric.department_id):
        return False
    return actor.is_admin or not metric.periods.filter(period=start, submitted_by_id=actor.user_id).exists()


def may_report(actor: Actor, metric: str) -> bool:
    """The same by name; false for the unseen."""
    row = visible_to(actor).filter(name=metric).first()
    return row is not None and may_report_for(actor, row)


def reported_metrics(actor: Actor) -> list[dict[str, object]]:
    """Reported metrics the actor fills in or reviews, each with its next period to do."""
    rows = visible_to(actor).filter(type=Metric.Type.REPORTED, is_retired=False).order_by("name")
    rows = rows.annotate(last_period=Max("reported__period"))
    waiting = dict(
        ReportedPeriod.objects.filter(state=ReportedPeriod.State.SUBMITTED)
        .values_list("metric_id")
        .annotate(count=Count("pk"))
    )
    served, codes = serving.served(), codes_of(actor)
    mine = actor.departments | edited_departments(actor)
    return [
        {"metric": row, "last": row.last_period, "waiting": waiting.get(row.pk, 0)}
        for row in rows
        if actor.is_admin or row.department_id in mine or _is_responsible(row, served, codes)
    ]


def periods_of(actor: Actor, metric: Metric, lang: figures.Lang) -> list[Period]:
    """The latest periods up to the present one, newest first, with their states."""
    _require(actor, metric)
    grain = reported_shape(metric).grain
    now = rules.period_start(grain, timezone.localdate())
    counts = dict(_values(metric).values_list("period").annotate(count=Count("pk")).order_by())
    states = {row.period: row for row in metric.periods.select_related("changed_by")}
    starts = {rules.period_after(grain, now, -back) for back in range(PERIODS_SHOWN)}
    starts |= set(sorted({*counts, *states})[-PERIODS_SHOWN:])
    return [
        _period(start, grain, states.get(start), counts.get(start, 0), lang) for start in sorted(starts, reverse=True)
    ]


def sheet_of(actor: Actor, metric: Metric, period: str, lang: figures.Lang) -> Sheet:
    """The form of a period: its cells, and those of the period before that are still to be filled in."""
    _require(actor, metric)
    shape = reported_shape(metric)
    start = rules.parse_period(shape.grain, period)
    if start is None:
        raise Conflict("report-period-unreadable", period=period, grain=shape.grain)
    before = rules.period_after(shape.grain, start, -1)
    held: dict[date, dict[str, ReportedValue]] = {start: {}, before: {}}
    for row in _values(metric).filter(period__in=[start, before]):
        held[row.period][row.key] = row
    keys = list(dict.fromkeys([*held[start], *held[before]])) or ([""] if not shape.dimensions else [])
    lines = tuple(_line(key, held[start].get(key), held[before].get(key), shape) for key in keys)
    state = metric.periods.select_related("changed_by").filter(period=start).first()
    labels = tuple(
        _first(names[:2] if lang == "zh" else (names[1], names[0]), name) for name, names in shape.dimensions.items()
    )
    return Sheet(_period(start, shape.grain, state, len(held[start]), lang), shape, labels, lines)


def upload_rows(actor: Actor, metric: Metric, filename: str, content: bytes) -> sheets.Upload:
    """What an uploaded file holds, without keeping anything. Rows of periods no longer open are refused."""
    _require(actor, metric)
    read = sheets.upload(filename, content, reported_shape(metric))
    closed = set(metric.periods.exclude(state=ReportedPeriod.State.OPEN).values_list("period", flat=True))
    shut = sorted({cell.period for cell in read.cells} & closed)
    if not shut:
        return read
    grain = reported_shape(metric).grain
    refused = tuple(sheets.Reject(0, "period-closed", rules.period_name(grain, day)) for day in shut)
    return sheets.Upload(tuple(cell for cell in read.cells if cell.period not in closed), read.rejects + refused)


def _require(actor: Actor, metric: Metric) -> None:
    """Single values before review are for those who fill in and those who review."""
    if not (may_report_for(actor, metric) or may_vouch_for(actor, metric.department_id)):
        raise Denied("report-not-yours", name=metric.label(actor.lang))


def _values(metric: Metric) -> QuerySet[ReportedValue]:
    return ReportedValue.objects.filter(metric=metric)


def _period(start: date, grain: str, row: ReportedPeriod | None, values: int, lang: figures.Lang) -> Period:
    return Period(
        start,
        rules.period_name(grain, start),
        figures.period(start, grain, lang),
        row.state if row else ReportedPeriod.State.OPEN.value,
        values,
        row.changed_at if row else None,
        str(row.changed_by) if row and row.changed_by else "",
    )


def _line(key: str, now: ReportedValue | None, before: ReportedValue | None, shape: sheets.Shape) -> Line:
    row = now or before
    held = row.dimensions if row else {}
    return Line(
        tuple((name, str(held.get(name, ""))) for name in shape.dimensions),
        key,
        now.value.normalize() if now else None,
        before.value.normalize() if before else None,
    )


def _first(names: tuple[str, ...], default: str) -> str:
    return next((name for name in names if name), default)
