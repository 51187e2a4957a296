"""A simple metric -> its aggregated rows: filters, time spine and offsets in MetricFlow's order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from sqlglot import exp

from hedu.define.definitions import Simple
from hedu.define.spans import parts_of
from hedu.errors import PlanError
from hedu.model.types import GRAINS, Measure
from hedu.plan.keys import METRIC_TIME
from hedu.plan.metricflow.custom import BASE, custom_moments
from hedu.plan.metricflow.joins import joined
from hedu.plan.metricflow.names import Item, spine_of, time_grain
from hedu.plan.metricflow.rows import AT, VALUE, Fact, Rows, fact_rows, kept
from hedu.plan.metricflow.scope import (
    Condition,
    Scope,
    base_grain,
    columns,
    grain_place,
    limited_by,
    named,
    relation,
    truncated,
    within,
)
from hedu.plan.metricflow.spines import spine_rows
from hedu.plan.periods import Range
from hedu.plan.scalars import aggregate, column, later
from hedu.plan.visible import check_measure

THEN = "__then"


@dataclass(frozen=True)
class Wanted:
    """What is asked of a metric: items, filters from above, how much earlier, and the range of days."""

    items: tuple[Item, ...]
    conditions: tuple[Condition, ...] = ()
    offset_window: str | None = None
    offset_to: str | None = None
    limits: Range = field(default_factory=Range)

    @property
    def is_earlier(self) -> bool:
        return self.offset_window is not None or self.offset_to is not None


@dataclass(frozen=True)
class Running:
    """How a cumulative metric adds up: over a window, since the start of a period, or over all time."""

    window: str | None = None
    to: str | None = None


@dataclass(frozen=True)
class SpineJoin:
    """A join to the time spine: which side is kept, how much earlier the metric is looked at, what is filtered."""

    kind: str
    conditions: tuple[Condition, ...]
    offset_window: str | None = None
    offset_to: str | None = None


@dataclass
class Recipe:
    """In what order the parts of a simple metric are done."""

    fact: Fact
    measure: Measure
    fill: float | None
    items: tuple[Item, ...]
    times: tuple[Item, ...]
    before: SpineJoin | None = None
    after: SpineJoin | None = None
    first: tuple[Condition, ...] = ()
    last: tuple[Condition, ...] = ()
    limits: Range = field(default_factory=Range)


def recipe_of(scope: Scope, name: str, wanted: Wanted) -> Recipe:
    """Which filters go where. Errors: PlanError offset-needs-time; Denied access-measure-masked."""
    body = scope.model.metrics[name].body
    assert isinstance(body, Simple)
    dataset, _, measure_name = body.measure.rpartition(".")
    owner = scope.model.datasets[dataset]
    measure = owner.measures[measure_name]
    check_measure(scope.asking.access, owner, measure, name)
    fact = Fact(scope, owner, measure.time or owner.time, name, measure.expr)
    times = tuple(item for item in wanted.items if fact.is_own_time(item))
    own = scope.conditions(body.where, [name])
    made = Recipe(fact, measure, body.fill_nulls_with, wanted.items, times, limits=wanted.limits)
    made.first = (*own, *wanted.conditions)
    split = {id(one): _kind(fact, one) for one in made.first}
    timed = tuple(one for one in made.first if split[id(one)] == "time")
    shown = tuple(one for one in wanted.conditions if split[id(one)] != "time" and set(one.asked) <= set(wanted.items))
    if wanted.is_earlier:
        if not times:
            raise PlanError("offset-needs-time", metric=name)
        made.first = tuple(one for one in made.first if split[id(one)] != "time")
        made.last = shown
        join = SpineJoin("inner", timed, wanted.offset_window, wanted.offset_to)
        if _is_after(scope, times, wanted):
            made.after = join
        else:
            made.before = join
    if body.join_to_timespine and times:
        held = made.after
        made.after = SpineJoin("left", timed, held.offset_window if held else None, held.offset_to if held else None)
        made.last = shown
    return made


def _kind(fact: Fact, condition: Condition) -> str:
    claims = [fact.is_own_time(item) for item in condition.asked]
    return "time" if claims and all(claims) else "mixed" if any(claims) else "other"


def _is_after(scope: Scope, times: Sequence[Item], wanted: Wanted) -> bool:
    """Whether the join that moves a metric in time can come after aggregating."""
    smallest = min(times, key=lambda item: grain_place(item, scope.model))
    grain = parts_of(wanted.offset_window)[1] if wanted.offset_window else wanted.offset_to or ""
    if smallest.grain is None or smallest.is_custom or grain not in GRAINS:
        return False
    if smallest.grain == "week" and wanted.offset_to:
        return False
    return GRAINS.index(smallest.grain) <= GRAINS.index(grain)


def aggregated(recipe: Recipe, running: Running | None = None, rows: Rows | None = None) -> exp.Select:
    """The metric's value as `__value` for each combination of its items; of `rows` where they are given."""
    fact, scope = recipe.fact, recipe.fact.scope
    required = tuple(dict.fromkeys([*recipe.items, *(item for one in recipe.first for item in one.asked)]))
    semi = _semi_items(recipe)
    asked = tuple(dict.fromkeys([*required, *semi]))
    is_late = recipe.before is not None or (recipe.after is not None and _is_offset(recipe.after))
    limits = recipe.limits
    if rows is None:
        early = [] if is_late or running or fact.time is None else within(column(AT), limits)
        rows = fact_rows(fact, asked, early)
        beside = [one for join in (recipe.before, recipe.after) if join for one in join.conditions]
        held = [*required, *(item for one in beside for item in one.asked)]
        over = tuple(dict.fromkeys(_base(scope, item) for item in held if fact.is_own_time(item)))
        if running is not None and over:
            rows = _running(recipe, rows, over, running, is_late)
        if recipe.before is not None:
            rows = _before(recipe, rows, recipe.before)
        rows = joined(fact, rows, asked)
    conditions = [one.over() for one in recipe.first]
    if fact.time is not None and not limits.is_open and (running is not None or recipe.before is not None):
        conditions += within(column(_moved(recipe, rows) or _shown(recipe) or AT), limits)
    rows = kept(scope, rows, conditions)
    if recipe.measure.semi_additive is not None:
        rows = _last_moments(recipe, rows)
    alias = scope.alias("rows")
    value = aggregate(recipe.measure, column(VALUE, alias) if VALUE in rows.names else None, None)
    if recipe.measure.agg == "count" and not recipe.items:
        value = _of_any_rows(value)
    select = exp.select(*columns((item.column for item in recipe.items), alias), named(value, VALUE))
    select = select.from_(relation(rows.select, alias))
    places = [exp.Literal.number(at + 1) for at in range(len(recipe.items))]
    select = select.group_by(*places, copy=False) if places else select
    return _finished(recipe, select)


