"""Metrics in their scopes -> their months, or one value over a stretch of days, in as few questions as can be.

Everything of one scope is one question. Scopes that pick one value of a dimension each (region = '华东') are asked
together, split by that dimension. A question that is refused is halved down to the metric at fault.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from hedu.define.definitions import Reported
from hedu.errors import HeduError
from hedu.model.types import Model

Ask = Callable[..., Any]
COVERED = 0.995
"""Parts that made up so much of last year's whole are taken for all of it."""
Looked = tuple[str, str]
"""(metric, scope)."""
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

    found: dict[Looked, Course] = field(default_factory=dict)
    questions: int = 0

    def points(self, look: Looked) -> Mapping[date, float]:
        """The points of one; none where it was refused or never asked."""
        return self.found[look].points if look in self.found else {}

    def value(self, look: Looked) -> float | None:
        """The only value of one."""
        return next(iter(self.points(look).values()), None)


def courses(ask: Ask, model: Model, wanted: Collection[Looked], since: date, until: date) -> Courses:
    """The course of each between two days, by month; of reported metrics by their own grain."""
    return _asked(ask, model, wanted, since, until, by_time=True)


def values(ask: Ask, model: Model, wanted: Collection[Looked], since: date, until: date) -> Courses:
    """The value of each over the whole stretch (so of a ratio ΣN/ΣD, of a stock the last)."""
    return _asked(ask, model, wanted, since, until, by_time=False)


def scopes_of_one(scopes: Iterable[str]) -> tuple[str, ...] | None:
    """The values that scopes pick of one dimension, when each picks just one of the same; None otherwise.

    >>> scopes_of_one(["region = 'east'", "region = 'west'"])
    ('east', 'west')
    """
    found = [_ONE_VALUE.fullmatch(scope) for scope in scopes]
    picked = [one for one in found if one]
    if len(picked) < len(found) or len({one["path"] for one in picked}) != 1:
        return None
    return tuple(one["value"].replace("''", "'") for one in picked)


def path_of_scope(scope: str) -> str | None:
    """The dimension a scope picks one value of."""
    found = _ONE_VALUE.fullmatch(scope)
    return found["path"] if found else None


def _asked(ask: Ask, model: Model, wanted: Collection[Looked], since: date, until: date, *, by_time: bool) -> Courses:
    asked = Courses()
    spelled: dict[Looked, list[str]] = defaultdict(list)
    for metric, scope in dict.fromkeys(wanted):
        spelled[metric, _canonical(scope)].append(scope)
    for (path, scope, grain), names in _batches(model, wanted).items():
        grain = grain if by_time else ""
        round_ = _Round(ask, asked, spelled, path, scope, grain, since.isoformat(), until.isoformat())
        for start in range(0, len(names), AT_ONCE):
            round_.fill(names[start : start + AT_ONCE])
    return asked


def _batches(model: Model, wanted: Iterable[Looked]) -> dict[tuple[str, str, str], list[str]]:
    """(dimension, scope, grain) -> metrics that one question answers."""
    looks = [look for look in dict.fromkeys(wanted) if look[0] in model.metrics]
    alike: dict[tuple[str, str], int] = defaultdict(int)
    for metric, scope in looks:
        alike[metric, path_of_scope(scope) or ""] += 1
    chosen: dict[tuple[str, str, str], dict[str, None]] = defaultdict(dict)
    for metric, scope in looks:
        body = model.metrics[metric].body
        grain = body.grain if isinstance(body, Reported) else "month"
        path = path_of_scope(scope) or ""
        key = (path, "", grain) if path and alike[metric, path] > 1 else ("", scope, grain)
        chosen[key][metric] = None
    return {key: list(names) for key, names in chosen.items()}


@dataclass(frozen=True, slots=True)
class _Round:
    """One kind of question for several metrics. `spelled` are the scopes asked for, by metric and canonical scope."""

    ask: Ask
    asked: Courses
    spelled: Mapping[Looked, Sequence[str]]
    path: str
    scope: str
    grain: str
    since: str
    until: str

    def fill(self, names: Sequence[str]) -> None:
        by = tuple(filter(None, (self.path, f"metric_time.{self.grain}" if self.grain else "")))
        where = (self.scope,) if self.scope else ()
        self.asked.questions += 1
        try:
            table = self.ask(list(names), by=by, where=where, since=self.since, until=self.until).table
        except HeduError as error:
            if len(names) == 1:
                for scope in self._scopes(names[0]):
                    self.asked.found[names[0], scope] = Course(self.grain, refused=error.code)
                return
            half = len(names) // 2
            self.fill(names[:half])
            self.fill(names[half:])
            return
        starts = table.column(len(by) - 1).to_pylist() if self.grain else [date.min] * table.num_rows
        places = table.column(0).to_pylist() if self.path else [None] * table.num_rows
        for name in names:
            self._keep(name, places, starts, table.column(name).to_pylist())

    def _keep(self, name: str, places: Sequence[Any], starts: Sequence[Any], cells: Sequence[Any]) -> None:
        split: dict[str, dict[date, float]] = defaultdict(dict)
        if not self.path:
            split[self.scope] = {}
        for place, start, value in zip(places, starts, cells, strict=True):
            day = start.date() if isinstance(start, datetime) else start
            if value is not None and isinstance(day, date):
                split[_scope(self.path, place) if self.path else self.scope][day] = float(value)
        for told, points in split.items():
            for scope in self.spelled.get((name, told), ()) if self.path else (told,):
                self.asked.found[name, scope] = Course(self.grain, dict(sorted(points.items())))

    def _scopes(self, name: str) -> list[str]:
        """The scopes of a metric that this kind of question is for."""
        if not self.path:
            return [self.scope]
        asked = (scope for (metric, _), scopes in self.spelled.items() if metric == name for scope in scopes)
        return [scope for scope in asked if path_of_scope(scope) == self.path]


def _canonical(scope: str) -> str:
    """A scope that picks one value, in the one spelling that answers are told by; any other as it is."""
    path, picked = path_of_scope(scope), scopes_of_one([scope])
    return _scope(path, picked[0]) if path and picked else scope


def _scope(path: str, value: object) -> str:
    text = str(value).replace("'", "''")
    return f"{path} = '{text}'"


def coverage(
    ask: Ask, model: Model, metric: str, scope: str, scopes: Sequence[str], since: date, until: date
) -> float | None:
    """The part of a stretch's whole that disjoint scopes of one dimension made up; None where that cannot be told."""
    if len(set(scopes)) < len(scopes) or scopes_of_one(scopes) is None:
        return None
    wanted = [(metric, scope), *((metric, one) for one in scopes)]
    found = values(ask, model, wanted, since, until)
    whole, parts = found.value(wanted[0]), [found.value(look) for look in wanted[1:]]
    return sum(part or 0.0 for part in parts) / whole if whole else None
