"""A tree as its own dialect means it -> one that means the same here.

The expression language of the specification has functions that no parser here knows by its default name, and the same
name is another thing in another dialect: the first day of a week, a division of whole numbers. What cannot be told
raises Refused; nothing is left to mean something else in silence.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from sqlglot import ErrorLevel, exp
from sqlglot.errors import SqlglotError

from hedu.define.definitions import Label

OWN = ("ANSI_SQL", "OSSIE_SQL_2026", "OSI_SQL_2026")
"""What follows the expression language of the specification."""

_SUNDAY_IS_ONE = ("DATABRICKS", "SPARK", "MYSQL", "BIGQUERY")
_MONDAY_IS_ZERO = ("DATABRICKS", "SPARK", "MYSQL")
_WEEKS_FROM_SUNDAY = ("BIGQUERY", "MYSQL")
_TOKENS = re.compile("YYYY|YY|MONTH|MON|MM|DD|DAY|DY|HH24|HH12|HH|MI|SS|AM|PM", re.IGNORECASE)
_CODES = "YYYY=%Y YY=%y MM=%m MON=%b MONTH=%B DD=%d DY=%a DAY=%A HH24=%H HH12=%I HH=%I MI=%M SS=%S AM=%p PM=%p"
_STRFTIME = dict(pair.split("=") for pair in _CODES.split(" "))
TOKENS_OF = {code: token for token, code in _STRFTIME.items() if token not in ("HH12", "PM")}
"""The token of the language for each %-code."""
_BY_TOKENS = ("POSTGRES", "POSTGRESQL", "REDSHIFT", "SNOWFLAKE", "DATABRICKS", "SPARK")
_PADDED = ("POSTGRES", "POSTGRESQL", "REDSHIFT")
_ALIKE = (exp.Paren, exp.Neg, exp.Nullif, exp.Coalesce, exp.Sum, exp.Min, exp.Max, exp.Round, exp.Filter)
_CUTS = ("DATABRICKS", "SPARK", "CLICKHOUSE")
_ROUNDS_AWAY = ("SNOWFLAKE", "BIGQUERY", "MYSQL", "TRINO")
_WHOLE = (
    exp.Count,
    exp.DateDiff,
    exp.Extract,
    exp.Length,
    exp.Floor,
    exp.Ceil,
    exp.Year,
    exp.Quarter,
    exp.Month,
    exp.Day,
)
_WORDS = frozenset({"MON", "MONTH", "DY", "DAY"})


class Refused(Exception):
    """An expression that native definitions cannot say, with the reason."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.why = Label(zh, en)


def meant(tree: exp.Expr, dialect: str) -> exp.Expr:
    """`tree`, read in `dialect`, as it is said here. Refused: it cannot be, or what it means cannot be told."""
    root = exp.Paren(this=tree)
    for node in reversed(list(root.find_all(exp.Func, exp.Div))):
        made = _said(node, dialect)
        if made is not None:
            node.replace(made)
    found: exp.Expr = root.this
    found.pop()
    try:
        found.sql("duckdb", unsupported_level=ErrorLevel.RAISE)
    except SqlglotError as error:
        reason = str(error).splitlines()[0][:120]
        raise Refused(f"这里没有对应的写法：{reason}", f"it cannot be said here: {reason}") from error
    return found


def _said(node: exp.Expr, dialect: str) -> exp.Expr | None:
    """What stands for `node`; None where it means the same here."""
    if isinstance(node, exp.Div):
        return _whole(node, dialect)
    if isinstance(node, exp.Cast) and node.is_type(*exp.DataType.INTEGER_TYPES):
        return _to_whole(node, dialect)
    if isinstance(node, exp.ToChar) and node.args.get("format") is not None:
        return exp.TimeToStr(this=node.this, format=_format(node.args["format"], words=dialect not in _PADDED))
    if dialect in _BY_TOKENS and isinstance(node, (exp.TimeToStr, exp.StrToTime, exp.StrToDate, exp.TsOrDsToDate)):
        _check_codes(node.args.get("format"), dialect)
    if dialect in OWN:
        found = _of_the_language(node)
        if found is not None:
            return found
    if dialect in (*OWN, "DUCKDB") and isinstance(node, exp.Quantile):
        return exp.PercentileDisc(this=node.this, expression=node.args["quantile"])
    return _of_weeks(node, dialect)


