"""Target changes -> what each would do, before anything is stored: fields before and after, months, problems."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from hedu.alignment.goals.courses import Looked, courses
from hedu.alignment.goals.periods import last_whole_month, month_after, span_of
from hedu.alignment.goals.phasing import METHODS, nature_of, phased, seasonal_profile, shared_out
from hedu.center.catalog import reads as catalog
from hedu.center.catalog.models import Metric
from hedu.center.goals import rules
from hedu.center.goals.models import Target
from hedu.center.goals.reads.rows import targets_visible_to, visible_to
from hedu.center.goals.rules import TargetChange, TargetDiff
from hedu.center.kernel.actor import Actor
from hedu.center.people.models import Department
from hedu.errors import HeduError, Problem, QueryError, suggest
from hedu.model.units import factor_between, read_unit

CHANGES_MOST = 2_000
YEARS_BACK = 3


def plan_targets(actor: Actor, changes: Sequence[TargetChange]) -> tuple[TargetDiff, ...]:
    """One diff a change, in order. Asks for history only where months are to be shared out anew. Former names of
    metrics are read as those of today.

    QueryError targets-too-many.
    """
    if len(changes) > CHANGES_MOST:
        raise QueryError("targets-too-many", count=len(changes), most=CHANGES_MOST)
    today = catalog.names_today()
    changes = [replace(change, metric=today.get(change.metric, change.metric)) for change in changes]
    book = _Book(actor, changes)
    return tuple(book.diff(change) for change in changes)


class _Book:
    """What all changes of one plan look up, each once."""

    def __init__(self, actor: Actor, changes: Sequence[TargetChange]) -> None:
        self.actor = actor
        self.who = catalog.asker(actor)
        names = {change.metric for change in changes}
        codes = {change.code for change in changes} | {change.parent for change in changes}
        rows = targets_visible_to(actor, withdrawn=True).filter(code__in=codes).prefetch_related("phases")
        self.targets: dict[str, Target] = {row.code: row for row in rows}
        held = {row.metric.name for row in self.targets.values()}
        found = catalog.visible_to(actor).filter(name__in=names | held, is_retired=False)
        self.metrics: dict[str, Metric] = {row.name: row for row in found}
        self.departments: dict[str, Department] = catalog.departments_by_code(actor)
        self.goals = set(visible_to(actor).values_list("code", flat=True))
        self.coming = {change.code: change.parent for change in changes if change.deed == "set"}
        self.going = {change.code for change in changes if change.deed == "withdraw"}
        self.needed = self._needed(actor)
        self.times = {code: sum(change.code == code for change in changes) for code in codes}
        self.history = self._history(changes)
        self.scopes: dict[Looked, Problem | None] = {}

    def diff(self, change: TargetChange) -> TargetDiff:
        row = self.targets.get(change.code)
        before = fields_of(row) if row is not None and row.state == Target.State.ACTIVE else None
        if change.deed == "withdraw":
            owner = (row.department.code,) if row else ()
            held = tuple(self._held_back(change.code, before is not None))
            return TargetDiff(change, before, None, row.metric.name if row else "", owner, held)
        problems = [*rules.problems_of(change), *self._unknown(change)]
        change, unfit = self._in_metric_unit(change)
        problems += unfit
        after = None
        if not problems:
            after, more = self._after(change, before)
            problems += more
        departments = tuple(dict.fromkeys(filter(None, ((before or {}).get("department", ""), change.department))))
        return TargetDiff(change, before, after, change.metric, departments, tuple(problems))

    def _needed(self, actor: Actor) -> set[str]:
        """Which of the targets that go have others below them that stay."""
        rows = targets_visible_to(actor).filter(parent__code__in=self.going).exclude(code__in=self.going)
        return {
            above for code, above in rows.values_list("code", "parent__code") if self.coming.get(code, above) == above
        }

    def _held_back(self, code: str, is_active: bool) -> Iterator[Problem]:
        """Why a target cannot be withdrawn."""
        if not is_active:
            yield Problem("target-unknown", facts={"name": code})
        elif code in self.needed:
            yield Problem("target-has-children", facts={"name": code})

    def _unknown(self, change: TargetChange) -> list[Problem]:
        found: list[Problem] = []
        if not change.code:
            found.append(Problem("target-field-missing", facts={"field": "code"}))
        if change.code and self.times.get(change.code, 0) > 1:
            found.append(Problem("target-twice", facts={"name": change.code}))
        if change.metric and change.metric not in self.metrics:
            near = suggest(change.metric, self.who.workspace.model.metrics)
            found.append(Problem("target-metric-unknown", facts={"metric": change.metric, "near": near}))
        if change.department and change.department not in self.departments:
            near = suggest(change.department, self.departments)
            found.append(Problem("target-department-unknown", facts={"department": change.department, "near": near}))
        if change.goal and change.goal not in self.goals and change.goal != self._goal_held(change.code):
            found.append(Problem("goal-unknown", facts={"name": change.goal}))
        found += self._family(change)
        if change.metric in self.metrics:
            head = self.metrics[change.metric].head
            newest = head.number if head else 0
            is_beyond = change.metric_version is not None and not 1 <= change.metric_version <= newest
            if is_beyond and not self.actor.is_system:
                facts = {"metric": change.metric, "version": change.metric_version, "newest": newest}
                found.append(Problem("target-version-unknown", facts=facts))
            found += filter(None, [self._scope_problem(change)])
        return found

    def _goal_held(self, code: str) -> str:
        """The goal a target belongs to as it stands, were it put away meanwhile."""
        row = self.targets.get(code)
        return row.goal.code if row is not None and row.goal is not None else ""

    def _in_metric_unit(self, change: TargetChange) -> tuple[TargetChange, list[Problem]]:
        """The change with its numbers in the metric's own unit; a problem where they measure something else."""
        served = self.who.workspace.model.metrics.get(change.metric)
        held, wanted = read_unit(change.unit), read_unit(served.unit if served else None)
        if served is None or held is None or wanted is None or held == wanted:
            return change, []
        if held.powers != wanted.powers:
            facts = {"unit": change.unit, "metric": change.metric, "wanted": served.unit}
            return change, [Problem("target-unit-differs", facts=facts)]
        factor = factor_between(held, wanted)
        numbers = {name: rules.times(getattr(change, name), factor) for name in ("value", "green", "amber")}
        phases = tuple((month, rules.times(value, factor)) for month, value in change.phases)
        return replace(change, **numbers, phases=phases, unit=served.unit or ""), []

    def _family(self, change: TargetChange) -> list[Problem]:
        if not change.parent:
            return []
        if change.parent == change.code:
            return [Problem("target-under-itself", facts={"name": change.code})]
        held = self.targets.get(change.parent)
        is_there = held is not None and held.state == Target.State.ACTIVE and change.parent not in self.going
        if change.parent not in self.coming and not is_there:
            return [Problem("target-unknown", facts={"name": change.parent})]
        return [Problem("target-under-itself", facts={"name": change.code})] if self._closes_ring(change) else []

    def _closes_ring(self, change: TargetChange) -> bool:
        """Whether the way up from a target's parent, as all changes together leave it, leads back to the target."""
        seen: set[str] = set()
        at = change.parent
        while at and at != change.code and at not in seen:
            seen.add(at)
            held = self.targets.get(at)
            at = self.coming.get(at, held.parent.code if held and held.parent else "")
        return at == change.code

    def _scope_problem(self, change: TargetChange) -> Problem | None:
        """Why a scope cannot be asked of a metric."""
        if not change.scope:
            return None
        look = (change.metric, change.scope)
        if look not in self.scopes:
            try:
                self.who.workspace.explain(change.metric, where=(change.scope,))
                self.scopes[look] = None
            except HeduError as error:
                self.scopes[look] = error.problem
        return self.scopes[look]

    def _after(
        self, change: TargetChange, before: Mapping[str, Any] | None
    ) -> tuple[dict[str, Any] | None, list[Problem]]:
        head = self.metrics[change.metric].head
        served = self.who.workspace.model.metrics.get(change.metric)
        kept = (before or {}).get("metric_version") if (before or {}).get("metric") == change.metric else None
        numbers = {name: number_text(getattr(change, name)) for name in ("value", "green", "amber", "tolerance")}
        after: dict[str, Any] = {
            **{name: getattr(change, name) for name in rules.FIELDS},
            **numbers,
            "unit": change.unit or (served.unit if served else "") or "",
            "metric_version": change.metric_version or kept or (head.number if head else None),
        }
        after["phasing"] = self._method(change)
        alike = ("metric", "scope", "period", "value", "phasing")
        if before is not None and not change.phases and all(before[name] == after[name] for name in alike):
            return {**after, "phases": before["phases"]}, []
        try:
            return {**after, "phases": self._phases(change, after["phasing"], before)}, []
        except HeduError as error:
            return None, list(error.problems)

    def _method(self, change: TargetChange) -> str:
        """How the months come about: what does not add up has one level, overlapping counts are not shared out, and
        without a year of history there is no season."""
        nature = nature_of(self.who.workspace.model, change.metric)
        if change.phases:
            return change.phasing
        if nature != "flow" and change.phasing != "manual":
            return "level" if nature == "level" else ""
        method = change.phasing if change.phasing in METHODS else "seasonal"
        return "equal" if method in ("seasonal", "growth") and not self._knows_season(change) else method

    def _knows_season(self, change: TargetChange) -> bool:
        """Whether history has every calendar month of the period, and something in them."""
        span = span_of(change.period)
        season = seasonal_profile(self.history.get((change.metric, change.scope), {}))
        return span is not None and sum(season.get(month.month, -100.0) for month in span.months) > 0

    def _phases(self, change: TargetChange, method: Any, before: Mapping[str, Any] | None) -> dict[str, str]:
        span = span_of(change.period)
        total = rules.decimal_of(change.value)
        assert span is not None and total is not None
        manual = _by_month(change.phases)
        if manual and nature_of(self.who.workspace.model, change.metric) != "flow":
            if strange := sorted(set(manual) - set(span.months)):
                raise QueryError("target-period-unreadable", period=f"{strange[0]:%Y-%m}")
            return _written_months(manual)
        if not method:
            return {}
        if method == "manual" and not manual and before is not None and before["phasing"] == "manual":
            return _written_months(_as_before(total, span.months, _by_month(before["phases"].items())))
        history = self.history.get((change.metric, change.scope), {})
        return _written_months(phased(total, span.months, "manual" if manual else method, history, manual))

    def _history(self, changes: Sequence[TargetChange]) -> dict[Looked, Mapping[date, float]]:
        """Three years by month of what is to be shared out by season; nothing where rights show only a part."""
        wanted = {
            (change.metric, change.scope)
            for change in changes
            if change.deed == "set"
            and change.phasing in ("seasonal", "growth")
            and change.metric in self.metrics
            and change.metric in self.who.workspace.model.metrics
            and nature_of(self.who.workspace.model, change.metric) == "flow"
            and not catalog.is_partial(self.who, change.metric)
        }
        until = month_after(last_whole_month(timezone.localdate()))
        since = month_after(until, -12 * YEARS_BACK)
        found = courses(self.who.ask, self.who.workspace.model, wanted, since, until - timedelta(days=1))
        return {look: course.points for look, course in found.found.items() if course.grain == "month"}


