"""Targets + a person -> how each stands: what was reached, what was due by then, and what that makes of it.

Amounts that add up are held against the months due so far; counts whose months overlap against the share of the year
that the same months made up a year before; ratios, averages and stocks against the target itself. A number that the
person's rights show only a part of is never held against the whole.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Literal

from django.utils import timezone

from hedu.alignment.goals.courses import Course, Courses, Looked, courses, values
from hedu.alignment.goals.forecast import Gathered, Outlook, Pace, outlook, pace
from hedu.alignment.goals.periods import last_whole_month, month_after
from hedu.alignment.goals.phasing import Nature, nature_of
from hedu.alignment.goals.status import Aim, Status, aim_of, score_of, status_of
from hedu.center.catalog.reads import Asker, limits_of
from hedu.center.goals.models import Target
from hedu.define.definitions import Simple
from hedu.model.expressions import parse_expression, path_of, references
from hedu.model.paths import targets
from hedu.model.types import Model
from hedu.query import RowFilter

Why = Literal["", "coming", "no-data", "partial", "refused", "no-course"]
YEARS_BACK = 3


@dataclass(frozen=True, slots=True)
class Standing:
    """How a target stands. `value` was reached by the end of the month `until`, `due` was to be; `why` says what keeps
    it from having a status."""

    target: Target
    nature: Nature
    aim: Aim
    value: float | None = None
    due: float | None = None
    until: date | None = None
    status: Status = "none"
    score: float | None = None
    why: Why = ""
    course: Course = field(default_factory=Course)
    expected: Outlook | None = None
    pace: Pace | None = None

    @property
    def goal_value(self) -> float:
        return float(self.target.value)

    @property
    def is_level(self) -> bool:
        """Ratios, averages, stocks: their months do not add up."""
        return self.nature == "level"

    @property
    def whole(self) -> Aim:
        """The aim at the end of the period, where `aim` is at what is due by now."""
        return _aim(self.target, self.goal_value)


@dataclass(slots=True)
class Standings:
    """Standings by the target's id, how many questions they took and how long."""

    by_target: dict[int, Standing] = field(default_factory=dict)
    questions: int = 0
    milliseconds: float = 0.0


def standings(who: Asker, targets: Iterable[Target], today: date | None = None) -> Standings:
    """All at once: one question for everything of one scope, one more for what does not add up."""
    started = time.perf_counter()
    rows = list(targets)
    found = Standings()
    last = last_whole_month(today or timezone.localdate())
    asked = [row for row in rows if _may_compare(who, row)]
    known = _courses(who, asked, last, found)
    ends = {row.pk: _end(known.points(_look(row)), row, last) for row in asked}
    so_far = _so_far(who, asked, ends, found)
    shares = _shares(who, asked, ends, found)
    for row in rows:
        found.by_target[row.pk] = _standing(who, row, known, ends.get(row.pk), so_far, shares, asked)
    found.milliseconds = (time.perf_counter() - started) * 1000
    return found


def _look(row: Target) -> Looked:
    return row.metric.name, row.scope


def _may_compare(who: Asker, row: Target) -> bool:
    """Whether the person sees all of what the target is about: everything, or just the rows of its scope."""
    metric = row.metric.name
    if metric not in who.workspace.model.metrics:
        return False
    limits = limits_of(who, metric)
    return all(_is_scope(who.workspace.model, metric, row.scope, item) for item in limits)


def _is_scope(model: Model, metric: str, scope: str, limit: RowFilter) -> bool:
    """Whether a filter of rights says what the scope says, of the same dataset."""
    if not scope or limit.where.strip() != scope.strip():
        return False
    paths = {path_of(name) for name in references(parse_expression(scope))}
    facts = {fact for fact, _ in model.leaves(metric)}
    return all(
        {one.dataset for one in targets(model, fact, path)} == {limit.dataset} for fact in facts for path in paths
    )


def _courses(who: Asker, rows: Sequence[Target], last: date, found: Standings) -> Courses:
    """Three years of months up to the last whole one, and so up to any month a period can hold."""
    if not rows:
        return Courses()
    since = month_after(last, 1 - 12 * YEARS_BACK)
    until = month_after(last) - timedelta(days=1)
    known = courses(who.ask, who.workspace.model, {_look(row) for row in rows}, since, until)
    found.questions += known.questions
    return known


def _end(points: Mapping[date, float], row: Target, last: date) -> date | None:
    """The last month of the target's period that has a value; None before it has begun or where nothing is known."""
    inside = [month for month in points if row.since <= month <= min(row.until, last)]
    return max(inside, default=None)


Stretch = tuple[date, date]


def _so_far(
    who: Asker, rows: Sequence[Target], ends: Mapping[int, date | None], found: Standings
) -> dict[tuple[Looked, Stretch], float | None]:
    """Values over the part of the period that is known, of what cannot be added up from its months."""
    wanted: dict[Stretch, set[Looked]] = defaultdict(set)
    for row in rows:
        end = ends[row.pk]
        if end is not None and nature_of(who.workspace.model, row.metric.name) != "flow":
            wanted[row.since, month_after(end) - timedelta(days=1)].add(_look(row))
    return _asked(who, wanted, found)


