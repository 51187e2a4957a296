"""SQL expressions -> terms and conditions in one spelling. What is not known stays as it is, equal only to itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from sqlglot import exp

from hedu.alignment.equivalence import comparisons, functions, months, terms, truths
from hedu.alignment.equivalence.diagrams import Diagram, TooComplex, negated, piece
from hedu.alignment.equivalence.terms import NULL, NUMBERS, Term
from hedu.alignment.equivalence.truths import NEVER, Pair

_OPERATORS: dict[type[exp.Expr], str] = {
    exp.LT: "<", exp.LTE: "<=", exp.EQ: "=", exp.NEQ: "<>", exp.GT: ">", exp.GTE: ">=",
}  # fmt: skip
_CONDITIONS = (
    *_OPERATORS, exp.And, exp.Or, exp.Not, exp.Is, exp.In, exp.Between, exp.Like, exp.ILike,
    exp.NullSafeEQ, exp.NullSafeNEQ, exp.Exists, exp.RegexpLike, exp.StartsWith, exp.SimilarTo, exp.Contains,
)  # fmt: skip
_PARTS: dict[type[exp.Expr], str] = {
    exp.Year: "YEAR", exp.Month: "MONTH", exp.Day: "DAY", exp.Quarter: "QUARTER", exp.Week: "WEEK",
}  # fmt: skip
DATES = ("date", "timestamp", "timestampntz")
_COMMUTATIVE = frozenset({"GREATEST", "LEAST"})
_UNCERTAIN = (exp.Rand, exp.Uuid, exp.Placeholder, exp.Parameter, exp.Any, exp.All)
Test = Callable[[Term], Diagram]


@dataclass(frozen=True)
class Names:
    """What names stand for. `aggregate` reads calls such as SUM where they may stand.

    With `is_safe` a division by zero is NULL, as in every formula of a metric. `exists` says when a nested query has
    a row, of which the test of its first output holds; TooComplex where that has no form. `scalar` is the value of a
    nested query of one row. Windows are read only where they have a query's rows to look at.
    """

    column: Callable[[exp.Column], Term]
    aggregate: Callable[[exp.Expr], Term] | None = None
    is_safe: bool = False
    has_windows: bool = False
    exists: Callable[[exp.Expr, Test | None], Diagram] | None = None
    scalar: Callable[[exp.Expr], Term] | None = None


def term(tree: exp.Expr, names: Names) -> Term:
    """The value of an expression. TooComplex for what has no value of its own (windows, random numbers)."""
    match tree:
        case exp.Paren() | exp.IgnoreNulls():
            return term(tree.this, names)
        case exp.Column():
            return names.column(tree)
        case exp.Literal():
            return terms.text(tree.this) if tree.is_string else terms.number(tree.this)
        case exp.Boolean():
            return terms.boolean(bool(tree.this))
        case exp.Null():
            return NULL
        case exp.Neg():
            return terms.multiplied(terms.number(-1), term(tree.this, names))
        case exp.Add() | exp.Sub():
            left, sign = term(tree.this, names), 1 if isinstance(tree, exp.Add) else -1
            if isinstance(tree.expression, exp.Interval):
                moved = functions.shifted(left, tree.expression, sign)
                if moved is not None:
                    return moved
            return terms.added(left, term(tree.expression, names), sign)
        case exp.Mul():
            return terms.multiplied(term(tree.this, names), term(tree.expression, names))
        case exp.Div():
            return _quotient(tree, names)
        case exp.Case() | exp.If() | exp.Coalesce() | exp.Nullif():
            return _case(tree, names)
        case exp.Cast():
            return _cast(tree, names)
        case _:
            return _other(tree, names)


def condition(tree: exp.Expr, names: Names) -> Pair:
    """When a condition is true and when it is false."""
    match tree:
        case exp.Paren():
            return condition(tree.this, names)
        case exp.And():
            return _all_of(tree, names)
        case exp.Or():
            return truths.or_(condition(tree.left, names), condition(tree.right, names))
        case exp.Not():
            return truths.not_(condition(tree.this, names))
        case exp.Is():
            return _is(tree, names)
        case exp.NullSafeEQ() | exp.NullSafeNEQ():
            found = comparisons.same(term(tree.this, names), term(tree.expression, names))
            return found if isinstance(tree, exp.NullSafeEQ) else truths.not_(found)
        case exp.In():
            return _in(tree, names)
        case exp.Between():
            return _between(tree, names)
        case exp.Like() | exp.ILike():
            return _like(tree, names)
        case exp.EQ() if isinstance(tree.expression, exp.Any) and isinstance(tree.expression.this.unnest(), exp.Array):
            return _one_of(term(tree.this, names), tree.expression.this.unnest().expressions, names)
        case exp.Contains():
            return _contains(tree, names)
        case exp.StartsWith():
            return truths.begins(term(tree.this, names), term(tree.expression, names))
        case exp.Exists():
            return _exists(tree, names)
        case exp.Null():
            return NEVER
        case exp.Boolean():
            return truths.sure(bool(tree.this))
    operator = _OPERATORS.get(type(tree))
    if operator is not None:
        return comparisons.compared(operator, term(tree.this, names), term(tree.expression, names))
    if isinstance(tree, _CONDITIONS):
        return _unread(_other(tree, names))
    return comparisons.truth_of(term(tree, names))


def _unread(value: Term) -> Pair:
    """A condition nothing is known of: it may be true, false or NULL."""
    known = negated(terms.null_of(value))
    return truths.and_((known, False), truths.sure(piece((terms.shown(value), "unread"), (1, 0), None)))


def _is(tree: exp.Is, names: Names) -> Pair:
    """IS NULL, IS TRUE, IS FALSE."""
    if isinstance(tree.expression, exp.Boolean):
        truth, falsehood = condition(tree.this, names)
        return truths.sure(truth if tree.expression.this else falsehood)
    if not isinstance(tree.expression, exp.Null):
        raise TooComplex
    return comparisons.is_null(term(tree.this, names))


def _in(tree: exp.In, names: Names) -> Pair:
    """IN a list is an OR of equalities."""
    query = tree.args.get("query")
    if query is not None and names.exists is not None and not isinstance(tree.this, exp.Tuple):
        with suppress(TooComplex):
            return _in_query(term(tree.this, names), query, names.exists)
    if query is not None or tree.args.get("unnest") is not None or isinstance(tree.this, exp.Tuple):
        return _unread(_other(tree, names))
    return _one_of(term(tree.this, names), tree.expressions, names)


def _one_of(value: Term, items: Sequence[exp.Expr], names: Names) -> Pair:
    found: Pair = (False, True)
    for item in items:
        found = truths.or_(found, comparisons.compared("=", value, term(item, names)))
    return found


def _contains(tree: exp.Contains, names: Names) -> Pair:
    """A text within another; of lists nothing is known."""
    value, part = term(tree.this, names), term(tree.expression, names)
    if terms.kind_of(value) != "text" or part[:2] != ("lit", "text"):
        return _unread(_function(tree, names))
    return truths.holds(value, part)


def _in_query(value: Term, query: exp.Expr, exists: Callable[[exp.Expr, Test | None], Diagram]) -> Pair:
    """IN a query: true where some row of it is equal, false where none is and none might be."""

    def may_be_equal(one: Term) -> Diagram:
        is_unknown = terms.any_of((terms.null_of(value), terms.null_of(one)))
        return terms.any_of((comparisons.compared("=", value, one)[0], is_unknown))

    truth = exists(query, lambda one: comparisons.compared("=", value, one)[0])
    return truth, negated(exists(query, may_be_equal))


def _exists(tree: exp.Exists, names: Names) -> Pair:
    if names.exists is not None:
        with suppress(TooComplex):
            return truths.sure(names.exists(tree.this, None))
    return _unread(_other(tree, names))


def _between(tree: exp.Between, names: Names) -> Pair:
    value, low, high = (term(tree.args[key], names) for key in ("this", "low", "high"))
    ordered = truths.and_(comparisons.compared(">=", value, low), comparisons.compared("<=", value, high))
    if not tree.args.get("symmetric"):
        return ordered
    turned = truths.and_(comparisons.compared(">=", value, high), comparisons.compared("<=", value, low))
    return truths.or_(ordered, turned)


def _like(tree: exp.Like | exp.ILike, names: Names) -> Pair:
    value, pattern = term(tree.this, names), term(tree.expression, names)
    if isinstance(tree, exp.ILike) and pattern[:2] == ("lit", "text") and pattern[2].isascii():
        value, pattern = terms.call("LOWER", value), terms.text(pattern[2].lower())
    elif isinstance(tree, exp.ILike):
        return _unread(_other(tree, names))
    found = functions.like(value, pattern)
    return truths.not_(found) if tree.args.get("negate") else found


def _all_of(tree: exp.And, names: Names) -> Pair:
    """Conditions that hold together; the year and the month of one time are a month."""
    read: functions.Reading = lambda one: term(one, names)  # noqa: E731
    parts: list[exp.Expr] = months.same_units(list(tree.flatten()), read)
    given: dict[Term, dict[str, int]] = {}
    told: dict[int, Term] = {}
    for at, one in enumerate(parts):
        inner = one.unnest()
        if isinstance(inner, exp.EQ) and isinstance(inner.expression, exp.Literal) and inner.find(*months.CALLS):
            match term(inner.this, names), term(inner.expression, names):
                case ("fn", name, time), ("lit", "number", int(value)) if name in months.NAMES:
                    if given.setdefault(time, {}).setdefault(months.NAMES[name], value) == value:
                        told[at] = time
    spans = functions.month_of_year(given)
    years = {time: one["YEAR"] for time, one in given.items() if len(one) == 1}
    ranges = months.of_years(parts, years, told, read, lambda one: condition(one, names))
    found: Pair = (True, False)
    for at, one in enumerate(parts):
        if told.get(at) not in spans and told.get(at) not in ranges:
            found = truths.and_(found, condition(one, names))
    for time, allowed in ranges.items():
        found = truths.and_(found, comparisons.in_months(time, years[time], allowed))
    for time, (unit, first) in spans.items():
        found = truths.and_(found, comparisons.compared("=", terms.call(unit, time), terms.day(first)))
    return found


def _quotient(tree: exp.Div, names: Names) -> Term:
    """x / NULLIF(y, 0) is the safe division of x by y."""
    left, right, is_safe = term(tree.this, names), tree.expression.unnest(), names.is_safe
    while isinstance(right, exp.Nullif) and term(right.expression, names) == terms.number(0):
        right, is_safe = right.this.unnest(), True
    return terms.divided(left, term(right, names), is_safe)


def _case(tree: exp.Expr, names: Names) -> Term:
    match tree:
        case exp.Coalesce():
            values = [term(one, names) for one in (tree.this, *tree.expressions)]
            return terms.case([(negated(terms.null_of(value)), value) for value in values])
        case exp.Nullif():
            value, other = term(tree.this, names), term(tree.expression, names)
            return terms.case([(comparisons.compared("=", value, other)[0], NULL)], value)
        case exp.If():
            second: exp.Expr | None = tree.args.get("false")
            otherwise = term(second, names) if second is not None else NULL
            return terms.case([(condition(tree.this, names)[0], term(tree.args["true"], names))], otherwise)
    subject, default = tree.this, tree.args.get("default")
    branches = []
    for branch in tree.args["ifs"]:
        when = exp.EQ(this=subject.copy(), expression=branch.this.copy()) if subject is not None else branch.this
        branches.append((condition(when, names)[0], term(branch.args["true"], names)))
    return terms.case(branches, term(default, names) if default is not None else NULL)


def _cast(tree: exp.Cast, names: Names) -> Term:
    """Casts that change nothing fall away; a text cast to a date is that date."""
    value, to = term(tree.this, names), tree.to
    if isinstance(tree, exp.TryCast):
        return terms.call("TRY_CAST", value, terms.text(to.sql("duckdb")))
    if value[:2] == ("lit", "text") and to.is_type(*DATES):
        read = terms.time_of_text(value[2])
        if read is not None:
            return ("lit", "day", int(read // 1)) if to.is_type("date") else ("lit", "moment", read)
    kind = terms.kind_of(value)
    if kind == "bool" and to.is_type("int", "bigint", "smallint", "tinyint"):
        truth, falsehood = comparisons.truth_of(value)
        return terms.case([(truth, terms.number(1)), (falsehood, terms.number(0))])
    if to.is_type("date"):
        return value if kind == "day" else terms.call("DAY_OF", value)
    is_any_text = to.is_type("text", "varchar") and not to.expressions
    is_idle = (kind == "text" and is_any_text) or (kind == "bool" and to.is_type("boolean"))
    is_idle = is_idle or (kind == "integer" and to.is_type("bigint", "int", "int128"))
    if is_idle or (to.is_type("double") and (kind in NUMBERS or (names.is_safe and kind == ""))):
        return value
    return terms.call("CAST", value, terms.text(to.sql("duckdb")))


def _other(tree: exp.Expr, names: Names) -> Term:
    if isinstance(tree, _UNCERTAIN):
        raise TooComplex
    if isinstance(tree, exp.Window):
        if not names.has_windows:
            raise TooComplex
        return functions.window(tree, lambda one: term(one, replace(names, has_windows=False, aggregate=None)))
    if isinstance(tree, exp.Filter | exp.AggFunc) and names.aggregate is not None:
        return names.aggregate(tree)
    if isinstance(tree, exp.Query) and names.scalar is not None and not _names_of_others(tree):
        with suppress(TooComplex):
            return names.scalar(tree)
    if isinstance(tree, exp.Query | exp.Exists) or tree.args.get("query") is not None:
        if _names_of_others(tree):
            raise TooComplex
        return terms.call("QUERY", terms.text(tree.sql("duckdb")), *_from_outside(tree, names))
    if isinstance(tree, _CONDITIONS) and not isinstance(tree, exp.RegexpLike | exp.SimilarTo | exp.ILike):
        return _boolean(condition(tree, names))
    if isinstance(tree, exp.TimestampTrunc | exp.DateTrunc):
        return _truncated(tree, names)
    if isinstance(tree, exp.Extract):
        return terms.call(f"PART_{tree.name.upper()}", term(tree.expression, names))
    if type(tree) in _PARTS:
        return terms.call(f"PART_{_PARTS[type(tree)]}", term(tree.this, names))
    if isinstance(tree, exp.Trim) and tree.args.get("expression") is None:
        return functions.trimmed(tree, lambda one: term(one, names))
    if isinstance(tree, exp.Interval):
        return terms.call("INTERVAL", terms.text(tree.sql("duckdb").upper()))
    return _function(tree, names)


def _names_of_others(tree: exp.Expr) -> bool:
    """Whether a nested query reads another that was named outside it: its text does not say what that is."""
    named = {one.alias for one in tree.root().find_all(exp.CTE)}
    return any(one.name in named for one in tree.find_all(exp.Table))


def _from_outside(tree: exp.Expr, names: Names) -> list[Term]:
    """The columns a nested query takes from the rows around it, by what they are there."""
    found = []
    for column in tree.find_all(exp.Column):
        with suppress(TooComplex):
            found.append(names.column(column))
    return found


def _boolean(pair: Pair) -> Term:
    """A condition where a value stands."""
    return terms.case([(pair[0], terms.boolean(True)), (pair[1], terms.boolean(False))])


def _truncated(tree: exp.Expr, names: Names) -> Term:
    value, unit = term(tree.this, names), tree.args["unit"].name.upper()
    if unit == "DAY" and terms.kind_of(value) == "day":
        return value
    return terms.call(f"TRUNC_{unit}", value) if unit not in ("DAY",) else terms.call("TRUNC_DAY", value)


def _function(tree: exp.Expr, names: Names) -> Term:
    """Any other call or operator, by its name and what it is called with."""
    name = (tree.name if isinstance(tree, exp.Anonymous) else tree.key).upper()
    if name in ("DATE_PART", "DATEPART") and len(tree.expressions) == 2 and tree.expressions[0].is_string:
        return terms.call(f"PART_{tree.expressions[0].name.upper()}", term(tree.expressions[1], names))
    found: list[Term] = []
    for key, value in sorted(tree.args.items()):
        if isinstance(tree, exp.Anonymous) and key == "this":
            continue
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, exp.Var | exp.DataType | exp.Identifier):
                found.append(terms.text(f"{key} {item.sql('duckdb').upper()}"))
            elif isinstance(item, exp.Expr):
                found.append(term(item, names))
            elif item is not None and item is not False:
                found.append(terms.text(f"{key} {item}"))
    if name == "DATEDIFF":
        name = "DATE_DIFF"
    if name == "DATE_DIFF":
        days = functions.days_between(found)
        if days is not None:
            return days
    return terms.call(name, *(sorted(found, key=repr) if name in _COMMUTATIVE else found))
