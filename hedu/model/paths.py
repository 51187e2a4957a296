"""A dotted name, seen from a dataset -> what it leads to, and through which joins."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from sqlglot import exp

from hedu.model.expressions import metric_by
from hedu.model.types import Dataset, Dimension, Entity, Join, Model

_MOST_PATHS = 2_000


@dataclass(frozen=True, slots=True)
class Target:
    """A dimension, or an entity's key, at the end of `joins` (none: the dataset itself)."""

    joins: tuple[Join, ...]
    dimension: Dimension | None = None
    entity: Entity | None = None

    @property
    def identity(self) -> tuple[str, ...]:
        """Equal where two facts mean the same thing: the same dimension, or the same kind of entity."""
        if self.dimension is not None:
            return self.dimension.identity
        assert self.entity is not None
        return ("entity", self.entity.entity)

    @property
    def sources(self) -> tuple[exp.Expr, ...]:
        """The expressions over the columns of its dataset that it is made of."""
        if self.dimension is not None:
            return (self.dimension.expr,)
        return self.entity.key if self.entity is not None else ()

    @property
    def path(self) -> str:
        """The full path that leads here without any search."""
        last = self.dimension.name if self.dimension else self.entity.role if self.entity else ""
        return ".".join([*(join.role for join in self.joins), last])

    @property
    def dataset(self) -> str:
        one = self.dimension or self.entity
        assert one is not None
        return one.dataset


def targets(model: Model, dataset: str, path: str) -> tuple[Target, ...]:
    """Everything `path` can mean seen from `dataset`; more than one is an ambiguity, none an unknown name.

    Own names win over names elsewhere, and a role of the dataset wins over a search; otherwise every way
    through the join graph that does not visit a dataset twice counts.
    """
    key = (dataset, path)
    found = model.path_cache.get(key)
    if found is None:
        metric = metric_by(path)
        found = tuple(_unique(_targets(model, model.datasets[dataset], tuple(path.split("."))))) if not metric else ()
        if metric:
            found = tuple(_by_metric(model, dataset, path, *metric))
        model.path_cache[key] = found
    return found


def _by_metric(model: Model, dataset: str, path: str, metric: str, entity: str) -> Iterator[Target]:
    """A metric's value for the entity that another path leads to."""
    for target in targets(model, dataset, entity) if metric in model.metrics else ():
        one = target.entity
        if one is not None and len(one.key) == 1:
            shared = f"metric({metric} by {one.entity})"
            value = Dimension(one.dataset, path, "number", exp.null(), conforms=shared, metric=(metric, one.role))
            yield Target(target.joins, value)


def ways_out(model: Model, dataset: Dataset) -> Iterator[tuple[tuple[Join, ...], Dataset]]:
    """Every way along joins that visits no dataset twice, shortest first.

    From a dataset reached by its key, that key leads nowhere new: whatever shares it was reached before too.
    """
    pending: deque[tuple[tuple[Join, ...], Dataset, frozenset[str]]] = deque([((), dataset, frozenset([dataset.name]))])
    count = 0
    while pending and count < _MOST_PATHS:
        joins, here, visited = pending.popleft()
        for join in here.joins:
            if join.right in visited or (joins and leads_back(here, joins[-1], join)):
                continue
            count += 1
            there = model.datasets[join.right]
            yield (*joins, join), there
            pending.append(((*joins, join), there, visited | {join.right}))


def leads_back(here: Dataset, arrived: Join, onward: Join) -> bool:
    """Whether going on by the key one arrived by, which leads only where one could go before."""
    if onward.entity != arrived.entity:
        return False
    return onward.fans or arrived.fans or here.entities[onward.role].unique


def _targets(model: Model, dataset: Dataset, parts: tuple[str, ...]) -> Iterator[Target]:
    if len(parts) == 1:
        yield from _single(model, dataset, parts[0])
        return
    direct = list(_from_role(model, dataset, (), parts))
    if not direct and parts[0] in (dataset.name, dataset.prefix):
        direct = list(_own(dataset, (), parts[1])) if len(parts) == 2 else []
        direct = direct or list(_from_role(model, dataset, (), parts[1:]))
    if direct:
        yield from direct
        return
    for joins, there in ways_out(model, dataset) if parts[-1] in model.endings else ():
        if parts[0] in (joins[-1].role, joins[-1].entity, there.name):
            yield from _rest(model, there, joins, parts[1:])


def _single(model: Model, dataset: Dataset, name: str) -> Iterator[Target]:
    own = list(_own(dataset, (), name))
    if own:
        yield from own
        return
    for joins, there in ways_out(model, dataset) if name in model.endings else ():
        if name in there.dimensions:
            yield Target(joins, there.dimensions[name])


def _from_role(model: Model, dataset: Dataset, joins: tuple[Join, ...], parts: tuple[str, ...]) -> Iterator[Target]:
    """Follow the first part as a role of `dataset`; a unique role also means the dataset itself."""
    if len(parts) < 2:
        return
    role = parts[0]
    entity = dataset.entities.get(role)
    if entity is not None and entity.unique:
        yield from _rest(model, dataset, joins, parts[1:])
    for join in dataset.ways(role):
        yield from _rest(model, model.datasets[join.right], (*joins, join), parts[1:])


def _rest(model: Model, dataset: Dataset, joins: tuple[Join, ...], parts: tuple[str, ...]) -> Iterator[Target]:
    if len(parts) == 1:
        yield from _own(dataset, joins, parts[0])
    else:
        yield from _from_role(model, dataset, joins, parts)


def _own(dataset: Dataset, joins: tuple[Join, ...], name: str) -> Iterator[Target]:
    if name in dataset.dimensions:
        yield Target(joins, dataset.dimensions[name])
    elif name in dataset.entities:
        yield Target(joins, entity=dataset.entities[name])


def _unique(found: Iterator[Target]) -> Iterator[Target]:
    seen = set()
    for target in found:
        mark = (tuple((join.left, join.role, join.right) for join in target.joins), target.path)
        if mark not in seen:
            seen.add(mark)
            yield target