def _of_any_rows(count: exp.Expr) -> exp.Expr:
    """A count that is NULL where there are no rows, as a sum of ones is."""
    rows = exp.GT(this=exp.Count(this=exp.Star(), big_int=True), expression=exp.Literal.number(0))
    return exp.Case().when(rows, count)


def _finished(recipe: Recipe, select: exp.Select) -> exp.Select:
    """The aggregated rows beside the time spine, filtered again where the join may have added rows."""
    scope = recipe.fact.scope
    if recipe.after is not None:
        select = joined_after(scope, select, VALUE, recipe.items, recipe.times, recipe.after, recipe.limits)
    if recipe.last:
        alias = scope.alias("rows")
        names = [*(item.column for item in recipe.items), VALUE]
        select = exp.select(*columns(names, alias)).from_(relation(select, alias))
        select = select.where(*(one.over() for one in recipe.last), copy=False)
    return select


def joined_after(
    scope: Scope,
    select: exp.Select,
    value: str,
    items: Sequence[Item],
    times: Sequence[Item],
    join: SpineJoin,
    limits: Range,
) -> exp.Select:
    """Aggregated rows beside the times of the spine that they are shown at."""
    by = min(times, key=lambda item: grain_place(item, scope.model))
    spine, alias = scope.alias("spine"), scope.alias("rows")
    moments = spine_rows(scope, times, join.conditions, limits, limited_by(scope, by))
    found = exp.select(
        *(column_of(item, spine if item in times else alias) for item in items), named(column(value, alias), value)
    ).from_(relation(moments, spine))
    on = exp.EQ(this=_earlier(column(by.column, spine), join), expression=column(by.column, alias))
    return found.join(relation(select, alias), on=on, join_type=join.kind, copy=False)


def column_of(item: Item, table: str) -> exp.Expr:
    return named(column(item.column, table), item.column)


def _earlier(moment: exp.Expr, join: SpineJoin) -> exp.Expr:
    if join.offset_window:
        count, unit = parts_of(join.offset_window)
        return later(moment, -count, unit)
    return truncated(moment, join.offset_to) if join.offset_to else moment


