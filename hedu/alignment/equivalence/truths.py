"""Truth in three values, as pairs of conditions; and what texts say of other texts and of times."""

from __future__ import annotations

from datetime import date, datetime

from hedu.alignment.equivalence import terms
from hedu.alignment.equivalence.diagrams import Diagram, both, either, negated, piece
from hedu.alignment.equivalence.terms import Term

Pair = tuple[Diagram, Diagram]
"""When a condition is true and when it is false; where neither holds it is NULL."""
NEVER: Pair = (False, False)
UNITS = {"%Y-%m": "TRUNC_MONTH", "%Y%m": "TRUNC_MONTH", "%Y": "TRUNC_YEAR", "%Y-%m-%d": "TRUNC_DAY",
         "%Y%m%d": "TRUNC_DAY"}  # fmt: skip
"""How times are written as texts -> the unit two times of one text share."""


def not_(pair: Pair) -> Pair:
    return pair[1], pair[0]


def and_(a: Pair, b: Pair) -> Pair:
    return both(a[0], b[0]), either(a[1], b[1])


def or_(a: Pair, b: Pair) -> Pair:
    return either(a[0], b[0]), both(a[1], b[1])


def sure(truth: Diagram) -> Pair:
    """A condition that is never NULL."""
    return truth, negated(truth)


def begins(value: Term, text: Term) -> Pair:
    """Whether a text begins with another."""
    if text == terms.text(""):
        known = negated(terms.null_of(value))
        return known, False
    return known_of(("BEGINS", value, text))


def holds(value: Term, text: Term) -> Pair:
    """Whether a text holds another, which is not empty."""
    return known_of(("CONTAINS", value, text))


def known_of(test: Term) -> Pair:
    """What nothing is known of but that it is NULL where one of its terms is."""
    known = sure(negated(terms.any_of(terms.null_of(one) for one in test[1:])))
    told = sure(piece((terms.shown(test), "unread"), (1, 0), None))
    return and_(known, told)[0], and_(known, not_(told))[0]


def written_time(text: str, format: str) -> tuple[str, date] | None:
    """What unit of time a text names in one of the usual formats, and its first day."""
    if format not in UNITS:
        return None
    try:
        found = datetime.strptime(text, format).date()  # noqa: DTZ007 a day has no zone
    except ValueError:
        return None
    return (UNITS[format], found) if found.strftime(format) == text and found.year >= 1000 else None
