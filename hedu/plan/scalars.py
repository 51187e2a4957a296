"""Resolved names -> scalar trees: qualified columns, truncated times, date parts, aggregates."""

from __future__ import annotations

from datetime import date, datetime

from sqlglot import exp

from hedu.define.definitions import GrainDef, SettingsDef
from hedu.model.expressions import held, references, released
from hedu.model.types import Dimension, Measure
from hedu.plan.frames import MONTHS, Offset, fits
from hedu.plan.keys import Key

_WEEK_SHIFT = {"monday": 0, "sunday": 1, "saturday": 2}
PARTS_OF_DAY = ("hour", "minute", "second", "millisecond", "microsecond")
_DATE_PARTS = {"dow": "isodow"}
_SPREADS: dict[str, type[exp.Func]] = {
    "stddev": exp.StddevSamp,
    "stddev_pop": exp.StddevPop,
    "variance": exp.Variance,
    "variance_pop": exp.VariancePop,
}
INSTANT = "TIMESTAMP WITH TIME ZONE"
"""How a database calls a column of instants."""


def qualify(tree: exp.Expr, alias: str) -> exp.Expr:
    """A copy of `tree` whose columns belong to relation `alias`."""
    root = held(tree)
    for column in references(root):
        fields = [part.copy() for part in column.parts[1:]] if len(column.parts) > 1 else []
        named = exp.column(_quoted(column.parts[-1].name if fields else column.name), table=_quoted(alias))
        column.replace(named)
    return released(root)


_STRICT = (
    exp.Paren, exp.Cast, exp.Neg, exp.Lower, exp.Upper, exp.Trim, exp.Length, exp.Abs, exp.Round, exp.Floor, exp.Ceil,
    exp.Extract, exp.Year, exp.Month, exp.Day, exp.TimestampTrunc, exp.DateTrunc, exp.TsOrDsToDate,
)  # fmt: skip
_STRICT_PAIRS = (
    exp.Add,
    exp.Sub,
    exp.Mul,
    exp.Div,
    exp.Mod,
    exp.DPipe,
    exp.EQ,
    exp.NEQ,
    exp.GT,
    exp.GTE,
    exp.LT,
    exp.LTE,
)


def is_strict(tree: exp.Expr) -> bool:
    """Whether the value is surely NULL where every column is."""
    if isinstance(tree, exp.Column):
        return True
    if isinstance(tree, _STRICT):
        return is_strict(tree.this)
    return isinstance(tree, _STRICT_PAIRS) and (is_strict(tree.this) or is_strict(tree.expression))


def wrapped(tree: exp.Expr) -> exp.Expr:
    """`tree` fit to stand inside any other: in parentheses unless it is a name, a literal or a call."""
    is_call = isinstance(tree, exp.Func) and not isinstance(tree, exp.Binary)
    if is_call or isinstance(tree, (exp.Column, exp.Literal, exp.Paren, exp.Var)):
        return tree
    return exp.Paren(this=tree)


def column(name: str, table: str | None = None) -> exp.Column:
    """A quoted column, of relation `table` if given."""
    return exp.Column(this=_quoted(name), table=_quoted(table) if table else None)


def key_value(key: Key, source: exp.Expr, settings: SettingsDef, back: tuple[Offset, ...] = ()) -> exp.Expr:
    """`source` (the key's own column) at the grain or date part that was asked, later by all of `back`."""
    dimension = key.target.dimension
    if dimension is None or not dimension.is_time:
        return source
    source = in_time_zone(source, dimension, settings)
    custom = key.asked.custom
    grain = custom.of if custom is not None else key.asked.grain
    for count, unit in back:
        if grain in MONTHS and unit in MONTHS:
            whole = unit if fits(unit, grain) else grain
            if custom is not None:
                source = of_own(source, custom, whole)
            else:
                source = truncated(source, whole, dimension.type, settings.week_start)
        source = later(source, count, unit)
        source = exp.cast(source, "date") if dimension.type == "date" else source
    if custom is not None:
        return of_own(source, custom, custom.of)
    if key.asked.part:
        part = _DATE_PARTS.get(key.asked.part, key.asked.part)
        shift = _WEEK_SHIFT[settings.week_start] if part == "week" else 0
        if shift:
            source = exp.paren(exp.Add(this=source, expression=_days(shift)), copy=False)
        return exp.Extract(this=exp.var(part), expression=source)
    return truncated(source, key.asked.grain, dimension.type, settings.week_start)


def of_own(source: exp.Expr, grain: GrainDef, of: str) -> exp.Expr:
    """The first day of a period that starts on its own day: moved to the calendar's period, cut, moved back.

    `of` is the grain's own, or a shorter one whose periods make up those of the grain.
    """
    days, months = grain.day - 1, grain.month - 1 if of in ("quarter", "year") else 0
    moved = later(source, -days, "day") if days else source
    moved = later(moved, -months, "month") if months else moved
    cut = exp.cast(_cut(of.upper(), moved), "date")
    cut = exp.cast(later(cut, months, "month"), "date") if months else cut
    return exp.cast(later(cut, days, "day"), "date") if days else cut


def truncated(source: exp.Expr, grain: str | None, type_: str, week_start: str) -> exp.Expr:
    """`source` cut to `grain`: a date from day upwards, a timestamp below."""
    if grain is None or (grain == "day" and type_ == "date"):
        return source
    if grain == "day":
        return exp.cast(source, "date")
    if grain == "week" and _WEEK_SHIFT[week_start]:
        days = _days(_WEEK_SHIFT[week_start])
        moved = _cut("WEEK", exp.Add(this=source, expression=days))
        return exp.cast(exp.Sub(this=moved, expression=days.copy()), "date")
    cut = _cut(grain.upper(), source)
    return cut if grain in PARTS_OF_DAY else exp.cast(cut, "date")