def _is_offset(join: SpineJoin) -> bool:
    return join.offset_window is not None or join.offset_to is not None


def _base(scope: Scope, item: Item) -> Item:
    return replace(item, grain=base_grain(scope.model, item.grain)) if item.is_custom else item


def _shown(recipe: Recipe) -> str | None:
    """The column of the finest time that is asked, which a range of days is about once time has been moved."""
    plain = [item for item in recipe.times if item.part is None and not item.is_custom]
    return min(plain, key=lambda item: grain_place(item, recipe.fact.scope.model)).column if plain else None


def _moved(recipe: Recipe, rows: Rows) -> str | None:
    """The column of the moments that show what was earlier by periods of a time spine."""
    window = recipe.before.offset_window if recipe.before else None
    name = Item((), METRIC_TIME, _looked_up_at(recipe, window)).column
    return name if window and parts_of(window)[1] not in GRAINS and name in rows.names else None


def _running(recipe: Recipe, rows: Rows, times: tuple[Item, ...], running: Running, is_late: bool) -> Rows:
    """Every row beside each moment of the spine that it counts at."""
    scope = recipe.fact.scope
    plain = [item for item in times if item.part is None]
    if not plain:
        times = (*times, Item((), METRIC_TIME, recipe.fact.grain))
        plain = [times[-1]]
        rows = _with_time(recipe, rows, plain[0])
    by = min(plain, key=lambda item: grain_place(item, scope.model))
    spine, alias = scope.alias("spine"), scope.alias("rows")
    moments = spine_rows(scope, times, (), None if is_late else recipe.limits, by)
    at, then = column(by.column, spine), column(by.column, alias)
    found: list[exp.Expr] = [exp.LTE(this=then, expression=at)]
    if running.window:
        count, unit = parts_of(running.window)
        found.append(exp.GT(this=then.copy(), expression=later(at.copy(), -count, unit)))
    elif running.to:
        found.append(exp.GTE(this=then.copy(), expression=truncated(at.copy(), running.to)))
    return _beside(recipe, rows, moments, times, exp.and_(*found), (spine, alias))


def _with_time(recipe: Recipe, rows: Rows, item: Item) -> Rows:
    if item.column in rows.names:
        return rows
    alias = recipe.fact.scope.alias("rows")
    at: exp.Expr = column(AT, alias)
    at = at if item.grain == recipe.fact.grain else truncated(at, item.grain or "day")
    select = exp.select(*columns(rows.names, alias), named(at, item.column))
    return Rows(select.from_(relation(rows.select, alias)), [*rows.names, item.column])


def _before(recipe: Recipe, rows: Rows, join: SpineJoin) -> Rows:
    """Every row at the moments of the spine that show it, as long as its own moment is still known."""
    scope = recipe.fact.scope
    times = tuple(dict.fromkeys(_base(scope, item) for item in recipe.times))
    plain = [item for item in times if item.part is None]
    if join.offset_to and not plain:
        raise PlanError("offset-needs-time", metric=recipe.fact.metric)
    sample = next((item for item in times if item.is_metric_time), times[0])
    by = replace(sample, grain=_looked_up_at(recipe, join.offset_window), part=None)
    rows = _with_time(recipe, rows, by)
    held = tuple(dict.fromkeys([*times, by]))
    if join.offset_window and parts_of(join.offset_window)[1] not in GRAINS:
        return _before_by_custom(recipe, rows, join.offset_window, join.conditions, by)
    spine, alias = scope.alias("spine"), scope.alias("rows")
    moments = spine_rows(scope, held, join.conditions)
    on = exp.EQ(this=_earlier(column(by.column, spine), join), expression=column(by.column, alias))
    found = _beside(recipe, rows, moments, held, on, (spine, alias))
    if join.offset_to and by not in times:
        starts = [exp.EQ(this=column(item.column, spine), expression=column(by.column, spine)) for item in plain]
        found.select = found.select.where(exp.or_(*starts), copy=False)
    return found


def _looked_up_at(recipe: Recipe, window: str | None) -> str:
    """The grain at which rows meet the spine: their own, or that of a spine whose periods are longer."""
    own = recipe.fact.grain
    spine = spine_of(recipe.fact.scope.model, parts_of(window)[1]) if window else None
    return own if spine is None else max(own, spine.name, key=GRAINS.index)


