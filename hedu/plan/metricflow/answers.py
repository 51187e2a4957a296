"""A metric and what is asked of it -> a SELECT of its items and its value, kind by kind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import assert_never

from sqlglot import exp

from hedu.define.definitions import Conversion, Cumulative, Derived, MetricRef, Rank, Ratio, Reported, Share, Simple
from hedu.errors import PlanError
from hedu.model.expressions import held, parse_expression, path_of, references, released, row_expression
from hedu.plan.metricflow.combined import combined
from hedu.plan.metricflow.conversion import conversion_select
from hedu.plan.metricflow.names import Item, finest, leaves
from hedu.plan.metricflow.rows import VALUE, Fact
from hedu.plan.metricflow.scope import Scope, columns, grain_place, named, relation, within
from hedu.plan.metricflow.simple import (
    Running,
    SpineJoin,
    Wanted,
    aggregated,
    joined_after,
    recipe_of,
)
from hedu.plan.scalars import column, wrapped


def metric_select(scope: Scope, name: str, wanted: Wanted) -> exp.Select:
    """The items of `wanted` and the metric's value under its name."""
    body = scope.model.metrics[name].body
    match body:
        case Simple():
            return _simple(scope, name, body, wanted)
        case Cumulative():
            return _cumulative(scope, name, body, wanted)
        case Conversion():
            return conversion_select(scope, name, body, wanted, own_times(scope, name, wanted.items))
        case Ratio(numerator, denominator):
            inputs = (("__above", numerator), ("__below", denominator))
            return _computed(scope, name, _divided(), inputs, wanted)
        case Derived(formula, inputs):
            return _computed(scope, name, row_expression(formula), _inputs(formula, inputs), wanted)
        case Share() | Rank() | Reported():
            raise PlanError("kind-not-in-metricflow", metric=name)
        case _:
            assert_never(body)


def _simple(scope: Scope, name: str, body: Simple, wanted: Wanted) -> exp.Select:
    return _filled(scope, name, aggregated(recipe_of(scope, name, wanted)), body.fill_nulls_with, wanted.items)


def _filled(
    scope: Scope, name: str, rows: exp.Select, fill: float | None, items: Sequence[Item], value: str = VALUE
) -> exp.Select:
    """The value under the metric's name, a number in place of none where one is given."""
    alias = scope.alias(name)
    shown: exp.Expr = column(value, alias)
    if fill is not None:
        shown = exp.Coalesce(this=shown, expressions=[exp.Literal.number(fill)])
    select = exp.select(*columns((item.column for item in items), alias), named(shown, name))
    return select.from_(relation(rows, alias))


def _cumulative(scope: Scope, name: str, body: Cumulative, wanted: Wanted) -> exp.Select:
    """Totals at the finest grain that is asked; one of them stands for a longer period."""
    ref = body.metric
    base = scope.model.metrics[ref.metric].body
    if not isinstance(base, Simple):
        raise PlanError("cumulative-of-what", metric=name, part=ref.metric)
    times = own_times(scope, name, wanted.items)
    if any(item.part for item in times) or (not times and (body.window or body.grain_to_date)):
        raise PlanError("cumulative-needs-time", metric=name)
    least = Item((), "metric_time", finest(scope.model, [name]))
    is_whole = not times or any(item.grain == least.grain for item in times)
    items = wanted.items if is_whole else tuple(dict.fromkeys([*wanted.items, least]))
    own = scope.conditions(ref.where, [ref.metric], name)
    recipe = recipe_of(scope, ref.metric, replace(wanted, items=items, conditions=(*own, *wanted.conditions)))
    rows = aggregated(recipe, Running(body.window, body.grain_to_date))
    found = _filled(scope, name, rows, base.fill_nulls_with, items)
    if is_whole:
        return found
    alias, outer = scope.alias("rows"), scope.alias("rows")
    names = [item.column for item in wanted.items]
    value = _of_period(column(name, alias), body, [column(one, alias) for one in names], column(least.column, alias))
    inner = exp.select(*columns(names, alias), named(value, name)).from_(relation(found, alias))
    return exp.select(*columns([*names, name], outer)).from_(relation(inner, outer)).distinct(copy=False)


