"""A measure that does not add up over time -> the condition that keeps only the rows of its last (or first) moment."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from sqlglot import exp

from hedu.define.definitions import SemiAdditive
from hedu.errors import PlanError
from hedu.model.types import Dataset, Measure, Model
from hedu.plan import nodes
from hedu.plan.asking import Asking
from hedu.plan.conditions import bind_filter, bind_where, filter_key, paths_in
from hedu.plan.keys import Key, key_of
from hedu.plan.relation import from_source
from hedu.plan.relations import Relations, key_expression
from hedu.plan.scalars import column, wrapped

Scope = Callable[[Relations], list[exp.Expr]]


def snapshot_condition(
    relations: Relations,
    measure: Measure,
    filters: Iterable[exp.Expr],
    keys: Sequence[Key],
    time: str | None,
    metric: str,
    scope: Scope,
) -> exp.Expr | None:
    """Only rows at the last (first) moment of each time bucket asked; None for what adds up.

    Of values that are compared, all rows of a known moment.

    The moment is the whole fact's, not each group's, so that parts still add up to the whole; of all that is
    filtered, only the time moves it. Errors: PlanError snapshot-filter-mixed, for a filter that joins time and
    something else in one condition.
    """
    semi = measure.semi_additive
    if semi is None:
        return None
    asking, fact = relations.asking, relations.fact
    over = fact.dimensions[semi.over]
    if semi.is_extreme:
        return exp.not_(exp.Is(this=wrapped(relations.own(over.name)), expression=exp.null()))
    inner = relations.beside(f"{fact.name}_moments")
    buckets = [key_expression(inner, key) for key in keys if _is_over(key, fact, semi.over)]
    moment = inner.own(over.name)
    pick = exp.Max(this=moment) if semi.take == "last" else exp.Min(this=moment)
    conditions = scope(inner)
    for tree in asking.conditions:
        if _is_of(_question_keys(asking, fact, tree, time, metric), fact, semi.over, metric):
            conditions.append(bind_where(inner, tree, time, metric))
    for tree in filters:
        found = [filter_key(asking.model, fact, path, time, metric) for path in paths_in(tree)]
        if _is_of(found, fact, semi.over, metric):
            conditions.append(bind_filter(inner, tree, time, metric))
    groups = [part for name in semi.by for part in _group(inner, name)]
    select = _read(inner.tree(), exp.select(pick, *groups))
    select = select.where(*conditions) if conditions else select
    select = select.group_by(*buckets, *(group.copy() for group in groups)) if buckets or groups else select
    outer = [part for name in semi.by for part in _group(relations, name)]
    this: exp.Expr = relations.own(over.name)
    this = exp.Tuple(expressions=[this, *outer]) if outer else this
    return exp.In(this=this, query=exp.Subquery(this=select))


def _read(source: nodes.Scan | nodes.Join, select: exp.Select) -> exp.Select:
    """`select` over the rows of a fact, with the calendar that its moments may be looked up in."""
    if isinstance(source, nodes.Scan):
        return select.from_(from_source(source.dataset, source.alias))
    assert isinstance(source.source, (nodes.Scan, nodes.Join)) and isinstance(source.scan, nodes.Scan)
    right = from_source(source.scan.dataset, source.scan.alias)
    return _read(source.source, select).join(right, on=source.on, join_type="left")


def _group(relations: Relations, name: str) -> list[exp.Expr]:
    """What tells apart the groups of `name`, the group without value too: IN never meets a NULL."""
    value = relations.own(name)
    text = exp.Coalesce(this=exp.cast(value, "text"), expressions=[exp.Literal.string("")])
    return [text, exp.Is(this=value.copy(), expression=exp.null())]


def moments_of(relations: Relations, semi: SemiAdditive) -> tuple[nodes.Named, ...]:
    """What tells apart the values that are compared: the moment, then what has a value of its own."""
    return tuple(nodes.Named(f"__at_{at}", relations.own(name)) for at, name in enumerate((semi.over, *semi.by)))


def compared_values(
    each: nodes.Aggregate, semi: SemiAdditive, measures: Mapping[str, Measure], is_whole: bool
) -> nodes.Aggregate:
    """The greatest (least) of the values of `each` moment, its last keys; those of several `by` put together.

    Counts are `is_whole` unless facts are shared out over weighted links.
    """
    keys = [key.name for key in each.keys[: len(each.keys) - len(semi.by) - 1]]
    groups = [key.name for key in each.keys[len(keys) + 1 :]]
    pick = exp.Max if semi.take == "highest" else exp.Min
    values: dict[str, exp.Expr] = {name: pick(this=column(name)) for name in measures}
    if groups:
        each = _over(each, (*keys, *groups), values, "__each")
        values = {name: _PUT_TOGETHER[measure.agg](this=column(name)) for name, measure in measures.items()}
    zero = [exp.Literal.number(0)]
    for name, measure in measures.items():
        if is_whole and measure.agg in ("count", "sum_boolean"):
            values[name] = exp.cast(values[name], "bigint")
        if measure.counts:
            values[name] = exp.Coalesce(this=values[name], expressions=zero)
    return _over(each, keys, values, "__all")


_PUT_TOGETHER: Mapping[str, type[exp.Func]] = {
    "sum": exp.Sum,
    "count": exp.Sum,
    "sum_boolean": exp.Sum,
    "min": exp.Min,
    "max": exp.Max,
}
"""How the values of several groups become one, where they can: `snapshot-by-not-additive` refuses the others."""


def _over(rows: nodes.Aggregate, keys: Sequence[str], values: Mapping[str, exp.Expr], alias: str) -> nodes.Aggregate:
    named = tuple(nodes.Named(name, tree) for name, tree in values.items())
    return nodes.Aggregate(nodes.Early(rows, alias), tuple(nodes.Named(name, column(name)) for name in keys), named)


def moves_moment(model: Model, fact: Dataset, measure: Measure, tree: exp.Expr, time: str | None) -> bool:
    """Whether a definition's filter is about the time that `measure` does not add up over."""
    semi = measure.semi_additive
    if semi is None or semi.is_extreme:
        return False
    keys = (filter_key(model, fact, path, time, measure.name) for path in paths_in(tree))
    return any(_is_over(key, fact, semi.over) for key in keys)


def _question_keys(asking: Asking, fact: Dataset, tree: exp.Expr, time: str | None, metric: str) -> list[Key]:
    return [key_of(asking.model, fact, path, time, metric) for path in paths_in(tree)]


def _is_of(keys: Sequence[Key | exp.Expr], fact: Dataset, over: str, metric: str) -> bool:
    claims = [_is_over(key, fact, over) for key in keys]
    if any(claims) and not all(claims):
        raise PlanError("snapshot-filter-mixed", metric=metric, time=over)
    return any(claims)


def _is_over(key: Key | exp.Expr, fact: Dataset, over: str) -> bool:
    """Whether a key is the moment or follows from it alone: part of it, or what a calendar says of its day."""
    if not isinstance(key, Key) or any(edge.fans or edge.valid for edge in key.target.joins):
        return False
    own, target = fact.dimensions[over], key.target
    if target.dimension is own and not target.joins:
        return True
    parts = target.joins[0].left_key if target.joins else target.sources
    columns = (name for part in parts for name in part.find_all(exp.Column))
    return isinstance(own.expr, exp.Column) and {name.name for name in columns} == {own.expr.name}
