"""Declared rollups -> what each holds of which dataset, and why some can hold nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlglot import exp

from hedu.define.definitions import Derived, Grain, MetricRef, Ratio, RollupDef, Simple
from hedu.errors import DefinitionError, Problem, Where, suggest
from hedu.model.expressions import metric_by, parse_expression, path_of, references
from hedu.model.paths import Target, targets
from hedu.model.types import GRAINS, Dataset, Dimension, Measure, Model

TIME = "metric_time"
_UNKEPT = (
    "median", "percentile", "approx_count_distinct", "sum_distinct", "stddev", "stddev_pop", "variance", "variance_pop",
)  # fmt: skip


@dataclass(frozen=True)
class Rollup:
    """Measures of one dataset by `keys` (paths, times with their grain), for the rows for which `where` holds.

    `time` is the dimension that metric time means; `refresh` the periods of it that are counted again when they change.
    """

    name: str
    dataset: str
    measures: tuple[str, ...]
    keys: tuple[str, ...]
    time: str | None = None
    grain: Grain | None = None
    where: str | None = None
    refresh: Grain | None = None


def rollups_of(model: Model) -> dict[str, Rollup]:
    """The rollups of a model that can hold something, by name."""
    found = {one.name: rollup_of(model, one, []) for one in model.settings.rollups}
    return {name: one for name, one in found.items() if one is not None}


def rollup_problems(model: Model) -> Iterator[Problem]:
    """Everything that keeps a declared rollup from holding anything."""
    for one in model.settings.rollups:
        problems: list[Problem] = []
        rollup_of(model, one, problems)
        yield from problems


def rollup_of(model: Model, one: RollupDef, problems: list[Problem]) -> Rollup | None:
    """One rollup; None with the reasons in `problems` where it can hold nothing."""
    before = len(problems)
    at = model.settings.marks.get(f"rollups.{one.name}", model.settings.at)
    measures = _measures(model, one, at, problems)
    datasets = list(dict.fromkeys(measure.dataset for measure in measures))
    if len(problems) == before and len(datasets) != 1:
        problems.append(Problem("rollup-not-one-dataset", at, {"name": one.name, "datasets": datasets}))
    if len(problems) != before:
        return None
    fact = model.datasets[datasets[0]]
    time = _time(fact, one, measures, at, problems)
    for path in one.dimensions:
        problems.extend(_path_problems(model, fact, one.name, path, at))
    for measure in measures:
        problems.extend(_measure_problems(fact, one, measure, at))
    problems.extend(_filter_problems(model, fact, one, at))
    if len(problems) == before and time is None and _goes_by_time(model, fact, one, at):
        problems.append(_not_one_time(fact, one, measures, at))
    refresh = _refresh(one, at, problems)
    if len(problems) != before:
        return None
    keys = (*([f"{TIME}.{one.time}"] if one.time else []), *one.dimensions)
    names = tuple(dict.fromkeys(measure.name for measure in measures))
    return Rollup(one.name, fact.name, names, keys, time, one.time, one.where, refresh)


def _measures(model: Model, one: RollupDef, at: Where, problems: list[Problem]) -> list[Measure]:
    found: list[Measure] = []
    for name in one.measures:
        dataset, _, measure = name.rpartition(".")
        known = [f"{owner}.{inner}" for owner, item in model.datasets.items() for inner in item.measures]
        if name in known:
            found.append(model.datasets[dataset].measures[measure])
        else:
            problems.append(_unknown(one, name, known, at))
    for name in one.metrics:
        if name not in model.metrics:
            problems.append(_unknown(one, name, list(model.metrics), at))
            continue
        for made in model.made_of([name]):
            body = model.metrics[made].body
            if isinstance(body, Simple):
                dataset, _, measure = body.measure.rpartition(".")
                found.append(model.datasets[dataset].measures[measure])
    return found


def _unknown(one: RollupDef, name: str, known: list[str], at: Where) -> Problem:
    near = suggest(name, known)
    return Problem("rollup-measure-unknown", at, {"rollup": one.name, "name": name, "near": near})


def _time(fact: Dataset, one: RollupDef, measures: list[Measure], at: Where, problems: list[Problem]) -> str | None:
    """The dimension that metric time means to all its measures."""
    times = list(dict.fromkeys(measure.time or fact.time for measure in measures))
    if one.time is None:
        return times[0] if len(times) == 1 else None
    if len(times) > 1 or times[0] is None or times[0] not in fact.dimensions:
        problems.append(_not_one_time(fact, one, measures, at))
        return None
    dimension = fact.dimensions[times[0]]
    own = _grain_of(dimension)
    if own is not None and GRAINS.index(one.time) < GRAINS.index(own):
        facts = {"name": one.name, "time": dimension.name, "grain": own}
        problems.append(Problem("rollup-time-too-fine", at, facts))
    elif dimension.time_zone is not None:
        problems.append(Problem("rollup-time-zone", at, {"name": one.name, "time": dimension.name}))
    return times[0]


def _grain_of(dimension: Dimension | None) -> Grain | None:
    """The finest grain a time is kept by; None for what is no time."""
    if dimension is None or not dimension.is_time:
        return None
    return dimension.grain or ("day" if dimension.type == "date" else "second")


def _not_one_time(fact: Dataset, one: RollupDef, measures: list[Measure], at: Where) -> Problem:
    times = list(dict.fromkeys(measure.time or fact.time for measure in measures))
    return Problem("rollup-not-one-time", at, {"name": one.name, "dataset": fact.name, "times": times})


def _goes_by_time(model: Model, fact: Dataset, one: RollupDef, at: Where) -> bool:
    """Whether what is kept depends on when a row counts: on rows that hold for a time, or on metric time itself."""
    paths = [*one.dimensions, *(path for text in _conjuncts(one.where or "", at) for path in _names(text))]
    joins = [join for path in paths for target in _targets(model, fact, path) for join in target.joins]
    return any(join.valid is not None for join in joins) or any(path.split(".")[0] == TIME for path in paths)


def _path_problems(model: Model, fact: Dataset, name: str, path: str, at: Where) -> Iterator[Problem]:
    found = _targets(model, fact, path)
    if not found:
        known = [*fact.dimensions, *fact.entities]
        facts = {"name": path, "rollup": name, "dataset": fact.name, "near": suggest(path, known), "known": known}
        yield Problem("rollup-dimension-unknown", at, facts)
    elif len(found) > 1:
        facts = {"name": path, "rollup": name, "paths": sorted({target.path for target in found})}
        yield Problem("rollup-dimension-ambiguous", at, facts)
    elif any(join.fans for join in found[0].joins):
        yield Problem("rollup-through-bridge", at, {"name": path, "rollup": name})
    elif metric_by(path) or (found[0].dimension is not None and found[0].dimension.metric is not None):
        yield Problem("rollup-of-metric-value", at, {"name": path, "rollup": name})
    elif found[0].dimension is not None and found[0].dimension.is_time and found[0].dimension.time_zone is not None:
        yield Problem("rollup-time-zone", at, {"name": name, "time": path})
    elif (own := _cut_too_fine(model, fact, path, found[0].dimension)) is not None:
        yield Problem("rollup-time-too-fine", at, {"name": name, "time": path, "grain": own})


def _cut_too_fine(model: Model, fact: Dataset, path: str, dimension: Dimension | None) -> Grain | None:
    """The grain of a time that a path wants by a finer one."""
    own, asked = _grain_of(dimension), path.rpartition(".")[2]
    if own is None or asked not in GRAINS or targets(model, fact.name, path):
        return None
    return own if GRAINS.index(asked) < GRAINS.index(own) else None


def _targets(model: Model, fact: Dataset, path: str) -> tuple[Target, ...]:
    """What a path means, read whole, or with a grain taken off its end."""
    found = targets(model, fact.name, path)
    whole, _, last = path.rpartition(".")
    return found or (targets(model, fact.name, whole) if whole and last in GRAINS else ())


def _measure_problems(fact: Dataset, one: RollupDef, measure: Measure, at: Where) -> Iterator[Problem]:
    facts = {"name": measure.name, "rollup": one.name, "agg": measure.agg}
    is_extreme = measure.semi_additive is not None and measure.semi_additive.is_extreme
    if (
        measure.agg in _UNKEPT
        or is_extreme
        or (measure.agg == "count_distinct" and distinct_key(fact, measure, one.dimensions) is None)
    ):
        yield Problem("rollup-not-mergeable", at, facts)
    elif measure.semi_additive is not None and not _keeps_moment(fact, one, measure):
        facts = {"name": measure.name, "rollup": one.name, "time": measure.semi_additive.over}
        yield Problem("rollup-loses-moment", at, facts)


def distinct_key(fact: Dataset, measure: Measure, kept: tuple[str, ...]) -> str | None:
    """The name of its own, among those kept, whose values `measure` counts."""
    for name in kept:
        if name in fact.dimensions:
            tree = fact.dimensions[name].expr
        elif name in fact.entities and len(fact.entities[name].key) == 1:
            tree = fact.entities[name].key[0]
        else:
            continue
        if measure.expr is not None and _bare(tree.sql("duckdb")) == _bare(measure.expr.sql("duckdb")):
            return name
    return None


def _bare(text: str) -> str:
    return text.replace('"', "").lower()


def _keeps_moment(fact: Dataset, one: RollupDef, measure: Measure) -> bool:
    """Whether the day that a balance is taken at is kept as it is, with what has a balance of its own."""
    semi = measure.semi_additive
    if semi is None:
        return True
    over = fact.dimensions[semi.over]
    is_day = over.type == "date" and over.grain in (None, "day")
    is_kept = semi.over in one.dimensions or (one.time == "day" and (measure.time or fact.time) == semi.over)
    return is_day and is_kept and one.where is None and all(name in one.dimensions for name in semi.by)


def _refresh(one: RollupDef, at: Where, problems: list[Problem]) -> Grain | None:
    """The periods counted again by themselves: those told, else months, or longer ones where it keeps such."""
    if one.time is None:
        return None
    order = {grain: place for place, grain in enumerate(GRAINS)}
    nests = one.time != "week" and order[one.time] <= order["month"]
    refresh: Grain = one.refresh or ("month" if nests else one.time)
    holds = refresh == one.time or (one.time != "week" and refresh != "week" and order[one.time] <= order[refresh])
    holds = holds or (refresh == "week" and order[one.time] <= order["day"])
    if not holds:
        problems.append(Problem("rollup-refresh-cuts", at, {"name": one.name, "refresh": refresh, "time": one.time}))
    return refresh


def _filter_problems(model: Model, fact: Dataset, one: RollupDef, at: Where) -> Iterator[Problem]:
    """A filter that cannot be read, and filters of its metrics over what it does not keep."""
    try:
        own = _conjuncts(one.where or "", at)
    except DefinitionError as error:
        yield from error.problems
        return
    for path in (path for text in own for path in _names(text)):
        if path != TIME and not path.startswith(f"{TIME}.") and not _targets(model, fact, path):
            facts = {"name": path, "rollup": one.name, "dataset": fact.name, "near": (), "known": [*fact.dimensions]}
            yield Problem("rollup-dimension-unknown", at, facts)
    kept = {target.path for path in one.dimensions for target in _targets(model, fact, path)}
    for metric in (made for name in one.metrics if name in model.metrics for made in model.made_of([name])):
        for text in _filters(model, metric):
            if all(part in own for part in _conjuncts(text, at)):
                continue
            for path in _names(text):
                is_time = one.time is not None and path.split(".")[0] == TIME
                if not is_time and not kept & {target.path for target in _targets(model, fact, path)}:
                    yield Problem("rollup-misses-filter", at, {"rollup": one.name, "metric": metric, "name": path})


def _filters(model: Model, metric: str) -> list[str]:
    body = model.metrics[metric].body
    refs: list[MetricRef] = []
    if isinstance(body, Simple):
        return [body.where] if body.where else []
    if isinstance(body, Ratio):
        refs = [body.numerator, body.denominator]
    elif isinstance(body, Derived):
        refs = [ref for _, ref in body.metrics]
    return [ref.where for ref in refs if ref.where]


def _conjuncts(text: str, at: Where) -> set[str]:
    """The parts of a filter that all must hold, in one spelling."""
    if not text:
        return set()
    tree = parse_expression(text, where=at, family=DefinitionError)
    parts = tree.flatten() if isinstance(tree, exp.And) else [tree]
    return {part.unnest().sql("duckdb") for part in parts}


def _names(text: str) -> list[str]:
    return list(dict.fromkeys(path_of(name) for name in references(parse_expression(text))))
