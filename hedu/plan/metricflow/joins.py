"""The rows of a fact and the items beyond it -> what is joined, in the order and the shape of MetricFlow's joins."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from sqlglot import exp

from hedu.errors import Denied
from hedu.model.types import GRAINS, Dataset, Model
from hedu.plan.metricflow.names import Hop, Item, Way
from hedu.plan.metricflow.rows import (
    AT,
    KEY,
    PART,
    Fact,
    Rows,
    looked_up_by,
    partitions_of,
    value_of,
    visible_of,
    with_bases,
)
from hedu.plan.metricflow.scope import Scope, columns, named, relation
from hedu.plan.metricflow.spines import spine_for, spine_rows, with_custom_grains
from hedu.plan.relation import from_source
from hedu.plan.scalars import column, qualify

_FROM, _TO, _MET = "__from_", "__to_", "__met"


@dataclass
class Target:
    """What is joined to the fact at once: the datasets along `hops` and the items taken from them.

    Without hops it is the time spine, beside every row.
    """

    hops: tuple[Hop, ...]
    items: list[tuple[Item, tuple[Hop, ...], Way | None]] = field(default_factory=list)


def targets(fact: Fact, items: Sequence[Item], times: Sequence[Item] = ()) -> list[Target]:
    """What is joined for items beyond the fact, greedily: what holds most of them first, of equals the smallest.

    A dataset on the way to another gives its items there; two ways beyond it join it twice.
    """
    ways = [(item, fact.way(item)) for item in items]
    beyond = [(item, way) for item, way in ways if way.hops]
    paths = dict.fromkeys(way.hops for _, way in beyond)
    left = {path: [(i, w.hops, w) for i, w in beyond if w.hops == path[: len(w.hops)]] for path in paths}
    open_ = [Target(path, list(held)) for path, held in left.items()]
    if times:
        open_.append(Target((), [(item, (), None) for item in times]))
    open_.sort(key=lambda one: _size(fact.scope, one))
    found: list[Target] = []
    while open_:
        open_.sort(key=lambda one: -len(one.items))
        best = open_.pop(0)
        found.append(best)
        taken = {item for item, _, _ in best.items}
        for one in open_:
            one.items = [held for held in one.items if held[0] not in taken]
        open_ = [one for one in open_ if one.items]
    return found


def _size(scope: Scope, target: Target) -> int:
    if target.hops:
        return sum(size_of(scope.model.datasets[hop.dataset]) for hop in target.hops)
    spine = spine_for(scope, [item for item, _, _ in target.items])
    return 2 * (len(GRAINS) - GRAINS.index(spine.name) + 6 + len(spine.custom))


def size_of(dataset: Dataset) -> int:
    """How many names a dataset gives."""
    links = sum(one.unique for one in dataset.entities.values()) + (dataset.prefix is not None)
    names = 0
    for one in dataset.dimensions.values():
        names += (len(GRAINS) - GRAINS.index(one.grain or "day") + 6) if one.is_time else 1
    return len(dataset.entities) + links * (len(dataset.entities) - 1) + (1 + links) * names


def joined(fact: Fact, rows: Rows, items: Sequence[Item], kind: str = "left", times: Sequence[Item] = ()) -> Rows:
    """The rows with the items that stand beyond joins, those at grains of one's own, and `times` of a time spine."""
    scope = fact.scope
    keys = [looked_up_by(fact.dataset, item) if item.of_metric else item for item in with_bases(scope, items)]
    wanted = [item for item in dict.fromkeys(keys) if not item.is_custom and item.column not in rows.names]
    chosen = targets(fact, [item for item in wanted if fact.way(item).hops], times)
    held = [one for one in chosen if kind == "full" and is_held_for_a_time(scope.model, one)]
    plain = [one for one in chosen if one not in held]
    rows = _with_targets(fact, rows, plain, kind) if plain else rows
    for target in held:
        rows = _with_either(fact, rows, target)
    for item in dict.fromkeys(one for one in items if one.of_metric):
        rows = _with_metric(fact, rows, item, kind)
    custom = [item for item in dict.fromkeys(items) if item.is_custom and item.column not in rows.names]
    select = with_custom_grains(scope, rows.select, rows.names, custom)
    return Rows(select, [*rows.names, *(item.column for item in custom)])


def _with_targets(fact: Fact, rows: Rows, chosen: Sequence[Target], kind: str) -> Rows:
    scope, left = fact.scope, fact.scope.alias("rows")
    names = list(rows.names)
    select = exp.select(*columns(names, left)).from_(relation(rows.select, left))
    for target in chosen:
        taken = [item.column for item, _, _ in target.items]
        if target.hops:
            right = scope.alias(target.hops[-1].dataset)
            source, condition = _beyond(scope, target, kind), _on(scope.model, fact.dataset, target, left, right)
            select = select.join(relation(source, right), on=condition, join_type=kind, copy=False)
        else:
            right = scope.alias("spine")
            moments = spine_rows(scope, [item for item, _, _ in target.items])
            select = select.join(relation(moments, right), join_type="cross", copy=False)
        select = select.select(*columns(taken, right), copy=False)
        names += taken
    return Rows(select, names)


