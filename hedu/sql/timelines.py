"""Parts along time -> SQL: a spine of periods, totals that run over it, rows set beside it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlglot import exp

from hedu.model.expressions import held, references, released
from hedu.plan import nodes
from hedu.plan.lines import AT, COUNTED, ENDS, SPINE, THEN
from hedu.plan.scalars import column, later, length
from hedu.sql.stitched import subquery

_GROUPS, _SEEN, _PLACE, _UNTIL, _EACH = "__groups", "__seen", "__place", "__until", "__each"
CountedSelect = Callable[[nodes.Aggregate | nodes.Once | nodes.Rows], exp.Select]


def running_select(node: nodes.Running, counted_select: CountedSelect) -> exp.Select:
    """Totals by a window: each period is read once, whatever the length of the window."""
    looks_at_spine = any(tree.find(exp.Select) for tree in node.conditions)
    names = [one.name for one in node.values]
    if node.rows is None and not looks_at_spine:
        found = _taken(_spread(node), node.keys, names, node.conditions, node.take, _day_each())
        return found.with_(exp.to_identifier(COUNTED, quoted=True), as_=counted_select(node.counted), copy=False)
    seen = exp.GT(this=column(_SEEN), expression=exp.Literal.number(0))
    totals = subquery(_over_spine(node), "__totals")
    return _with(_taken(totals, node.keys, names, (seen, *node.conditions), node.take), node, counted_select)


def _spread(node: nodes.Running) -> exp.Subquery:
    """Totals of all so far: the windows go over what was counted, and each total stands until the next one.

    The same rows as over the spine: a period without anything counted has the total of the latest before it.
    """
    groups, names = [column(name) for name in node.groups], [one.name for one in node.values]
    partition: list[exp.Expr] = [column(name) for name in node.groups]
    partition += [_at_then(node.reset)] if node.reset is not None else []
    frame = exp.WindowSpec(kind="ROWS", start="UNBOUNDED", start_side="PRECEDING", end="CURRENT ROW")

    def total(call: exp.Expr) -> exp.Window:
        parts = [tree.copy() for tree in partition]
        return exp.Window(this=call, partition_by=parts, order=_by_then(), spec=frame.copy())

    values = [exp.alias_(_windowed(one.value, total), one.name, quoted=True) for one in node.values]
    columns = (column(THEN), *groups, *values, exp.alias_(_until(node, partition), _UNTIL, quoted=True))
    runs = exp.select(*columns).from_(_table(COUNTED))
    runs = runs.where(exp.not_(exp.Is(this=column(THEN), expression=exp.null())), copy=False)
    series = _series(column(THEN), column(_UNTIL), node.spine.grain)
    each = exp.select(series, *(column(name) for name in (*node.groups, *names))).from_(subquery(runs, "__runs"))
    return subquery(each, "__series")


def _until(node: nodes.Running, partition: Sequence[exp.Expr]) -> exp.Expr:
    """The last day a total stands: before the next one, before its period is over, and until the spine ends."""
    high = node.spine.high
    is_shared = any(table.name == ENDS for table in high.find_all(exp.Table))
    if not high.find(exp.Select):
        following = _next(partition, _day_after(high))
    elif not (node.groups or is_shared):
        # The spine ends with the last total there is, which stands for its own period.
        following = _next((), _day_after(column(THEN)))
    else:
        # Without a later one the next one is itself: not every database can say NULL here.
        following = _next(partition, column(THEN))
        is_last = exp.EQ(this=following.copy(), expression=column(THEN))
        end = _day_after(high.copy() if is_shared else exp.Window(this=exp.Max(this=column(THEN))))
        following = exp.Case().when(is_last, end).else_(following)
    if node.over is not None:
        following = exp.Least(this=_at_then(node.over), expressions=[following], ignore_nulls=True)
    return exp.cast(later(following, -1, "day"), "date")


def _next(partition: Sequence[exp.Expr], default: exp.Expr) -> exp.Expr:
    """The next time at which anything was counted, or where there is none `default`."""
    lead = exp.Lead(this=column(THEN), offset=exp.Literal.number(1), default=default)
    return exp.Window(this=lead, partition_by=[tree.copy() for tree in partition], order=_by_then())


def _by_then() -> exp.Order:
    return exp.Order(expressions=[exp.Ordered(this=column(THEN), nulls_first=False)])


def _day_after(day: exp.Expr) -> exp.Expr:
    return exp.cast(later(day, 1, "day"), "date")


def _at_then(tree: exp.Expr) -> exp.Expr:
    """What is said of a time of the spine, said of a time at which something was counted."""
    root = held(tree)
    for name in references(root):
        name.replace(column(THEN))
    return released(root)


def _over_spine(node: nodes.Running) -> exp.Select:
    """Totals by windows over spine x groups, beside how much was counted so far."""
    groups = [column(name, _GROUPS if node.groups else None) for name in node.groups]
    seen = _over(exp.Count(this=column(THEN), big_int=True), node)
    columns: list[exp.Expr] = [column(AT), *groups]
    columns += [
        exp.alias_(_windowed(one.value, lambda call: _over(call, node)), one.name, quoted=True) for one in node.values
    ]
    inner = exp.select(*columns, exp.alias_(seen, _SEEN, quoted=True)).from_(_table(SPINE))
    if node.groups:
        distinct = exp.select(*(column(name) for name in node.groups)).distinct().from_(_table(COUNTED))
        inner = inner.join(subquery(distinct, _GROUPS), join_type="cross", copy=False)
    on: list[exp.Expr] = [exp.EQ(this=column(THEN), expression=column(AT))]
    on += [exp.NullSafeEQ(this=column(name, COUNTED), expression=column(name, _GROUPS)) for name in node.groups]
    return inner.join(_table(COUNTED), on=exp.and_(*on), join_type="left", copy=False)


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
    at: exp.Expr | None = None,
) -> exp.Select:
    """The values at the keys: as they are, or the first, last or average of those of a longer period.

    `at` is the time of the spine in the words of `source`, where it is no column of it.
    """
    named = [exp.alias_(_seen(key.value, at), key.name, quoted=True) for key in keys]
    shown = [_seen(tree, at) for tree in conditions]
    if take is None or take == "average":
        values: list[exp.Expr] = [column(name, source.alias) for name in names]
        if take:
            values = [exp.alias_(exp.Avg(this=value), value.name, quoted=True) for value in values]
        select = exp.select(*named, *values).from_(source).where(*shown, copy=False)
        return select.group_by(*_places(len(named)), copy=False) if take else select
    order = exp.Order(expressions=[exp.Ordered(this=_seen(column(AT), at), desc=take == "last", nulls_first=False)])
    place = exp.Window(this=exp.RowNumber(), partition_by=[_seen(key.value, at) for key in keys], order=order)
    inner = exp.select(*named, *(column(name) for name in names), exp.alias_(place, _PLACE, quoted=True))
    inner = inner.from_(source)
    inner = inner.where(*shown, copy=False) if shown else inner
    first = exp.EQ(this=column(_PLACE), expression=exp.Literal.number(1))
    outer = exp.select(*(column(key.name) for key in keys), *(column(name) for name in names))
    return outer.from_(subquery(inner, "__placed")).where(first, copy=False)


def _seen(tree: exp.Expr, at: exp.Expr | None) -> exp.Expr:
    """A copy of what is said of the spine's time, said of `at`."""
    root = held(tree)
    for name in references(root) if at is not None else ():
        if name.name == AT and at is not None:
            name.replace(at.copy())
    return released(root)


def _windowed(tree: exp.Expr, over: Callable[[exp.Expr], exp.Window]) -> exp.Expr:
    root = held(tree)
    for call in list(root.find_all(exp.AggFunc)):
        call.replace(over(call.copy()))
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
    each = exp.select(_series(spine.low, spine.high, spine.grain))
    return exp.select(_moment()).from_(subquery(each, "__series"))


def _series(low: exp.Expr, high: exp.Expr, grain: str) -> exp.Expr:
    series = exp.GenerateSeries(start=low, end=high, step=length(1, grain))
    return exp.alias_(exp.Explode(this=series), _EACH, quoted=True)


def _moment() -> exp.Expr:
    return exp.alias_(_day_each(), AT, quoted=True)


def _day_each() -> exp.Expr:
    return exp.cast(column(_EACH), "date")


def _places(count: int) -> list[exp.Expr]:
    return [exp.Literal.number(at + 1) for at in range(count)]


def _table(name: str) -> exp.Table:
    return exp.Table(this=exp.to_identifier(name, quoted=True))
