"""Values computed from a row, in one spelling: sums of products with exact coefficients, cases that do not overlap.

A term is a nested tuple. ("col", name, kind, never_null) | ("lit", kind, value) | ("sum", constant, ((factors,
coefficient), …)) | ("inv", term) | ("safe_inv", term) | ("case", ((value, condition), …)) | ("fn", NAME, …).
Kinds: number integer text bool day moment interval, null, and "" where it is not known. A case is NULL where none of
its conditions hold, and none holds where its value is NULL.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from hedu.alignment.equivalence.diagrams import Diagram, TooComplex, both, either, implies, negated, piece

Term = tuple[Any, ...]
NULL: Term = ("lit", "null", None)
NUMBERS = frozenset({"number", "integer"})
TIMES = frozenset({"day", "moment"})
DISCRETE = frozenset({"integer", "day", "bool"})
_STRICT = frozenset(
    {
        *("ADD", "SUB", "LOWER", "UPPER", "TRIM", "LENGTH", "SUBSTRING", "ABS", "ROUND", "FLOOR", "CEIL", "DAY_OF"),
        *("CAST", "DPIPE", "DATE_DIFF", "NEG", "ZONE", "TIMETOSTR", "LEFT"),
    }
)
_KINDS = {
    **dict.fromkeys(("LOWER", "UPPER", "TRIM", "SUBSTRING", "DPIPE", "CONCAT", "TIMETOSTR"), "text"),
    **dict.fromkeys(("LENGTH", "DATE_DIFF"), "integer"),
    **dict.fromkeys(("ABS", "ROUND", "FLOOR", "CEIL"), "number"),
    "DAY_OF": "day",
}
WHOLE_PARTS = frozenset(
    f"PART_{name}"
    for name in ("YEAR", "ISOYEAR", "QUARTER", "MONTH", "WEEK", "DAY", "DOW", "ISODOW", "DOY", "HOUR", "MINUTE")
)
"""Parts of a time that are whole on every engine; seconds, epochs and Julian days may have fractions."""
_MOST_MONOMIALS = 60


def number(value: int | Fraction | str) -> Term:
    """A number as a literal, exact.

    >>> number("1.50")
    ('lit', 'number', Fraction(3, 2))
    """
    return ("lit", "number", _plain(Fraction(value)))


def text(value: str) -> Term:
    return ("lit", "text", value)


def boolean(value: bool) -> Term:
    return ("lit", "bool", int(value))


def day(value: date) -> Term:
    return ("lit", "day", value.toordinal())


def moment(value: datetime) -> Term:
    seconds = value.hour * 3600 + value.minute * 60 + value.second
    return (
        "lit",
        "moment",
        _plain(value.toordinal() + Fraction(seconds * 1_000_000 + value.microsecond, 86_400_000_000)),
    )


def time_of_text(value: str) -> Fraction | int | None:
    """Days since the calendar began for an ISO date or time; None for any other text."""
    try:
        found = datetime.fromisoformat(value.strip())
    except ValueError:
        return None
    return moment(found)[2] if found.tzinfo is None else None


def kind_of(term: Term) -> str:
    """What line the term's values lie on; "" where that is not known."""
    match term:
        case ("lit", kind, _) | ("col", _, kind, _):
            return str(kind)
        case ("sum", _, products):
            kinds = {kind_of(factor) for factors, _ in products for factor in factors}
            is_whole = kinds == {"integer"} and all(isinstance(weight, int) for _, weight in products)
            return "integer" if is_whole and isinstance(term[1], int) else "number" if kinds <= NUMBERS else ""
        case ("inv" | "safe_inv", _):
            return "number"
        case ("case", branches):
            kinds = {kind_of(value) for value, _ in branches}
            return kinds.pop() if len(kinds) == 1 else "number" if kinds <= NUMBERS else ""
        case ("agg", name, value, *_):
            return "integer" if name.startswith("COUNT") else kind_of(value) if name in ("SUM", "MIN", "MAX") else ""
        case ("fn", name, *_):
            if name.startswith("TRUNC_"):
                return "day" if kind_of(term[2]) == "day" else ""
            if name == "SUB" and all(kind_of(one) == "day" for one in term[2:]):
                return "integer"
            return "integer" if name in WHOLE_PARTS else _KINDS.get(name, "")
    return ""