def _of_the_language(node: exp.Expr) -> exp.Expr | None:
    if isinstance(node, exp.UnixToTime):
        scale = node.args.get("scale")
        return _to_time([node.this] if scale is None else [node.this, scale])
    if isinstance(node, exp.RegexpReplace) and node.args.get("modifiers") is None:
        node.set("modifiers", exp.Literal.string("g"))
        return None
    if not isinstance(node, exp.Anonymous):
        return None
    count, build = _CALLS.get(node.name.upper(), ((), None))
    return build(node.expressions) if build is not None and len(node.expressions) in count else None


def _added(args: Sequence[exp.Expr]) -> exp.Expr:
    return exp.DateAdd(this=args[2], expression=args[1], unit=exp.var(args[0].name.upper()))


def _to_date(args: Sequence[exp.Expr]) -> exp.Expr:
    if len(args) == 1:
        return exp.cast(args[0], "date")
    return exp.cast(exp.StrToTime(this=args[0], format=_format(args[1], words=True)), "date")


def _to_time(args: Sequence[exp.Expr]) -> exp.Expr:
    if len(args) == 1:
        return exp.cast(args[0], "timestamp")
    return exp.StrToTime(this=args[0], format=_format(args[1], words=True))


_CALLS: Mapping[str, tuple[tuple[int, ...], Callable[[Sequence[exp.Expr]], exp.Expr]]] = {
    "DATEADD": ((3,), _added),
    "DATE_ADD": ((3,), _added),
    "TO_DATE": ((1, 2), _to_date),
    "IFF": ((3,), lambda args: exp.Case().when(args[0], args[1]).else_(args[2])),
    "ZEROIFNULL": ((1,), lambda args: exp.Coalesce(this=args[0], expressions=[exp.Literal.number(0)])),
    "NULLIFZERO": ((1,), lambda args: exp.Nullif(this=args[0], expression=exp.Literal.number(0))),
}


def _format(tree: exp.Expr, *, words: bool) -> exp.Expr:
    """A format of tokens as one of %-codes. Names of months and days are written alike in some dialects only."""
    text = tree.name if isinstance(tree, exp.Literal) and tree.is_string else None
    if text is None or "%" in text or not _TOKENS.search(text) or re.search("[A-Za-z]", _TOKENS.sub("", text)):
        raise Refused(f"看不懂的格式 {tree.sql()}", f"the format {tree.sql()} cannot be read")
    if not words and any(token.upper() in _WORDS for token in _TOKENS.findall(text)):
        raise Refused(f"格式 {text} 里的名称各方言写法不同", f"names in the format {text} differ between dialects")
    return exp.Literal.string(_TOKENS.sub(lambda found: _STRFTIME[found.group().upper()], text))


def _check_codes(tree: exp.Expr | None, dialect: str) -> None:
    """Tokens that became no code would be taken for letters; some dialects fill up names with blanks."""
    text = tree.name if isinstance(tree, exp.Literal) else ""
    if re.search("[A-Za-z]", re.sub("%-?[A-Za-z]", "", text)):
        raise Refused(f"看不懂的格式 {text}", f"the format {text} cannot be read")
    if dialect in _PADDED and re.search("%[AaBb]", text):
        raise Refused(f"格式 {text} 里的名称各方言写法不同", f"names in the format {text} differ between dialects")


