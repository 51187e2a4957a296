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
from hedu.model.types import Dataset, Model, reported_dataset


def rests_on(model: Model, metric: str) -> tuple[str, ...]:
    """Every dataset that the metric's value can depend on, those it measures first; none for an unknown metric."""
    return tuple(_resting(model, metric).datasets)


def made_with(model: Model, metric: str) -> tuple[str, ...]:
    """Every other metric that the value can depend on: parts, and those that filters and dimensions look up."""
    return tuple(name for name in _resting(model, metric).metrics if name != metric)


@dataclass(slots=True)
class _Found:
    datasets: dict[str, None] = field(default_factory=dict)
    metrics: dict[str, None] = field(default_factory=dict)
    pending: list[str] = field(default_factory=list)


def _resting(model: Model, metric: str) -> _Found:
    found = _Found(pending=[metric])
    while found.pending:
        name = found.pending.pop(0)
        if name in model.metrics and name not in found.metrics:
            found.metrics[name] = None
            _look_at(model, name, found)
    return found


def _look_at(model: Model, name: str, found: _Found) -> None:
    facts = _facts(model, [name])
    found.datasets.update(dict.fromkeys(facts))
    found.pending.extend(model.uses.get(name, ()))
    for part, texts in _conditions(model, name):
        for fact in _facts(model, [part]):
            for text in texts:
                for path in _paths_in(text):
                    _follow(model, model.datasets[fact], path, found, is_filter=True)
    for path in _keys(model, name):
        for fact in facts:
            _follow(model, model.datasets[fact], path, found, is_filter=False)


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
        found.datasets.update(dict.fromkeys((*(join.right for join in target.joins), target.dataset)))
        _look_up(model, target, found)


def _look_up(model: Model, target: Target, found: _Found) -> None:
    """A dimension that is a metric's value: that metric, and the ways by which it is taken for the entity."""
    if target.dimension is None or target.dimension.metric is None:
        return
    metric, role = target.dimension.metric
    if metric not in model.metrics:
        return
    found.pending.append(metric)
    entity = model.datasets[target.dataset].entities[role].entity
    for fact in _facts(model, [metric]):
        here = model.datasets[fact]
        if any(one.entity == entity for one in here.entities.values()):
            continue
        for joins, there in ways_out(model, here):
            if any(one.entity == entity for one in there.entities.values()) and not any(one.fans for one in joins):
                found.datasets.update(dict.fromkeys(join.right for join in joins))
