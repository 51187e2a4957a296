"""Metrics in their scopes -> their months and their values so far, under the actor's rights, in few questions.

Everything of one scope is one question. Scopes that pick one value of a dimension each (region = '华东') are asked
together, split by that dimension. A question that is refused is halved down to the metric at fault.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from hedu.center.catalog.reads import Asker
from hedu.define.definitions import Reported
from hedu.errors import HeduError

Look = tuple[str, str]
"""(metric, scope)."""
TIMEOUT_SECONDS = 20.0
AT_ONCE = 16
_ONE_VALUE = re.compile(r"\s*(?P<path>[A-Za-z_][\w.]*)\s*=\s*'(?P<value>(?:[^']|'')*)'\s*")


@dataclass(frozen=True, slots=True)
class Course:
    """A metric's values by the start of their period, as far as known. `refused` is the code of a refusal."""

    grain: str = "month"
    points: Mapping[date, float] = field(default_factory=dict)
    refused: str = ""


@dataclass(slots=True)
class Courses:
    """What was asked for, and how many questions it took."""

    found: dict[Look, Course] = field(default_factory=dict)
    questions: int = 0

    def points(self, look: Look) -> Mapping[date, float]:
        return self.found[look].points if look in self.found else {}


def courses(who: Asker, wanted: Collection[Look], since: date, until: date) -> Courses:
    """The course of each between two days, by month; of reported metrics by their own grain."""
    asked = Courses()
    for (path, scope, grain), names in _batches(who, wanted).items():
        question = {"since": since.isoformat(), "until": until.isoformat()}
        for start in range(0, len(names), AT_ONCE):
            _course(who, asked, path, scope, grain, names[start : start + AT_ONCE], question)
    return asked


def values(who: Asker, wanted: Collection[Look], since: date, until: date) -> tuple[dict[Look, float | None], int]:
    """The value of each over the whole stretch (so of a ratio ΣN/ΣD), and how many questions it took."""
    asked = Courses()
    for (path, scope, _grain), names in _batches(who, wanted).items():
        question = {"since": since.isoformat(), "until": until.isoformat()}
        for start in range(0, len(names), AT_ONCE):
            _course(who, asked, path, scope, "", names[start : start + AT_ONCE], question)
    return {look: next(iter(course.points.values()), None) for look, course in asked.found.items()}, asked.questions


def _batches(who: Asker, wanted: Iterable[Look]) -> dict[tuple[str, str, str], list[str]]:
    """(dimension, rest of the scope, grain) -> metrics that one question answers."""
    chosen: dict[tuple[str, str, str], dict[str, None]] = defaultdict(dict)
    alike: dict[tuple[str, str], set[str]] = defaultdict(set)
    looks = list(dict.fromkeys(wanted))
    for metric, scope in looks:
        picked = _ONE_VALUE.fullmatch(scope)
        if picked:
            alike[metric, picked["path"]].add(scope)
    for metric, scope in looks:
        known = who.workspace.model.metrics.get(metric)
        if known is None:
            continue
        grain = known.body.grain if isinstance(known.body, Reported) else "month"
        picked = _ONE_VALUE.fullmatch(scope)
        together = picked is not None and len(alike[metric, picked["path"]]) > 1
        key = (picked["path"], "", grain) if picked and together else ("", scope, grain)
        chosen[key][metric] = None
    return {key: list(names) for key, names in chosen.items()}


def _course(
    who: Asker, asked: Courses, path: str, scope: str, grain: str, names: Sequence[str], question: Mapping[str, Any]
) -> None:
    time = f"metric_time.{grain}" if grain else ""
    by = tuple(filter(None, (path, time)))
    asked.questions += 1
    try:
        result = who.ask(names, by=by, where=(scope,) if scope else (), timeout=TIMEOUT_SECONDS, **question)
    except HeduError as error:
        if len(names) == 1:
            asked.found[names[0], scope] = Course(grain, refused=error.code)
            return
        half = len(names) // 2
        _course(who, asked, path, scope, grain, names[:half], question)
        _course(who, asked, path, scope, grain, names[half:], question)
        return
    table = result.table
    starts = table.column(len(by) - 1).to_pylist() if grain else [date.min] * table.num_rows
    held = table.column(0).to_pylist() if path else [None] * table.num_rows
    for name in names:
        split: dict[str, dict[date, float]] = defaultdict(dict)
        for place, start, value in zip(held, starts, table.column(name).to_pylist(), strict=True):
            day = _day(start)
            if value is not None and day is not None:
                split[_scope(path, place) if path else scope][day] = float(value)
        if not path:
            split.setdefault(scope, {})
        for one, points in split.items():
            asked.found[name, one] = Course(grain, dict(sorted(points.items())))


def _scope(path: str, value: object) -> str:
    text = str(value).replace("'", "''")
    return f"{path} = '{text}'"


def _day(value: object) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else None