def _by_month(phases: Iterable[tuple[str, str]]) -> dict[date, Decimal]:
    """Months and values as written, both known to be readable."""
    read = ((span_of(month), rules.decimal_of(value)) for month, value in phases)
    return {span.since: value for span, value in read if span is not None and value is not None}


def _as_before(total: Decimal, months: Sequence[date], held: Mapping[date, Decimal]) -> dict[date, Decimal]:
    """Months set by hand, in the same proportions for another total. QueryError phases-not-the-total where that cannot
    be: the months are others, or some lie on the other side of zero."""
    sign = -1 if sum(held.values()) < 0 else 1
    if set(held) != set(months) or min(sign * value for value in held.values()) < 0 or not sum(held.values()):
        return phased(total, months, "manual")
    return shared_out(total, {month: float(sign * value) for month, value in held.items()})


def _written_months(parts: Mapping[date, Decimal]) -> dict[str, str]:
    return {f"{month:%Y-%m}": number_text(format(value, "f")) for month, value in parts.items()}


def number_text(text: str) -> str:
    """One way to write a number: no exponent, no trailing zeros; "" where there is none."""
    value = rules.decimal_of(text) if text else None
    if value is None:
        return ""
    plain = format(value, "f")
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


def fields_of(row: Target) -> dict[str, Any]:
    """A target as `before` and `after` show it."""
    return {
        "goal": row.goal.code if row.goal else "",
        "metric": row.metric.name,
        "department": row.department.code,
        "period": row.period,
        "operator": row.operator,
        **{name: _written(getattr(row, name)) for name in ("value", "green", "amber", "tolerance")},
        "unit": row.unit,
        "scope": row.scope,
        "parent": row.parent.code if row.parent else "",
        "metric_version": row.metric_version,
        "note": row.note,
        "phasing": row.phasing,
        "phases": {f"{phase.month:%Y-%m}": _written(phase.value) for phase in row.phases.all()},
    }


def _written(value: Decimal | None) -> str:
    return "" if value is None else number_text(format(value, "f"))
