"""A native expression -> the expression language of Ossie, and what that language has no words for."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from sqlglot import exp

from hedu.define.ossie.meant import TOKENS_OF, Refused

_FUNCTIONS = re.compile(
    "SUM|COUNT|AVG|MIN|MAX|STDDEV|STDDEV_POP|STDDEV_SAMP|VARIANCE|VAR_POP|VAR_SAMP|MEDIAN|PERCENTILE_CONT"
    "|PERCENTILE_DISC|APPROX_COUNT_DISTINCT|APPROX_PERCENTILE|CURRENT_DATE|CURRENT_TIMESTAMP|CURRENT_TIME|YEAR|QUARTER"
    "|MONTH|DAY|DAYOFYEAR|HOUR|MINUTE|SECOND|EXTRACT|DATE_PART|DATE_TRUNC|DATEADD|DATEDIFF|TO_DATE|TO_TIMESTAMP|TO_CHAR"
    "|CONCAT|LENGTH|LOWER|UPPER|TRIM|LTRIM|RTRIM|LEFT|RIGHT|SUBSTRING|REPLACE|SPLIT_PART|POSITION|CHARINDEX|CONTAINS"
    "|STARTSWITH|ENDSWITH|REGEXP_LIKE|REGEXP_EXTRACT|REGEXP_REPLACE|REGEXP_COUNT|ABS|ROUND|FLOOR|CEIL|CEILING|TRUNC"
    "|TRUNCATE|MOD|SIGN|POWER|SQRT|EXP|LN|LOG|LOG10|SIN|COS|TAN|ASIN|ACOS|ATAN|ATAN2|RADIANS|DEGREES|PI|GREATEST|LEAST"
    "|IF|IFF|NULLIF|COALESCE|IFNULL|NVL|NVL2|ZEROIFNULL|NULLIFZERO|CAST|TRY_CAST"
)
_WORDS = re.compile("IN|AND|OR|NOT|WHEN|THEN|ELSE|CASE|BETWEEN|LIKE|ILIKE|DISTINCT|FILTER|GROUP|OVER|AS|ANY|DECIMAL")
_TYPES = re.compile("VARCHAR|INT|BIGINT|SMALLINT|DECIMAL|FLOAT|DOUBLE|BOOLEAN|DATE|TIMESTAMP|TIME")
_OTHERWISE = (exp.IntDiv, exp.Bracket, exp.BitwiseXor, exp.UnixToTime)
_DAYS = frozenset({"DOW", "DAYOFWEEK", "ISODOW", "DAYOFWEEKISO"})


def said(tree: exp.Expr) -> str:
    """The text of a native expression; what the language does not have stays as standard SQL would call it.

    Refused: it would be taken for something else.
    """
    root = exp.Paren(this=tree.copy())
    other = next(root.find_all(*_OTHERWISE), None)
    if other is not None or any("g" not in _modifiers(one) for one in root.find_all(exp.RegexpReplace)):
        shown = "REGEXP_REPLACE" if other is None else other.sql("duckdb")
        raise Refused(f"{shown} 在规范的表达式语言里是别的意思", f"{shown} means something else in the specification")
    for node in reversed(list(root.find_all(exp.Func, exp.DataType, exp.Ordered))):
        make = _SAID.get(type(node))
        made = make(node) if make is not None else None
        if made is not None:
            node.replace(made)
    inner: exp.Expr = root.this
    return inner.sql(comments=False)


def unsaid(tree: exp.Expr) -> tuple[str, ...]:
    """What in a native expression other readers may not know, or may take for something else."""
    text = re.sub("'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"", "''", said(tree))
    called = [name.upper() for name in re.findall(r"([A-Za-z_]\w*)\s*\(", text)]
    found = [name for name in called if not (_FUNCTIONS.fullmatch(name) or _WORDS.fullmatch(name))]
    types = [_type(kind).this.value for kind in tree.find_all(exp.DataType)]
    found += [kind for kind in types if not _TYPES.fullmatch(kind)]
    found += [part for part in re.findall(r"EXTRACT\((\w+)|DATE_PART\('(\w+)'", text) for part in part if part in _DAYS]
    found += [mark for mark in ("[", "->", "&", "{", "~") if mark in text]
    found += ["REGEXP_EXTRACT" for one in tree.find_all(exp.RegexpExtract) if _extracted(one) is None]
    return tuple(dict.fromkeys(found))


def _call(name: str, *args: exp.Expr | None) -> exp.Expr:
    return exp.Anonymous(this=name, expressions=[one.copy() for one in args if one is not None])


def _named(name: str) -> Callable[[exp.Expr], exp.Expr]:
    return lambda node: _call(name, node.this, node.args.get("expression"))


def _unit(node: exp.Expr, default: str = "DAY") -> str:
    unit = node.args.get("unit")
    return unit.name.upper() if unit is not None else default


def _truncated(node: exp.Expr) -> exp.Expr | None:
    return None if node.args.get("zone") else _call("DATE_TRUNC", exp.Literal.string(_unit(node).lower()), node.this)


def _apart(node: exp.Expr) -> exp.Expr:
    return _call("DATEDIFF", exp.var(_unit(node).lower()), node.expression, node.this)


def _later(node: exp.Expr) -> exp.Expr | None:
    amount = node.expression
    unit = _unit(node) if not isinstance(amount, exp.Interval) else _unit(amount)
    amount = amount.this if isinstance(amount, exp.Interval) else amount
    if isinstance(amount, exp.Literal) and amount.is_string:
        amount = exp.Literal.number(amount.name) if amount.name.isdigit() else None
    return None if amount is None else _call("DATEADD", exp.var(unit.lower()), amount, node.this)


def _part(name: str) -> Callable[[exp.Expr], exp.Expr]:
    return lambda node: exp.Extract(this=exp.var(name), expression=node.this.copy())


def _formatted(name: str) -> Callable[[exp.Expr], exp.Expr | None]:
    def made(node: exp.Expr) -> exp.Expr | None:
        stated = node.args.get("format")
        text = stated.name if isinstance(stated, exp.Literal) else ""
        tokens = re.sub("%[A-Za-z]", lambda code: TOKENS_OF.get(code.group(), "%"), text)
        if not text or "%" in tokens or re.search("[A-Za-z]", re.sub("%[A-Za-z]", "", text)):
            return None
        return _call(name, node.this, exp.Literal.string(tokens))

    return made


def _position(node: exp.Expr) -> exp.Expr | None:
    if node.args.get("position") or node.args.get("occurrence"):
        return None
    return _call("CHARINDEX", node.args["substr"], node.this)


def _extracted(node: exp.Expr) -> exp.Expr | None:
    group = node.args.get("group")
    is_whole = group is None or group.name == "0"
    return _call("REGEXP_EXTRACT", node.this, node.expression) if is_whole else None


def _modifiers(node: exp.Expr) -> str:
    return node.args["modifiers"].name if node.args.get("modifiers") is not None else ""


def _replaced(node: exp.Expr) -> exp.Expr | None:
    every = _modifiers(node) == "g"
    return _call("REGEXP_REPLACE", node.this, node.expression, node.args.get("replacement")) if every else None


def _type(node: exp.Expr) -> exp.Expr:
    plain = {exp.DType.TEXT: "VARCHAR", exp.DType.TIMESTAMPNTZ: "TIMESTAMP"}.get(node.this)
    return exp.DataType.build(plain) if plain else node.copy()


def _ordered(node: exp.Expr) -> exp.Expr:
    """Nothing is said of where NULL stands: an aggregate passes it over."""
    made = node.copy()
    made.set("nulls_first", not made.args.get("desc"))
    return made


_SAID: Mapping[type[exp.Expr], Callable[[exp.Expr], exp.Expr | None]] = {
    exp.DateDiff: _apart,
    exp.TimestampTrunc: _truncated,
    exp.DateTrunc: _truncated,
    exp.DateAdd: _later,
    exp.DayOfYear: _named("DAYOFYEAR"),
    exp.DayOfWeek: _part("DAYOFWEEK"),
    exp.WeekOfYear: _part("WEEK"),
    exp.Week: _part("WEEK"),
    exp.CurrentTimestamp: lambda node: exp.column("CURRENT_TIMESTAMP"),
    exp.TimeToStr: _formatted("TO_CHAR"),
    exp.StrToTime: _formatted("TO_TIMESTAMP"),
    exp.StrPosition: _position,
    exp.StartsWith: _named("STARTSWITH"),
    exp.EndsWith: _named("ENDSWITH"),
    exp.RegexpExtract: _extracted,
    exp.RegexpReplace: _replaced,
    exp.DataType: _type,
    exp.Ordered: _ordered,
}
