"""A metric -> the datasets and metrics its value can depend on: what it measures, and all that its filters look at.

Wider than `Model.leaves`, which tells whose rows a metric counts: a filter on a customer's tier rests on the customers
too. Where a name could lead along several ways, all of them count.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from hedu.define.definitions import (
    Conversion,
    Cumulative,
    Derived,
    MetricRef,
    Rank,
    Ratio,
    Reported,
    Share,
    Simple,
)
from hedu.errors import HeduError
from hedu.model.expressions import fold_long_paths, metric_by, parse_expression, path_of, references
from hedu.model.paths import Target, targets, ways_out
from hedu.model.types import Dataset, Dimension, Entity, Join, Measure, Model, reported_dataset

_USERS = " users"
"""No metric has this name."""


@dataclass(frozen=True, slots=True)
class Resting:
    """All that a metric's value can depend on, each once; `metrics` begins with the metric itself."""

    datasets: tuple[str, ...]
    metrics: tuple[str, ...]
    measures: tuple[Measure, ...]
    dimensions: tuple[Dimension, ...]
    entities: tuple[Entity, ...]
    joins: tuple[Join, ...]


def rests_on(model: Model, metric: str) -> tuple[str, ...]:
    """Every dataset that the metric's value can depend on, those it measures first; none for an unknown metric."""
    return resting_of(model, metric).datasets


def made_with(model: Model, metric: str) -> tuple[str, ...]:
    """Every other metric that the value can depend on: parts, and those that filters and dimensions look up."""
    return resting_of(model, metric).metrics[1:]


def built_on(model: Model, metrics: Iterable[str] = (), datasets: Iterable[str] = ()) -> tuple[str, ...]:
    """Every metric whose value can depend on one of these, the nearest first; what is named itself stands aside."""
    given, places = dict.fromkeys(metrics), frozenset(datasets)
    found: dict[str, None] = {}
    pending = list(given)
    if places:
        resting = [name for name in model.metrics if not places.isdisjoint(looked_at(model, name).datasets)]
        found.update(dict.fromkeys(resting))
        pending += resting
    while pending:
        for user in users_of(model, pending.pop(0)):
            if user not in found:
                found[user] = None
                pending.append(user)
    return tuple(name for name in found if name not in given)


def users_of(model: Model, metric: str) -> tuple[str, ...]:
    """The metrics whose own definitions look at this one: as a part, in a filter, through a dimension."""
    kept = model.resting_kept
    if _USERS not in kept:
        users: dict[str, list[str]] = {}
        for name in model.metrics:
            for part in parts_of(model, name):
                users.setdefault(part, []).append(name)
        kept[_USERS] = users
    return tuple(kept[_USERS].get(metric, ()))


def parts_of(model: Model, metric: str) -> tuple[str, ...]:
    """The metrics that one definition looks at itself: parts, and those its filters and dimensions look up."""
    return looked_at(model, metric).metrics if metric in model.metrics else ()


def referred_to(model: Model, datasets: Iterable[str]) -> frozenset[str]:
    """These datasets and all that their rows refer to, however many hops away: what hides one hides the other."""
    found: set[str] = set()
    pending = list(datasets)
    while pending:
        name = pending.pop()
        if name not in found:
            found.add(name)
            pending += [join.right for join in model.datasets[name].joins if not join.fans]
    return frozenset(found)


def resting_of(model: Model, metric: str) -> Resting:
    """What the metric's value can depend on; nothing for an unknown metric."""
    own: list[Resting] = []
    metrics: dict[str, None] = {}
    pending = [metric]
    while pending:
        name = pending.pop(0)
        if name in model.metrics and name not in metrics:
            metrics[name] = None
            own.append(looked_at(model, name))
            pending.extend(own[-1].metrics)
    return Resting(
        tuple(dict.fromkeys(item for one in own for item in one.datasets)),
        tuple(metrics),
        tuple({(item.dataset, item.name): item for one in own for item in one.measures}.values()),
        tuple({(item.dataset, item.name): item for one in own for item in one.dimensions}.values()),
        tuple({(item.dataset, item.role): item for one in own for item in one.entities}.values()),
        tuple({(item.left, item.role, item.right): item for one in own for item in one.joins}.values()),
    )


def looked_at(model: Model, metric: str) -> Resting:
    """What one definition itself looks at; `metrics` leaves itself out. Kept with the model."""
    kept = model.resting_kept
    if metric not in kept:
        kept[metric] = _looked_at(model, metric)
    found: Resting = kept[metric]
    return found


def _looked_at(model: Model, metric: str) -> Resting:
    found = _Found()
    _look_at(model, metric, found)
    return Resting(
        tuple(found.datasets),
        tuple(found.metrics),
        tuple(found.measures.values()),
        tuple(found.dimensions.values()),
        tuple(found.entities.values()),
        tuple(found.joins.values()),
    )