def shown(term: Term) -> str:
    """A text that is equal for equal terms."""
    return repr(term)


def null_of(term: Term) -> Diagram:
    """The condition under which the term is NULL."""
    match term:
        case ("lit", kind, _):
            return bool(kind == "null")
        case ("col", _, _, never_null):
            return False if never_null else _is_null(term)
        case ("sum", _, products):
            return any_of(null_of(factor) for factors, _ in products for factor in factors)
        case ("agg", name, *_) if name.startswith("COUNT"):
            return False
        case ("inv", inner):
            return null_of(inner)
        case ("safe_inv", inner):
            return either(null_of(inner), piece((shown(inner), "number"), (0, 0), (0, 1)))
        case ("case", branches):
            return negated(any_of(condition for _, condition in branches))
        case ("fn", name, *inner) if name in _STRICT or name.startswith(("TRUNC_", "PART_")):
            return any_of(null_of(one) for one in inner)
    return _is_null(term)


def _is_null(term: Term) -> Diagram:
    return piece((shown(term[:2] if term[0] == "col" else term), "null"), (1, 0), None)


def any_of(diagrams: Iterable[Diagram]) -> Diagram:
    found: Diagram = False
    for one in diagrams:
        found = either(found, one)
    return found


def case(branches: Iterable[tuple[Diagram, Term]], default: Term = NULL) -> Term:
    """CASE WHEN … THEN … ELSE `default` END: the first branch whose condition holds."""
    held: dict[Term, Diagram] = {}
    rest: Diagram = True
    for condition, value in (*branches, (True, default)):
        here = both(rest, condition)
        rest = both(rest, negated(condition))
        for part, inside in _parts(value):
            held[part] = either(held.get(part, False), both(here, inside))
    kept = sorted(((value, where) for value, where in held.items() if where is not False), key=repr)
    if not kept:
        return NULL
    if len(kept) == 1 and kept[0][1] == negated(null_of(kept[0][0])):
        return kept[0][0]
    return ("case", tuple(kept))


def _parts(value: Term) -> Iterator[tuple[Term, Diagram]]:
    """The values a term takes, each with the condition under which it does and is not NULL."""
    if value[0] == "case":
        yield from value[1]
    elif value != NULL:
        yield value, negated(null_of(value))


def call(name: str, *arguments: Term) -> Term:
    """A function nothing is known of but its name (and, for some, that it is NULL where an argument is)."""
    if name in _STRICT and NULL in arguments:
        return NULL
    return ("fn", name, *arguments)


def is_linear(term: Term) -> bool:
    """Whether sums with the term may be rearranged: not so for times with intervals, nor for texts."""
    return kind_of(term) in NUMBERS or (kind_of(term) == "" and not _has_interval(term))


def _has_interval(term: Term) -> bool:
    return term[0] == "fn" and (
        term[1] == "INTERVAL" or (term[1] in ("ADD", "SUB") and any(map(_has_interval, term[2:])))
    )


def added(a: Term, b: Term, sign: int = 1) -> Term:
    """a + b, or a - b."""
    if NULL in (a, b):
        return NULL
    if not (is_linear(a) and is_linear(b)):
        return call("ADD" if sign > 0 else "SUB", a, b)
    constant, products = _sum_of(a)
    more, others = _sum_of(b)
    for factors, weight in others.items():
        products[factors] = _plain(products.get(factors, 0) + sign * weight)
    return _total(constant + sign * more, products)


def multiplied(a: Term, b: Term) -> Term:
    """a * b, multiplied out."""
    if NULL in (a, b):
        return NULL
    if not (is_linear(a) and is_linear(b)):
        return call("MUL", *sorted((a, b), key=repr))
    (constant, ones), (more, others) = _sum_of(a), _sum_of(b)
    if len(ones) * len(others) > _MOST_MONOMIALS:
        raise TooComplex
    products: dict[tuple[Term, ...], Any] = {}
    for left, weight in _with_constant(constant, ones):
        for right, other in _with_constant(more, others):
            factors, idle = _cancelled(tuple(sorted((*left, *right), key=repr)))
            for one in idle:
                products.setdefault((one,), 0)
            products[factors] = _plain(products.get(factors, 0) + weight * other)
    return _total(products.pop((), 0), products)


