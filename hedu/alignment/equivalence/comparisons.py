"""Two terms and an operator -> when the comparison is true and when it is false (else it is NULL), as diagrams."""

from __future__ import annotations

import math
import re
from datetime import date
from fractions import Fraction
from typing import Any

from hedu.alignment.equivalence.diagrams import Cut, Diagram, both, either, negated, piece
from hedu.alignment.equivalence.terms import (
    DISCRETE,
    NULL,
    NUMBERS,
    TIMES,
    Term,
    call,
    day,
    kind_of,
    null_of,
    number,
    shown,
    time_of_text,
)
from hedu.alignment.equivalence.truths import NEVER, Pair, and_, begins, holds, not_, or_, sure, written_time

FLIPPED = {"<": ">", "<=": ">=", "=": "=", "<>": "<>", ">": "<", ">=": "<="}
_SIGN = "sign"
_DAYS = re.compile(r"INTERVAL '?(-?\d+)'? (DAY|WEEK)S?")
_MONTHS = {"MONTH": 1, "QUARTER": 3, "YEAR": 12}


def is_null(term: Term) -> Pair:
    return sure(null_of(term))


def same(a: Term, b: Term) -> Pair:
    """IS NOT DISTINCT FROM: equal, or both NULL."""
    return sure(either(compared("=", a, b)[0], both(null_of(a), null_of(b))))


def compared(operator: str, a: Term, b: Term) -> Pair:
    """a `operator` b, one of < <= = <> >= >."""
    if NULL in (a, b):
        return NEVER
    if a[0] == "lit" and b[0] != "lit":
        return compared(FLIPPED[operator], b, a)
    if a[0] == "case":
        return _of_case(operator, a, b)
    if b[0] == "case":
        return _of_case(FLIPPED[operator], b, a)
    if b[0] == "lit":
        return _with_literal(operator, a, b)
    return _of_terms(operator, a, b)


def truth_of(term: Term) -> Pair:
    """A term where a condition stands: a boolean, or a number that is not zero."""
    if kind_of(term) in NUMBERS:
        return compared("<>", term, number(0))
    return compared("=", term, ("lit", "bool", 1))


def _of_case(operator: str, whole: Term, other: Term) -> Pair:
    truth: Diagram = False
    falsehood: Diagram = False
    for value, condition in whole[1]:
        here = compared(operator, value, other)
        truth = either(truth, both(condition, here[0]))
        falsehood = either(falsehood, both(condition, here[1]))
    return truth, falsehood


def _of_terms(operator: str, a: Term, b: Term) -> Pair:
    """Both vary: what counts is which of the two is greater, whatever their values."""
    known = negated(either(null_of(a), null_of(b)))
    if a == b:
        return _known(known, operator in ("=", "<=", ">="))
    moved = _of_moved(operator, a, b) or _of_moved(FLIPPED[operator], b, a)
    if moved is not None:
        return moved
    if repr(a) > repr(b):
        a, b, operator = b, a, FLIPPED[operator]
    return _known(known, _on_line((shown(("pair", a, b)), _SIGN), operator, 0))


def _of_moved(operator: str, a: Term, b: Term) -> Pair | None:
    """A date against another moved by whole days: so many days lie between them."""
    match b:
        case ("fn", "ADD" | "SUB" as sign, inner, ("fn", "INTERVAL", ("lit", "text", text))):
            found = _DAYS.fullmatch(text)
            if found is not None and kind_of(a) == kind_of(inner) == "day":
                days = int(found[1]) * (7 if found[2] == "WEEK" else 1) * (1 if sign == "ADD" else -1)
                return compared(operator, call("SUB", a, inner), number(days))
    return None


def _with_literal(operator: str, a: Term, literal: Term) -> Pair:
    known = negated(null_of(a))
    simpler = _simpler(operator, a, literal)
    if simpler is not None:
        return simpler
    placed = _placed(a, literal)
    if placed is None:
        return _known(known, piece((shown(("compared", operator, a, literal)), "unread"), (1, 0), None))
    kind, value = placed
    if a[0] == "lit":
        return _known(True, _holds(operator, a[2], value)) if a[1] == literal[1] else _apart(operator, a, literal)
    return _known(known, _on_line((shown(a), kind), operator, value))


def _apart(operator: str, a: Term, literal: Term) -> Pair:
    return _known(True, piece((shown(("compared", operator, a, literal)), "unread"), (1, 0), None))


def _known(known: Diagram, truth: Diagram) -> Pair:
    return both(known, truth), both(known, negated(truth))