def _shares(
    who: Asker, rows: Sequence[Target], ends: Mapping[int, date | None], found: Standings
) -> dict[tuple[Looked, Stretch], float | None]:
    """Of counts whose months overlap: a year before, over the same months and over the whole period."""
    wanted: dict[Stretch, set[Looked]] = defaultdict(set)
    for row in rows:
        end = ends[row.pk]
        if end is not None and nature_of(who.workspace.model, row.metric.name) == "uneven":
            for stretch in _year_before(row, end):
                wanted[stretch].add(_look(row))
    return _asked(who, wanted, found)


def _year_before(row: Target, end: date) -> tuple[Stretch, Stretch]:
    since = month_after(row.since, -12)
    part = since, month_after(end, -11) - timedelta(days=1)
    whole = since, month_after(row.until, -11) - timedelta(days=1)
    return part, whole


def _asked(
    who: Asker, wanted: Mapping[Stretch, set[Looked]], found: Standings
) -> dict[tuple[Looked, Stretch], float | None]:
    told: dict[tuple[Looked, Stretch], float | None] = {}
    for (since, until), looks in wanted.items():
        asked = values(who.ask, who.workspace.model, looks, since, until)
        found.questions += asked.questions
        told |= {(look, (since, until)): asked.value(look) for look in looks}
    return told


def _standing(
    who: Asker,
    row: Target,
    known: Courses,
    end: date | None,
    so_far: Mapping[tuple[Looked, Stretch], float | None],
    shares: Mapping[tuple[Looked, Stretch], float | None],
    asked: Sequence[Target],
) -> Standing:
    model = who.workspace.model
    nature: Nature = nature_of(model, row.metric.name) if row.metric.name in model.metrics else "level"
    whole = _aim(row, float(row.value))
    course = known.found.get(_look(row), Course())
    if row not in asked:
        return Standing(row, nature, whole, why="partial" if row.metric.name in model.metrics else "no-data")
    if course.refused:
        return Standing(row, nature, whole, why="refused", course=course)
    if end is None:
        is_coming = bool(course.points) and max(course.points) < row.since
        why: Why = "coming" if is_coming else "no-data"
        return Standing(row, nature, whole, why=why, course=course, expected=_outlook(model, row, nature, course))
    value = _value(row, nature, course, end, so_far)
    due = _due(row, nature, end, shares)
    aim = whole if nature == "level" or due is None else _aim(row, due)
    known_well = value is not None and due is not None
    return Standing(
        row, nature, aim, value, due, end,
        status_of(value, aim) if known_well else "none",
        score_of(value, aim) if known_well else None,
        "" if known_well else "no-course" if value is not None else "no-data",
        course, _outlook(model, row, nature, course), _pace(row, nature, value, course, end),
    )  # fmt: skip


def _aim(row: Target, due: float) -> Aim:
    """The aim at what is due: the bounds' distance from the whole shrinks with it, on the side they lie."""
    whole = float(row.value)
    part = abs(due / whole) if whole else 1.0
    green, amber = (None if bound is None else due + (float(bound) - whole) * part for bound in (row.green, row.amber))
    tolerance = None if row.tolerance is None else float(row.tolerance)
    return aim_of(row.operator, due, green=green, amber=amber, tolerance=tolerance)  # type: ignore[arg-type]


def _value(
    row: Target, nature: Nature, course: Course, end: date, so_far: Mapping[tuple[Looked, Stretch], float | None]
) -> float | None:
    if nature == "flow":
        return sum(value for month, value in course.points.items() if row.since <= month <= end)
    return so_far.get((_look(row), (row.since, month_after(end) - timedelta(days=1))))


def _due(row: Target, nature: Nature, end: date, shares: Mapping[tuple[Looked, Stretch], float | None]) -> float | None:
    """What the target asks for by the end of a month."""
    if nature == "level":
        return float(row.value)
    if month_after(end) > row.until:
        return float(row.value)
    if nature == "flow":
        phases = [phase for phase in row.phases.all() if phase.month <= end]
        return float(sum(phase.value for phase in phases)) if row.phases.all() else None
    part, whole = _year_before(row, end)
    before, year = shares.get((_look(row), part)), shares.get((_look(row), whole))
    return float(row.value) * before / year if before is not None and year else None


def _outlook(model: object, row: Target, nature: Nature, course: Course) -> Outlook | None:
    """What the period will come to, from the months known; not for counts whose months overlap."""
    if nature == "uneven" or course.grain != "month":
        return None
    months = _months(row)
    gathered = "sum" if nature == "flow" else _gathered(model, row)
    return None if gathered is None else outlook(course.points, months, gathered)


def _gathered(model: object, row: Target) -> Gathered | None:
    """Stocks stand as they are last, other levels are averaged; of first, highest and lowest values nothing is told."""
    body = model.metrics[row.metric.name].body  # type: ignore[attr-defined]
    if isinstance(body, Simple):
        dataset, _, name = body.measure.rpartition(".")
        held = model.datasets[dataset].measures[name].semi_additive  # type: ignore[attr-defined]
        if held:
            return "last" if held.take == "last" else None
    return "mean"


def _months(row: Target) -> tuple[date, ...]:
    count = (row.until.year - row.since.year) * 12 + row.until.month - row.since.month + 1
    return tuple(month_after(row.since, at) for at in range(count))


def _pace(row: Target, nature: Nature, value: float | None, course: Course, end: date) -> Pace | None:
    if nature != "flow" or value is None:
        return None
    remaining = sum(month > end for month in _months(row))
    return pace(float(row.value), value, course.points, remaining)
