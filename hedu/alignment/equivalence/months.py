"""Conditions on the year, month or quarter of times, taken together -> ranges of those times."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlglot import exp

from hedu.alignment.equivalence.functions import Reading
from hedu.alignment.equivalence.terms import Term
from hedu.alignment.equivalence.truths import Pair

Telling = Callable[[exp.Expr], Pair]
NAMES = {f"PART_{name}": name for name in ("YEAR", "MONTH", "QUARTER")}
CALLS = (exp.Year, exp.Month, exp.Quarter, exp.Extract, exp.Anonymous)


def same_units(parts: list[exp.Expr], read: Reading) -> list[exp.Expr]:
    """Two times of one year and one month are of one month."""
    alike: dict[tuple[str, str], dict[str, int]] = {}
    for at, one in enumerate(parts):
        inner = one.unnest()
        if isinstance(inner, exp.EQ) and all(isinstance(side, CALLS) for side in (inner.this, inner.expression)):
            match read(inner.this), read(inner.expression):
                case ("fn", name, time), ("fn", same, other) if name == same and name in NAMES:
                    low, high = sorted((repr(time), repr(other)))
                    alike.setdefault((low, high), {})[NAMES[name]] = at
    for held in alike.values():
        unit = next((one for one in ("MONTH", "QUARTER") if one in held), None)
        if "YEAR" in held and unit is not None:
            sides = (parts[held[unit]].unnest().this, parts[held[unit]].unnest().expression)
            this, expression = (exp.TimestampTrunc(this=_time_in(one), unit=exp.var(unit)) for one in sides)
            kept = [one for at, one in enumerate(parts) if at not in (held["YEAR"], held[unit])]
            return same_units([*kept, exp.EQ(this=this, expression=expression)], read)
    return parts


def _time_in(call: exp.Expr) -> exp.Expr:
    """What time a part is taken of."""
    found: exp.Expr = call.expression if isinstance(call, exp.Extract) else call.this
    inner: exp.Expr = call.expressions[-1] if isinstance(call, exp.Anonymous) else found
    return inner.copy()


def of_years(
    parts: list[exp.Expr], years: Mapping[Term, int], told: dict[int, Term], read: Reading, holds: Telling
) -> dict[Term, frozenset[int]]:
    """The months that conditions on the month or quarter of a time allow, where its year is given; `told` grows."""
    found: dict[Term, frozenset[int]] = {}
    for time, year in years.items():
        for at, one in enumerate(parts):
            months = _months_in(one, time, read, holds) if 1 < year < 9998 and at not in told else None
            if months is not None:
                told[at] = time
                found[time] = found.get(time, months) & months
    return found


def _months_in(tree: exp.Expr, time: Term, read: Reading, holds: Telling) -> frozenset[int] | None:
    """The months for which a condition that asks for nothing but the month or quarter of `time` holds."""
    calls = {f"PART_{name}": size for name, size in (("MONTH", 1), ("QUARTER", 3))}
    if tree.find(*CALLS) is None or tree.find(exp.Query) is not None:
        return None
    allowed = set()
    for month in range(1, 13):

        def put(node: exp.Expr, month: int = month) -> exp.Expr:
            if isinstance(node, CALLS):
                match read(node):
                    case ("fn", name, inner) if inner == time and name in calls:
                        return exp.Literal.number((month - 1) // calls[name] + 1)
            return node

        truth, falsehood = holds(tree.copy().transform(put))
        if not isinstance(truth, bool) or truth == falsehood:
            return None
        allowed |= {month} if truth else set()
    return frozenset(allowed)
