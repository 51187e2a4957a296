"""What ClickHouse reads otherwise."""

from __future__ import annotations

from sqlglot import exp

from hedu.sql.dialects.clickhouse_numbers import NUMBERS
from hedu.sql.dialects.clickhouse_times import TIMES
from hedu.sql.dialects.passes import (
    as_double,
    call,
    double_division,
    each,
    is_double,
    is_predicate,
    named,
    ordered_outside,
    wall_clock,
)

_MOMENTS = (exp.DType.TIMESTAMP, exp.DType.TIMESTAMPNTZ, exp.DType.DATETIME, exp.DType.TIMESTAMP_S,
            exp.DType.TIMESTAMP_MS, exp.DType.TIMESTAMP_NS)  # fmt: skip
_LONG = r"128|256|\(\d+, (1[5-9]|[2-9]\d)\)"
"""Names of types whose sums may need more than 38 digits."""
_OF_CHARACTERS: dict[type[exp.Expr], str] = {
    exp.Lower: "lowerUTF8",
    exp.Upper: "upperUTF8",
    exp.Substring: "substringUTF8",
    exp.Left: "leftUTF8",
    exp.Right: "rightUTF8",
    exp.Reverse: "reverseUTF8",
}


def _of_characters(node: exp.Expr) -> exp.Expr:
    """Texts are of characters, not of bytes."""
    return call(_OF_CHARACTERS[type(node)], *(part for part in node.iter_expressions()))


def _type(node: exp.Expr) -> exp.Expr | None:
    """Days beyond 1970 to 2149, and moments finer than a second."""
    if node.is_type(exp.DType.DATE):
        return exp.DataType(this=exp.DType.DATE32, nullable=node.args.get("nullable"))
    if node.is_type(*_MOMENTS):
        size = [exp.DataTypeParam(this=exp.Literal.number(6))]
        return exp.DataType(this=exp.DType.DATETIME64, expressions=size, nullable=node.args.get("nullable"))
    return None


def _quantile(node: exp.Expr) -> exp.Expr:
    """Exact between values; `quantile` alone would guess from a sample."""
    if isinstance(node, exp.Median):
        return _parametric("quantileExactInclusive", exp.Literal.number("0.5"), node.this)
    if isinstance(node, exp.ApproxQuantile):
        return _parametric("quantile", node.args["quantile"], node.this)
    return _parametric("quantileExactInclusive", node.expression, node.this)


def _parametric(name: str, share: exp.Expr, value: exp.Expr) -> exp.Expr:
    return exp.ParameterizedAgg(this=exp.to_identifier(name), expressions=[share], params=[as_double(value)])


def _discrete(node: exp.Expr) -> exp.Expr | None:
    """The least value that at least the share of all values does not exceed."""
    if isinstance(node, exp.Filter) and not isinstance(node.this, exp.PercentileDisc):
        return None
    inner, condition = (node.this, node.expression) if isinstance(node, exp.Filter) else (node, None)
    share, value = inner.expression, inner.this

    def over(call: exp.Expr) -> exp.Expr:
        return exp.Filter(this=call, expression=condition.copy()) if condition is not None else call

    values = call("arraySort", over(call("groupArray", value.copy())))
    place = call("ceil", exp.Mul(this=share.copy(), expression=over(exp.Count(this=value.copy()))))
    least = call("greatest", place, exp.Literal.number(1))
    return call("arrayElementOrNull", values, call("toInt64", least))


_SPREADS: dict[type[exp.Expr], str] = {
    exp.Stddev: "stddevSampStable",
    exp.StddevSamp: "stddevSampStable",
    exp.StddevPop: "stddevPopStable",
    exp.Variance: "varSampStable",
    exp.VariancePop: "varPopStable",
}


def _spread(node: exp.Expr) -> exp.Expr | None:
    """Of too few values it is unknown, not NaN; it is never below zero, so -1 may stand for that."""
    if isinstance(node, exp.Filter) and type(node.this) not in _SPREADS:
        return None
    inner, condition = (node.this, node.expression) if isinstance(node, exp.Filter) else (node, None)
    made: exp.Expr = call(_SPREADS[type(inner)], inner.this.copy())
    made = exp.Filter(this=made, expression=condition.copy()) if condition is not None else made
    none = exp.Literal.number(-1)
    return call("nullIf", call("ifNotFinite", made, none), none.copy())


