"""A pass looked at along time -> totals that run, values moved to later days, a row for every period."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from sqlglot import exp

from hedu.define.definitions import Grain
from hedu.errors import PlanError, QueryError
from hedu.model.types import Dataset
from hedu.plan import nodes
from hedu.plan.asking import Asking
from hedu.plan.conditions import paths_in
from hedu.plan.facts import Leaf
from hedu.plan.following import following_pass
from hedu.plan.frames import Frame, Offset, Total, begun, fits, is_movable, reached
from hedu.plan.keys import Key, key_of
from hedu.plan.lines import (
    AT,
    SPINE,
    THEN,
    Line,
    as_date,
    counted_at,
    edge,
    finest,
    from_day,
    key_at,
    keys_along,
    last_day,
    shown_times,
    week_of,
)
from hedu.plan.periods import WEEK_STARTS, Range, floor, shift
from hedu.plan.relations import is_own_time
from hedu.plan.route_to_rollup import counted_pass
from hedu.plan.scalars import PARTS_OF_DAY, column, later, literal, of_own, truncated


def framed_pass(
    asking: Asking, fact: Dataset, time: str | None, leaves: Sequence[Leaf], within: Range, frame: Frame
) -> nodes.Part:
    """A pass as its frame looks at it. Errors: offset-needs-time, time-filter-mixed, total-not-movable and more."""
    if frame.is_plain:
        return counted_pass(asking, fact, time, leaves, within)
    if frame.follows is not None:
        return following_pass(asking, fact, time, leaves, within, frame)
    metric = leaves[0].metric
    if time is None:
        raise QueryError("metric-without-time", metric=metric, dataset=fact.name)
    keys = [key_of(asking.model, fact, text, time, metric) for text in asking.question.by]
    times = tuple(key for key in keys if is_own_time(fact, time, key))
    others = tuple(key for key in keys if key not in times)
    if not times:
        return _without_times(asking, fact, time, leaves, within, frame)
    for key in times:
        if key.asked.grain in PARTS_OF_DAY or (
            key.asked.grain is None and key.asked.part is None and fact.dimensions[time].type == "timestamp"
        ):
            raise PlanError("timeline-needs-days", metric=metric, name=key.asked.text)
    plain, timed = apart(asking, fact, time, metric)
    line = Line(replace(asking, conditions=plain), fact, time, tuple(leaves), within, times, others, timed, frame)
    if frame.total is not None and frame.start_of is None:
        return _totalled(line, frame.total)
    if frame.total is not None:
        raise PlanError("total-not-movable", metric=metric, grain=frame.start_of)
    if frame.start_of is not None:
        return _at_start(line, frame.start_of)
    if frame.spined:
        return _every_period(line)
    if all(_moves_whole(key, frame.back) for key in times):
        return counted_pass(asking, fact, time, leaves, within, frame.back)
    return _moved_by_days(line)


def _moves_whole(key: Key, back: tuple[Offset, ...]) -> bool:
    """Whether whole periods of a key are found earlier, so that each row counts in one."""
    custom = key.asked.custom
    return not key.asked.is_number and is_movable(custom.of if custom is not None else key.asked.grain, back)


def _without_times(
    asking: Asking, fact: Dataset, time: str, leaves: Sequence[Leaf], within: Range, frame: Frame
) -> nodes.Part:
    """One value for the whole range: a total as it stands at its end, or the same range earlier."""
    settings = asking.model.settings
    start, end = within.start, within.end
    if frame.total is not None and (frame.total.window or frame.total.to):
        for count, unit in frame.back:
            end = end and shift(end, unit, -count)
        last = (end or asking.now.date() + timedelta(days=1)) - timedelta(days=1)
        end = last + timedelta(days=1)
        if frame.total.window:
            start = shift(end, frame.total.window[1], -frame.total.window[0])
        else:
            start = begun(frame.total, last, WEEK_STARTS[settings.week_start])
        return counted_pass(asking, fact, time, leaves, Range(start, end))
    if frame.total is not None:
        return counted_pass(asking, fact, time, leaves, Range(None, end), frame.back)
    if frame.start_of is not None or (frame.back and within.is_open):
        raise PlanError("offset-needs-time", metric=leaves[0].metric)
    return counted_pass(asking, fact, time, leaves, within, frame.back)


def apart(asking: Asking, fact: Dataset, time: str, metric: str) -> tuple[list[exp.Expr], tuple[exp.Expr, ...]]:
    """The question's conditions on rows, and those on time alone, which choose what is shown, not what is counted."""
    plain: list[exp.Expr] = []
    timed: list[exp.Expr] = []
    for tree in asking.conditions:
        keys = [key_of(asking.model, fact, path, time, metric) for path in paths_in(tree)]
        claims = [is_own_time(fact, time, key) for key in keys]
        if any(claims) and not all(claims):
            raise PlanError("time-filter-mixed", metric=metric, names=paths_in(tree))
        (timed if claims and all(claims) else plain).append(tree)
    return plain, tuple(timed)


