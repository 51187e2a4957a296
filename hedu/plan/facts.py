"""One pass over one fact: the keys, conditions and aggregates asked of it -> Aggregate, or the rows themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from sqlglot import exp

from hedu.errors import Denied, PlanError, QueryError
from hedu.model.types import Dataset, Measure
from hedu.plan import nodes
from hedu.plan.asking import Asking
from hedu.plan.borrowed import lenders
from hedu.plan.conditions import bind_filter, bind_where, parse_filter
from hedu.plan.frames import Offset
from hedu.plan.keys import Key, key_of
from hedu.plan.money import converted, currency_of, day_of, guard_of
from hedu.plan.periods import Range, shift
from hedu.plan.relations import Relations, key_expression
from hedu.plan.scalars import aggregate, column, qualify, wrapped
from hedu.plan.snapshots import compared_values, moments_of, snapshot_condition
from hedu.plan.uniqueness import keys_shared
from hedu.plan.validities import overlaps_of
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


@dataclass(frozen=True, slots=True)
class Bound:
    """A pass with all names bound: `inputs` are what each leaf aggregates, `rest` the filters that are its alone."""

    relations: Relations
    keys: tuple[nodes.Named, ...]
    leaves: tuple[Leaf, ...]
    inputs: tuple[exp.Expr | None, ...]
    rest: tuple[exp.Expr | None, ...]
    conditions: tuple[exp.Expr, ...]

    @property
    def each(self) -> Iterator[tuple[Leaf, exp.Expr | None, exp.Expr | None]]:
        """Each leaf with what it aggregates and the filter that is its alone."""
        return zip(self.leaves, self.inputs, self.rest, strict=True)

    @property
    def source(self) -> nodes.Scan | nodes.Join | nodes.Filter:
        return filtered(self.relations.tree(), self.conditions)


def fact_pass(
    asking: Asking,
    fact: Dataset,
    time: str | None,
    leaves: Sequence[Leaf],
    within: Range,
    back: tuple[Offset, ...] = (),
) -> nodes.Aggregate:
    """Aggregate `leaves`, all over `fact` and its time dimension `time`, at the asked keys within a range.

    With `back`, every row counts that much later than it happened.
    """
    bound, semi = bind_pass(asking, fact, time, leaves, within, back), leaves[0].measure.semi_additive
    if semi is None or not semi.is_extreme:
        return _aggregated(bound)
    each = _aggregated(replace(bound, keys=(*bound.keys, *moments_of(bound.relations, semi))))
    is_whole = not bound.relations.fans or _weight(bound) is None
    return compared_values(each, semi, {leaf.name: leaf.measure for leaf in leaves}, is_whole)


def _aggregated(bound: Bound) -> nodes.Aggregate:
    if bound.relations.fans and (weight := _weight(bound)) is not None:
        shared = [_shared_out(leaf, value, condition, weight) for leaf, value, condition in bound.each]
        named = zip(bound.leaves, shared, strict=True)
        return nodes.Aggregate(bound.source, bound.keys, tuple(nodes.Named(leaf.name, tree) for leaf, tree in named))
    if bound.relations.fans:
        keys = tuple(nodes.Named(key.name, column(key.name)) for key in bound.keys)
        values = tuple(
            nodes.Named(leaf.name, aggregate(leaf.measure, column(leaf.name), None)) for leaf in bound.leaves
        )
        return nodes.Aggregate(_once(bound), keys, values)
    values = tuple(nodes.Named(leaf.name, aggregate(leaf.measure, value, test)) for leaf, value, test in bound.each)
    return nodes.Aggregate(bound.source, bound.keys, values)


def fact_rows(
    asking: Asking,
    fact: Dataset,
    time: str | None,
    leaves: Sequence[Leaf],
    within: Range,
    back: tuple[Offset, ...] = (),
) -> nodes.Once | nodes.Rows:
    """The keys and inputs of `leaves`, one row for each row of the fact; for distinct counts each value once.

    Errors: PlanError balance-of-days, where values of moments would have to be compared first.
    """
    for leaf in leaves:
        if leaf.measure.semi_additive is not None and leaf.measure.semi_additive.is_extreme:
            raise PlanError("balance-of-days", metric=leaf.metric)
    bound = bind_pass(asking, fact, time, leaves, within, back)
    if all(leaf.measure.agg in ("count_distinct", "approx_count_distinct", "min", "max") for leaf in leaves):
        return nodes.Once(bound.source, (*bound.keys, *_inputs(bound)))
    return _once(bound) if bound.relations.fans else nodes.Rows(bound.source, (*bound.keys, *_inputs(bound)))


def bind_pass(
    asking: Asking,
    fact: Dataset,
    time: str | None,
    leaves: Sequence[Leaf],
    within: Range,
    back: tuple[Offset, ...] = (),
) -> Bound:
    """Everything a pass reads and asks, with names bound to relations. Errors: metric-without-time."""
    if time is None and not within.is_open:
        raise QueryError("metric-without-time", metric=leaves[0].metric, dataset=fact.name)
    relations = Relations(asking, fact, fact.name, time=time, back=back)
    keys, named = asked_keys(relations, leaves)
    shared, rest = shared_and_rest(leaves, lambda leaf, tree: bind_filter(relations, tree, time, leaf.metric))
    conditions = [*scope(relations, within), *shared]
    conditions += [bind_where(relations, tree, time, leaves[0].metric) for tree in asking.conditions]
    first = leaves[0]
    snapshot = snapshot_condition(
        relations, first.measure, filters_of(first), keys, time, first.metric, lambda inner: scope(inner, within)
    )
    conditions += [snapshot] if snapshot is not None else []
    conditions += bridges_seen(relations)
    inputs = tuple(_input(relations, leaf) for leaf in leaves)
    bound = Bound(relations, named, tuple(leaves), inputs, tuple(rest), tuple(conditions))
    _guard(bound)
    return bound


def asked_keys(relations: Relations, leaves: Sequence[Leaf]) -> tuple[list[Key], tuple[nodes.Named, ...]]:
    """The asked keys as columns of a pass whose measures may be seen."""
    asking, fact, time = relations.asking, relations.fact, relations.time
    keys = [key_of(asking.model, fact, text, time, leaves[0].metric) for text in asking.question.by]
    named = tuple(nodes.Named(key.asked.text, key_expression(relations, key)) for key in keys)
    for leaf in leaves:
        check_measure(asking.access, fact, leaf.measure, leaf.metric)
    return keys, named


def _guard(bound: Bound) -> None:
    """Have the rows counted that would count twice, and those whose amounts could not be converted."""
    unknown, relations = [], bound.relations
    asking = relations.asking
    for edge in (*(edge for _, edge, _ in relations.joined.values()), *lenders(asking.model, relations.fact)):
        mark = (edge.right, edge.right_key, edge.valid)
        if not (edge.fans or asking.is_proved(edge) or mark in asking.guards):
            asking.guards[mark] = (keys_shared if edge.valid is None else overlaps_of)(asking, edge)
    for leaf, value, condition in bound.each:
        if leaf.measure.reported_in is not None and leaf.measure.expr is not None and value is not None:
            amount = qualify(leaf.measure.expr, relations.alias)
            tests: list[exp.Expr] = [exp.not_(exp.Is(this=wrapped(amount), expression=exp.null()))]
            tests += [exp.Is(this=wrapped(value), expression=exp.null()), *([condition] if condition else [])]
            held = currency_of(relations, leaf.measure, leaf.metric)
            unknown.append((exp.and_(*tests), held, day_of(relations, leaf.metric)))
    if unknown:
        asking.guards[id(bound)] = guard_of(bound.source, unknown)


def _weight(bound: Bound) -> exp.Expr | None:
    """The part of a fact that goes over each way through weighted bridges; all of it where there is no link."""
    found: list[exp.Expr] = []
    for alias, edge in bound.relations.fans:
        weight = bound.relations.asking.model.datasets[edge.right].weight
        if weight is None:
            return None
        found.append(exp.Coalesce(this=qualify(weight, alias), expressions=[exp.Literal.number(1)]))
    product = found[0]
    for other in found[1:]:
        product = exp.Mul(this=product, expression=other)
    return product


def _shared_out(leaf: Leaf, value: exp.Expr | None, condition: exp.Expr | None, weight: exp.Expr) -> exp.Expr:
    """A leaf shared out over weighted links. Errors: PlanError bridge-weights-average."""
    agg = leaf.measure.agg
    if not leaf.measure.goes_over_weights:
        raise PlanError("bridge-weights-average", metric=leaf.metric, agg=agg)
    if agg not in ("sum", "count", "sum_boolean"):
        return aggregate(leaf.measure, value, condition)
    part = weight.copy()
    if agg == "sum" and value is not None:
        part = exp.Mul(this=exp.paren(value), expression=part)
    elif value is not None:
        counts = value if agg == "sum_boolean" else exp.not_(exp.Is(this=exp.paren(value), expression=exp.null()))
        part = exp.Case().when(counts, part).else_(exp.Literal.number(0))
    total = aggregate(replace(leaf.measure, agg="sum"), part, condition)
    return exp.Coalesce(this=total, expressions=[exp.Literal.number(0)]) if agg == "count" else total


def is_shared_out(count: exp.Expr) -> bool:
    """Whether a count adds up parts of facts, which make no whole number."""
    total = count.this if isinstance(count, exp.Coalesce) else None
    return isinstance(total.this if isinstance(total, exp.Filter) else total, exp.Sum)


def _once(bound: Bound) -> nodes.Once:
    """A pass through a bridge: each fact once for each group, whatever number of ways lead there.

    Errors: PlanError bridge-needs-primary-key, where a fact's rows cannot be told apart.
    """
    fact = bound.relations.fact
    if not fact.primary_key:
        raise PlanError("bridge-needs-primary-key", dataset=fact.name, metric=bound.leaves[0].metric)
    identity = [nodes.Named(f"__{name}", qualify(column(name), bound.relations.alias)) for name in fact.primary_key]
    return nodes.Once(bound.source, (*identity, *bound.keys, *_inputs(bound)))


def _inputs(bound: Bound) -> list[nodes.Named]:
    """What each leaf aggregates as a column, NULL where the leaf's own filter does not hold."""
    found = []
    for leaf, value, condition in bound.each:
        value = exp.Literal.number(1) if value is None else value
        found.append(nodes.Named(leaf.name, value if condition is None else exp.Case().when(condition, value)))
    return found