def _before_by_custom(recipe: Recipe, rows: Rows, window: str, conditions: Sequence[Condition], by: Item) -> Rows:
    """Every row at the moments that show it so many periods of a time spine later."""
    scope = recipe.fact.scope
    is_looked_at = any(by == _base(scope, item) for one in recipe.first for item in one.asked)
    items = tuple(dict.fromkeys([*recipe.times, by])) if is_looked_at or not recipe.limits.is_open else recipe.times
    looked_at = [*items, *(item for one in conditions for item in one.asked)]
    if {item.grain for item in looked_at} != {parts_of(window)[1]}:
        items = tuple(dict.fromkeys(_base(scope, item) for item in items))
    spine, alias = scope.alias("spine"), scope.alias("rows")
    moments = custom_moments(scope, window, items, conditions)
    select, own = _moved_to(recipe, rows, items, (spine, alias))
    on = exp.EQ(this=column(BASE, spine), expression=column(by.column, alias))
    select = select.from_(relation(moments, spine)).join(relation(rows.select, alias), on=on, join_type="inner")
    return Rows(select, [*(item.column for item in items), *own])


def _beside(
    recipe: Recipe,
    rows: Rows,
    moments: exp.Select,
    times: Sequence[Item],
    on: exp.Expr,
    aliases: tuple[str, str],
) -> Rows:
    """The rows joined to moments of the spine, whose columns take the place of their own times."""
    spine, alias = aliases
    select, own = _moved_to(recipe, rows, times, aliases)
    select = select.from_(relation(moments, spine)).join(relation(rows.select, alias), on=on, join_type="inner")
    return Rows(select, [*(item.column for item in times), *own])


def _moved_to(
    recipe: Recipe, rows: Rows, times: Sequence[Item], aliases: tuple[str, str]
) -> tuple[exp.Select, list[str]]:
    """The rows with the times of the spine, and what stays of their own.

    What metric_time is at its finest, by which validity goes, moves only where it is among those times.
    """
    spine, alias = aliases
    taken = {item.column for item in times}
    finest = Item((), METRIC_TIME, recipe.fact.grain).column
    if finest in taken:
        taken.add(AT)
    own = [name for name in rows.names if name not in taken]
    select = exp.select(*(column_of(item, spine) for item in times), *columns(own, alias))
    if AT in taken:
        select = select.select(named(column(finest, spine), AT), copy=False)
        own.append(AT)
    return select, own


def _semi_items(recipe: Recipe) -> tuple[Item, ...]:
    """The time and the groups of a measure that does not add up; the time at the grain that the measure goes by."""
    semi, fact = recipe.measure.semi_additive, recipe.fact
    if semi is None:
        return ()
    entities = tuple(Item((), name) for name in semi.by)
    grain = max(fact.grain, time_grain(fact.dataset, semi.over), key=GRAINS.index)
    return (Item((), semi.over, grain), *entities)


def _last_moments(recipe: Recipe, rows: Rows) -> Rows:
    """Only the rows at the last (first) moment of their group, and of the time asked where it is the same."""
    semi, scope = recipe.measure.semi_additive, recipe.fact.scope
    assert semi is not None
    if semi.is_extreme:
        raise PlanError("kind-not-in-metricflow", metric=recipe.measure.name)
    over, *groups = _semi_items(recipe)
    shown = next((item for item in recipe.items if _is_over(recipe, item, semi.over)), None)
    inner, left, right = scope.alias("rows"), scope.alias("rows"), scope.alias("last")
    names = [*(item.column for item in groups), *([shown.column] if shown else [])]
    pick = exp.Max if semi.take == "last" else exp.Min
    last = exp.select(*columns(names, inner), named(pick(this=column(over.column, inner)), THEN))
    last = last.from_(relation(rows.select.copy(), inner))
    if names:
        last = last.group_by(*(exp.Literal.number(at + 1) for at in range(len(names))), copy=False)
    same: list[exp.Expr] = [exp.EQ(this=column(over.column, left), expression=column(THEN, right))]
    same += [exp.EQ(this=column(item.column, left), expression=column(item.column, right)) for item in groups]
    select = exp.select(*columns(rows.names, left)).from_(relation(rows.select, left))
    select = select.join(relation(last, right), on=exp.and_(*same), join_type="inner", copy=False)
    return Rows(select, list(rows.names))


def _is_over(recipe: Recipe, item: Item, over: str) -> bool:
    return item.name == over or (item.is_metric_time and over == recipe.fact.time)
