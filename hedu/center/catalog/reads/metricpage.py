"""A metric -> its latest value with changes, its course over time, its parts: what its page shows first."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from hedu.center.catalog import figures, rules, serving
from hedu.center.catalog.models import DefinitionVersion
from hedu.center.catalog.reads.asking import Asker, result_json
from hedu.center.catalog.reads.planning import grain_of
from hedu.define.definitions import MetricDef, Reported
from hedu.errors import HeduError, Problem
from hedu.model.types import GRAINS

_KEPT = 4_000
_TREND_GRAINS = ("day", "week", "month", "quarter", "year")


@dataclass(frozen=True, slots=True)
class Change:
    """Against what, how much, and whether that is good news."""

    basis: str
    text: str
    tone: rules.Tone
    before: str
    brief: str


@dataclass(frozen=True, slots=True)
class Headline:
    """The latest full period's value; `problem` says why there is none."""

    value: float | None = None
    text: str = ""
    exact: str = ""
    period: str = ""
    start: str = ""
    until: str = ""
    grain: str = "month"
    changes: tuple[Change, ...] = ()
    spark: tuple[float | None, ...] = ()
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class Trend:
    """What the trend chart starts from: its question, the answer, the grains and the marks on its time axis."""

    question: dict[str, Any]
    data: dict[str, Any]
    grains: tuple[str, ...]
    annotations: tuple[dict[str, str], ...]
    unfinished: bool = False


def headline(who: Asker, metric: str, lang: figures.Lang) -> Headline:
    """The metric's last full period for this person, against the period before and a year ago."""
    definition = who.workspace.model.metrics.get(metric)
    if definition is None:
        return Headline(problem=Problem("metric-not-served", None, {"name": metric}))
    try:
        rows, until = _course(who, definition.definition)
    except HeduError as error:
        return Headline(problem=error.problem)
    grain = grain_of(definition.definition)
    at = _last_full(rows, grain, until)
    if at is None:
        return Headline(problem=Problem("metric-without-values", None, {"name": metric}))
    return _told(rows, at, until, grain, definition.definition, definition.unit, lang)


def trend_of(
    who: Asker, metric: str, versions: Sequence[DefinitionVersion], shown: Headline, lang: figures.Lang
) -> Trend | None:
    """The metric's course at its own grain with the dates its definition changed; None where it has none to show."""
    definition = who.workspace.model.metrics[metric].definition
    grain = grain_of(definition)
    by = f"metric_time.{grain}"
    question = {"metrics": [metric], "by": [by], "order": [by], "compare": []}
    try:
        data = result_json(who.ask(metric, by=by, order=by), lang, who.actor)
    except HeduError:
        return None
    marks = [{"at": row.valid_from.isoformat(), "label": f"v{row.number}"} for row in versions if row.number > 1]
    last = _unfinished(data, grain, shown)
    star = [{"at": last, "label": "*"}] if last else []
    return Trend(question, data, _grains(who, definition), (*marks, *star), bool(last))


def _unfinished(data: dict[str, Any], grain: str, shown: Headline) -> str:
    """The last period when the data stop before it ends: its drop is none."""
    if not shown.until or not data["rows"] or not isinstance(data["rows"][-1][0], str):
        return ""
    last, until = date.fromisoformat(data["rows"][-1][0][:10]), date.fromisoformat(shown.until)
    return last.isoformat() if rules.period_after(grain, last) > until + timedelta(days=1) else ""


def breakdown_of(who: Asker, metric: str, lang: figures.Lang, shown: Headline) -> dict[str, Any] | None:
    """The question the breakdown chart starts with, and the dimensions it can go on to. Not yet asked."""
    definition = who.workspace.model.metrics[metric].definition
    dimensions = [
        {"path": info.path, "label": info.label.text(lang, info.name), "type": info.type, "grains": list(info.grains)}
        for info in who.workspace.dimensions_of(metric, access=who.access)
        if not info.grains and info.path != "metric_time"
    ]
    texts = [item for item in dimensions if item["type"] == "text"] or dimensions
    if not texts:
        return None
    masked = {(mask.dataset, mask.column) for mask in who.access.masks}
    first = _best_dimension(definition, [item["path"] for item in texts], masked)
    question: dict[str, Any] = {"metrics": [metric], "by": [first], "order": [f"-{metric}"], "limit": 30}
    if shown.start:
        question |= {"since": shown.start, "until": shown.start}
    return {"question": question, "dimensions": dimensions}


def _best_dimension(definition: MetricDef, paths: list[str], masked: set[tuple[str, str]]) -> str:
    """Regions, channels and the like read better first than names and numbers of single things."""
    telling = ("channel", "region", "category", "segment", "department", "type", "status", "level", "source")
    columns = {column for _, column in masked}
    for word in telling:
        for path in paths:
            if word in path.rsplit(".", 1)[-1] and path.rsplit(".", 1)[-1] not in columns:
                return path
    return paths[0]


