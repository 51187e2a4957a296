"""A name as MetricFlow writes it (`listing__country`, `metric_time__month`) -> what it asks of a fact."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from hedu.define.definitions import Conversion, Simple, SpineDef
from hedu.define.formats.dbt_names import question_item
from hedu.errors import QueryError, suggest
from hedu.model.expressions import metric_by
from hedu.model.types import GRAINS, Dataset, Dimension, Entity, Model
from hedu.plan.keys import METRIC_TIME

DATE_PARTS = ("year", "quarter", "month", "day", "dow", "doy")
_LONGEST = 6
_MORE = 3


@dataclass(frozen=True, slots=True)
class Item:
    """Something to group or filter by: `name` at the end of entity `links`, at a grain or as a date part.

    With `of_metric` it is that metric's value for the entity that `links` and `name` spell.
    """

    links: tuple[str, ...]
    name: str
    grain: str | None = None
    part: str | None = None
    of_metric: str | None = None

    @property
    def column(self) -> str:
        """The name of its column inside a statement."""
        ending = [f"extract_{self.part}"] if self.part else [self.grain] if self.grain else []
        return "__".join([*([self.of_metric] if self.of_metric else []), *self.links, self.name, *ending])

    @property
    def path(self) -> str:
        """Its name without grain or date part."""
        return "__".join([*self.links, self.name])

    @property
    def is_metric_time(self) -> bool:
        return self.name == METRIC_TIME and not self.links

    @property
    def is_custom(self) -> bool:
        """Whether its grain is one that a time spine names."""
        return self.grain is not None and self.grain not in GRAINS


@dataclass(frozen=True, slots=True)
class Hop:
    """One join: by `entity` into `dataset`."""

    entity: str
    dataset: str


@dataclass(frozen=True, slots=True)
class Way:
    """The joins from a fact to where an item stands, and the dimension or the entity it is there."""

    hops: tuple[Hop, ...]
    dataset: Dataset
    dimension: Dimension | None = None
    entity: Entity | None = None


def parsed(model: Model, text: str) -> Item:
    """The item that `text` spells, in any notation.

    Errors: QueryError date-part-unknown, template-unreadable, metric-unknown.
    """
    name = question_item(text)
    by_metric = metric_by(name)
    if by_metric:
        if by_metric[0] not in model.metrics:
            raise QueryError("metric-unknown", name=by_metric[0], near=suggest(by_metric[0], model.metrics))
        *links, last = by_metric[1].replace("__", ".").split(".")
        return Item(tuple(links), last, of_metric=by_metric[0])
    parts = [part.strip() for part in name.replace("__", ".").lower().split(".")]
    grain = part = None
    if len(parts) > 1 and parts[-1].startswith("extract_"):
        part = parts.pop().removeprefix("extract_")
        if part not in DATE_PARTS:
            raise QueryError(
                "date-part-unknown", name=f"extract_{part}", known=[f"extract_{one}" for one in DATE_PARTS]
            )
    elif len(parts) > 1 and (parts[-1] in GRAINS or spine_of(model, parts[-1]) is not None):
        grain = parts.pop()
    return Item(tuple(parts[:-1]), parts[-1], grain, part)


def spine_of(model: Model, custom: str) -> SpineDef | None:
    """The time spine that holds a grain of one's own."""
    return next((one for one in model.settings.time_spines if any(c.name == custom for c in one.custom)), None)


def ways(model: Model, fact: Dataset, links: Sequence[str], name: str) -> Iterator[Way]:
    """Every way `name` can be reached from `fact` by entity links, the fact itself first, no dataset twice."""
    own = _local(fact, links, name)
    if own is not None:
        yield own
    if links and links[0] in fact.entities and len(links) < _LONGEST:
        yield from _joined(model, tuple(links), name, frozenset({fact.name}))
    if len(links) > 1 and _is_own(fact, links[0]) and links[1] in fact.entities:
        yield from _joined(model, tuple(links[1:]), name, frozenset({fact.name}))


