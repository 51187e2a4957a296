"""A fact and the items asked of it -> its rows with a column for each item, joined the way MetricFlow joins."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from sqlglot import exp

from hedu.errors import Denied
from hedu.model.types import Dataset
from hedu.plan.metricflow.names import Hop, Item, Way, spine_of, time_grain, way_of
from hedu.plan.metricflow.scope import Scope, columns, is_validity, named, relation, timed, truncated
from hedu.plan.metricflow.spines import base_item, with_custom_grains
from hedu.plan.relation import from_source
from hedu.plan.scalars import column, qualify
from hedu.plan.visible import is_masked, masked, visible

VALUE, AT, KEY, PART, FROM, TO = "__value", "__at", "__key_", "__part_", "__from", "__to"


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
    for item in _with_bases(scope, items):
        if item.of_metric:
            _add_keys(fact, [Item(item.links, item.name)], found, alias)
        elif not item.is_custom:
            _add_keys(fact, [item], found, alias)
    conditions = _visible(scope, dataset, alias)
    select = exp.select(*(named(tree, name) for name, tree in found.items())).from_(from_source(dataset, alias))
    select = select.where(*conditions, copy=False) if conditions else select
    rows = Rows(select, list(found))
    if limits:
        outer = scope.alias("within")
        rows.select = exp.select(*columns(rows.names, outer)).from_(relation(select, outer)).where(*limits)
    return rows


def _add_keys(fact: Fact, items: Iterable[Item], found: dict[str, exp.Expr], alias: str) -> None:
    dataset = fact.dataset
    for item in items:
        way = fact.way(item)
        if way.hops:
            entity = dataset.entities[way.hops[0].entity]
            found[f"{KEY}{entity.role}"] = qualify(entity.key[0], alias)
            found.update({f"{PART}{name}": tree for name, tree in _partitions(dataset, alias)})
        else:
            found[item.column] = value_of(fact.scope, way, item, alias)


def _with_bases(scope: Scope, items: Sequence[Item]) -> list[Item]:
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


def _partitions(dataset: Dataset, alias: str) -> Iterator[tuple[str, exp.Expr]]:
    for one in dataset.dimensions.values():
        if one.partition:
            tree = qualify(one.expr, alias)
            yield one.name, truncated(tree, one.grain or "day") if one.is_time else tree


def _visible(scope: Scope, dataset: Dataset, alias: str) -> list[exp.Expr]:
    condition = visible(scope.asking, dataset, alias)
    return [condition] if condition is not None else []


@dataclass
class Branch:
    """A dataset joined on the way to some items, and what is joined beyond it."""

    dataset: Dataset
    items: list[tuple[Item, Way]] = field(default_factory=list)
    beyond: dict[Hop, Branch] = field(default_factory=dict)


def joined(fact: Fact, rows: Rows, items: Sequence[Item], kind: str = "left") -> Rows:
    """The rows with the items that stand beyond joins, and those at grains of one's own."""
    scope = fact.scope
    root = Branch(fact.dataset)
    for item in _with_bases(scope, items):
        key = Item(item.links, item.name) if item.of_metric else item
        if item.is_custom or not fact.way(key).hops or key.column in rows.names:
            continue
        branch = root
        for hop in fact.way(key).hops:
            branch = branch.beyond.setdefault(hop, Branch(scope.model.datasets[hop.dataset]))
        branch.items.append((key, fact.way(key)))
    names = list(rows.names)
    if root.beyond:
        left = scope.alias("rows")
        select = exp.select(*columns(names, left)).from_(relation(rows.select, left))
        rows = Rows(_branches(fact, select, root, (left, left), names, kind), names)
    for item in dict.fromkeys(one for one in items if one.of_metric):
        rows = _with_metric(scope, rows, item)
    custom = [item for item in dict.fromkeys(items) if item.is_custom and item.column not in rows.names]
    select = with_custom_grains(scope, rows.select, rows.names, custom)
    return Rows(select, [*rows.names, *(item.column for item in custom)])