def _totalled(line: Line, total: Total) -> nodes.Part:
    base = _base(line, total)
    if not is_movable(base, line.frame.back):
        raise PlanError("total-not-movable", metric=line.leaves[0].metric, grain=base)
    step = _steps(total.window, base)
    start = floor(line.within.start, base, line.week_start) if line.within.start else None
    reach = Range(reached(line.frame, start, line.week_start), line.within.end)
    is_base = len(line.times) == 1 and (line.times[0].asked.grain or line.own) == base and not line.times[0].asked.part
    take = None if is_base else total.take
    counted, values = counted_at(line, base, reach, line.frame.back)
    spine = nodes.Spine(base, edge("min"), last_day(line))
    shown = (*shown_times(line), *from_day(start))
    shown = shown if is_base or take else (_is_end(line, shown), *shown)
    if isinstance(counted, nodes.Aggregate) and (total.window is None or step is not None):
        reset = None if total.to is None else _start(line, total, column(AT))
        over = as_date(later(reset.copy(), 1, total.to)) if reset is not None and total.to is not None else None
        keys = keys_along(line, column(AT) if is_base else None)
        return nodes.Running(counted, line.groups, spine, step, reset, over, values, keys, shown, take)
    at, then = column(AT), column(THEN)
    on: exp.Expr = exp.LTE(this=then, expression=at)
    if total.window is not None:
        count, unit = total.window
        on = exp.and_(on, exp.GT(this=then.copy(), expression=as_date(later(at.copy(), -count, unit))))
    if total.to is not None:
        on = exp.and_(on, exp.GTE(this=then.copy(), expression=_start(line, total, at.copy())))
    return nodes.Timeline(counted, line.groups, spine, on, values, keys_along(line), shown, take=take)


def _is_end(line: Line, shown: Sequence[exp.Expr]) -> exp.Expr:
    """The last time shown of each period asked: a total stands there as it is then, or not at all."""
    last = exp.select(exp.Max(this=column(AT))).from_(exp.Table(this=exp.to_identifier(SPINE, quoted=True)))
    last = last.where(*(tree.copy() for tree in shown), copy=False) if shown else last
    last = last.group_by(*(key_at(line, key) for key in line.times), copy=False)
    return exp.In(this=column(AT), query=exp.Subquery(this=last))


def _base(line: Line, total: Total) -> Grain:
    """The grain that totals are computed at: the longest that answers all that was asked, days where nothing else."""
    own = line.own
    is_by_days = total.to is not None and any(unit in ("day", "week") for _, unit in line.frame.back)
    if total.take or line.needs_days or is_by_days or (total.own and (total.own.day > 1 or total.own.of == "week")):
        return own
    asked = line.grains
    if total.window is not None:
        unit = total.window[1]
        return unit if fits(own, unit) and fits(unit, *asked) else own
    within: list[Grain] = ["month"] if total.own else [total.to] if total.to else []
    return next((grain for grain in asked if fits(grain, *asked, *within)), own)


def _steps(window: Offset | None, base: Grain) -> int | None:
    """How many periods of `base` a window holds, where that is always the same."""
    if window is None:
        return None
    count, unit = window
    per = {("week", "day"): 7, ("quarter", "month"): 3, ("year", "month"): 12, ("year", "quarter"): 4}
    return count if unit == base else count * per[unit, base] if (unit, base) in per else None


def _start(line: Line, total: Total, at: exp.Expr) -> exp.Expr:
    """When a total began that stands at `at`: of earlier rows, when it began then."""
    for count, unit in line.frame.back:
        at = as_date(later(at, -count, unit))
    at = of_own(at, total.own, total.own.of) if total.own else truncated(at, total.to, "date", week_of(line))
    for count, unit in reversed(line.frame.back):
        at = as_date(later(at, count, unit))
    return at


