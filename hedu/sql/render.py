"""Plan -> SQL tree -> text. Nothing here knows which database will run it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlglot import exp

from hedu.errors import QueryError
from hedu.model.expressions import parameter_of
from hedu.plan import nodes
from hedu.plan.planner import Plan
from hedu.plan.relation import from_source
from hedu.plan.scalars import column, literal
from hedu.sql.compared import compare_select
from hedu.sql.dialects import fitted
from hedu.sql.following import following_select
from hedu.sql.found_once import with_shared
from hedu.sql.stitched import replaced, stitch_select, subquery
from hedu.sql.timelines import running_select, timeline_select

_ROWS = "__rows"
_PLACE = re.compile("\x01(\\d+)\x01")


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL with `?` places and the values bound to them, and the same SQL to read and copy.

    `guards` are statements whose one row says what keeps the answer from being right.
    """

    text: str
    parameters: tuple[Any, ...]
    readable: str
    guards: tuple[Statement, ...] = ()
    columns: tuple[str, ...] = ()


def render(plan: Plan, dialect: str = "duckdb") -> Statement:
    """The statement that answers a plan in one dialect."""
    made = _statement(plan, dialect)
    return replace(made, guards=tuple(_statement(replace(plan, root=one), dialect) for one in plan.guards))


def _statement(plan: Plan, dialect: str) -> Statement:
    tree = with_shared(page_select(plan.root), plan.shared)
    raw = fitted(_with_parameters(tree, plan.named), dialect, plan.root).sql(dialect=dialect, pretty=True)
    order: list[int] = []

    def place(match: re.Match[str]) -> str:
        order.append(int(match.group(1)))
        return "?"

    def written(match: re.Match[str]) -> str:
        return literal(plan.parameters[int(match.group(1))]).sql(dialect=dialect)

    text = _PLACE.sub(place, raw)
    readable = _PLACE.sub(written, raw) if order else text
    return Statement(text, tuple(plan.parameters[at] for at in order), readable, columns=plan.root.columns)


def _with_parameters(tree: exp.Select, named: Mapping[str, exp.Var]) -> exp.Select:
    """Every `parameter(name)`, in expressions and in a dataset's SELECT, replaced by its place.

    Errors: parameter-missing.
    """
    for node in list(tree.find_all(exp.Column, exp.Anonymous)):
        name = parameter_of(node)
        if isinstance(node, exp.Anonymous) and node.name.lower() == "parameter" and len(node.expressions) == 1:
            name = node.expressions[0].name
        if name is None:
            continue
        if name not in named:
            raise QueryError("parameter-missing", name=name)
        node.replace(named[name].copy())
    return tree


def page_select(page: nodes.Page) -> exp.Select:
    """The whole answer: columns in order, rows ordered with NULLs last, cut."""
    source = page.source
    inner = answer_select(source)
    if page.condition is not None or tuple(inner.named_selects) != page.columns:
        outer = exp.select(*(column(name) for name in page.columns)).from_(subquery(inner, "answer"))
        inner = _lift_ctes(outer, inner)
        inner = inner.where(page.condition) if page.condition is not None else inner
    for name, is_descending in page.order:
        ordered = exp.Ordered(this=column(name), desc=is_descending, nulls_first=False)
        inner = inner.order_by(ordered, copy=False)
    return inner.limit(page.limit, copy=False) if page.limit is not None else inner


def answer_select(source: nodes.Compute | nodes.Compare) -> exp.Select:
    """A SELECT of the keys and values of an answer."""
    if isinstance(source, nodes.Compare):
        return compare_select(source, compute_select)
    is_windowed = any(one.value.find(exp.Window) for one in source.values)
    if isinstance(source.source, nodes.Running) and not source.beside and not is_windowed:
        return _with_formulas(part_select(source.source), source)
    return compute_select(source)


def _with_formulas(select: exp.Select, compute: nodes.Compute) -> exp.Select:
    """The formulas in the place of the columns they are worked out from: one query less for an engine to read."""
    columns = {one.alias_or_name: one.unalias() for one in select.selects}
    keys = [exp.alias_(columns[key], key, quoted=True) for key in compute.keys]
    return select.select(*keys, *map(_named, _inlined(compute.values, columns)), append=False, copy=False)


def compute_select(compute: nodes.Compute) -> exp.Select:
    """Keys and formulas in one SELECT, whether the columns come from one fact or from several."""
    source = compute.source
    if compute.beside or any(one.value.find(exp.Window) for one in compute.values):
        return _outer_select(compute)
    if isinstance(source, nodes.Stitch):
        return stitch_select(source, compute.values, part_select)
    if isinstance(source, nodes.Aggregate):
        return aggregate_select(source, _inlined(compute.values, {one.name: one.value for one in source.values}))
    return _outer_select(compute)