def _branches(
    fact: Fact, select: exp.Select, branch: Branch, lefts: tuple[str, str], names: list[str], kind: str
) -> exp.Select:
    """`select` with all that is joined to `branch`; `lefts` are the aliases of the fact and of the branch."""
    scope, root = fact.scope, lefts[0]
    for hop, there in branch.beyond.items():
        right = scope.alias(hop.dataset)
        select = select.join(
            relation(_right(scope, hop, there), right),
            on=_on(branch.dataset, hop, there, lefts, right),
            join_type=kind,
            copy=False,
        )
        for item, _ in there.items:
            select = select.select(named(column(item.column, right), item.column), copy=False)
            names.append(item.column)
        select = _branches(fact, select, there, (root, right), names, kind)
    return select


def _right(scope: Scope, hop: Hop, there: Branch) -> exp.Select:
    """What is joined: its key, its partitions, what it is valid for, its items, and the keys beyond it."""
    dataset = there.dataset
    if dataset.name in scope.asking.access.hidden:
        raise Denied("access-dataset-hidden", dataset=dataset.name)
    alias = scope.alias(dataset.name)
    entity = dataset.entities[hop.entity]
    found: dict[str, exp.Expr] = {f"{KEY}{hop.entity}": qualify(entity.key[0], alias)}
    found.update({f"{PART}{name}": tree for name, tree in _partitions(dataset, alias)})
    if entity.valid is not None:
        found[FROM], found[TO] = (qualify(tree, alias) for tree in entity.valid)
    for item, way in there.items:
        found[item.column] = value_of(scope, way, item, alias)
    for beyond in there.beyond:
        found[f"{KEY}{beyond.entity}"] = qualify(dataset.entities[beyond.entity].key[0], alias)
    select = exp.select(*(named(tree, name) for name, tree in found.items())).from_(from_source(dataset, alias))
    conditions = _visible(scope, dataset, alias)
    return select.where(*conditions, copy=False) if conditions else select


def _on(here: Dataset, hop: Hop, there: Branch, lefts: tuple[str, str], right: str) -> exp.Expr:
    root, left = lefts
    key = f"{KEY}{hop.entity}"
    found: list[exp.Expr] = [exp.EQ(this=column(key, left), expression=column(key, right))]
    shared = {one.name for one in here.dimensions.values() if one.partition}
    for one in there.dataset.dimensions.values():
        if one.partition and one.name in shared:
            name = f"{PART}{one.name}"
            found.append(exp.EQ(this=column(name, left), expression=column(name, right)))
    if there.dataset.entities[hop.entity].valid is not None:
        at = column(AT, root)
        end = column(TO, right)
        found.append(exp.GTE(this=at, expression=column(FROM, right)))
        still = exp.or_(exp.LT(this=at.copy(), expression=end), exp.Is(this=end.copy(), expression=exp.null()))
        found.append(exp.paren(still))
    return exp.and_(*found)


def _with_metric(scope: Scope, rows: Rows, item: Item) -> Rows:
    """The rows with a metric's value for the entity that an item names."""
    entity = Item(item.links, item.name)
    metric = item.of_metric or ""
    inner = scope.answer(scope, metric, (entity,))
    left, right = scope.alias("rows"), scope.alias(metric)
    on = exp.EQ(this=column(entity.column, left), expression=column(entity.column, right))
    select = exp.select(*columns(rows.names, left), named(column(metric, right), item.column))
    select = select.from_(relation(rows.select, left)).join(relation(inner, right), on=on, join_type="left", copy=False)
    return Rows(select, [*rows.names, item.column])


def kept(scope: Scope, rows: Rows, conditions: Sequence[exp.Expr]) -> Rows:
    """The rows for which all conditions, over their columns, hold."""
    if not conditions:
        return rows
    alias = scope.alias("rows")
    select = exp.select(*columns(rows.names, alias)).from_(relation(rows.select, alias)).where(*conditions)
    return Rows(select, list(rows.names))