def _at_start(line: Line, grain: Grain) -> nodes.Part:
    """Every day's value is the one of the first day of its period of `grain`; longer periods show their first day's.

    Errors: PlanError start-added-up.
    """
    base = finest(line)
    is_own = any(key.asked.custom for key in line.times) and not any(key.asked.is_number for key in line.times)
    if not is_own and not any(key.asked.part is None and (key.asked.grain or line.own) == base for key in line.times):
        raise PlanError("start-added-up", metric=line.leaves[0].metric)
    start = floor(line.within.start, base, line.week_start) if line.within.start else None
    reach = Range(floor(start, grain, line.week_start) if start else None, line.within.end)
    low, shown = truncated(edge("min"), base, "date", week_of(line)), (*shown_times(line), *from_day(start))
    if is_own:
        low, shown = (
            truncated(edge("min"), grain, "date", week_of(line)),
            (*shown_times(line), *_first_days(line, start)),
        )
        reach = replace(reach, start=start and floor(shift(start, "year", -1), grain, line.week_start))
    counted, values = counted_at(line, line.own, reach, line.frame.back)
    on = exp.EQ(this=column(THEN), expression=truncated(column(AT), grain, "date", week_of(line)))
    end = as_date(later(as_date(later(truncated(edge("max"), grain, "date", week_of(line)), 1, grain)), -1, "day"))
    if line.within.end:
        end = literal(line.within.end - timedelta(days=1))
    return nodes.Timeline(counted, line.groups, nodes.Spine(base, low, end), on, values, keys_along(line), shown)


def _first_days(line: Line, start: date | None) -> list[exp.Expr]:
    """Only the first day of each period of one's own, from the one that `start` lies in."""

    def first(at: exp.Expr) -> exp.Expr:
        days = [key_at(line, key, at.copy()) for key in line.times]
        return exp.Greatest(this=days[0], expressions=days[1:]) if len(days) > 1 else days[0]

    found: list[exp.Expr] = [exp.EQ(this=column(AT), expression=first(column(AT)))]
    return found if start is None else [*found, exp.GTE(this=column(AT), expression=first(literal(start)))]


def _check_balances(line: Line, base: Grain) -> None:
    """Refuse to add up balances of several times into one key."""
    is_one = len(line.times) == 1 and (line.times[0].asked.grain or line.own) == base and not line.times[0].asked.part
    for leaf in line.leaves:
        if leaf.measure.semi_additive is not None and not is_one:
            raise PlanError("balance-of-days", metric=leaf.metric)


def _moved_by_days(line: Line) -> nodes.Part:
    """Each day shows the day so many months before it: a month's last days may show one and the same day."""
    _check_balances(line, "day")
    start, end = line.within.start, line.within.end
    low, high = edge("min"), edge("max")
    moved: exp.Expr = column(AT)
    for count, unit in line.frame.back:
        start, end = (day and shift(day, unit, -count) for day in (start, end))
        low, high = as_date(later(low, count, unit)), as_date(later(high, count, unit))
        moved = as_date(later(moved, -count, unit))
    counted, values = counted_at(line, line.own, Range(start, end and end + timedelta(days=4)), ())
    on = exp.EQ(this=column(THEN), expression=moved)
    spine = nodes.Spine("day", low, as_date(later(high, 3, "day")))
    edges = from_day(line.within.start)
    if line.within.end:
        edges.append(exp.LT(this=column(AT), expression=literal(line.within.end)))
    return nodes.Timeline(counted, line.groups, spine, on, values, keys_along(line), (*shown_times(line), *edges))


def _every_period(line: Line) -> nodes.Part:
    """A row for every period; one in which nothing was counted has no other keys and no values."""
    base = finest(line)
    _check_balances(line, base)
    if not is_movable(base, line.frame.back):
        raise PlanError("total-not-movable", metric=line.leaves[0].metric, grain=base)
    counted, values = counted_at(line, base, line.within, line.frame.back)
    start = line.within.start
    low = literal(floor(start, base, line.week_start)) if start else edge("min")
    on = exp.EQ(this=column(THEN), expression=column(AT))
    spine = nodes.Spine(base, low, last_day(line))
    return nodes.Timeline(counted, line.groups, spine, on, values, keys_along(line), shown_times(line), every=True)
