"""Parts along time -> SQL: a spine of periods, totals that run over it, rows set beside it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlglot import exp

from hedu.model.expressions import held, released
from hedu.plan import nodes
from hedu.plan.scalars import column, length
from hedu.plan.timelines import AT, COUNTED, SPINE, THEN
from hedu.sql.stitched import subquery

_GROUPS, _SEEN, _PLACE = "__groups", "__seen", "__place"
CountedSelect = Callable[[nodes.Aggregate | nodes.Once | nodes.Rows], exp.Select]


def running_select(node: nodes.Running, counted_select: CountedSelect) -> exp.Select:
    """Totals by a window over spine x groups: each period is read once, whatever the length of the window."""
    groups = [column(name, _GROUPS if node.groups else None) for name in node.groups]
    seen = _over(exp.Count(this=column(THEN), big_int=True), node)
    columns: list[exp.Expr] = [column(AT), *groups]
    columns += [exp.alias_(_windowed(one.value, node), one.name, quoted=True) for one in node.values]
    inner = exp.select(*columns, exp.alias_(seen, _SEEN, quoted=True)).from_(_table(SPINE))
    if node.groups:
        distinct = exp.select(*(column(name) for name in node.groups)).distinct().from_(_table(COUNTED))
        inner = inner.join(subquery(distinct, _GROUPS), join_type="cross", copy=False)
    on: list[exp.Expr] = [exp.EQ(this=column(THEN), expression=column(AT))]
    on += [exp.NullSafeEQ(this=column(name, COUNTED), expression=column(name, _GROUPS)) for name in node.groups]
    inner = inner.join(_table(COUNTED), on=exp.and_(*on), join_type="left", copy=False)
    seen_any = exp.GT(this=column(_SEEN), expression=exp.Literal.number(0))
    names = [one.name for one in node.values]
    found = _taken(subquery(inner, "__totals"), node.keys, names, (seen_any, *node.conditions), node.take)
    return _with(found, node, counted_select)


def timeline_select(node: nodes.Timeline, counted_select: CountedSelect) -> exp.Select:
    """Rows joined to the spine, aggregated at the keys, or at each time of the spine and one of them taken."""
    joined = exp.select().from_(_table(SPINE))
    joined = joined.join(_table(COUNTED), on=node.on, join_type="left" if node.every else "inner", copy=False)
    values = [exp.alias_(one.value, one.name, quoted=True) for one in node.values]
    if node.take is None:
        keys = [exp.alias_(one.value, one.name, quoted=True) for one in node.keys]
        select = joined.select(*keys, *values, copy=False)
        select = select.where(*node.conditions, copy=False) if node.conditions else select
        select = select.group_by(*_places(len(keys)), copy=False)
        return _with(select, node, counted_select)
    moments = [column(AT), *(column(name) for name in node.groups)]
    each = joined.select(*moments, *values, copy=False).group_by(*_places(len(moments)), copy=False)
    names = [one.name for one in node.values]
    return _with(_taken(subquery(each, "__totals"), node.keys, names, node.conditions, node.take), node, counted_select)


def _taken(
    source: exp.Subquery,
    keys: Sequence[nodes.Named],
    names: Sequence[str],
    conditions: Sequence[exp.Expr],
    take: str | None,
) -> exp.Select:
    """The values at the keys: as they are, or the first, last or average of those of a longer period."""
    named = [exp.alias_(key.value, key.name, quoted=True) for key in keys]
    if take is None or take == "average":
        values: list[exp.Expr] = [column(name) for name in names]
        if take:
            values = [exp.alias_(exp.Avg(this=value), value.name, quoted=True) for value in values]
        select = exp.select(*named, *values).from_(source).where(*conditions, copy=False)
        return select.group_by(*_places(len(named)), copy=False) if take else select
    order = exp.Order(expressions=[exp.Ordered(this=column(AT), desc=take == "last", nulls_first=False)])
    place = exp.Window(this=exp.RowNumber(), partition_by=[key.value.copy() for key in keys], order=order)
    inner = exp.select(*named, *(column(name) for name in names), exp.alias_(place, _PLACE, quoted=True))
    inner = inner.from_(source)
    inner = inner.where(*conditions, copy=False) if conditions else inner
    first = exp.EQ(this=column(_PLACE), expression=exp.Literal.number(1))
    outer = exp.select(*(column(key.name) for key in keys), *(column(name) for name in names))
    return outer.from_(subquery(inner, "__placed")).where(first, copy=False)


def _windowed(tree: exp.Expr, node: nodes.Running) -> exp.Expr:
    root = held(tree)
    for call in list(root.find_all(exp.AggFunc)):
        call.replace(_over(call.copy(), node))
    return released(root)


def _over(call: exp.Expr, node: nodes.Running) -> exp.Window:
    start: exp.Expr | str = "UNBOUNDED" if node.rows is None else exp.Literal.number(node.rows - 1)
    frame = exp.WindowSpec(kind="ROWS", start=start, start_side="PRECEDING", end="CURRENT ROW")
    partition: list[exp.Expr] = [column(name, _GROUPS) for name in node.groups]
    if node.reset is not None:
        partition.append(node.reset.copy())
    order = exp.Order(expressions=[exp.Ordered(this=column(AT), nulls_first=False)])
    return exp.Window(this=call, partition_by=partition, order=order, spec=frame)


def _with(select: exp.Select, node: nodes.Running | nodes.Timeline, counted_select: CountedSelect) -> exp.Select:
    select = select.with_(exp.to_identifier(COUNTED, quoted=True), as_=counted_select(node.counted), copy=False)
    return select.with_(exp.to_identifier(SPINE, quoted=True), as_=spine_select(node.spine), copy=False)


def spine_select(spine: nodes.Spine) -> exp.Select:
    """One row for each period, its first day as `__at`."""
    series = exp.GenerateSeries(start=spine.low, end=spine.high, step=length(1, spine.grain))
    each = exp.select(exp.alias_(exp.Explode(this=series), "__each", quoted=True))
    return exp.select(exp.alias_(exp.cast(column("__each"), "date"), AT, quoted=True)).from_(subquery(each, "__series"))


def _places(count: int) -> list[exp.Expr]:
    return [exp.Literal.number(at + 1) for at in range(count)]


def _table(name: str) -> exp.Table:
    return exp.Table(this=exp.to_identifier(name, quoted=True))