def _cancelled(factors: tuple[Term, ...]) -> tuple[tuple[Term, ...], list[Term]]:
    """Factors without those that are divided by again, and what still makes the product NULL: a divisor of 0."""
    kept, idle = list(factors), []
    for one in factors:
        if one[0] == "safe_inv" and one in kept and one[1] in kept:
            kept.remove(one)
            kept.remove(one[1])
            idle.append(one)
    return tuple(kept), idle


def _with_constant(constant: Any, products: dict[tuple[Term, ...], Any]) -> list[tuple[tuple[Term, ...], Any]]:
    return [*products.items(), *([((), constant)] if constant or not products else [])]


def divided(a: Term, b: Term, is_safe: bool = False) -> Term:
    """a / b. A safe division by zero is NULL; the database's own is not."""
    if NULL in (a, b):
        return NULL
    if b[0] == "lit" and b[1] == "number" and b[2] != 0:
        return multiplied(a, number(1 / Fraction(b[2])))
    if is_safe and b[0] == "lit":
        return NULL
    a = _where_some(a, b)
    is_safe = is_safe or _is_mean(a, b)
    _, products = _sum_of(a)
    if is_safe and len(products) <= _MOST_MONOMIALS:
        return multiplied(a, ("safe_inv", b))
    factor = a if len(products) > 1 or _sum_of(a)[0] else None
    inverse: Term = ("safe_inv" if is_safe else "inv", b)
    if factor is not None and products:
        return ("sum", 0, ((tuple(sorted((factor, inverse), key=repr)), 1),))
    return multiplied(a, inverse)


def _is_mean(a: Term, b: Term) -> bool:
    """Something added up over a count of at least the same rows: where there are none, it is 0 by 0 or NULL."""
    _, products = _sum_of(a)
    return (
        b[:2] == ("agg", "COUNT")
        and bool(products)
        and not _sum_of(a)[0]
        and all(any(_is_part(factor, b) for factor in factors) for factors in products)
    )


def _is_part(factor: Term, count: Term) -> bool:
    is_sum = factor[0] == "agg" and factor[1] in ("SUM", "COUNT") and factor[4] == count[4]
    return is_sum and implies(factor[3], count[3])


def _where_some(a: Term, count: Term) -> Term:
    """What is divided by a count need not itself be NULL where that count is 0."""
    if count[:2] != ("agg", "COUNT"):
        return a
    constant, products = _sum_of(a)
    total = number(constant)
    for factors, weight in products.items():
        product = number(weight)
        for factor in factors:
            inner = factor[1][0] if factor[0] == "case" and len(factor[1]) == 1 else None
            bare = inner is not None and inner[0][0] != "lit" and inner[1] == some_of(count)
            product = multiplied(product, inner[0] if bare and inner is not None else factor)
        total = added(total, product)
    return total if any(one[0] == "case" for factors in products for one in factors) else a


def some_of(count: Term) -> Diagram:
    """Whether a count is not 0."""
    return piece((shown(count), "integer"), (1, 0), None)


def _sum_of(term: Term) -> tuple[Any, dict[tuple[Term, ...], Any]]:
    if term[0] == "sum":
        return term[1], dict(term[2])
    if term[0] == "lit" and term[1] == "number":
        return term[2], {}
    return 0, {(term,): 1}


def _total(constant: Any, products: Mapping[tuple[Term, ...], Any]) -> Term:
    """A sum in order. What cancels stays with weight 0, for it still makes the sum NULL where it is."""
    kept = dict(products)
    idle = {factors for factors, weight in kept.items() if weight == 0}
    lively = {factor for factors in kept if factors not in idle for factor in factors}
    for factors in idle:
        if all(factor in lively or factor[:2] == ("agg", "COUNT") for factor in factors):
            del kept[factors]
    if not kept:
        return number(constant)
    if constant == 0 and len(kept) == 1:
        ((factors, weight),) = kept.items()
        if weight == 1 and len(factors) == 1:
            return factors[0]
    return ("sum", _plain(Fraction(constant)), tuple(sorted(kept.items(), key=repr)))


def sum_parts(term: Term) -> tuple[Any, dict[tuple[Term, ...], Any]]:
    """The constant of a sum and its products with their weights; any other term is a sum of one."""
    return _sum_of(term)


def _plain(value: Any) -> Any:
    """An int where the value is whole: exact, and equal to itself however it came about."""
    if isinstance(value, Fraction) and value.denominator == 1:
        return int(value)
    return value