def _with_either(fact: Fact, rows: Rows, target: Target) -> Rows:
    """The rows with what a way leads to, and what no row leads to: a FULL JOIN by more than equal keys.

    Not every engine has that join (PostgreSQL has not).
    """
    scope, left, right = fact.scope, fact.scope.alias("rows"), fact.scope.alias(target.hops[-1].dataset)
    taken = [item.column for item, _, _ in target.items]
    there = relation(_beyond(scope, target, "full"), right)
    condition = _on(scope.model, fact.dataset, target, left, right)
    found = exp.select(*columns(rows.names, left), *columns(taken, right)).from_(relation(rows.select, left))
    found = found.join(there, on=condition, join_type="left", copy=False)
    none = [named(exp.null(), name) for name in rows.names]
    alone = exp.select(*none, *columns(taken, right)).from_(there.copy())
    met = rows.select.copy().select(named(exp.true(), _MET), copy=False)
    alone = alone.join(relation(met, left), on=condition.copy(), join_type="left", copy=False)
    alone = alone.where(exp.Is(this=column(_MET, left), expression=exp.null()), copy=False)
    alias, names = scope.alias("rows"), [*rows.names, *taken]
    both = relation(exp.union(found, alone, distinct=False, copy=False), alias)
    return Rows(exp.select(*columns(names, alias)).from_(both), names)


def is_held_for_a_time(model: Model, target: Target) -> bool:
    """Whether a dataset along the way says what holds for a time."""
    return any(model.datasets[hop.dataset].entities[hop.entity].valid is not None for hop in target.hops)


def _beyond(scope: Scope, target: Target, kind: str) -> exp.Select:
    """The datasets along a way, joined to each other before they are joined to the fact."""
    parts = [_part(scope, target, at) for at in range(len(target.hops))]
    if len(parts) == 1:
        return parts[0][0]
    model = scope.model
    aliases = [scope.alias(hop.dataset) for hop in target.hops]
    select = exp.select(
        *(named(column(name, alias), name) for alias, (_, names) in zip(aliases, parts, strict=True) for name in names)
    ).from_(relation(parts[0][0], aliases[0]))
    for at in range(1, len(parts)):
        hop, here = target.hops[at], model.datasets[target.hops[at - 1].dataset]
        there = _partitions(model.datasets[hop.dataset])
        condition = exp.and_(*_same(here, there, hop, aliases[at - 1], aliases[at]))
        select = select.join(relation(parts[at][0], aliases[at]), on=condition, join_type=kind, copy=False)
    return select


def _part(scope: Scope, target: Target, at: int) -> tuple[exp.Select, list[str]]:
    """One dataset along a way with all that its joins need, and those of its columns that leave the way."""
    hop = target.hops[at]
    dataset = scope.model.datasets[hop.dataset]
    if dataset.name in scope.asking.access.hidden:
        raise Denied("access-dataset-hidden", dataset=dataset.name)
    alias = scope.alias(dataset.name)
    entity = dataset.entities[hop.entity]
    found: dict[str, exp.Expr] = {f"{KEY}{hop.entity}": qualify(entity.key[0], alias)}
    found.update({f"{PART}{name}": tree for name, tree in partitions_of(dataset, alias)})
    seen = {name for before in target.hops[:at] for name in _partitions(scope.model.datasets[before.dataset])}
    leaving = [name for name in found if at == 0 or (name.startswith(PART) and name.removeprefix(PART) not in seen)]
    shown: dict[str, exp.Expr] = {}
    if entity.valid is not None:
        shown[f"{_FROM}{at}"], shown[f"{_TO}{at}"] = (qualify(tree, alias) for tree in entity.valid)
    for item, path, way in target.items:
        if way is not None and len(path) == at + 1:
            shown[item.column] = value_of(scope, way, item, alias)
    if at + 1 < len(target.hops):
        beyond = target.hops[at + 1].entity
        found[f"{KEY}{beyond}"] = qualify(dataset.entities[beyond].key[0], alias)
    found.update(shown)
    select = exp.select(*(named(tree, name) for name, tree in found.items())).from_(from_source(dataset, alias))
    conditions = visible_of(scope, dataset, alias)
    select = select.where(*conditions, copy=False) if conditions else select
    return select, [*leaving, *shown]


def _same(here: Dataset, there: Iterable[str], hop: Hop, left: str, right: str) -> list[exp.Expr]:
    """The same key, and the same partition where both sides have one."""
    shared = set(_partitions(here))
    names = [f"{KEY}{hop.entity}", *(f"{PART}{name}" for name in there if name in shared)]
    return [exp.EQ(this=column(name, left), expression=column(name, right)) for name in names]


def _partitions(dataset: Dataset) -> Iterable[str]:
    return (one.name for one in dataset.dimensions.values() if one.partition)


def _on(model: Model, fact: Dataset, target: Target, left: str, right: str) -> exp.Expr:
    """How a way is joined to the fact: by its first entity, and where all it passes is valid at the fact's time."""
    passed = dict.fromkeys(name for hop in target.hops for name in _partitions(model.datasets[hop.dataset]))
    found = _same(fact, passed, target.hops[0], left, right)
    for at, hop in enumerate(target.hops):
        if model.datasets[hop.dataset].entities[hop.entity].valid is None:
            continue
        time, end = column(AT, left), column(f"{_TO}{at}", right)
        found.append(exp.GTE(this=time, expression=column(f"{_FROM}{at}", right)))
        still = exp.or_(exp.LT(this=time.copy(), expression=end), exp.Is(this=end.copy(), expression=exp.null()))
        found.append(exp.paren(still))
    return exp.and_(*found)


def _with_metric(fact: Fact, rows: Rows, item: Item, kind: str) -> Rows:
    """The rows with a metric's value for the entity that an item names."""
    scope, metric = fact.scope, item.of_metric or ""
    key, entity = looked_up_by(fact.dataset, item), Item(item.links, item.name)
    inner = scope.answer(scope, metric, (entity,))
    left, right = scope.alias("rows"), scope.alias(metric)
    on = exp.EQ(this=column(key.column, left), expression=column(entity.column, right))
    select = exp.select(*columns(rows.names, left), named(column(metric, right), item.column))
    select = select.from_(relation(rows.select, left)).join(relation(inner, right), on=on, join_type=kind, copy=False)
    return Rows(select, [*rows.names, item.column])