_courses: OrderedDict[tuple[Any, ...], tuple[tuple[Any, ...], ...]] = OrderedDict()
_lock = threading.Lock()


def _course(who: Asker, metric: MetricDef) -> tuple[list[dict[str, Any]], date | None]:
    """The metric by period with both comparisons, and the last day there is data of. Kept per revision and access."""
    key = (who.served.mark, who.workspace.engine.snapshot(), who.access.digest, metric.name)
    with _lock:
        if key in _courses:
            _courses.move_to_end(key)
            return _courses[key]  # type: ignore[return-value]
    by = f"metric_time.{grain_of(metric)}"
    result = who.ask(metric.name, by=by, order=by, compare=("previous", "last_year"))
    course: Any = (
        [{**row, "at": _day(row[by]), "value": row[metric.name]} for row in result.rows()],
        _data_until(who, metric),
    )
    if key[1] is not None:
        with _lock:
            _courses[key] = course
            while len(_courses) > _KEPT:
                _courses.popitem(last=False)
    return course  # type: ignore[no-any-return]


def _data_until(who: Asker, metric: MetricDef) -> date | None:
    """The last day any row behind the metric falls on; None where that is not known."""
    if isinstance(metric.body, Reported):
        return None
    model = who.workspace.model
    last: list[date] = []
    for dataset_name, measure_name in model.leaves(metric.name):
        dataset = model.datasets[dataset_name]
        time = dataset.measures[measure_name].time or dataset.time
        if time is None or dataset.reported is not None:
            continue
        path = f"{dataset_name}.{time}"
        found = who.workspace.ask((), by=path, min_max=True, access=who.access, timeout=10.0)
        day = _day(found.table.column(1)[0].as_py()) if found.table.num_rows else None
        if day:
            last.append(day)
    return max(last, default=None)


def _last_full(rows: list[dict[str, Any]], grain: str, until: date | None) -> int | None:
    """The last row with a value whose period the data covers to its end; else the last with a value."""
    told = [index for index, row in enumerate(rows) if row["value"] is not None and row["at"] is not None]
    if until is None:
        return told[-1] if told else None
    ended = [
        index for index in told if rules.period_after(grain, rows[index]["at"]).toordinal() - 1 <= until.toordinal()
    ]
    return (ended or told or [None])[-1]


def _told(
    rows: list[dict[str, Any]],
    at: int,
    until: date | None,
    grain: str,
    metric: MetricDef,
    unit: str | None,
    lang: figures.Lang,
) -> Headline:
    row = rows[at]
    value = float(row["value"])
    changes = (_change(row, basis, metric, unit, lang) for basis in ("previous", "last_year"))
    return Headline(
        value=value,
        text=figures.short(value, unit, lang),
        exact=figures.full(value, unit, lang),
        period=figures.period(row["at"], grain, lang),
        start=rules.period_name(grain, row["at"]),
        until=until.isoformat() if until else "",
        grain=grain,
        changes=tuple(change for change in changes if change),
        spark=tuple(
            float(item["value"]) if item["value"] is not None else None for item in rows[max(0, at - 23) : at + 1]
        ),
    )


def _change(row: dict[str, Any], basis: str, metric: MetricDef, unit: str | None, lang: figures.Lang) -> Change | None:
    before, value = row.get(f"{metric.name}__{basis}"), row["value"]
    if before is None or value is None:
        return None
    difference = float(value) - float(before)
    if figures.is_fraction(unit):
        text = figures.points(difference, lang)
    else:
        text = figures.growth(difference / abs(float(before))) if before else ""
    tone = rules.tone_of(metric.direction, metric.band, float(value), difference)
    told = figures.full(float(before), unit, lang), figures.short(float(before), unit, lang)
    return Change(basis, text, tone, *told) if text else None


def _grains(who: Asker, metric: MetricDef) -> tuple[str, ...]:
    least = grain_of(metric) if isinstance(metric.body, Reported) else _finest(who, metric)
    shown = [grain for grain in _TREND_GRAINS if GRAINS.index(grain) >= GRAINS.index(least)]  # type: ignore[arg-type]
    if isinstance(metric.body, Reported) and metric.body.agg == "none":
        return (least,)
    return tuple(grain for grain in shown if grain != "week" or least != "month")


def _finest(who: Asker, metric: MetricDef) -> str:
    for info in who.workspace.dimensions_of(metric.name, access=who.access):
        if info.path == "metric_time" and info.grains:
            return max(info.grains[0], "day", key=GRAINS.index)
    return "day"


def _day(value: Any) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else None


def grain_named(metric: str) -> str:
    """The grain a served metric is looked at by default."""
    served = serving.served().workspace.model.metrics.get(metric)
    return grain_of(served.definition) if served else "month"
