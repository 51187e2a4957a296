"""One pass over one fact: the keys, conditions and aggregates asked of it -> Aggregate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlglot import exp

from hedu.errors import Denied, PlanError
from hedu.model.types import Dataset, Measure
from hedu.plan import nodes
from hedu.plan.asking import Asking
from hedu.plan.conditions import bind_filter, bind_where, parse_filter
from hedu.plan.keys import key_of
from hedu.plan.periods import Range
from hedu.plan.relations import Relations, key_expression
from hedu.plan.scalars import aggregate, column, in_time_zone, qualify
from hedu.plan.snapshots import snapshot_condition
from hedu.plan.visible import check_measure, is_masked, visible


@dataclass(frozen=True, slots=True)
class Leaf:
    """One aggregate of a pass: a measure narrowed by filter texts, as column `name`.

    `handed` are those of `filters` that came down from a metric this one is part of.
    """

    name: str
    measure: Measure
    filters: tuple[str, ...]
    metric: str
    handed: tuple[str, ...] = ()


def fact_pass(
    asking: Asking, fact: Dataset, time: str | None, leaves: Sequence[Leaf], within: Range
) -> nodes.Aggregate:
    """Aggregate `leaves`, all over `fact` and its time dimension `time`, at the asked keys within a range."""
    relations = Relations(asking, fact, fact.name)
    keys = [key_of(asking.model, fact, text, time, leaves[0].metric) for text in asking.question.by]
    named = tuple(nodes.Named(key.asked.text, key_expression(relations, key)) for key in keys)
    for leaf in leaves:
        check_measure(asking.access, fact, leaf.measure, leaf.metric)
    shared, rest = _filters(relations, leaves, time)
    conditions = [*_scope(relations, time, within), *shared]
    conditions += [bind_where(relations, tree, time, leaves[0].metric) for tree in asking.conditions]
    first = leaves[0]
    snapshot = snapshot_condition(
        relations,
        first.measure,
        _filters_of(first).values(),
        keys,
        time,
        first.metric,
        lambda inner: _scope(inner, time, within),
    )
    conditions += [snapshot] if snapshot is not None else []
    if relations.fans:
        conditions += bridges_seen(relations)
        return _once(relations, named, leaves, rest, conditions)
    values = tuple(
        nodes.Named(leaf.name, aggregate(leaf.measure, _input(relations, leaf.measure), condition))
        for leaf, condition in zip(leaves, rest, strict=True)
    )
    return nodes.Aggregate(filtered(relations.tree(), conditions), named, values)


def _once(
    relations: Relations,
    keys: Sequence[nodes.Named],
    leaves: Sequence[Leaf],
    rest: Sequence[exp.Expr | None],
    conditions: Sequence[exp.Expr],
) -> nodes.Aggregate:
    """A pass through a bridge: each fact once for each group, whatever number of ways lead there.

    Errors: PlanError bridge-needs-primary-key, where a fact's rows cannot be told apart.
    """
    fact = relations.fact
    if not fact.primary_key:
        raise PlanError("bridge-needs-primary-key", dataset=fact.name, metric=leaves[0].metric)
    identity = [nodes.Named(f"__{name}", qualify(column(name), relations.alias)) for name in fact.primary_key]
    inputs = []
    for leaf, condition in zip(leaves, rest, strict=True):
        value = _input(relations, leaf.measure)
        value = exp.Literal.number(1) if value is None else value
        inputs.append(nodes.Named(leaf.name, value if condition is None else exp.Case().when(condition, value)))
    source = nodes.Once(filtered(relations.tree(), conditions), (*identity, *keys, *inputs))
    values = tuple(nodes.Named(leaf.name, aggregate(leaf.measure, column(leaf.name), None)) for leaf in leaves)
    return nodes.Aggregate(source, tuple(nodes.Named(key.name, column(key.name)) for key in keys), values)


def bridges_seen(relations: Relations) -> list[exp.Expr]:
    """Through a bridge, only what a visible link leads to."""
    asking = relations.asking
    found = [visible(asking, asking.model.datasets[edge.right], alias, edge) for alias, edge in relations.fans]
    return [condition for condition in found if condition is not None]


def _input(relations: Relations, measure: Measure) -> exp.Expr | None:
    return qualify(measure.expr, relations.alias) if measure.expr is not None else None


def filtered(source: nodes.Scan | nodes.Join, conditions: Sequence[exp.Expr]) -> nodes.Scan | nodes.Join | nodes.Filter:
    """`source` with all `conditions`, or itself where there are none."""
    return nodes.Filter(source, exp.and_(*conditions, copy=False)) if conditions else source


def _scope(relations: Relations, time: str | None, within: Range) -> list[exp.Expr]:
    """What may be seen, and the time range."""
    asking, fact = relations.asking, relations.fact
    allowed = visible(asking, fact, relations.alias)
    conditions = [allowed] if allowed is not None else []
    if within.is_open or time is None:
        return conditions
    if is_masked(asking.access, fact, fact.dimensions[time].expr):
        raise Denied("access-filter-masked", name=time)
    moment = in_time_zone(
        qualify(fact.dimensions[time].expr, relations.alias), fact.dimensions[time], asking.model.settings
    )
    if within.start is not None:
        conditions.append(exp.GTE(this=moment.copy(), expression=asking.bind(within.start)))
    if within.end is not None:
        conditions.append(exp.LT(this=moment, expression=asking.bind(within.end)))
    return conditions


def _filters(
    relations: Relations, leaves: Sequence[Leaf], time: str | None
) -> tuple[list[exp.Expr], list[exp.Expr | None]]:
    """The conditions all leaves share (for WHERE), and what is left to each (for FILTER)."""
    own = [_filters_of(leaf) for leaf in leaves]
    bound = [
        [bind_filter(relations, tree, time, leaf.metric) for tree in filters]
        for leaf, filters in zip(leaves, own, strict=True)
    ]
    if all(filters.keys() == own[0].keys() for filters in own):
        return bound[0], [None] * len(leaves)
    rest: list[exp.Expr | None] = [exp.and_(*trees) if trees else None for trees in bound]
    alternatives = [exp.paren(tree) for tree in rest if tree is not None]
    return ([exp.or_(*alternatives)] if len(alternatives) == len(rest) else []), rest


def _filters_of(leaf: Leaf) -> dict[exp.Expr, None]:
    """The filters of a leaf, each once, the measure's own first."""
    own = [leaf.measure.where] if leaf.measure.where is not None else []
    return dict.fromkeys((*own, *map(parse_filter, leaf.filters)))
