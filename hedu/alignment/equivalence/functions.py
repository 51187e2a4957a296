"""Functions of texts and times that have more than one spelling -> the one they are compared in."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from fractions import Fraction

from sqlglot import exp

from hedu.alignment.equivalence import comparisons, terms, truths
from hedu.alignment.equivalence.diagrams import TooComplex
from hedu.alignment.equivalence.terms import Term
from hedu.alignment.equivalence.truths import Pair

Reading = Callable[[exp.Expr], Term]
_OVER_ALL = (exp.Sum, exp.Count, exp.Min, exp.Max, exp.Avg)
_MONTHS = {"MONTH": 1, "QUARTER": 3, "YEAR": 12}
_DAYS = {"DAY": Fraction(1), "WEEK": Fraction(7), "HOUR": Fraction(1, 24), "MINUTE": Fraction(1, 1440),
         "SECOND": Fraction(1, 86_400)}  # fmt: skip


def like(value: Term, pattern: Term) -> Pair:
    """LIKE: a text without wildcards is an equality, one that ends in the only wildcard a beginning."""
    if pattern[:2] == ("lit", "text") and "\\" not in pattern[2]:
        rest = pattern[2].rstrip("%")
        if not set(rest) & set("%_"):
            if rest == pattern[2]:
                return comparisons.compared("=", value, pattern)
            return truths.begins(value, terms.text(rest))
        inner = rest.lstrip("%")
        if inner and inner != rest != pattern[2] and not set(inner) & set("%_"):
            return truths.holds(value, terms.text(inner))
    return truths.known_of(("LIKE", value, pattern))


def trimmed(tree: exp.Trim, read: Reading) -> Term:
    """Blanks cut off at the left, at the right or at both, in however many steps."""
    sides: set[str] = set()
    inner: exp.Expr = tree
    while isinstance(inner, exp.Trim) and inner.args.get("expression") is None:
        side = str(inner.args.get("position") or "BOTH").upper()
        sides |= {"LEADING", "TRAILING"} if side == "BOTH" else {side}
        inner = inner.this.unnest()
    value = read(inner)
    return terms.call("TRIM", value) if len(sides) == 2 else terms.call("TRIM", terms.text(sides.pop()), value)


def days_between(given: Sequence[Term]) -> Term | None:
    """The days from one date to another are their difference."""
    units = {one[2].upper() for one in given if one[:2] == ("lit", "text")}
    days = [one for one in given if terms.kind_of(one) == "day"]
    if len(days) != 2 or not units & {"UNIT DAY", "DAY"}:
        return None
    return terms.call("SUB", days[1], days[0])


def shifted(at: Term, interval: exp.Interval, sign: int) -> Term | None:
    """A date or time written out, moved by an interval written out."""
    size, unit = interval.this, (interval.args.get("unit") or exp.Var(this="")).name.upper().removesuffix("S")
    if at[0] != "lit" or at[1] not in terms.TIMES or not isinstance(size, exp.Literal):
        return None
    try:
        count = int(size.this) * sign
    except ValueError:
        return None
    if unit in _DAYS:
        moved = at[2] + count * _DAYS[unit]
    elif unit in _MONTHS:
        moved = _months_on(at[2], count * _MONTHS[unit])
    else:
        return None
    return ("lit", "moment", int(moved) if Fraction(moved).denominator == 1 else moved)


def _months_on(at: Fraction | int, months: int) -> Fraction | int:
    """The same day so many months on, or the last of that month."""
    day = date.fromordinal(int(at // 1))
    whole = day.year * 12 + day.month - 1 + months
    first = date(whole // 12, whole % 12 + 1, 1)
    last = (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    return min(first.toordinal() + day.day - 1, last.toordinal()) + at % 1


def month_of_year(found: Mapping[Term, Mapping[str, int]]) -> dict[Term, tuple[str, date]]:
    """Times of which the year and the month, or the quarter, are given: the unit and its first day."""
    spans = {}
    for inner, parts in found.items():
        year, month, quarter = parts.get("YEAR"), parts.get("MONTH"), parts.get("QUARTER")
        if year is None or not 1 < year < 9998:
            continue
        if month is not None and 1 <= month <= 12 and quarter is None:
            spans[inner] = ("TRUNC_MONTH", date(year, month, 1))
        elif quarter is not None and 1 <= quarter <= 4 and month is None:
            spans[inner] = ("TRUNC_QUARTER", date(year, 3 * quarter - 2, 1))
    return spans


def units_of(groups: Sequence[Term]) -> tuple[Term, ...]:
    """Keys of groups that split times by the same units: a month written out, or by its year and its number."""
    kept: set[Term] = set()
    for one in groups:
        match one:
            case ("fn", "TIMETOSTR", ("lit", "text", form), inner) if form in truths.UNITS:
                kept.add(terms.call(truths.UNITS[form], inner))
            case ("fn", "DAY_OF", inner):
                kept.add(terms.call("TRUNC_DAY", inner))
            case ("fn", "PART_YEAR", inner):
                kept.add(terms.call("TRUNC_YEAR", inner))
            case _:
                kept.add(one)
    kept = {one[2] if one[:2] == ("fn", "TRUNC_DAY") and terms.kind_of(one[2]) == "day" else one for one in kept}
    for year in [one for one in kept if one[:2] == ("fn", "TRUNC_YEAR")]:
        for unit in ("MONTH", "QUARTER"):
            number = terms.call(f"PART_{unit}", year[2])
            if number in kept and year in kept:
                kept = {*(kept - {year, number}), terms.call(f"TRUNC_{unit}", year[2])}
    return tuple(sorted(kept, key=repr))


def window(tree: exp.Window, read: Reading) -> Term:
    """A call over a window: of what, by what, in what order, within what frame. Its rows are those of its query."""
    call, spec, order = tree.this, tree.args.get("spec"), tree.args.get("order")
    others = {"this", "partition_by", "order", "spec", "over"}
    if any(value for key, value in tree.args.items() if key not in others) or not isinstance(call, exp.Func):
        raise TooComplex
    if any(isinstance(one, exp.Distinct | exp.Filter | exp.Order) for one in call.walk()):
        raise TooComplex
    frame = "" if spec is None else spec.sql("duckdb").upper()
    if isinstance(call, _OVER_ALL) and (
        order is None or frame.endswith("BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING")
    ):
        order, frame = None, ""
    given = [read(one) if not isinstance(one, exp.Star) else terms.text("*") for one in call.iter_expressions()]
    parts = sorted({read(one) for one in tree.args.get("partition_by") or ()}, key=repr)
    by = [
        terms.call("BY", read(one.this), *(terms.boolean(bool(one.args.get(key))) for key in ("desc", "nulls_first")))
        for one in (order.expressions if order is not None else ())
    ]  # fmt: skip
    return terms.call(
        "WINDOW", terms.text(call.key), terms.call("OF", *given), terms.call("PER", *parts), terms.call("IN", *by),
        terms.text(frame),
    )  # fmt: skip
