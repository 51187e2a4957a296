"""One pass over one fact -> the same pass over the smallest rollup that is certain to give the same rows.

A rollup serves a pass where everything the pass reads is kept: each key at its grain or a finer one that it follows
from, each measure in a form that parts come together in, every name in every filter, and whatever a policy looks at.
Anything else is answered from the fact itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlglot import exp

from hedu.errors import HeduError
from hedu.model.expressions import held, path_of, references
from hedu.model.paths import Target
from hedu.model.types import Dataset, Measure
from hedu.plan import nodes
from hedu.plan.asking import Asking, Shared
from hedu.plan.conditions import bind_filter, bind_where, filter_key, parse_conditions, paths_in
from hedu.plan.facts import Leaf, asked_keys, bind_pass, fact_pass, filtered, filters_of, shared_and_rest
from hedu.plan.frames import NESTS, Offset
from hedu.plan.from_rollup import FromRollup, NotKeptError
from hedu.plan.keys import Key, key_of
from hedu.plan.periods import WEEK_STARTS, Range, floor, shift
from hedu.plan.relations import is_own_time
from hedu.plan.rolled import ROWS, Rolled, counted_by, mark_of, state
from hedu.plan.scalars import column, divide
from hedu.plan.snapshots import snapshot_condition
from hedu.plan.visible import is_hidden, is_masked
from hedu.plan.visible_in_rollup import allowed


def counted_pass(
    asking: Asking,
    fact: Dataset,
    time: str | None,
    leaves: Sequence[Leaf],
    within: Range,
    back: tuple[Offset, ...] = (),
) -> nodes.Aggregate:
    """Aggregate as `fact_pass` does: from the first rollup that keeps all that is needed, else from the fact."""
    for rolled in asking.rollups:
        if rolled.rollup.dataset != fact.name:
            continue
        bound = len(asking.parameters)
        try:
            found = _from_rollup(asking, fact, time, leaves, within, back, rolled)
        except (NotKeptError, HeduError):
            # A question without a right answer is refused in the fact's own terms.
            del asking.parameters[bound:]
            continue
        _refuse_as_fact(asking, fact, time, leaves, within, back)
        asking.routed.append(rolled.name)
        return found
    return fact_pass(asking, fact, time, leaves, within, back)


def _refuse_as_fact(
    asking: Asking,
    fact: Dataset,
    time: str | None,
    leaves: Sequence[Leaf],
    within: Range,
    back: tuple[Offset, ...],
) -> None:
    """Refuse who may not see what a pass looks at: a rollup may have looked at it beforehand."""
    if asking.access.masks or asking.access.hidden:
        apart = replace(asking, parameters=[], routed=[], rollups=(), guards={}, shared=Shared())
        bind_pass(apart, fact, time, leaves, within, back)


def _from_rollup(
    asking: Asking,
    fact: Dataset,
    time: str | None,
    leaves: Sequence[Leaf],
    within: Range,
    back: tuple[Offset, ...],
    rolled: Rolled,
) -> nodes.Aggregate:
    relations = FromRollup(asking, fact, fact.name, time, back, rolled=rolled)
    keys, named = asked_keys(relations, leaves)
    given = _given(relations, leaves)
    shared, rest = shared_and_rest(leaves, lambda leaf, tree: _filter(relations, leaf, tree, given))
    conditions = [*_scope(relations, within), *shared]
    for tree in asking.conditions:
        if _spelt(relations, tree, leaves[0].metric) not in given:
            conditions.append(bind_where(relations, tree, time, leaves[0].metric))
    snapshot = _snapshot(relations, leaves[0], keys, within)
    conditions += [snapshot] if snapshot is not None else []
    each = zip(leaves, rest, strict=True)
    values = tuple(nodes.Named(leaf.name, _together(relations, leaf.measure, test)) for leaf, test in each)
    return nodes.Aggregate(filtered(relations.tree(), conditions), named, values)


def _given(relations: FromRollup, leaves: Sequence[Leaf]) -> set[str]:
    """The conditions that all rows of the rollup fulfil, where the pass asks for every one of them."""
    asking, rolled, metric = relations.asking, relations.read, leaves[0].metric
    own = parse_conditions([rolled.rollup.where] if rolled.rollup.where else [])
    time = rolled.rollup.time
    given = {_spelt(replace(relations, time=time), tree, metric) for tree in own}
    if relations.back and any(_names_time(relations, tree, metric) for tree in own):
        raise NotKeptError
    asked = {_spelt(relations, tree, metric) for tree in asking.conditions} if given else set()
    if given and not given <= asked:
        for leaf in leaves:
            narrowed = {_spelt(relations, tree, metric) for tree in filters_of(leaf) if _is_plain(relations, tree)}
            if not given <= asked | narrowed:
                raise NotKeptError
    return given


def _spelt(relations: FromRollup, tree: exp.Expr, metric: str) -> str:
    """A condition with each name spelt by what it means, so that equal conditions are equal texts."""
    root = held(tree)
    for name in references(root):
        key = filter_key(relations.asking.model, relations.fact, path_of(name), relations.time, metric)
        if not isinstance(key, Key) or is_hidden(relations.asking, key.target):
            raise NotKeptError
        meant = repr((mark_of(key.target), key.asked.grain, key.asked.part))
        name.replace(exp.column(exp.to_identifier(meant, quoted=True)))
    return root.unnest().sql("duckdb")


def _is_plain(relations: FromRollup, tree: exp.Expr) -> bool:
    """Whether a definition's filter compares texts with texts only: it then means what a question's filter means."""
    found = [filter_key(relations.asking.model, relations.fact, path, relations.time, "") for path in paths_in(tree)]
    are_texts = all(
        isinstance(key, Key) and key.target.dimension is not None and key.target.dimension.type == "text"
        for key in found
    )
    return are_texts and all(node.is_string for node in tree.find_all(exp.Literal))


def _names_time(relations: FromRollup, tree: exp.Expr, metric: str) -> bool:
    model, fact, time = relations.asking.model, relations.fact, relations.time
    return any(is_own_time(fact, time, key_of(model, fact, path, time, metric)) for path in paths_in(tree))


def _filter(relations: FromRollup, leaf: Leaf, tree: exp.Expr, given: set[str]) -> exp.Expr | None:
    """A leaf's filter over the rollup: its measure's own one is worked in, so what counts is whether rows passed."""
    if tree is leaf.measure.where:
        return exp.GT(this=column(f"{leaf.measure.name}{ROWS}", relations.alias), expression=exp.Literal.number(0))
    if given and _is_plain(relations, tree) and _spelt(relations, tree, leaf.metric) in given:
        return None
    for path in paths_in(tree):
        if not isinstance(filter_key(relations.asking.model, relations.fact, path, relations.time, leaf.metric), Key):
            raise NotKeptError
    return bind_filter(relations, tree, relations.time, leaf.metric)


def _scope(relations: FromRollup, within: Range) -> list[exp.Expr]:
    """What may be seen, and the time range, which must begin and end where kept periods do."""
    asking, fact, time, back = relations.asking, relations.fact, relations.time, relations.back
    conditions = allowed(relations)
    if time is None or (within.is_open and not back):
        return conditions
    if is_masked(asking.access, fact, fact.dimensions[time].expr):
        raise NotKeptError
    found = relations.kept(Target((), fact.dimensions[time]))
    moment = column(found.name, relations.alias)
    if back:
        conditions.append(exp.not_(exp.Is(this=moment.copy(), expression=exp.null())))
    start, end = within.start, within.end
    for count, unit in back:
        start, end = (day and shift(day, unit, -count) for day in (start, end))
    week = WEEK_STARTS[asking.model.settings.week_start]
    days = (start, end) if found.grain is not None and "day" not in NESTS.get(found.grain, ()) else ()
    if any(day is not None and floor(day, found.grain or "day", week) != day for day in days):
        raise NotKeptError
    if start is not None:
        conditions.append(exp.GTE(this=moment.copy(), expression=asking.bind(start)))
    if end is not None:
        conditions.append(exp.LT(this=moment.copy(), expression=asking.bind(end)))
    return conditions


def _snapshot(relations: FromRollup, leaf: Leaf, keys: Sequence[Key], within: Range) -> exp.Expr | None:
    """The last (or first) moment, of all rows: a rollup of some rows may not know it."""
    if leaf.measure.semi_additive is None:
        return None
    if relations.read.rollup.where is not None or leaf.measure.semi_additive.is_extreme:
        raise NotKeptError
    return snapshot_condition(
        relations,
        leaf.measure,
        filters_of(leaf),
        keys,
        relations.time,
        leaf.metric,
        lambda inner: _scope(inner, within) if isinstance(inner, FromRollup) else [],
    )


def _together(relations: FromRollup, measure: Measure, condition: exp.Expr | None) -> exp.Expr:
    """What a measure comes to over several groups of a rollup."""
    rolled, fact = relations.read, relations.fact
    own = fact.measures.get(measure.name)
    if own is None or measure.name not in rolled.rollup.measures:
        raise NotKeptError
    is_half = own.agg == "average" and measure.agg in ("sum", "count")
    if replace(measure, agg=own.agg if is_half else measure.agg) != own:
        raise NotKeptError
    if measure.expr is not own.expr or measure.where is not own.where:
        raise NotKeptError

    def part(agg: str, call: type[exp.AggFunc] = exp.Sum) -> exp.Expr:
        return _filtered(call(this=column(state(measure.name, agg), relations.alias)), condition)

    match measure.agg:
        case "sum" | "sum_boolean":
            return part(measure.agg)
        case "min":
            return part("min", exp.Min)
        case "max":
            return part("max", exp.Max)
        case "count":
            return exp.Coalesce(this=exp.cast(part("count"), "bigint"), expressions=[exp.Literal.number(0)])
        case "average":
            return divide(part("sum"), part("count"))
        case "count_distinct":
            mark = counted_by(fact, measure, rolled)
            found = rolled.columns.get(mark) if mark is not None else None
            if found is None or not found.is_exact:
                raise NotKeptError
            counted = exp.Distinct(expressions=[column(found.name, relations.alias)])
            return _filtered(exp.Count(this=counted, big_int=True), condition)
    raise NotKeptError


def _filtered(call: exp.Expr, condition: exp.Expr | None) -> exp.Expr:
    if condition is None:
        return call
    return exp.Filter(this=call, expression=exp.Where(this=condition.copy()))