def _wide(node: exp.Expr) -> exp.Expr | None:
    """Numbers add up as exact numbers of 38 digits, or of 76; in fewer they would wrap around and nothing tell of it.

    Nothing of that kind added changes no other number: floats stay floats, decimals keep their places.
    """
    value = node.this.expressions[0] if isinstance(node.this, exp.Distinct) else node.this
    if is_double(value) or _is_of_literals(value):
        return None
    wide = exp.Add(this=exp.paren(value), expression=_nothing_beside(value))
    return exp.Sum(this=exp.Distinct(expressions=[wide]) if isinstance(node.this, exp.Distinct) else wide)


def _nothing_beside(value: exp.Expr) -> exp.Expr:
    """Nought of 38 digits; of 76 beside what fills 38 itself."""
    is_long = call("match", call("toTypeName", value.copy()), exp.Literal.string(_LONG))
    kind = call("if", is_long, exp.Literal.string("Decimal(76, 0)"), exp.Literal.string("Decimal(38, 0)"))
    return call("CAST", _zero(), kind)


def _zero() -> exp.Expr:
    return exp.Literal.number(0)


def _is_of_literals(value: exp.Expr) -> bool:
    """Whether it is one of a few small numbers that stand there."""
    inner = value.unnest()
    if not isinstance(inner, exp.Case):
        return False
    found = [*(one.args["true"] for one in inner.args["ifs"]), inner.args.get("default")]
    return all(one is None or isinstance(one, exp.Literal) for one in found)


def _in_zone(node: exp.Expr) -> exp.Expr | None:
    """A wall-clock time of one zone becomes that of another; what stands between is UTC."""
    inner = wall_clock(node.this)
    if inner is None:
        return None
    utc = call("toUTCTimestamp", inner.this, inner.args["zone"])
    return call("fromUTCTimestamp", utc, node.args["zone"])


def _boolean(node: exp.Expr) -> exp.Expr | None:
    """What is shown as true or false is of that type; a comparison is a small number otherwise."""
    if not isinstance(node.parent, exp.Select) or not is_predicate(node.this):
        return None
    return exp.Alias(this=exp.cast(node.this, "boolean"), alias=node.args["alias"])


def _series(node: exp.Expr) -> exp.Expr | None:
    """The periods from one day to another, a row each; none where the first is after the last or unknown."""
    series = node.this
    if not isinstance(series, exp.GenerateSeries) or not isinstance(series.args.get("step"), exp.Interval):
        return None
    step = series.args["step"]
    unit, count = exp.Literal.string(step.unit.name.lower()), exp.Literal.number(step.this.name)
    start, end = series.args["start"], series.args["end"]
    apart = call("intDiv", call("dateDiff", unit, start.copy(), end.copy()), count)
    times = call("range", call("toUInt32", call("greatest", _or(apart, -1) + 1, exp.Literal.number(0))))
    move = call(f"add{step.unit.name.capitalize()}s", call("assumeNotNull", start), exp.column("i") * count.copy())
    each_one = exp.Lambda(this=move, expressions=[exp.to_identifier("i")])
    within = exp.Lambda(this=exp.LTE(this=exp.column("i"), expression=end.copy()), expressions=[exp.to_identifier("i")])
    return call("arrayJoin", call("arrayFilter", within, call("arrayMap", each_one, times)))


def _or(value: exp.Expr, other: int) -> exp.Expr:
    return call("ifNull", value, exp.Literal.number(other))


CLICKHOUSE = (
    *TIMES,
    *NUMBERS,
    each(exp.DataType, _type),
    each(exp.AtTimeZone, _in_zone),
    each(exp.Explode, _series),
    each(tuple(_OF_CHARACTERS), _of_characters),
    each((exp.Median, exp.PercentileCont, exp.ApproxQuantile), _quantile),
    each(exp.Filter, _discrete),
    each(exp.Filter, _spread),
    each(exp.PercentileDisc, _discrete),
    each(tuple(_SPREADS), _spread),
    each(exp.Div, double_division),
    each(exp.Sum, _wide),
    each(exp.Alias, _boolean),
    each(exp.Column, named),
    ordered_outside,
)
