"""An offset by periods that a time spine names -> the moments of the spine, each with the one that shows it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from hedu.define.definitions import SpineDef
from hedu.define.spans import parts_of
from hedu.errors import QueryError
from hedu.plan.metricflow.names import Item, spine_of
from hedu.plan.metricflow.scope import Condition, Scope, columns, named, relation, timed
from hedu.plan.metricflow.spines import custom_column, spine_table
from hedu.plan.scalars import column

BASE = "__base"
_PERIOD, _ROW, _LATER = "__period", "__row", "__later"


def custom_moments(scope: Scope, window: str, items: Sequence[Item], conditions: Sequence[Condition]) -> exp.Select:
    """Every moment of the spine as `__base`, with the items it is shown at so many periods later.

    Asked by the same periods, a moment is shown in the period that comes so much later. Asked by anything else it is
    shown at the moment with its place in that period; where that period is shorter it is shown nowhere.
    """
    count, grain = parts_of(window)
    spine = spine_of(scope.model, grain)
    if spine is None:
        raise QueryError("time-spine-missing", grain=grain)
    wanted = tuple(dict.fromkeys([*items, *(item for one in conditions for item in one.asked)]))
    if {item.grain for item in wanted} == {grain}:
        found = _by_period(scope, spine, grain, count, wanted)
    else:
        found = _by_moment(scope, spine, grain, count, wanted)
    if not conditions:
        return found
    alias = scope.alias("moments")
    names = [BASE, *(item.column for item in items)]
    found = exp.select(*columns(names, alias)).from_(relation(found, alias))
    return found.where(*(one.over() for one in conditions), copy=False)


def _by_period(scope: Scope, spine: SpineDef, grain: str, count: int, items: Sequence[Item]) -> exp.Select:
    one, periods, each = scope.alias("spine"), scope.alias("periods"), scope.alias("spine")
    name = custom_column(spine, grain)
    shifted = _lead(column(name, each), count, column(name, each))
    inner = exp.select(named(column(name, each), _PERIOD), named(shifted, _LATER))
    inner = inner.from_(spine_table(spine, each)).group_by(column(name, each))
    select = exp.select(
        named(column(spine.column, one), BASE),
        *(named(column(_LATER, periods), item.column) for item in items),
    ).from_(spine_table(spine, one))
    on = exp.EQ(this=column(name, one), expression=column(_PERIOD, periods))
    return select.join(relation(inner, periods), on=on, join_type="inner", copy=False)


def _by_moment(scope: Scope, spine: SpineDef, grain: str, count: int, items: Sequence[Item]) -> exp.Select:
    moments, periods, places = scope.alias("moments"), scope.alias("periods"), scope.alias("places")
    shown = scope.alias("shown")
    select = exp.select(named(column(BASE, moments), BASE), named(column(BASE, places), _LATER))
    select = select.from_(relation(_placed(scope, spine, grain), moments))
    on = exp.EQ(this=column(_PERIOD, moments), expression=column(_PERIOD, periods))
    select = select.join(relation(_later_periods(scope, spine, grain, count), periods), on=on, copy=False)
    same = exp.and_(
        exp.EQ(this=column(_LATER, periods), expression=column(_PERIOD, places)),
        exp.EQ(this=column(_ROW, moments), expression=column(_ROW, places)),
    )
    select = select.join(relation(_placed(scope, spine, grain), places), on=same, join_type="left", copy=False)
    at = column(_LATER, shown)
    outer = exp.select(
        named(column(BASE, shown), BASE),
        *(named(at.copy() if item.grain == spine.name else timed(at.copy(), item), item.column) for item in items),
    )
    return outer.from_(relation(select, shown))


def _placed(scope: Scope, spine: SpineDef, grain: str) -> exp.Select:
    """Every moment with its period and its place in it."""
    one = scope.alias("spine")
    period, moment = column(custom_column(spine, grain), one), column(spine.column, one)
    order = exp.Order(expressions=[exp.Ordered(this=moment.copy())])
    row = exp.Window(this=exp.RowNumber(), partition_by=[period.copy()], order=order)
    select = exp.select(named(moment, BASE), named(period, _PERIOD), named(row, _ROW))
    return select.from_(spine_table(spine, one))


def _later_periods(scope: Scope, spine: SpineDef, grain: str, count: int) -> exp.Select:
    """Every period with the one that comes so much later."""
    one, each = scope.alias("spine"), scope.alias("periods")
    inner = exp.select(named(column(custom_column(spine, grain), one), _PERIOD)).from_(spine_table(spine, one))
    shifted = _lead(column(_PERIOD, each), count, column(_PERIOD, each))
    select = exp.select(named(column(_PERIOD, each), _PERIOD), named(shifted, _LATER))
    return select.from_(relation(inner.distinct(copy=False), each))


def _lead(value: exp.Expr, count: int, order: exp.Expr) -> exp.Window:
    ordered = exp.Order(expressions=[exp.Ordered(this=order.copy())])
    return exp.Window(this=exp.Lead(this=value, offset=exp.Literal.number(count)), order=ordered)
