"""What ClickHouse reads otherwise of days and moments: by whose clock, from which day on, as which text."""

from __future__ import annotations

from datetime import date

from sqlglot import exp

from hedu.sql.dialects.formats import formatted
from hedu.sql.dialects.passes import call, each, part_of
from hedu.sql.dialects.times import declared, is_moment

CUT = (exp.DateTrunc, exp.TimestampTrunc)
_COMPARED = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.NullSafeEQ, exp.NullSafeNEQ)
_MOMENTS_IN: dict[type[exp.Expr], tuple[str, ...]] = {
    exp.Extract: ("expression",),
    exp.DateDiff: ("this", "expression"),
}
_PARTS: dict[type[exp.Expr], str] = {
    exp.Week: "week",
    exp.WeekOfYear: "week",
    exp.DayOfWeek: "dow",
    exp.DayOfWeekIso: "isodow",
    exp.DayOfYear: "doy",
}
_OF_MOMENTS = (exp.Year, exp.Quarter, exp.Month, exp.Day, exp.DayOfMonth, exp.Hour, exp.Minute, exp.Second,
               exp.Monthname, exp.Dayname, exp.LastDay, exp.TimeToStr)  # fmt: skip
_CODES = {**{code: f"%{code}" for code in "YmdHSyjbapIfVGuw"}, "M": "%i", "B": "%M", "A": "%W"}
_LAST_UNSURE = date(1970, 1, 2)


def _part(node: exp.Expr) -> exp.Expr | None:
    """A part of a moment by its name, however it is spelled."""
    if isinstance(node, exp.Anonymous):
        part, moment = part_of(node)
        return _extract(part, moment) if part and moment is not None else None
    return _extract(_PARTS[type(node)], node.this)


def _extract(part: str, moment: exp.Expr) -> exp.Extract:
    return exp.Extract(this=exp.var(part.upper()), expression=moment)


def _by_session(node: exp.Expr) -> exp.Expr | None:
    """Periods, parts, days and texts of a moment, and months after it, by the session's clock.

    A column without a zone keeps that of the server it was made on, whatever the session says, until days are added
    to it; days stay days.
    """
    if isinstance(node, exp.Cast) and not node.to.is_type(exp.DType.DATE):
        return _written(node) if node.to.is_type(*exp.DataType.TEXT_TYPES) and is_moment(node.this) else None
    if isinstance(node, exp.TryCast) and not is_moment(node.this):
        return None
    if isinstance(node, (exp.Add, exp.Sub)):
        span = node.expression
        unit = span.unit.name.upper() if isinstance(span, exp.Interval) and span.unit else ""
        if unit not in ("MONTH", "QUARTER", "YEAR"):
            return None
    for key in _MOMENTS_IN.get(type(node), ("this",)):
        node.set(key, _by_clock(node.args[key]))
    return None


def _by_clock(moment: exp.Expr) -> exp.Expr:
    is_sure = isinstance(moment.unnest(), (exp.Literal, exp.Null, exp.Parameter, exp.Placeholder, *CUT))
    return moment if is_sure else call("addDays", moment.copy(), exp.Literal.number(0))


def _written(cast: exp.Cast) -> exp.Expr:
    """Without the noughts that end a fraction."""
    text = exp.Cast(this=_by_clock(cast.this), to=cast.to)
    noughts, kept = exp.Literal.string(r"(\.\d*[1-9])0+$|\.0+$"), exp.Literal.string(r"\1")
    return call("replaceRegexpOne", text, noughts, kept)


def _name(node: exp.Expr) -> exp.Expr:
    return call("dateName", exp.Literal.string("weekday"), node.this)


def _day_of_week(node: exp.Expr) -> exp.Expr | None:
    """Sunday is 0, or 7 where days are counted as ISO counts them; weeks are ISO weeks."""
    match node.name.lower():
        case "week":
            return call("toISOWeek", node.expression)
        case "isodow":
            return call("toDayOfWeek", node.expression)
        case "dow" | "dayofweek":
            return exp.Mod(this=call("toDayOfWeek", node.expression), expression=exp.Literal.number(7))
    return None


def _weeks(node: exp.Expr) -> exp.Expr | None:
    """Whole weeks, not the Mondays between."""
    if node.args.get("unit") is None or node.args["unit"].name.upper() != "WEEK":
        return None
    seconds = exp.DateDiff(this=node.this, expression=node.expression, unit=exp.var("SECOND"))
    return call("intDiv", seconds, exp.Literal.number(604800))


def _format(node: exp.Expr) -> exp.Expr | None:
    """The codes of a format: `%M` alone would be the name of the month."""
    wanted = node.args.get("format")
    if not isinstance(wanted, exp.Literal):
        return None
    codes = formatted(wanted.name, _CODES, lambda words: words.replace("%", "%%"))
    return call("formatDateTime", node.this, exp.Literal.string(codes))


def _from_its_midnight(node: exp.Expr) -> None:
    """A day that is compared begins by the session's clock: against moments it would by that of their column.

    A day of 1970 and earlier stays a day where days are compared: as a moment it would be out of the range of some.
    """
    for key, other in (("this", "expression"), ("expression", "this")):
        side = node.args[key].unnest()
        value = _day(side)
        is_early = value is not None and value <= _LAST_UNSURE and declared(node.args[other]) == "date"
        if value is not None and not is_early:
            node.set(key, call("toDateTime64", side.copy(), exp.Literal.number(6)))


def _day(side: exp.Expr) -> date | None:
    """The day that stands there or is bound there."""
    if isinstance(side, exp.Cast) and side.to.is_type(exp.DType.DATE) and side.this.is_string:
        try:
            return date.fromisoformat(side.this.name)
        except ValueError:
            return date.max
    value = side.meta.get("day")
    return value if isinstance(value, date) else None


def _one_of(node: exp.Expr) -> exp.Expr | None:
    """Moments are compared one by one: in a list they had to be as fine as the column. So is NULL, to be minded."""
    values = node.expressions
    if not any(is_moment(one) or one.meta.get("is_moment") or isinstance(one, exp.Null) for one in values):
        return None
    return exp.paren(exp.or_(*(exp.EQ(this=node.this.copy(), expression=value.copy()) for value in values)))


TIMES = (
    each((exp.Anonymous, *_PARTS), _part),
    each((*CUT, *_OF_MOMENTS, exp.Extract, exp.Cast, exp.DateDiff, exp.Add, exp.Sub), _by_session),
    each(exp.In, _one_of),
    each(exp.DateDiff, _weeks),
    each(_COMPARED, _from_its_midnight),
    each(exp.Extract, _day_of_week),
    each(exp.Dayname, _name),
    each(exp.TimeToStr, _format),
)