def part_select(part: nodes.Part | nodes.Written) -> exp.Select:
    """A SELECT of the keys and leaf values of one part."""
    match part:
        case nodes.Aggregate():
            return aggregate_select(part)
        case nodes.Running():
            return running_select(part, counted_select)
        case nodes.Timeline():
            return timeline_select(part, counted_select)
        case nodes.Following():
            return following_select(part, counted_select)
        case nodes.Written(select):
            return select.copy()


def counted_select(node: nodes.Aggregate | nodes.Once | nodes.Rows) -> exp.Select:
    """A SELECT of what is counted along time: aggregates, or rows."""
    if isinstance(node, nodes.Aggregate):
        return aggregate_select(node)
    select = _from(exp.select(*(_named(one) for one in node.columns), copy=False), node.source)
    return select.distinct(copy=False) if isinstance(node, nodes.Once) else select


def _outer_select(compute: nodes.Compute) -> exp.Select:
    """Formulas over the finished rows, which windows and coarser answers need."""
    source = compute.source
    if isinstance(source, nodes.Stitch):
        leaves = [nodes.Named(one.name, column(one.name)) for one in source.values]
        inner = stitch_select(source, leaves, part_select)
    else:
        inner = part_select(source)
    named: dict[str, exp.Expr] = {key: column(key, _ROWS) for key in compute.keys}
    for name in inner.named_selects[len(compute.keys) :]:
        named[name] = column(name, _ROWS)
    for beside in compute.beside:
        named.update({one.name: column(one.name, beside.name) for one in beside.source.values})
    values = [nodes.Named(one.name, replaced(one.value, named)) for one in compute.values]
    select = exp.select(*(column(key, _ROWS) for key in compute.keys), *(_named(one) for one in values))
    select = select.from_(subquery(inner, _ROWS))
    for beside in compute.beside:
        keys = beside.source.keys
        same = [exp.NullSafeEQ(this=column(key, beside.name), expression=column(key, _ROWS)) for key in keys]
        on = exp.and_(*same) if same else exp.true()
        select = select.join(subquery(compute_select(beside.source), beside.name), on=on, join_type="left", copy=False)
    return select


def aggregate_select(node: nodes.Aggregate, values: Sequence[nodes.Named] | None = None) -> exp.Select:
    """One SELECT over a fact and what is joined to it."""
    values = node.values if values is None else values
    columns = [_named(one) for one in (*node.keys, *values)]
    select = _from(exp.select(*columns, copy=False), node.source)
    if not node.keys:
        return select
    if not values:
        return select.distinct(copy=False)
    places = (exp.Literal.number(at + 1) for at in range(len(node.keys)))
    return select.group_by(*places, copy=False)


def _from(select: exp.Select, node: nodes.Scan | nodes.Join | nodes.Filter | nodes.Once | nodes.Early) -> exp.Select:
    match node:
        case nodes.Early(rows, alias):
            return select.from_(subquery(aggregate_select(rows), alias), copy=False)
        case nodes.Once():
            return select.from_(subquery(counted_select(node), "once"), copy=False)
        case nodes.Scan(dataset, alias):
            return select.from_(from_source(dataset, alias), copy=False)
        case nodes.Join(source, scan, on, is_inner):
            if isinstance(scan, nodes.Lookup):
                relation: exp.Expr = subquery(compute_select(scan.answer), scan.alias)
            else:
                relation = from_source(scan.dataset, scan.alias)
            kind = "inner" if is_inner else "left"
            return _from(select, source).join(relation, on=on, join_type=kind, copy=False)
        case nodes.Filter(source, condition):
            return _from(select, source).where(condition, copy=False)


def _inlined(values: Sequence[nodes.Named], leaves: dict[str, exp.Expr]) -> list[nodes.Named]:
    """Formulas with leaf columns replaced by their aggregates."""
    return [nodes.Named(one.name, replaced(one.value, leaves)) for one in values]


def _named(one: nodes.Named) -> exp.Expr:
    return exp.alias_(one.value, one.name, quoted=True, copy=True)


def _lift_ctes(outer: exp.Select, inner: exp.Select) -> exp.Select:
    """Keep WITH at the top, where people look for it."""
    ctes = inner.args.get("with_") or inner.args.get("with")
    if ctes is not None:
        key = "with_" if inner.args.get("with_") is not None else "with"
        inner.set(key, None)
        outer.set(key, ctes)
    return outer