def _days(count: int) -> exp.Interval:
    return length(count, "day")


def length(count: int, unit: str) -> exp.Interval:
    """A length of time as every engine writes one; quarters and weeks in units that all know."""
    months = {"quarter": 3, "month": 1, "year": 12}
    if unit in months:
        count, unit = count * months[unit], "month"
    elif unit == "week":
        count, unit = count * 7, "day"
    return exp.Interval(this=exp.Literal.string(str(count)), unit=exp.var(unit.upper()))


def later(moment: exp.Expr, count: int, unit: str) -> exp.Expr:
    """`moment` moved on by a length of time; back where `count` is negative."""
    kind = exp.Add if count >= 0 else exp.Sub
    return exp.paren(kind(this=moment, expression=length(abs(count), unit)), copy=False)


def _cut(unit: str, source: exp.Expr) -> exp.Expr:
    return exp.DateTrunc(unit=exp.Literal.string(unit), this=source)  # type: ignore[no-untyped-call]


def in_time_zone(source: exp.Expr, dimension: Dimension, settings: SettingsDef) -> exp.Expr:
    """A column that declares another time zone, brought to the workspace's clock; no cast where they agree.

    What is an instant already (`timestamptz`) is one whatever zone is declared: the database tells which it is, once.
    """
    if dimension.time_zone is None or dimension.time_zone == settings.time_zone:
        return source
    return moved(source, dimension.time_zone, settings.time_zone)


def moved(source: exp.Expr, own_zone: str, zone: str) -> exp.Expr:
    """A column kept in `own_zone`, or of instants, by the clock of `zone`."""
    own = exp.AtTimeZone(this=exp.cast(source, "timestamp"), zone=exp.Literal.string(own_zone))
    is_instant = exp.EQ(this=exp.Typeof(this=source.copy()), expression=exp.Literal.string(INSTANT))
    instant = exp.Case().when(is_instant, exp.cast(source.copy(), "timestamptz")).else_(own)
    return exp.AtTimeZone(this=instant, zone=exp.Literal.string(zone))


def aggregate(measure: Measure, expr: exp.Expr | None, condition: exp.Expr | None) -> exp.Expr:
    """The measure's aggregate of `expr`, over the rows for which `condition` holds."""
    call = _call(measure, expr)
    if condition is None:
        return call
    return exp.Filter(this=call, expression=exp.Where(this=condition))


def _call(measure: Measure, expr: exp.Expr | None) -> exp.Expr:
    match measure.agg:
        case "count":
            return exp.Count(this=expr if expr is not None else exp.Star(), big_int=True)
        case "count_distinct":
            return exp.Count(this=exp.Distinct(expressions=[expr]), big_int=True)
        case "sum":
            return exp.Sum(this=expr)
        case "sum_boolean":
            assert expr is not None
            one = exp.Case().when(expr, exp.Literal.number(1)).else_(exp.Literal.number(0))
            return exp.Sum(this=one)
        case "min":
            return exp.Min(this=expr)
        case "max":
            return exp.Max(this=expr)
        case "average":
            return exp.Avg(this=expr)
        case "median":
            return exp.Median(this=_exactly(expr))
        case "approx_count_distinct":
            return exp.ApproxDistinct(this=expr)
        case "percentile":
            return _percentile(measure, expr)
        case "sum_distinct":
            return exp.Sum(this=exp.Distinct(expressions=[expr]))
        case "stddev" | "stddev_pop" | "variance" | "variance_pop":
            return _SPREADS[measure.agg](this=_exactly(expr))


def _percentile(measure: Measure, expr: exp.Expr | None) -> exp.Expr:
    assert measure.percentile is not None
    at = exp.Literal.number(measure.percentile.at)
    match measure.percentile.method:
        case "continuous":
            return exp.PercentileCont(this=_exactly(expr), expression=at)
        case "discrete":
            return exp.PercentileDisc(this=expr, expression=at)
        case "approximate":
            return exp.ApproxQuantile(this=expr, quantile=at)


def _exactly(expr: exp.Expr | None) -> exp.Expr:
    """A value between two exact numbers may need more digits than they have: 5.125 between 5.00 and 5.25."""
    assert expr is not None
    return exp.cast(expr, "double")


def divide(numerator: exp.Expr, denominator: exp.Expr) -> exp.Expr:
    """Floating division that yields NULL for a zero denominator."""
    safe = exp.Nullif(this=denominator, expression=exp.Literal.number(0))
    return exp.Div(this=exp.cast(numerator, "double"), expression=safe)


def scaled(value: exp.Expr, by: int, over: int) -> exp.Expr:
    """`value` times a fraction: exact where it gets larger, floating where it gets smaller."""
    if by != 1:
        value = exp.Mul(this=wrapped(value), expression=exp.Literal.number(by))
    if over == 1:
        return value
    return exp.Div(this=exp.cast(value, "double"), expression=exp.Literal.number(over))


def literal(value: object) -> exp.Expr:
    """A Python value as a literal that every engine reads the same way."""
    match value:
        case None:
            return exp.null()
        case bool():
            return exp.true() if value else exp.false()
        case datetime():
            return exp.cast(exp.Literal.string(value.isoformat(sep=" ")), "timestamp")
        case date():
            return exp.cast(exp.Literal.string(value.isoformat()), "date")
        case int() | float():
            return exp.Literal.number(value)
        case _:
            return exp.Literal.string(str(value))


def _quoted(name: str) -> exp.Identifier:
    return exp.to_identifier(name, quoted=True)