def _joined(model: Model, links: tuple[str, ...], name: str, seen: frozenset[str]) -> Iterator[Way]:
    entity = links[0]
    for other in model.datasets.values():
        if other.name in seen or entity not in other.entities or not other.entities[entity].unique:
            continue
        if len(links) == 1:
            found = _local(other, links, name)
            if found is not None:
                yield replace(found, hops=(Hop(entity, other.name),))
        elif links[1] in other.entities and links[1] != entity:
            for way in _joined(model, links[1:], name, seen | {other.name}):
                yield replace(way, hops=(Hop(entity, other.name), *way.hops))


def _local(dataset: Dataset, links: Sequence[str], name: str) -> Way | None:
    if len(links) > 1 or (links and not _is_own(dataset, links[0])):
        return None
    if name in dataset.entities and not (links and links[0] == name):
        return Way((), dataset, entity=dataset.entities[name])
    if name in dataset.dimensions:
        return Way((), dataset, dimension=dataset.dimensions[name])
    return None


def _is_own(dataset: Dataset, link: str) -> bool:
    return link == dataset.prefix or (link in dataset.entities and dataset.entities[link].unique)


def way_of(model: Model, fact: Dataset, item: Item, metric: str) -> Way:
    """The way to an item: the shortest, of those as long the first that stands. Errors: metric-has-no-dimension."""
    for way in ways(model, fact, item.links, item.name):
        return way
    known = list(names_from(model, fact))
    raise QueryError(
        "metric-has-no-dimension",
        name=item.column,
        metric=metric,
        dataset=fact.name,
        known=known,
        near=suggest(item.column, known),
    )


def names_from(model: Model, fact: Dataset, deepest: int = 2) -> Iterator[str]:
    """The names that can be asked of a fact, up to so many joins away."""
    yield METRIC_TIME
    own = fact.prefix or next((name for name, one in fact.entities.items() if one.unique), None)
    yield from (f"{own}__{name}" if own else name for name in fact.dimensions)
    yield from fact.entities
    yield from _names_beyond(model, fact, (), frozenset({fact.name}), deepest)


def _names_beyond(
    model: Model, here: Dataset, links: tuple[str, ...], seen: frozenset[str], deepest: int
) -> Iterator[str]:
    if len(links) >= deepest:
        return
    for entity in here.entities:
        if links and entity == links[-1]:
            continue
        for other in model.datasets.values():
            if other.name in seen or entity not in other.entities or not other.entities[entity].unique:
                continue
            path = (*links, entity)
            yield from ("__".join([*path, name]) for name in other.dimensions)
            yield from ("__".join([*path, name]) for name in other.entities if name != entity)
            yield from _names_beyond(model, other, path, seen | {other.name}, deepest)


def leaves(model: Model, metric: str) -> list[tuple[str, Dataset, str | None]]:
    """The simple metrics that a metric is made of, with the dataset and the time of each."""
    found = []
    for name in _counted(model, metric):
        body = model.metrics[name].body
        if isinstance(body, Simple):
            dataset, _, measure = body.measure.rpartition(".")
            fact = model.datasets[dataset]
            found.append((name, fact, fact.measures[measure].time or fact.time))
    return found


def _counted(model: Model, metric: str) -> Iterator[str]:
    """A metric and those it is made of; of a conversion only what came first."""
    body = model.metrics[metric].body
    yield metric
    for name in [body.base.metric] if isinstance(body, Conversion) else model.uses.get(metric, ()):
        yield from _counted(model, name)


def time_grain(fact: Dataset, time: str | None) -> str:
    """The finest grain of a fact's time."""
    return (fact.dimensions[time].grain if time else None) or "day"


def finest(model: Model, metrics: Iterable[str]) -> str:
    """The finest grain that metric_time can be asked at for all of `metrics`."""
    return _coarsest(model, [one for metric in metrics for one in _counted(model, metric)])