def _of_period(value: exp.Expr, body: Cumulative, keys: Sequence[exp.Expr], time: exp.Expr) -> exp.Expr:
    take = body.period_agg or "first"
    if take == "average":
        return exp.Window(this=exp.Avg(this=value), partition_by=list(keys))
    call = exp.FirstValue(this=value) if take == "first" else exp.LastValue(this=value)
    frame = exp.WindowSpec(
        kind="ROWS", start="UNBOUNDED", start_side="PRECEDING", end="UNBOUNDED", end_side="FOLLOWING"
    )
    order = exp.Order(expressions=[exp.Ordered(this=time)])
    return exp.Window(this=call, partition_by=list(keys), order=order, spec=frame)


def _divided() -> exp.Expr:
    below = exp.Nullif(this=column("__below"), expression=exp.Literal.number(0))
    return exp.Div(this=exp.cast(column("__above"), "double"), expression=exp.cast(below, "double"))


def _inputs(formula: str, inputs: Sequence[tuple[str, MetricRef]]) -> tuple[tuple[str, MetricRef], ...]:
    known = dict(inputs)
    names = dict.fromkeys(path_of(one) for one in references(parse_expression(formula)))
    by_case = {name.lower(): ref for name, ref in known.items()}
    return tuple((name, by_case.get(name.lower(), MetricRef(name))) for name in names)


def _computed(
    scope: Scope, name: str, formula: exp.Expr, inputs: Sequence[tuple[str, MetricRef]], wanted: Wanted
) -> exp.Select:
    """A formula over metrics, each computed with the filters from above and its own."""
    below = wanted
    if wanted.is_earlier:
        more = [item for one in wanted.conditions for item in one.asked]
        below = Wanted(tuple(dict.fromkeys([*wanted.items, *more])))
    parts = []
    for alias, ref in inputs:
        own = scope.conditions(ref.where, [ref.metric], name)
        asked = replace(
            below,
            conditions=(*own, *below.conditions),
            offset_window=ref.offset_window,
            offset_to=ref.offset_to_grain,
        )
        parts.append((alias, ref.metric, metric_select(scope, ref.metric, asked)))
    rows = combined(scope, parts, below.items)
    source = scope.alias(name)
    root = held(formula)
    for one in references(root):
        one.replace(wrapped(column(path_of(one), source)))
    names = [item.column for item in below.items]
    found = exp.select(*columns(names, source), named(released(root), name)).from_(relation(rows, source))
    return _moved(scope, name, found, below.items, wanted) if wanted.is_earlier else found


def _moved(scope: Scope, name: str, rows: exp.Select, items: Sequence[Item], wanted: Wanted) -> exp.Select:
    """A computed metric at the times that show it, filtered only now."""
    times = own_times(scope, name, wanted.items)
    names = [item.column for item in wanted.items]
    if not times:
        raise PlanError("offset-needs-time", metric=name)
    _check_moves(scope, name, times)
    join = SpineJoin("inner", (), wanted.offset_window, wanted.offset_to)
    by = min(times, key=lambda item: grain_place(item, scope.model))
    found = joined_after(scope, rows, name, items, times, join, type(wanted.limits)())
    conditions = [*(one.over() for one in wanted.conditions), *within(column(by.column), wanted.limits)]
    alias = scope.alias("rows")
    select = exp.select(*columns([*names, name], alias)).from_(relation(found, alias))
    return select.where(*conditions, copy=False) if conditions else select


def _check_moves(scope: Scope, name: str, times: Sequence[Item]) -> None:
    """A whole metric is moved by a period of the calendar, as short as what periods of one's own are made of."""
    plain = [grain_place(item, scope.model) for item in times if item.part is None and not item.is_custom]
    bases = [item for item in times if item.is_custom]
    if not plain or any(min(plain)[2] > grain_place(item, scope.model)[2] for item in bases):
        raise PlanError("offset-by-periods", metric=name, name=next((item.column for item in bases), times[0].column))


def own_times(scope: Scope, name: str, items: Sequence[Item]) -> tuple[Item, ...]:
    """The items that are the time of every metric that `name` is made of."""
    facts = [Fact(scope, fact, time, metric) for metric, fact, time in leaves(scope.model, name)]
    return tuple(
        item for item in items if item.is_metric_time or (facts and all(fact.is_own_time(item) for fact in facts))
    )
