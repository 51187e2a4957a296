"""What Spark reads otherwise."""

from __future__ import annotations

from sqlglot import exp

from hedu.sql.dialects.passes import (
    CALENDAR,
    INTEGERS,
    WHOLE,
    as_double,
    call,
    double_division,
    each,
    part_of,
    wall_clock,
)

_PARTS = {"isodow": "DOW_ISO", "dow": "DOW"}


_WORDS: dict[type[exp.Expr], str] = {exp.Dayname: "EEEE", exp.Monthname: "MMMM"}
_ALIKE = ("SECOND", "WEEK")
"""Units of which whole ones are counted everywhere; of others the ends that lie between are."""


def _calendar(node: exp.Expr) -> exp.Expr | None:
    if isinstance(node, exp.Anonymous):
        part, moment = part_of(node)
        return exp.Extract(this=exp.var(part), expression=moment) if part else None
    return exp.Extract(this=exp.var(CALENDAR[type(node)]), expression=node.this)


def _word(node: exp.Expr) -> exp.Expr:
    return call("DATE_FORMAT", node.this, exp.Literal.string(_WORDS[type(node)]))


def _apart(node: exp.Expr) -> exp.Expr | None:
    """How many days, months and so on end between two moments; Spark would count whole ones only."""
    unit = node.args["unit"].name.upper() if node.args.get("unit") else "DAY"
    if unit in _ALIKE:
        return None
    if unit == "DAY":
        return call("DATEDIFF", node.this, node.expression)
    last, first = (exp.TimestampTrunc(this=one, unit=exp.var(unit)) for one in (node.this, node.expression))
    return exp.DateDiff(this=last, expression=first, unit=exp.var(unit))


def _part(node: exp.Expr) -> exp.Expr | None:
    """Days of the week have other names, and Sunday is the first, not 0."""
    name = node.name.lower()
    if name not in _PARTS:
        return None
    made = exp.Extract(this=exp.var(_PARTS[name]), expression=node.expression)
    return made if name == "isodow" else exp.paren(exp.Sub(this=made, expression=exp.Literal.number(1)))


def _rounded(node: exp.Expr) -> exp.Expr | None:
    """A number that becomes a whole one is rounded, not cut: halves of floats to the even one."""
    if not node.args["to"].is_type(*INTEGERS) or node.this.is_int or isinstance(node.this.unnest(), WHOLE):
        return None
    fine, made = node.copy(), node.copy()
    fine.set("to", exp.DataType.build("decimal(38, 9)"))
    kinds = [exp.Literal.string(name) for name in ("float", "double")]
    is_float = exp.In(this=call("TYPEOF", node.this.copy()), expressions=kinds)
    whole = exp.Case().when(is_float, call("BROUND", fine)).else_(call("ROUND", fine.copy()))
    made.set("this", whole)
    return made


def _log(node: exp.Expr) -> exp.Expr | None:
    """Of base ten, unless another is given."""
    return call("LOG10", node.this) if node.expression is None else None


def _replaced(node: exp.Expr) -> exp.Expr | None:
    """Only the first place that fits, unless `g` asks for all."""
    flags = node.args.get("modifiers")
    if flags is not None and "g" in flags.name:
        return None
    text, pattern, other = node.this, node.expression, node.args["replacement"]
    place, found = call("REGEXP_INSTR", text, pattern), call("REGEXP_SUBSTR", text.copy(), pattern.copy())
    before = call("LEFT", text.copy(), exp.Sub(this=place, expression=exp.Literal.number(1)))
    rest = exp.Add(this=place.copy(), expression=exp.Length(this=found))
    middle = call("REGEXP_REPLACE", found.copy(), pattern.copy(), other)
    whole = call("CONCAT", before, middle, call("SUBSTRING", text.copy(), rest))
    return exp.Case().when(exp.EQ(this=place.copy(), expression=exp.Literal.number(0)), text.copy()).else_(whole)


def _average(node: exp.Expr) -> exp.Expr:
    """An average is a float: of exact numbers it would keep four digits more than they have."""
    return exp.Avg(this=as_double(node.this))


def _cut(node: exp.Expr) -> exp.Expr | None:
    """`TRUNC` knows days and longer only; of an hour it makes NULL."""
    unit = node.args["unit"].name.upper()
    return exp.TimestampTrunc(this=node.this, unit=exp.var(unit)) if unit in ("HOUR", "MINUTE", "SECOND") else None


def _quantile(node: exp.Expr) -> exp.Expr:
    """Exact, between values; `percentile_approx` is kept for estimates."""
    share = exp.Literal.number("0.5") if isinstance(node, exp.Median) else node.expression
    return call("PERCENTILE", as_double(node.this), share)


def _discrete(node: exp.Expr) -> exp.Expr | None:
    if isinstance(node.parent, exp.WithinGroup) or node.args.get("expression") is None:
        return None
    order = exp.Order(expressions=[exp.Ordered(this=node.this, nulls_first=True)])
    return exp.WithinGroup(this=exp.PercentileDisc(this=node.expression), expression=order)


def _in_zone(node: exp.Expr) -> exp.Expr | None:
    """A wall-clock time of one zone becomes that of another."""
    inner = wall_clock(node.this)
    if inner is None:
        return None
    return call("CONVERT_TIMEZONE", inner.args["zone"], node.args["zone"], exp.cast(inner.this, "timestamp"))


def _series(node: exp.Expr) -> exp.Expr | None:
    """A sequence that would run backwards is refused by Spark; elsewhere it is empty."""
    if not isinstance(node.this, exp.GenerateSeries):
        return None
    series = node.this
    is_forward = exp.LTE(this=series.args["start"].copy(), expression=series.args["end"].copy())
    return exp.Explode(this=exp.Case().when(is_forward, series))


def _own_names(tree: exp.Expr) -> exp.Expr:
    """Each named part has a name of its own: nested ones are all brought to the top."""
    seen: set[str] = set()
    for scope in reversed(list(tree.find_all(exp.With))):
        for part in scope.expressions:
            name, count = part.alias, 1
            while part.alias in seen:
                count += 1
                part.args["alias"].set("this", exp.to_identifier(f"{name}_{count}", quoted=True))
            seen.add(part.alias)
            if part.alias != name and scope.parent is not None:
                _follow(scope.parent, name, part.alias)
    return tree


def _follow(select: exp.Expr, name: str, other: str) -> None:
    """What was read as `name` is read from `other`, and still called so."""
    for table in select.find_all(exp.Table):
        if table.name == name and not table.db:
            if not table.alias:
                table.set("alias", exp.TableAlias(this=exp.to_identifier(name, quoted=True)))
            table.set("this", exp.to_identifier(other, quoted=True))


SPARK = (
    _own_names,
    each((exp.Anonymous, *CALENDAR), _calendar),
    each(tuple(_WORDS), _word),
    each(exp.DateDiff, _apart),
    each(exp.Extract, _part),
    each(exp.DateTrunc, _cut),
    each((exp.Cast, exp.TryCast), _rounded),
    each(exp.Log, _log),
    each(exp.RegexpReplace, _replaced),
    each(exp.Avg, _average),
    each((exp.Median, exp.PercentileCont), _quantile),
    each(exp.PercentileDisc, _discrete),
    each(exp.AtTimeZone, _in_zone),
    each(exp.Explode, _series),
    each(exp.Div, double_division),
)
