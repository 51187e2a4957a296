"""A fact and the items asked of it -> its own rows with a column for each item that stands in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from sqlglot import exp

from hedu.model.types import Dataset
from hedu.plan.metricflow.names import Item, Way, spine_of, time_grain, way_of
from hedu.plan.metricflow.scope import Scope, columns, is_validity, named, relation, timed, truncated
from hedu.plan.metricflow.spines import base_item
from hedu.plan.relation import from_source
from hedu.plan.scalars import qualify
from hedu.plan.visible import is_masked, masked, visible

VALUE, AT, KEY, PART = "__value", "__at", "__key_", "__part_"


@dataclass
class Rows:
    """A SELECT and the names of its columns."""

    select: exp.Select
    names: list[str]


@dataclass
class Fact:
    """The rows that a metric counts: of a dataset, by its time, with the value that is aggregated."""

    scope: Scope
    dataset: Dataset
    time: str | None
    metric: str
    value: exp.Expr | None = None
    ways: dict[Item, Way] = field(default_factory=dict)

    def way(self, item: Item) -> Way:
        found = self.ways.get(item)
        if found is None:
            if item.is_metric_time:
                found = Way((), self.dataset, self.dataset.dimensions[self.time or ""])
            else:
                found = way_of(self.scope.model, self.dataset, item, self.metric)
            self.ways[item] = found
        return found

    def is_own_time(self, item: Item) -> bool:
        """Whether the item is the time that the metric goes by."""
        if item.of_metric or self.time is None:
            return False
        if item.is_metric_time:
            return True
        dimension = self.way(item).dimension
        return not self.way(item).hops and dimension is not None and dimension.name == self.time

    @property
    def grain(self) -> str:
        return time_grain(self.dataset, self.time)


def fact_rows(fact: Fact, items: Sequence[Item], limits: Sequence[exp.Expr] = ()) -> Rows:
    """The fact's own rows: its value, the items that stand in it, and what the joins to come need.

    `limits` are conditions over the column `__at`, the fact's time at its finest grain.
    """
    scope, dataset = fact.scope, fact.dataset
    alias = scope.alias(dataset.name)
    found: dict[str, exp.Expr] = {}
    if fact.value is not None:
        found[VALUE] = qualify(fact.value, alias)
    if fact.time is not None:
        found[AT] = truncated(qualify(dataset.dimensions[fact.time].expr, alias), fact.grain)
    for item in with_bases(scope, items):
        if item.of_metric:
            _add_keys(fact, [looked_up_by(fact.dataset, item)], found, alias)
        elif not item.is_custom:
            _add_keys(fact, [item], found, alias)
    conditions = visible_of(scope, dataset, alias)
    select = exp.select(*(named(tree, name) for name, tree in found.items())).from_(from_source(dataset, alias))
    select = select.where(*conditions, copy=False) if conditions else select
    rows = Rows(select, list(found))
    if limits:
        outer = scope.alias("within")
        rows.select = exp.select(*columns(rows.names, outer)).from_(relation(select, outer)).where(*limits)
    return rows


def looked_up_by(dataset: Dataset, item: Item) -> Item:
    """What a metric's value is looked up by: the last entity of its path where the dataset has it, else the path.

    The path before it is the metric's own.
    """
    return Item(() if item.name in dataset.entities else item.links, item.name)


def _add_keys(fact: Fact, items: Iterable[Item], found: dict[str, exp.Expr], alias: str) -> None:
    dataset = fact.dataset
    for item in items:
        way = fact.way(item)
        if way.hops:
            entity = dataset.entities[way.hops[0].entity]
            found[f"{KEY}{entity.role}"] = qualify(entity.key[0], alias)
            found.update({f"{PART}{name}": tree for name, tree in partitions_of(dataset, alias)})
        else:
            found[item.column] = value_of(fact.scope, way, item, alias)


def with_bases(scope: Scope, items: Sequence[Item]) -> list[Item]:
    """The items, and for those at a grain of one's own what it is looked up by."""
    bases = []
    for item in items:
        spine = spine_of(scope.model, item.grain or "") if item.is_custom else None
        if spine is not None:
            bases.append(base_item(item, spine))
    return list(dict.fromkeys([*items, *bases]))


def value_of(scope: Scope, way: Way, item: Item, alias: str) -> exp.Expr:
    """An item's value over the columns of the relation that stands under `alias`; masked where it is hidden."""
    one = way.dimension
    sources = (one.expr,) if one is not None else way.entity.key if way.entity is not None else ()
    if any(is_masked(scope.asking.access, way.dataset, source) for source in sources):
        return masked(one) if one is not None else exp.Literal.string("***")
    source = qualify(sources[0], alias)
    if one is None or (is_validity(way.dataset, one) and item.grain == one.grain):
        return source
    return timed(source, item, one)


def partitions_of(dataset: Dataset, alias: str) -> Iterator[tuple[str, exp.Expr]]:
    """What a dataset is partitioned by."""
    for one in dataset.dimensions.values():
        if one.partition:
            tree = qualify(one.expr, alias)
            yield one.name, truncated(tree, one.grain or "day") if one.is_time else tree


def visible_of(scope: Scope, dataset: Dataset, alias: str) -> list[exp.Expr]:
    """The condition that keeps the rows one may see, if there is one."""
    condition = visible(scope.asking, dataset, alias)
    return [condition] if condition is not None else []


def kept(scope: Scope, rows: Rows, conditions: Sequence[exp.Expr]) -> Rows:
    """The rows for which all conditions, over their columns, hold."""
    if not conditions:
        return rows
    alias = scope.alias("rows")
    select = exp.select(*columns(rows.names, alias)).from_(relation(rows.select, alias)).where(*conditions)
    return Rows(select, list(rows.names))