@dataclass(slots=True)
class _Found:
    datasets: dict[str, None] = field(default_factory=dict)
    metrics: dict[str, None] = field(default_factory=dict)
    measures: dict[tuple[str, str], Measure] = field(default_factory=dict)
    dimensions: dict[tuple[str, str], Dimension] = field(default_factory=dict)
    entities: dict[tuple[str, str], Entity] = field(default_factory=dict)
    joins: dict[tuple[str, str, str], Join] = field(default_factory=dict)

    def go(self, joins: Iterable[Join]) -> None:
        """Count the joins and the datasets they lead to in."""
        for join in joins:
            self.datasets[join.right] = None
            self.joins[join.left, join.role, join.right] = join


def _look_at(model: Model, name: str, found: _Found) -> None:
    facts = _facts(model, [name])
    found.datasets.update(dict.fromkeys(facts))
    found.metrics.update(dict.fromkeys(model.uses.get(name, ())))
    body = model.metrics[name].body
    if isinstance(body, Simple):
        _measure(model, body, found)
    for part, texts in _conditions(model, name):
        for fact in _facts(model, [part]):
            for text in texts:
                for path in _paths_in(text):
                    _follow(model, model.datasets[fact], path, found, is_filter=True)
    for path in _keys(model, name):
        for fact in facts:
            _follow(model, model.datasets[fact], path, found, is_filter=False)


def _measure(model: Model, body: Simple, found: _Found) -> None:
    """A measure, the time its rows count at, and what its last values are taken over."""
    place, _, name = body.measure.rpartition(".")
    dataset = model.datasets[place]
    measure = dataset.measures[name]
    found.measures[place, name] = measure
    semi = measure.semi_additive
    for along in filter(None, (measure.time or dataset.time, *((semi.over, *semi.by) if semi else ()))):
        _follow(model, dataset, along, found, is_filter=False)


def _facts(model: Model, metrics: Iterable[str]) -> tuple[str, ...]:
    """The datasets that metrics count rows of, both sides of a conversion too."""
    found: dict[str, None] = {}
    for name in model.made_of(metrics):
        body = model.metrics[name].body if name in model.metrics else None
        if isinstance(body, Simple):
            found[body.measure.rpartition(".")[0]] = None
        elif isinstance(body, Reported):
            found[reported_dataset(name)] = None
    return tuple(found)


def _conditions(model: Model, name: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """(metric, filters on it) that stand in a metric's definition."""
    body = model.metrics[name].body
    refs: tuple[MetricRef, ...] = ()
    match body:
        case Simple(where=where):
            yield name, (where,) if where else ()
        case Ratio(numerator, denominator):
            refs = (numerator, denominator)
        case Derived(metrics=inputs):
            refs = tuple(ref for _, ref in inputs)
        case Conversion(base=base, conversion=conversion):
            refs = (base, conversion)
        case Cumulative(metric=ref) | Share(metric=ref) | Rank(metric=ref):
            refs = (ref,)
    for ref in refs:
        yield ref.metric, (ref.where,) if ref.where else ()


def _keys(model: Model, name: str) -> tuple[str, ...]:
    """The names of dimensions and entities that a metric computes along."""
    match model.metrics[name].body:
        case Conversion(entity=entity, constant=constant):
            return (entity, *(side.strip() for text in constant for side in text.split("=")))
        case Share(over=names) | Rank(within=names):
            return names
    return ()


def _paths_in(text: str) -> tuple[str, ...]:
    try:
        tree = fold_long_paths(parse_expression(text))
    except HeduError:
        return ()
    return tuple(dict.fromkeys(path_of(name) for name in references(tree)))


def _follow(model: Model, fact: Dataset, path: str, found: _Found, *, is_filter: bool) -> None:
    """All that a name leads to; a single name in a filter is the dataset's own, or a column of its source."""
    if is_filter and "." not in path and path not in fact.dimensions and not metric_by(path):
        return
    known = targets(model, fact.name, path)
    if not known and "." in path:
        known = targets(model, fact.name, path.rpartition(".")[0])
    for target in known:
        found.go(target.joins)
        found.datasets[target.dataset] = None
        if target.dimension is not None:
            found.dimensions[target.dimension.dataset, target.dimension.name] = target.dimension
        if target.entity is not None:
            found.entities[target.entity.dataset, target.entity.role] = target.entity
        _look_up(model, target, found)


def _look_up(model: Model, target: Target, found: _Found) -> None:
    """A dimension that is a metric's value: that metric, and the ways by which it is taken for the entity."""
    if target.dimension is None or target.dimension.metric is None:
        return
    metric, role = target.dimension.metric
    if metric not in model.metrics:
        return
    found.metrics[metric] = None
    known = model.datasets[target.dataset].entities[role]
    found.entities[known.dataset, known.role] = known
    entity = known.entity
    for fact in _facts(model, [metric]):
        here = model.datasets[fact]
        own = [one for one in here.entities.values() if one.entity == entity]
        found.entities.update({(one.dataset, one.role): one for one in own})
        if own:
            continue
        for joins, there in ways_out(model, here):
            if any(one.entity == entity for one in there.entities.values()) and not any(one.fans for one in joins):
                found.go(joins)
