"""Metrics -> the dimensions they can truly be split by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hedu.define.definitions import Cumulative, Grain, Label, Simple
from hedu.model.paths import Target, targets, ways_out
from hedu.model.types import GRAINS, Dataset, Metric, Model
from hedu.query import Access


@dataclass(frozen=True, slots=True)
class DimensionInfo:
    """A path that can stand in `by` and `where`. `grains` are those it can be asked at (times only).

    `many` paths cross a bridge: a fact may stand in several groups, so parts exceed the whole.
    """

    path: str
    type: str
    grains: tuple[Grain, ...]
    label: Label
    dataset: str
    name: str
    synonyms: tuple[str, ...] = ()
    many: bool = False


def paths_from(model: Model, fact: Dataset) -> dict[str, Target]:
    """Every path that means exactly one thing seen from `fact`, own names first."""
    found: dict[str, Target] = {}
    for joins, there in [((), fact), *ways_out(model, fact)]:
        for dimension in (one for one in there.dimensions.values() if not one.through):
            target = Target(joins, dimension)
            found.setdefault(target.path, target)
        for entity in there.entities.values():
            is_new = not joins or not (entity.unique or entity.entity == joins[-1].entity)
            if is_new and len(entity.key) == 1:
                target = Target(joins, entity=entity)
                found.setdefault(target.path, target)
    return {path: target for path, target in found.items() if len(targets(model, fact.name, path)) == 1}


def dimensions_of(model: Model, metrics: Sequence[str], access: Access) -> tuple[DimensionInfo, ...]:
    """What all of `metrics` can be split by, metric_time first; without metrics, every dataset's own dimensions.

    A metric over a hidden dataset offers nothing: even the names of its dimensions are hidden.
    """
    if not metrics:
        return tuple(
            _info(model, f"{dataset.name}.{dimension.name}", Target((), dimension))
            for dataset in model.datasets.values()
            if dataset.name not in access.hidden and dataset.reported is None
            for dimension in dataset.dimensions.values()
            if not dimension.through
        )
    leaves = [leaf for metric in metrics for leaf in model.leaves(metric)]
    facts = list(dict.fromkeys(dataset for dataset, _ in leaves))
    if any(fact in access.hidden for fact in facts):
        return ()
    shared = _visible(paths_from(model, model.datasets[facts[0]]), access)
    if not all(model.datasets[dataset].measures[measure].goes_over_weights for dataset, measure in leaves):
        shared = {path: target for path, target in shared.items() if not _is_weighted(model, target)}
    for fact in facts[1:]:
        others = paths_from(model, model.datasets[fact])
        shared = {
            path: target
            for path, target in shared.items()
            if path in others and others[path].identity == target.identity
        }
    times = (_metric_time(model, leaves),) if all(time_of(model, *leaf) for leaf in leaves) else ()
    return (*times, *(_info(model, path, target) for path, target in shared.items()))


def _is_weighted(model: Model, target: Target) -> bool:
    """Whether the way there shares every fact out over weighted links."""
    bridges = [model.datasets[join.right] for join in target.joins if join.fans]
    return bool(bridges) and all(bridge.weight is not None for bridge in bridges)


def time_of(model: Model, dataset: str, measure: str) -> str | None:
    """The dimension that is a measure's own time: its own, else its dataset's."""
    fact = model.datasets[dataset]
    return fact.measures[measure].time or fact.time


def _visible(found: dict[str, Target], access: Access) -> dict[str, Target]:
    if not access.hidden:
        return found
    return {
        path: target for path, target in found.items() if not any(join.right in access.hidden for join in target.joins)
    }


def _metric_time(model: Model, leaves: Sequence[tuple[str, str]]) -> DimensionInfo:
    grains: tuple[Grain, ...] = GRAINS
    for dataset, measure in leaves:
        time = time_of(model, dataset, measure)
        if time is not None:
            own = _grains(Target((), model.datasets[dataset].dimensions[time]))
            grains = tuple(grain for grain in grains if grain in own)
    return DimensionInfo("metric_time", "date", grains, Label("时间", "Time"), "", "metric_time", ("日期", "date"))


def label_of(model: Model, target: Target) -> Label:
    """What people call a dimension; a key without a name of its own is called after the rows it identifies."""
    if target.dimension is not None:
        return target.dimension.label
    entity = target.entity
    if entity is None or entity.label != Label():
        return Label() if entity is None else entity.label
    ways = [join for join in model.datasets[entity.dataset].ways(entity.role) if not join.fans]
    rows = {entity.dataset} if entity.unique else {join.right for join in ways}
    return model.datasets[rows.pop()].label if len(rows) == 1 else Label()


def _info(model: Model, path: str, target: Target) -> DimensionInfo:
    many = any(join.fans for join in target.joins)
    if target.dimension is None:
        assert target.entity is not None
        label = label_of(model, target)
        return DimensionInfo(path, "text", (), label, target.dataset, target.entity.role, (), many)
    one = target.dimension
    return DimensionInfo(path, one.type, _grains(target), one.label, one.dataset, one.name, one.synonyms, many)


def _grains(target: Target) -> tuple[Grain, ...]:
    one = target.dimension
    if one is None or not one.is_time:
        return ()
    finest = one.grain or ("day" if one.type == "date" else "second")
    return GRAINS[GRAINS.index(finest) :]


def type_of(model: Model, metric: Metric) -> str:
    """The least or greatest of a dimension's or key's column, so far too, is of its type; all else is a number."""
    if isinstance(metric.body, Cumulative):
        return type_of(model, model.metrics[metric.body.metric.metric])
    if not isinstance(metric.body, Simple):
        return "number"
    dataset, _, name = metric.body.measure.rpartition(".")
    fact = model.datasets[dataset]
    measure = fact.measures[name]
    alike: list[str] = [one.type for one in fact.dimensions.values() if one.expr == measure.expr]
    alike += ["text" for one in fact.entities.values() if one.key == (measure.expr,)]
    return next(iter(alike), "number") if measure.agg in ("min", "max") else "number"
