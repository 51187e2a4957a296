"""Questions that were asked -> the rollups that would have spared the most reading, with what each would spare.

The greedy choice of Harinarayan, Rajaraman and Ullman (1996): again and again the rollup with the greatest benefit for
each of its rows, given those chosen before. Sizes are counted, and which question a rollup serves is planned.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import combinations

from hedu.define.definitions import Derived, Grain, MetricRef, Ratio, RollupDef, Simple
from hedu.errors import HeduError
from hedu.model.expressions import parse_expression
from hedu.model.rollups import distinct_key, rollup_of
from hedu.model.types import Dataset, Measure, Model
from hedu.plan.conditions import filter_key, parse_filter, paths_in
from hedu.plan.frames import NESTS
from hedu.plan.keys import Key, key_of
from hedu.plan.offered import time_of
from hedu.plan.periods import WEEK_STARTS, floor, parse_range
from hedu.plan.planner import plan
from hedu.plan.rolled import Rolled, columns_of
from hedu.query import Question
from hedu.sql.filling import filling, size_of, sized

Count = Callable[[str], int]
_CANDIDATES = 40
_GRAINS: tuple[Grain, ...] = ("month", "day")


@dataclass(frozen=True, slots=True)
class Recommended:
    """A rollup worth declaring: its `rows`, those of its dataset, how many askings it serves and what they spare.

    `spared` counts rows that need not be read, beyond what the rollups before it spare already.
    """

    rollup: RollupDef
    rows: int
    base_rows: int
    askings: int
    spared: int


@dataclass(frozen=True)
class _Candidate:
    told: RollupDef
    dataset: str
    rows: int
    serves: frozenset[int]


def recommended(
    model: Model, asked: Sequence[tuple[Question, int]], count: Count, now: datetime, most: int = 5
) -> tuple[Recommended, ...]:
    """At most so many rollups, the most useful first; `asked` are questions with how often, `count` runs a SELECT."""
    told = _merged(_needed(model, asked, now))
    candidates = [one for at, item in enumerate(told) if (one := _candidate(model, asked, item, at, count, now))]
    sizes = {name: count(size_of(model.datasets[name])) for name in {one.dataset for one in candidates}}
    cost = {(at, one.dataset): sizes[one.dataset] for one in candidates for at in one.serves}
    chosen: list[Recommended] = []
    while candidates and len(chosen) < most:
        spared = {one.told.name: _spared(one, asked, cost) for one in candidates}
        best = max(candidates, key=lambda one: (spared[one.told.name] / max(one.rows, 1), one.told.name))
        if spared[best.told.name] <= 0:
            break
        times = sum(asked[at][1] for at in best.serves)
        chosen.append(Recommended(best.told, best.rows, sizes[best.dataset], times, spared[best.told.name]))
        for at in best.serves:
            cost[at, best.dataset] = min(cost[at, best.dataset], best.rows)
        candidates.remove(best)
    return tuple(chosen)


def _spared(one: _Candidate, asked: Sequence[tuple[Question, int]], cost: dict[tuple[int, str], int]) -> int:
    return sum(max(0, cost[at, one.dataset] - one.rows) * asked[at][1] for at in one.serves)


def _candidate(
    model: Model, asked: Sequence[tuple[Question, int]], told: RollupDef, at: int, count: Count, now: datetime
) -> _Candidate | None:
    """A rollup with the number of its groups and the questions it serves; None where it can hold nothing."""
    with suppress(HeduError):
        one = rollup_of(model, told, [])
        if one is None:
            return None
        told = replace(told, name=f"{one.dataset}_{told.time or 'all'}_{at + 1}")
        rolled = Rolled(one, columns_of(model, one))
        serves = frozenset(at for at, (question, _) in enumerate(asked) if _is_served(model, question, rolled, now))
        if serves:
            return _Candidate(told, one.dataset, count(sized(filling(model, one))), serves)
    return None


def _is_served(model: Model, question: Question, rolled: Rolled, now: datetime) -> bool:
    try:
        return bool(plan(model, question, now, rollups=(rolled,)).rollups)
    except HeduError:
        return False


def _needed(model: Model, asked: Iterable[tuple[Question, int]], now: datetime) -> list[RollupDef]:
    """For each fact of each question the least that would serve it, the most asked first."""
    found: dict[RollupDef, int] = {}
    for question, times in asked:
        with suppress(HeduError):
            for told in _needs(model, question, now):
                found[told] = found.get(told, 0) + times
    return sorted(found, key=lambda told: -found[told])[:_CANDIDATES]


def _merged(told: list[RollupDef]) -> list[RollupDef]:
    """Those, and for each two of one fact one that serves both."""
    found = dict.fromkeys(told)
    for one, other in combinations(told, 2):
        if one.measures[0].rpartition(".")[0] == other.measures[0].rpartition(".")[0]:
            grains: list[Grain] = [grain for grain in (one.time, other.time) if grain is not None]
            finest: list[Grain] = sorted(grains, key=lambda grain: -len(NESTS[grain]))[:1]
            merged = RollupDef(
                "",
                measures=_sorted(one.measures, other.measures),
                dimensions=_sorted(one.dimensions, other.dimensions),
                time=next(iter(finest), None),
            )
            found[merged] = None
    return list(found)[: 3 * _CANDIDATES]


def _sorted(*names: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({name for some in names for name in some}))


def _needs(model: Model, question: Question, now: datetime) -> list[RollupDef]:
    measures: dict[str, list[Measure]] = {}
    filters: dict[str, list[str]] = {}
    handed: list[str] = []
    for name in model.made_of(question.metrics):
        body = model.metrics[name].body
        if isinstance(body, Simple):
            dataset, _, measure = body.measure.rpartition(".")
            measures.setdefault(dataset, []).append(model.datasets[dataset].measures[measure])
            filters.setdefault(dataset, []).extend([body.where] if body.where else [])
        handed += [ref.where for ref in _refs(body) if ref.where]
    found = []
    for dataset, some in measures.items():
        fact, where = model.datasets[dataset], [*filters.get(dataset, []), *handed]
        found.append(_least(model, question, fact, some, where, now))
    return found


def _refs(body: object) -> list[MetricRef]:
    if isinstance(body, Ratio):
        return [body.numerator, body.denominator]
    return [ref for _, ref in body.metrics] if isinstance(body, Derived) else []


def _least(
    model: Model, question: Question, fact: Dataset, measures: list[Measure], filters: list[str], now: datetime
) -> RollupDef:
    """The rollup of a fact that keeps what a question asks of it, and nothing else."""
    time = time_of(model, fact.name, measures[0].name)
    keys: list[Key] = [key_of(model, fact, text, time, measures[0].name) for text in question.by]
    for text in question.where:
        keys += [
            key_of(model, fact, path, time, "")
            for path in paths_in(parse_expression(text))
            if path not in model.metrics
        ]
    for text in filters:
        found = [filter_key(model, fact, path, time, "") for path in paths_in(parse_filter(text))]
        keys += [key for key in found if isinstance(key, Key)]
    dimensions, grains = set(), []
    for key in keys:
        is_time = not key.target.joins and time is not None and key.target.dimension is fact.dimensions[time]
        if is_time:
            grains.append(key.asked.grain)
        elif key.asked.grain is not None and key.asked.part is None:
            dimensions.add(f"{key.target.path}.{key.asked.grain}")
        else:
            dimensions.add(key.target.path)
    for measure in measures:
        if measure.agg == "count_distinct":
            name = distinct_key(fact, measure, (*fact.dimensions, *fact.entities))
            dimensions |= {name} if name else set()
    within = parse_range(question.since, question.until, now, WEEK_STARTS[model.settings.week_start])
    days = [day for day in (within.start, within.end) if day is not None]
    has_moment = any(measure.semi_additive is not None for measure in measures)
    grain = _grain(grains, days, question) if grains or days or has_moment else None
    names = _sorted(f"{fact.name}.{measure.name}" for measure in measures)
    return RollupDef("", measures=names, dimensions=_sorted(dimensions), time="day" if has_moment else grain)


def _grain(grains: list[Grain | None], days: list[date], question: Question) -> Grain:
    """Months where they are enough, else days."""
    for grain in _GRAINS:
        fit = all(one is not None and one in NESTS[grain] for one in grains)
        if fit and all(floor(day, grain, 0) == day for day in days) and not question.window:
            return grain
    return "day"