def _holds(operator: str, a: Any, b: Any) -> bool:
    return bool({"<": a < b, "<=": a <= b, "=": a == b, "<>": a != b, ">": a > b, ">=": a >= b}[operator])


def _placed(term: Term, literal: Term) -> tuple[str, Any] | None:
    """The line a term and a literal meet on and the literal's place there; None where the database would convert."""
    own, (_, kind, value) = kind_of(term), literal
    if own in TIMES and kind == "text":
        read = time_of_text(value)
        return None if read is None else (own, read)
    if kind in TIMES and own in ("", *TIMES):
        return own or "moment", value
    if kind == "number" and own in ("", *NUMBERS):
        return own or "number", value
    return (kind, value) if own in ("", kind) and kind in ("text", "bool") else None


def _on_line(variable: tuple[str, str], operator: str, value: Any) -> Diagram:
    before, after = _cuts(variable[1], value)
    match operator:
        case "<":
            return _between(variable, None, before)
        case "<=":
            return _between(variable, None, after)
        case ">":
            return _between(variable, after, None)
        case ">=":
            return _between(variable, before, None)
        case "=":
            return _between(variable, before, after)
        case _:
            return negated(_between(variable, before, after))


def _cuts(kind: str, value: Any) -> tuple[Cut, Cut]:
    """Just before and just after a value; on a line of whole numbers both stand before one of them."""
    if kind not in DISCRETE:
        return (value, 0), (value, 1)
    return (math.ceil(value), 0), (math.floor(value) + 1, 0)


def _between(variable: tuple[str, str], low: Cut | None, high: Cut | None) -> Diagram:
    if variable[1] == "bool":
        low = None if low is not None and low <= (0, 0) else low
        high = None if high is not None and high >= (2, 0) else high
        if (low is not None and low >= (2, 0)) or (high is not None and high <= (0, 0)):
            return False
    least, most = _ends(variable[0])
    low = None if low is not None and least is not None and low <= (least, 0) else low
    high = None if high is not None and most is not None and high >= (most + 1, 0) else high
    if low is not None and high is not None and low >= high:
        return False
    if (high is not None and least is not None and high <= (least, 0)) or (
        low is not None and most is not None and low >= (most + 1, 0)
    ):
        return False
    return piece(variable, low, high)


def _ends(variable: str) -> tuple[int | None, int | None]:
    """The least and the greatest whole number that what it stands for can be."""
    if variable.startswith("('agg', 'COUNT"):
        return 0, None
    return (1, 12) if variable.startswith("('fn', 'PART_MONTH'") else (None, None)


def _simpler(operator: str, a: Term, literal: Term) -> Pair | None:
    """The comparison with what hides in `a`: a sign turned round, a difference, a part of a date."""
    match a:
        case ("sum", 0, ((factors, -1),)) if len(factors) == 1 and literal[1] == "number":
            return compared(FLIPPED[operator], factors[0], number(-Fraction(literal[2])))
        case ("sum", 0, ((one, 1), (other, -1)) | ((other, -1), (one, 1))) if literal[1:] == ("number", 0):
            if len(one) == len(other) == 1 and {kind_of(one[0]), kind_of(other[0])} <= NUMBERS:
                return compared(operator, one[0], other[0])
        case ("sum", constant, ((factors, weight),)) if len(factors) == 1 and literal[1] == "number":
            return _of_linear(operator, constant, factors[0], weight, literal[2])
        case ("fn", "ABS", inner) if literal[1] == "number" and literal[2] > 0 and operator in (">", ">="):
            return or_(compared(operator, inner, literal), compared(FLIPPED[operator], inner, number(-literal[2])))
        case ("fn", "ABS", _) if literal[1] == "number" and literal[2] > 0 and operator in ("<", "<="):
            return not_(compared({"<": ">=", "<=": ">"}[operator], a, literal))
        case ("fn", "SUB", one, other) if literal[1] == "number" and kind_of(one) == kind_of(other) == "day":
            if literal[2] == 0:
                return compared(operator, one, other)
            if repr(one) > repr(other):
                return compared(FLIPPED[operator], call("SUB", other, one), number(-Fraction(literal[2])))
        case ("fn", "STRPOSITION", ("lit", "text", str(part)), inner) if part and literal[1] == "number":
            return _of_place(operator, inner, part, literal[2])
        case ("fn", "LEFT", ("lit", "number", int(count)), inner) | (
            ("fn", "SUBSTRING", ("lit", "number", int(count)), ("lit", "number", 1), inner)
        ) if literal[1] == "text" and len(literal[2]) == count > 0 and operator in ("=", "<>"):
            found = begins(inner, literal)
            return found if operator == "=" else not_(found)
        case ("fn", "TIMETOSTR", ("lit", "text", form), inner) if literal[1] == "text" and operator in ("=", "<>"):
            span = written_time(literal[2], form)
            return compared(operator, call(span[0], inner), day(span[1])) if span is not None else None
        case ("fn", "PART_QUARTER", inner) if literal[1] == "number" and isinstance(literal[2], int):
            return _of_quarter(operator, call("PART_MONTH", inner), literal[2])
        case ("fn", name, inner) if name == "DAY_OF" or name.startswith(("TRUNC_", "PART_")):
            return _of_date(operator, name, inner, literal)
    return None


