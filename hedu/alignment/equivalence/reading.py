"""SQL expressions -> terms and conditions in one spelling. What is not known stays as it is, equal only to itself."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from sqlglot import exp

from hedu.alignment.equivalence import comparisons, terms
from hedu.alignment.equivalence.comparisons import NEVER, Pair
from hedu.alignment.equivalence.diagrams import TooComplex, negated, piece
from hedu.alignment.equivalence.terms import NULL, NUMBERS, Term

_OPERATORS: dict[type[exp.Expr], str] = {
    exp.LT: "<", exp.LTE: "<=", exp.EQ: "=", exp.NEQ: "<>", exp.GT: ">", exp.GTE: ">=",
}  # fmt: skip
_CONDITIONS = (
    *_OPERATORS, exp.And, exp.Or, exp.Not, exp.Is, exp.In, exp.Between, exp.Like, exp.ILike,
    exp.NullSafeEQ, exp.NullSafeNEQ, exp.Exists, exp.RegexpLike, exp.StartsWith, exp.SimilarTo,
)  # fmt: skip
_PARTS: dict[type[exp.Expr], str] = {
    exp.Year: "YEAR", exp.Month: "MONTH", exp.Day: "DAY", exp.Quarter: "QUARTER", exp.Week: "WEEK",
}  # fmt: skip
DATES = ("date", "timestamp", "timestampntz")
_COMMUTATIVE = frozenset({"GREATEST", "LEAST"})
_UNCERTAIN = (exp.Rand, exp.Uuid, exp.Window, exp.Placeholder, exp.Parameter, exp.Any, exp.All)


@dataclass(frozen=True)
class Names:
    """What names stand for. `aggregate` reads calls such as SUM where they may stand.

    With `is_safe` a division by zero is NULL, as in every formula of a metric.
    """

    column: Callable[[exp.Column], Term]
    aggregate: Callable[[exp.Expr], Term] | None = None
    is_safe: bool = False


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
            left, right = term(tree.this, names), term(tree.expression, names)
            return terms.added(left, right, 1 if isinstance(tree, exp.Add) else -1)
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
            return comparisons.and_(condition(tree.left, names), condition(tree.right, names))
        case exp.Or():
            return comparisons.or_(condition(tree.left, names), condition(tree.right, names))
        case exp.Not():
            return comparisons.not_(condition(tree.this, names))
        case exp.Is():
            return _is(tree, names)
        case exp.NullSafeEQ() | exp.NullSafeNEQ():
            found = comparisons.same(term(tree.this, names), term(tree.expression, names))
            return found if isinstance(tree, exp.NullSafeEQ) else comparisons.not_(found)
        case exp.In():
            return _in(tree, names)
        case exp.Between():
            return _between(tree, names)
        case exp.Like():
            return _like(tree, names)
        case exp.Null():
            return NEVER
        case exp.Boolean():
            return comparisons.sure(bool(tree.this))
    operator = _OPERATORS.get(type(tree))
    if operator is not None:
        return comparisons.compared(operator, term(tree.this, names), term(tree.expression, names))
    if isinstance(tree, _CONDITIONS):
        return _unread(_other(tree, names))
    return comparisons.truth_of(term(tree, names))


def _unread(value: Term) -> Pair:
    """A condition nothing is known of: it may be true, false or NULL."""
    known = negated(terms.null_of(value))
    return comparisons.and_((known, False), comparisons.sure(piece((terms.shown(value), "unread"), (1, 0), None)))


def _is(tree: exp.Is, names: Names) -> Pair:
    """IS NULL, IS TRUE, IS FALSE."""
    if isinstance(tree.expression, exp.Boolean):
        truth, falsehood = condition(tree.this, names)
        return comparisons.sure(truth if tree.expression.this else falsehood)
    if not isinstance(tree.expression, exp.Null):
        raise TooComplex
    return comparisons.is_null(term(tree.this, names))


def _in(tree: exp.In, names: Names) -> Pair:
    """IN a list is an OR of equalities."""
    if tree.args.get("query") is not None or tree.args.get("unnest") is not None or isinstance(tree.this, exp.Tuple):
        return _unread(_other(tree, names))
    value = term(tree.this, names)
    found: Pair = (False, True)
    for item in tree.expressions:
        found = comparisons.or_(found, comparisons.compared("=", value, term(item, names)))
    return found


def _between(tree: exp.Between, names: Names) -> Pair:
    value, low, high = (term(tree.args[key], names) for key in ("this", "low", "high"))
    ordered = comparisons.and_(comparisons.compared(">=", value, low), comparisons.compared("<=", value, high))
    if not tree.args.get("symmetric"):
        return ordered
    turned = comparisons.and_(comparisons.compared(">=", value, high), comparisons.compared("<=", value, low))
    return comparisons.or_(ordered, turned)


def _like(tree: exp.Like, names: Names) -> Pair:
    value, pattern = term(tree.this, names), term(tree.expression, names)
    if pattern[:2] == ("lit", "text") and not set(pattern[2]) & set("%_\\"):
        found = comparisons.compared("=", value, pattern)
    else:
        is_known = comparisons.sure(negated(terms.any_of((terms.null_of(value), terms.null_of(pattern)))))
        matched = comparisons.sure(piece((terms.shown(("LIKE", value, pattern)), "unread"), (1, 0), None))
        found = (comparisons.and_(is_known, matched)[0], comparisons.and_(is_known, comparisons.not_(matched))[0])
    return comparisons.not_(found) if tree.args.get("negate") else found


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
    if to.is_type("date"):
        return value if kind == "day" else terms.call("DAY_OF", value)
    is_any_text = to.is_type("text", "varchar") and not to.expressions
    is_idle = (kind == "text" and is_any_text) or (kind == "bool" and to.is_type("boolean"))
    if is_idle or (to.is_type("double") and (kind in NUMBERS or (names.is_safe and kind == ""))):
        return value
    return terms.call("CAST", value, terms.text(to.sql("duckdb")))


def _other(tree: exp.Expr, names: Names) -> Term:
    if isinstance(tree, _UNCERTAIN):
        raise TooComplex
    if isinstance(tree, exp.Filter | exp.AggFunc) and names.aggregate is not None:
        return names.aggregate(tree)
    if isinstance(tree, exp.Query | exp.Exists) or tree.args.get("query") is not None:
        if _names_of_others(tree):
            raise TooComplex
        return terms.call("QUERY", terms.text(tree.sql("duckdb")), *_from_outside(tree, names))
    if isinstance(tree, exp.Like):
        raise TooComplex
    if isinstance(tree, _CONDITIONS) and not isinstance(
        tree, exp.RegexpLike | exp.StartsWith | exp.SimilarTo | exp.ILike
    ):
        return _boolean(condition(tree, names))
    if isinstance(tree, exp.TimestampTrunc | exp.DateTrunc):
        return _truncated(tree, names)
    if isinstance(tree, exp.Extract):
        return terms.call(f"PART_{tree.name.upper()}", term(tree.expression, names))
    if type(tree) in _PARTS:
        return terms.call(f"PART_{_PARTS[type(tree)]}", term(tree.this, names))
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
    return terms.call(name, *(sorted(found, key=repr) if name in _COMMUTATIVE else found))
