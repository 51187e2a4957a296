"""What PostgreSQL reads otherwise."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from sqlglot import exp

from hedu.sql.dialects.formats import formatted
from hedu.sql.dialects.passes import CALENDAR, PARTS, as_double, call, each, ordered_outside, part_of

_LONGEST = 63
_TEXTS = ("text", "character varying", "character", "name", "citext")


def _average(node: exp.Expr) -> exp.Expr:
    """An average is a float, as everywhere else, not an exact number of sixteen digits and more."""
    return exp.Avg(this=as_double(node.this))


def _part(node: exp.Expr) -> exp.Expr | None:
    """A date part is a whole number."""
    if node.name.lower() not in PARTS or isinstance(node.parent, (exp.Cast, exp.Floor)):
        return None
    whole = exp.Floor(this=node.copy()) if node.name.lower() == "second" else node.copy()
    return exp.cast(whole, "int")


def _round(node: exp.Expr) -> exp.Expr | None:
    """Only exact numbers are rounded to a digit, and their halves away from nought."""
    return exp.Round(this=exp.cast(node.this, "decimal"), decimals=node.args.get("decimals"))


def _log(node: exp.Expr) -> exp.Expr | None:
    """Only exact numbers have logarithms of any base."""
    if node.expression is None:
        return None
    base, value = exp.cast(node.this, "decimal"), exp.cast(node.expression, "decimal")
    return exp.cast(exp.Log(this=base, expression=value), "double")


def _from_the_end(node: exp.Expr) -> exp.Expr | None:
    """A negative place is counted from the end of a text."""
    start = node.args.get("start")
    if not isinstance(start, exp.Neg) or not start.this.is_int:
        return None
    rest = exp.Right(this=node.this, expression=start.this)
    length = node.args.get("length")
    return exp.Left(this=rest, expression=length) if length is not None else rest


def _read(node: exp.Expr) -> exp.Expr | None:
    """A moment that is read from a text has no zone."""
    is_cast = isinstance(node.parent, exp.Cast)
    return None if is_cast else exp.cast(node.copy(), "timestamp")


_NAMED: dict[type[exp.Expr], str] = {
    **CALENDAR,
    exp.Year: "year",
    exp.Quarter: "quarter",
    exp.Month: "month",
    exp.WeekOfYear: "week",
    exp.Day: "day",
    exp.DayOfMonth: "day",
    exp.Hour: "hour",
    exp.Minute: "minute",
    exp.Second: "second",
}
_WORDS: dict[type[exp.Expr], str] = {exp.Dayname: "FMDay", exp.Monthname: "FMMonth"}


def _calendar(node: exp.Expr) -> exp.Expr | None:
    """A part of a moment by its name, however it is spelled."""
    if isinstance(node, exp.Anonymous):
        part, moment = part_of(node)
        return _extract(part, moment) if part and moment is not None else None
    if type(node) in _WORDS:
        return call("TO_CHAR", node.this, exp.Literal.string(_WORDS[type(node)]))
    return _extract(_NAMED[type(node)], node.this)


_CODES = {
    "Y": "YYYY", "m": "MM", "d": "DD", "H": "HH24", "M": "MI", "S": "SS", "y": "YY", "j": "DDD", "b": "Mon",
    "a": "Dy", "B": "FMMonth", "A": "FMDay", "p": "AM", "I": "HH12", "f": "US", "V": "IW", "G": "IYYY", "u": "ID",
    "-d": "FMDD", "-m": "FMMM", "-H": "FMHH24", "-M": "FMMI", "-S": "FMSS", "-I": "FMHH12", "-j": "FMDDD",
}  # fmt: skip


def _format(node: exp.Expr) -> exp.Expr | None:
    """Words of a format are quoted: their letters would be codes."""
    wanted = node.args.get("format")
    if not isinstance(wanted, exp.Literal):
        return None
    codes = formatted(wanted.name, _CODES, _quoted)
    return call("TO_CHAR", node.this, exp.Literal.string(codes))


def _quoted(words: str) -> str:
    escaped = words.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _extract(part: str, moment: exp.Expr) -> exp.Extract:
    return exp.Extract(this=exp.var(part), expression=moment)


def _approximate(node: exp.Expr) -> exp.Expr:
    """PostgreSQL approximates nothing by itself: the exact answer is within any tolerance."""
    if isinstance(node, exp.ApproxDistinct):
        return exp.Count(this=exp.Distinct(expressions=[node.this]), big_int=True)
    return _percentile(exp.PercentileCont(this=node.args["quantile"]), node.this)


def _quantile(node: exp.Expr) -> exp.Expr | None:
    """`quantile_cont(x, share)` is spelled with WITHIN GROUP."""
    if isinstance(node.parent, exp.WithinGroup) or node.args.get("expression") is None:
        return None
    return _percentile(type(node)(this=node.expression), node.this)


def _percentile(share: exp.Expr, value: exp.Expr) -> exp.Expr:
    order = exp.Order(expressions=[exp.Ordered(this=value, nulls_first=False)])
    return exp.WithinGroup(this=share, expression=order)


def _series(node: exp.Expr) -> exp.Expr | None:
    """A series in a SELECT is rows by itself."""
    return node.this if isinstance(node.this, exp.GenerateSeries) else None


def _contains(node: exp.Expr) -> exp.Expr:
    return exp.GT(this=call("STRPOS", node.this, node.expression), expression=exp.Literal.number(0))


def _best(node: exp.Expr) -> exp.Expr:
    """The value that stands beside the greatest or least: the first of all values in that order."""
    is_most = isinstance(node, exp.ArgMax)
    ordered = exp.Ordered(this=node.expression, desc=is_most, nulls_first=False)
    values = exp.ArrayAgg(this=exp.Order(this=node.this, expressions=[ordered]))
    known = exp.and_(
        *(exp.not_(exp.Is(this=one.copy(), expression=exp.null())) for one in (node.this, node.expression))
    )
    found = exp.Filter(this=values, expression=exp.Where(this=known))
    return exp.Bracket(this=exp.paren(found), expressions=[exp.Literal.number(1)], offset=1)


def _cut(node: exp.Expr) -> exp.Expr | None:
    """A day is cut as a moment without a zone, as everywhere else; nothing added keeps an instant one."""
    parent = node.parent
    is_day = isinstance(parent, exp.Cast) and parent.to.is_type(exp.DType.DATE)
    if is_day or isinstance(node.this.unnest(), (exp.Cast, exp.AtTimeZone, exp.Add, exp.Sub, exp.TimestampTrunc)):
        return None
    none = exp.Interval(this=exp.Literal.string("0"), unit=exp.var("DAY"))
    node.set("this", exp.Add(this=node.this, expression=none))
    return None


def _weeks(node: exp.Expr) -> exp.Expr | None:
    """Whole weeks; sqlglot would round them."""
    if node.args.get("unit") is None or node.args["unit"].name.upper() != "WEEK":
        return None
    last, first = (exp.cast(one, "timestamp") for one in (node.this, node.expression))
    seconds = exp.Extract(this=exp.var("epoch"), expression=exp.paren(exp.Sub(this=last, expression=first)))
    return exp.cast(call("TRUNC", exp.Div(this=seconds, expression=exp.Literal.number(604800))), "bigint")


def _typed_nulls(tree: exp.Expr) -> exp.Expr:
    """In a UNION of three and more, a NULL takes the type of the part that has the column, not of a text."""
    for union in list(tree.find_all(exp.Union)):
        if isinstance(union.parent, exp.Union):
            continue
        rows = list(_selects(union))
        for row in rows:
            for at, item in enumerate(row.expressions):
                if isinstance(item, exp.Alias) and isinstance(item.this, exp.Null):
                    typed = _typed(rows, at)
                    if typed is not None:
                        item.set("this", typed)
    return tree


def _typed(rows: list[exp.Select], at: int) -> exp.Expr | None:
    """A NULL of the type that column `at` has where it is one: a query of it without rows."""
    for row in rows:
        item = row.expressions[at]
        source = row.args.get("from_")
        if isinstance(item, exp.Column) and source is not None:
            none = exp.select(item.copy()).from_(source.this.copy()).limit(0)
            return exp.Subquery(this=none)
    return None


def _selects(tree: exp.Expr) -> Iterator[exp.Select]:
    if isinstance(tree, exp.Union):
        yield from _selects(tree.this)
        yield from _selects(tree.expression)
    elif isinstance(tree, exp.Select):
        yield tree


def _texts_in_order(tree: exp.Expr) -> exp.Expr:
    """Texts stand in the order of their code points, whatever language the database was made for.

    What is a text only the server knows; an order may hold output columns only bare, hence the SELECT around.
    """
    return ordered_outside(tree, _text_first)


def _text_first(one: exp.Ordered) -> list[exp.Expr]:
    if not isinstance(one.this, exp.Column):
        return [one]
    kind = exp.cast(call("PG_TYPEOF", one.this.copy()), "text")
    is_text = exp.In(this=kind, expressions=[exp.Literal.string(name) for name in _TEXTS])
    plain = exp.Collate(this=exp.cast(one.this.copy(), "text"), expression=exp.to_identifier("C", quoted=True))
    text = exp.Ordered(this=exp.Case().when(is_text, plain), desc=one.args.get("desc"), nulls_first=False)
    return [text, one]


def _short_names(tree: exp.Expr) -> exp.Expr:
    """A name longer than PostgreSQL keeps is cut here and told apart by its digest: it would cut in silence."""
    for name in tree.find_all(exp.Identifier):
        whole = name.name.encode()
        if len(whole) > _LONGEST:
            mark = hashlib.sha256(whole).hexdigest()[:8]
            name.set("this", f"{whole[: _LONGEST - 9].decode(errors='ignore')}_{mark}")
    return tree


def _type_of(node: exp.Expr) -> exp.Expr:
    return exp.Upper(this=exp.cast(call("pg_typeof", node.this), "text"))


POSTGRES = (
    _typed_nulls,
    each((exp.DateTrunc, exp.TimestampTrunc), _cut),
    each(exp.DateDiff, _weeks),
    each(exp.Avg, _average),
    each(exp.TimeToStr, _format),
    each((exp.Anonymous, *_NAMED, *_WORDS), _calendar),
    each(exp.Extract, _part),
    each(exp.Round, _round),
    each(exp.Log, _log),
    each(exp.Substring, _from_the_end),
    each(exp.StrToTime, _read),
    each(exp.Typeof, _type_of),
    each((exp.ApproxDistinct, exp.ApproxQuantile), _approximate),
    each((exp.PercentileCont, exp.PercentileDisc), _quantile),
    each((exp.ArgMax, exp.ArgMin), _best),
    each(exp.Contains, _contains),
    each(exp.Explode, _series),
    _texts_in_order,
    _short_names,
)