def _of_place(operator: str, inner: Term, part: str, place: Any) -> Pair | None:
    """The place of one text in another, 0 where it is not there."""
    if kind_of(inner) != "text":
        return None
    found = holds(inner, ("lit", "text", part))
    if (operator, place) in ((">", 0), (">=", 1), ("<>", 0)):
        return found
    return not_(found) if (operator, place) in (("=", 0), ("<", 1), ("<=", 0)) else None


def _of_linear(operator: str, constant: Any, factor: Term, weight: Any, value: Any) -> Pair | None:
    """A multiple of a number against a literal: the number itself, where no rounding comes between."""
    is_whole = kind_of(factor) == "integer" and isinstance(weight, int)
    is_exact = constant == 0 and kind_of(factor) == "number" and isinstance(weight, int)
    if weight == 0 or not (is_whole or is_exact):
        return None
    turned = operator if weight > 0 else FLIPPED[operator]
    return compared(turned, factor, number((Fraction(value) - constant) / weight))


def _of_quarter(operator: str, month: Term, quarter: int) -> Pair:
    first, last = number(3 * quarter - 2), number(3 * quarter)
    match operator:
        case "=" | "<>":
            found = and_(compared(">=", month, first), compared("<=", month, last))
            return found if operator == "=" else not_(found)
        case "<" | ">=":
            return compared(operator, month, first)
        case _:
            return compared(operator, month, last)


def _of_date(operator: str, name: str, inner: Term, literal: Term) -> Pair | None:
    """A date cut to a unit, or its year, against a literal: a range of the date itself."""
    span = _span(name, literal)
    if span is None or kind_of(inner) not in ("", *TIMES):
        return None
    low, high = (("lit", "day", edge) for edge in span)
    is_empty = span[0] == span[1]
    match operator:
        case "=":
            if is_empty:
                return _known(negated(null_of(inner)), False)
            return and_(compared(">=", inner, low), compared("<", inner, high))
        case "<>":
            return not_(_of_date("=", name, inner, literal) or NEVER)
        case "<" | ">=":
            return compared(operator, inner, low)
        case _:
            return compared("<" if operator == "<=" else ">=", inner, high)


def in_months(time: Term, year: int, months: frozenset[int]) -> Pair:
    """Whether a time is in one of these months of a year."""
    found: Pair = (False, negated(null_of(time)))
    for month in sorted(months):
        found = or_(found, compared("=", call("TRUNC_MONTH", time), day(date(year, month, 1))))
    return found


def _span(name: str, literal: Term) -> tuple[int, int] | None:
    """The days whose unit the literal names; an empty span at the next unit where it names none."""
    _, kind, value = literal
    if name == "PART_YEAR":
        is_year = kind == "number" and isinstance(value, int) and 1 < value < 9998
        return (date(value, 1, 1).toordinal(), date(value + 1, 1, 1).toordinal()) if is_year else None
    if name.startswith("PART_"):
        return None
    at = time_of_text(value) if kind == "text" else value if kind in TIMES else None
    if at is None or not 400 < at < 3_000_000:
        return None
    start = _floor(name.removeprefix("TRUNC_"), math.floor(at))
    if start is None:
        return None
    end = _floor(
        name.removeprefix("TRUNC_"), start + {"YEAR": 370, "QUARTER": 95, "MONTH": 33, "WEEK": 7}.get(name[6:], 1)
    )
    assert end is not None
    return (start, end) if start == at else (end, end)


def _floor(unit: str, at: int) -> int | None:
    if unit in ("DAY", "DAY_OF"):
        return at
    if unit == "WEEK":
        return at - (at - 1) % 7
    months = _MONTHS.get(unit)
    if months is None:
        return None
    found = date.fromordinal(at)
    return date(found.year, (found.month - 1) // months * months + 1, 1).toordinal()