def least_of_all(model: Model, metric: str) -> str:
    """The same for all that a metric is made of, the conversions too."""
    return _coarsest(model, model.made_of([metric]))


def _coarsest(model: Model, metrics: Iterable[str]) -> str:
    grains = []
    for name in metrics:
        body = model.metrics[name].body
        if isinstance(body, Simple):
            dataset, _, measure = body.measure.rpartition(".")
            fact = model.datasets[dataset]
            grains.append(time_grain(fact, fact.measures[measure].time or fact.time))
    return max(grains, key=_place, default="day")


def default_grain(model: Model, metrics: Sequence[str]) -> str:
    """The grain of metric_time where a question names none."""
    found = []
    for metric in metrics:
        own: str | None = model.metrics[metric].definition.grain
        found.append(own or max(["day", least_of_all(model, metric)], key=_place))
    return max(found, key=_place, default="day")


def _place(grain: str) -> int:
    return GRAINS.index(grain) if grain in GRAINS else len(GRAINS)


def with_grain(model: Model, item: Item, metrics: Sequence[str], user: str | None = None) -> Item:
    """The item at the grain it means where it names none, to the metric that uses `metrics` if there is one.

    Errors: metric-has-no-dimension, path-ambiguous, grain-on-non-time, grain-too-fine.
    """
    if item.of_metric:
        return item
    if item.is_metric_time:
        if item.grain is None and item.part is None:
            return replace(item, grain=default_grain(model, [user] if user else metrics))
        least = finest(model, metrics)
        if item.grain in GRAINS and _place(item.grain) < _place(least):
            raise QueryError("grain-too-fine", name=item.column, metric=metrics[0], grain=least)
        return item
    item = linked(model, item, metrics)
    metric, fact, _ = leaves(model, metrics[0])[0]
    dimension = way_of(model, fact, item, metric).dimension
    return of_dimension(item, dimension, metric)


def linked(model: Model, item: Item, metrics: Sequence[str]) -> Item:
    """The item with all its links: those that lead to it from every fact, as few as may be before the written ones.

    Errors: path-ambiguous, where several ways are as short.
    """
    facts = list({fact.name: fact for metric in metrics for _, fact, _ in leaves(model, metric)}.values())
    for count in range(_MORE):
        found = [
            (*more, *item.links)
            for more in _prefixes(model, facts[0], count)
            if all(_is_reached(model, fact, (*more, *item.links), item.name) for fact in facts)
        ]
        if len(found) > 1:
            paths = ["__".join([*links, item.name]) for links in found]
            raise QueryError("path-ambiguous", name=item.column, metric=metrics[0], paths=paths)
        if found:
            return replace(item, links=found[0])
    return item


def _prefixes(model: Model, fact: Dataset, count: int) -> Iterator[tuple[str, ...]]:
    if count == 0:
        yield ()
        return
    entities = dict.fromkeys(name for one in model.datasets.values() for name in one.entities)
    for first in fact.entities:
        yield from ((first,) if count == 1 else (first, second) for second in (entities if count > 1 else ("",)))


def _is_reached(model: Model, fact: Dataset, links: tuple[str, ...], name: str) -> bool:
    return next(ways(model, fact, links, name), None) is not None


def of_dimension(item: Item, dimension: Dimension | None, metric: str) -> Item:
    """The item at a dimension's own grain where it names none. Errors: grain-on-non-time, grain-too-fine."""
    is_time = dimension is not None and dimension.is_time
    if not is_time:
        if item.grain or item.part:
            raise QueryError("grain-on-non-time", name=item.column, metric=metric)
        return item
    own = (dimension.grain if dimension else None) or "day"
    if item.grain in GRAINS and _place(item.grain) < _place(own):
        raise QueryError("grain-too-fine", name=item.column, metric=metric, grain=own)
    return replace(item, grain=own) if item.grain is None and item.part is None else item
