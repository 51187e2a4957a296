"""A conversion metric -> base events and the conversions that followed them, each under the base event before it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlglot import exp

from hedu.define.definitions import Conversion, Simple
from hedu.define.spans import parts_of
from hedu.errors import PlanError
from hedu.plan.metricflow.combined import combined
from hedu.plan.metricflow.joins import joined
from hedu.plan.metricflow.names import Item, least_of_all
from hedu.plan.metricflow.rows import AT, VALUE, Fact, Rows, fact_rows, kept
from hedu.plan.metricflow.scope import Scope, columns, named, relation, truncated, within
from hedu.plan.metricflow.simple import Recipe, SpineJoin, Wanted, aggregated, recipe_of
from hedu.plan.scalars import column, later

_ID, _THEN, _NUMBER = "__id", "__then", "__number"


def conversion_select(scope: Scope, name: str, body: Conversion, wanted: Wanted, times: Sequence[Item]) -> exp.Select:
    """The conversions, or their part of all base events. Filters narrow what came first."""
    if wanted.is_earlier and not times:
        raise PlanError("offset-needs-time", metric=name)
    base, then = body.base, body.conversion
    own = scope.conditions(base.where, [base.metric])
    below = replace(wanted, conditions=(*own, *wanted.conditions), offset_window=None, offset_to=None)
    first = recipe_of(scope, base.metric, below)
    second = recipe_of(scope, then.metric, Wanted((), scope.conditions(then.where, [then.metric])))
    second.items, second.times, second.limits = first.items, _of_both(first, second), wanted.limits
    filled = scope.model.metrics[then.metric].body
    if isinstance(filled, Simple) and filled.join_to_timespine and second.times:
        second.after = SpineJoin("left", ())
    followed = _followed(scope, name, body, first, second)
    second.first = ()
    then_rows = aggregated(replace(second, fact=first.fact), rows=followed)
    parts = [
        ("__first", base.metric, _as(scope, base.metric, aggregated(first), wanted.items)),
        ("__then", then.metric, _as(scope, then.metric, then_rows, wanted.items)),
    ]
    rows = combined(scope, parts, wanted.items)
    alias = scope.alias(name)
    value: exp.Expr = column("__then", alias)
    if body.calculation == "conversion_rate":
        below_it = exp.Nullif(this=column("__first", alias), expression=exp.Literal.number(0))
        value = exp.Div(this=exp.cast(value, "double"), expression=exp.cast(below_it, "double"))
    names = [item.column for item in wanted.items]
    return exp.select(*columns(names, alias), named(value, name)).from_(relation(rows, alias))


def _of_both(first: Recipe, second: Recipe) -> tuple[Item, ...]:
    """The items that are the time of both sides: metric_time, and any other name where both are of one time."""
    is_one = (first.fact.dataset, first.fact.time) == (second.fact.dataset, second.fact.time)
    return tuple(item for item in first.times if is_one or item.is_metric_time)


def _as(scope: Scope, metric: str, rows: exp.Select, items: Sequence[Item]) -> exp.Select:
    alias = scope.alias(metric)
    names = [item.column for item in items]
    return exp.select(*columns(names, alias), named(column(VALUE, alias), metric)).from_(relation(rows, alias))


def _followed(scope: Scope, name: str, body: Conversion, first: Recipe, second: Recipe) -> Rows:
    """Each conversion once, with its value and the items of the latest base event before it."""
    entity = Item((), body.entity)
    grain = least_of_all(scope.model, name)
    pairs = [tuple(part.strip() for part in text.split("=")) for text in body.constant]
    constants = [(one[0], one[-1]) for one in pairs]
    base = _events(first, [entity, *(_property(a) for a, _ in constants)], is_base=True)
    then = _events(second, [entity, *(_property(b) for _, b in constants)], is_base=False)
    left, right = scope.alias("base"), scope.alias("then")
    at, later_at = truncated(column(AT, left), grain), truncated(column(AT, right), grain)
    same: list[exp.Expr] = [
        exp.EQ(this=column(entity.column, left), expression=column(entity.column, right)),
        exp.LTE(this=at, expression=later_at),
    ]
    if body.window:
        count, unit = parts_of(body.window)
        same.append(exp.GT(this=at.copy(), expression=later(later_at.copy(), -count, unit)))
    same += [exp.EQ(this=column(a, left), expression=column(b, right)) for a, b in constants]
    number = exp.Window(
        this=exp.RowNumber(),
        partition_by=[column(_ID, right)],
        order=exp.Order(expressions=[exp.Ordered(this=one, desc=True) for one in (at.copy(), column(AT, left))]),
    )
    items = [item.column for item in first.items]
    kept_names = list(dict.fromkeys([*items, *([AT] if AT in base.names else [])]))
    select = exp.select(
        *columns(kept_names, left),
        *columns([VALUE] if VALUE in then.names else [], right),
        named(number, _NUMBER),
    )
    select = select.from_(relation(base.select, left))
    select = select.join(relation(then.select, right), on=exp.and_(*same), join_type="inner", copy=False)
    outer = scope.alias("rows")
    names = [*kept_names, *([VALUE] if VALUE in then.names else [])]
    only = exp.EQ(this=column(_NUMBER, outer), expression=exp.Literal.number(1))
    return Rows(exp.select(*columns(names, outer)).from_(relation(select, outer)).where(only), names)


def _events(recipe: Recipe, more: Sequence[Item], is_base: bool) -> Rows:
    """The rows of one side, with what it is matched by; conversions are numbered."""
    fact, scope = recipe.fact, recipe.fact.scope
    if is_base:
        fact = Fact(scope, fact.dataset, fact.time, fact.metric)
    filtered = [item for one in recipe.first for item in one.asked]
    asked = [*(recipe.items if is_base else ()), *filtered, *more]
    items = tuple(dict.fromkeys(asked))
    limits = within(column(AT), recipe.limits) if is_base else []
    rows = joined(fact, fact_rows(fact, items, limits), items)
    rows = kept(scope, rows, [one.over() for one in recipe.first])
    if is_base:
        return rows
    alias = scope.alias("rows")
    number = exp.Window(this=exp.RowNumber(), order=exp.Order(expressions=[exp.Ordered(this=column(AT, alias))]))
    select = exp.select(*columns(rows.names, alias), named(number, _ID)).from_(relation(rows.select, alias))
    return Rows(select, [*rows.names, _ID])


def _property(name: str) -> Item:
    *links, last = name.replace("__", ".").split(".")
    return Item(tuple(links), last)
