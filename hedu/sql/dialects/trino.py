"""What Trino reads otherwise. Written after its documentation: no Trino runs in the tests."""

from __future__ import annotations

from sqlglot import exp

from hedu.sql.dialects.passes import CALENDAR, as_double, call, double_division, each, wall_clock

_PARTS = {"isodow": "DAY_OF_WEEK", "doy": "DAY_OF_YEAR"}


def _calendar(node: exp.Expr) -> exp.Expr:
    return exp.Extract(this=exp.var(CALENDAR[type(node)]), expression=node.this)


def _part(node: exp.Expr) -> exp.Expr | None:
    """Monday is 1 there too; Sunday, which DuckDB counts as 0, is 7."""
    name = node.name.lower()
    if name == "dow":
        day = exp.Extract(this=exp.var("DAY_OF_WEEK"), expression=node.expression)
        return exp.paren(exp.Mod(this=day, expression=exp.Literal.number(7)))
    return exp.Extract(this=exp.var(_PARTS[name]), expression=node.expression) if name in _PARTS else None


def _average(node: exp.Expr) -> exp.Expr:
    """An average is a float: of exact numbers it would keep no more digits than they have."""
    return exp.Avg(this=as_double(node.this))


def _quantile(node: exp.Expr) -> exp.Expr:
    """Trino knows no exact percentile: the values in order, and what lies between the two at the place."""
    inner, condition = (node.this, node.expression) if isinstance(node, exp.Filter) else (node, None)
    share = exp.Literal.number("0.5") if isinstance(inner, exp.Median) else inner.expression
    gathered: exp.Expr = exp.ArrayAgg(this=as_double(inner.this))
    gathered = exp.Filter(this=gathered, expression=condition) if condition is not None else gathered
    known = exp.Lambda(
        this=exp.not_(exp.Is(this=exp.column("x"), expression=exp.null())), expressions=[exp.to_identifier("x")]
    )
    values = call("ARRAY_SORT", call("FILTER", gathered, known))
    name = "ELEMENT_AT"
    place = exp.Mul(this=share, expression=exp.paren(call("CARDINALITY", values.copy()) - 1))
    low = exp.cast(call("FLOOR", place.copy()), "bigint") + 1
    high = exp.cast(call("CEIL", place.copy()), "bigint") + 1
    below, above = call(name, values, low), call(name, values.copy(), high)
    if isinstance(inner, exp.PercentileDisc):
        at = call("CEIL", exp.Mul(this=share.copy(), expression=call("CARDINALITY", values.copy())))
        return call(name, values.copy(), exp.cast(call("GREATEST", at, exp.Literal.number(1)), "bigint"))
    rest = exp.paren(place - call("FLOOR", place.copy()))
    return exp.paren(below + exp.Mul(this=rest, expression=exp.paren(above - below.copy())))


def _whole_quantile(node: exp.Expr) -> exp.Expr | None:
    """An exact percentile with its FILTER, or one that has none."""
    is_exact = isinstance(node.this if isinstance(node, exp.Filter) else node, _EXACT)
    return _quantile(node) if is_exact else None


def _in_zone(node: exp.Expr) -> exp.Expr | None:
    """A wall-clock time of one zone becomes that of another."""
    inner = wall_clock(node.this)
    if inner is None:
        return None
    there = call("AT_TIMEZONE", call("WITH_TIMEZONE", inner.this, inner.args["zone"]), node.args["zone"])
    return exp.cast(there, "timestamp")


_EXACT = (exp.Median, exp.PercentileCont, exp.PercentileDisc)
TRINO = (
    each(tuple(CALENDAR), _calendar),
    each(exp.Extract, _part),
    each(exp.Avg, _average),
    each(exp.Filter, _whole_quantile),
    each(_EXACT, _whole_quantile),
    each(exp.AtTimeZone, _in_zone),
    each(exp.Div, double_division),
)