def bridges_seen(relations: Relations) -> list[exp.Expr]:
    """Through a bridge, only what a visible link leads to."""
    asking = relations.asking
    found = [visible(asking, asking.model.datasets[edge.right], alias, edge) for alias, edge in relations.fans]
    return [condition for condition in found if condition is not None]


def _input(relations: Relations, leaf: Leaf) -> exp.Expr | None:
    measure = leaf.measure
    value = qualify(measure.expr, relations.alias) if measure.expr is not None else None
    if value is None or measure.reported_in is None:
        return value
    return converted(relations, measure, value, leaf.metric)


def filtered(source: nodes.Scan | nodes.Join, conditions: Sequence[exp.Expr]) -> nodes.Scan | nodes.Join | nodes.Filter:
    """`source` with all `conditions`, or itself where there are none."""
    return nodes.Filter(source, exp.and_(*conditions, copy=False)) if conditions else source


def scope(relations: Relations, within: Range) -> list[exp.Expr]:
    """What may be seen, and the time range of the relation's own time. Errors: Denied access-filter-masked."""
    asking, fact, time = relations.asking, relations.fact, relations.time
    allowed = visible(asking, fact, relations.alias)
    conditions = [allowed] if allowed is not None else []
    if time is None or (within.is_open and not relations.back):
        return conditions
    own = fact.dimensions[time]
    if own.dataset in asking.access.hidden or is_masked(asking.access, asking.model.datasets[own.dataset], own.expr):
        raise Denied("access-filter-masked", name=time)
    moment = relations.moment
    if relations.back:
        conditions.append(exp.not_(exp.Is(this=moment.copy(), expression=exp.null())))
    start, end = within.start, within.end
    for count, unit in relations.back:
        start, end = (day and shift(day, unit, -count) for day in (start, end))
    if start is not None:
        conditions.append(exp.GTE(this=moment.copy(), expression=asking.bind(start)))
    if end is not None:
        conditions.append(exp.LT(this=moment, expression=asking.bind(end)))
    return conditions


def shared_and_rest(
    leaves: Sequence[Leaf], bind: Callable[[Leaf, exp.Expr], exp.Expr | None]
) -> tuple[list[exp.Expr], list[exp.Expr | None]]:
    """The conditions all leaves share (for WHERE), and what is left to each (for FILTER).

    `bind` gives a filter over the relations of the pass; None where all their rows pass it.
    """
    own = [filters_of(leaf) for leaf in leaves]
    bound = [
        [made for tree in filters if (made := bind(leaf, tree)) is not None]
        for leaf, filters in zip(leaves, own, strict=True)
    ]
    if all(filters.keys() == own[0].keys() for filters in own):
        return bound[0], [None] * len(leaves)
    rest: list[exp.Expr | None] = [exp.and_(*trees) if trees else None for trees in bound]
    alternatives = [exp.paren(tree) for tree in rest if tree is not None]
    return ([exp.or_(*alternatives)] if len(alternatives) == len(rest) else []), rest


def filters_of(leaf: Leaf) -> dict[exp.Expr, None]:
    """The filters of a leaf, each once, the measure's own first."""
    own = [leaf.measure.where] if leaf.measure.where is not None else []
    return dict.fromkeys((*own, *map(parse_filter, leaf.filters)))