def _of_weeks(node: exp.Expr, dialect: str) -> exp.Expr | None:
    """Parts of a week: counted from another day, or by another week, than here."""
    part = node.this.name.upper() if isinstance(node, exp.Extract) else ""
    if isinstance(node, exp.DayOfWeek) or part in ("DAYOFWEEK", "DOW"):
        return _plus(node.copy(), 1) if dialect in _SUNDAY_IS_ONE else None
    if dialect in _SUNDAY_IS_ONE and isinstance(node, exp.Anonymous) and node.name.upper() == "DATE_PART":
        raise Refused("DATE_PART 的星期在各方言里起点不同", "DATE_PART counts the days of a week from elsewhere")
    if isinstance(node, exp.Anonymous) and node.name.upper() == "WEEKDAY" and dialect in _MONDAY_IS_ZERO:
        return _plus(exp.DayOfWeekIso(this=node.expressions[0]), -1)
    if part == "ISOWEEK":
        return exp.Extract(this=exp.var("WEEK"), expression=node.expression)
    if dialect in _WEEKS_FROM_SUNDAY and (isinstance(node, exp.Week) or part.startswith("WEEK")):
        raise Refused(f"{dialect} 的周从星期日起编号", f"weeks of {dialect} are numbered from Sundays")
    return None


def _plus(tree: exp.Expr, days: int) -> exp.Expr:
    kind = exp.Add if days > 0 else exp.Sub
    return exp.Paren(this=kind(this=tree, expression=exp.Literal.number(abs(days))))


def _whole(node: exp.Div, dialect: str) -> exp.Expr | None:
    """Where whole numbers divide to whole numbers, a division must show that it is none of those."""
    if node.args.get("typed") and not (_fraction(node.this) or _fraction(node.expression)):
        raise Refused(
            f"{dialect} 里整数相除只得整数，而看不出这里是不是整数",
            f"{dialect} divides whole numbers to whole numbers, and whether these are is not said",
        )
    return None


def _to_whole(node: exp.Cast, dialect: str) -> exp.Expr | None:
    """A number made whole is cut off in some dialects; in others halves go away from zero, as only decimals do here."""
    value = node.this.unnest()
    is_whole = isinstance(value, _WHOLE) or (isinstance(value, exp.Literal) and value.name.isdigit())
    if is_whole or isinstance(value, (exp.Predicate, exp.Connector, exp.Not)) or dialect not in (*_CUTS, *_ROUNDS_AWAY):
        return None
    exact = type(node)(this=value.copy(), to=exp.DataType.build("DECIMAL(38, 9)"))
    return type(node)(this=exp.Trunc(this=exact) if dialect in _CUTS else exact, to=node.to.copy())


def _fraction(tree: exp.Expr | None) -> bool:
    if isinstance(tree, exp.Literal):
        return not tree.is_string and not tree.name.isdigit()
    if isinstance(tree, (exp.Cast, exp.TryCast)):
        return bool(tree.is_type(*exp.DataType.FLOAT_TYPES, exp.DType.DECIMAL))
    if isinstance(tree, (exp.Avg, exp.Stddev, exp.StddevPop, exp.StddevSamp, exp.Variance, exp.VariancePop)):
        return True
    if isinstance(tree, (exp.Add, exp.Sub, exp.Mul, exp.Div)):
        return _fraction(tree.this) or _fraction(tree.expression)
    if isinstance(tree, _ALIKE):
        return _fraction(tree.this)
    if isinstance(tree, exp.Case):
        ends = [one.args.get("true") for one in tree.args.get("ifs") or ()]
        return any(_fraction(one) for one in (*ends, tree.args.get("default")))
    return False


def comes_to_text(tree: exp.Expr) -> bool:
    """Whether a formula over numbers comes to words."""
    if tree.find(exp.Func, exp.DPipe, exp.Case) is None:
        return False
    from sqlglot.optimizer.annotate_types import annotate_types  # takes a while to import, and few formulas need it

    root = exp.Paren(this=tree.copy())
    for column in root.find_all(exp.Column):
        column.type = exp.DataType.build("double")
    return bool(annotate_types(root, dialect="duckdb").this.is_type(*exp.DataType.TEXT_TYPES))
