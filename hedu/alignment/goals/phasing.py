"""A target for a period -> targets for its months, to the last cent.

Amounts that add up are shared out; what does not add up (ratios, averages, stocks) has the same level every month.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import ROUND_FLOOR, Decimal, localcontext
from typing import Literal

from hedu.define.definitions import Derived, Ratio, Reported, Simple
from hedu.errors import QueryError
from hedu.model.expressions import held, parse_expression, references
from hedu.model.types import Model

Nature = Literal["flow", "uneven", "level"]
"""flow: months add up to the year. level: a year is as high as its months (ratios, averages, stocks). uneven: neither:
counts whose months overlap, and ratios of a flow to a stock (revenue per head), which grow with the time they cover."""
Method = Literal["seasonal", "growth", "equal", "manual", "level"]
METHODS: tuple[Method, ...] = ("seasonal", "growth", "equal", "manual")
CENT = Decimal("0.01")
_DIGITS = 60
"""More than any total and its cents have."""
_SEASON = 12


def nature_of(model: Model, metric: str) -> Nature:
    """How the months of a metric make its year."""
    known = model.metrics[metric]
    if known.is_additive:
        return "flow"
    body = known.body
    if isinstance(body, Simple):
        dataset, _, name = body.measure.rpartition(".")
        return "uneven" if model.datasets[dataset].measures[name].agg == "count_distinct" else "level"
    if isinstance(body, Ratio):
        sides = {nature_of(model, body.numerator.metric), nature_of(model, body.denominator.metric)}
        return "level" if len(sides) == 1 else "uneven"
    if isinstance(body, Derived):
        parts = {nature_of(model, part) for part in model.uses.get(metric, ())}
        if len(parts) != 1:
            return "uneven"
        return parts.pop() if _is_sum(body.formula) else "level" if _is_quotient(body.formula) else "uneven"
    return "level" if isinstance(body, Reported) else "uneven"


def _is_sum(formula: str) -> bool:
    """Whether a formula only adds and subtracts names, each times a number at most, so that what adds up still does."""
    from sqlglot import exp

    tree = held(parse_expression(formula)).this
    allowed = (exp.Add, exp.Sub, exp.Paren, exp.Neg, exp.Column, exp.Identifier, exp.Dot, exp.Mul, exp.Div, exp.Literal)

    def is_factor(node: exp.Expr) -> bool:
        return isinstance(node.parent, exp.Mul) or (isinstance(node.parent, exp.Div) and node.arg_key == "expression")

    def is_scaling(node: exp.Expr) -> bool:
        sides = [node.expression] if isinstance(node, exp.Div) else [node.this, node.expression]
        return any(isinstance(side, exp.Literal) for side in sides)

    nodes = list(tree.walk())
    return (
        bool(references(tree))
        and all(isinstance(node, allowed) for node in nodes)
        and all(is_factor(node) for node in nodes if isinstance(node, exp.Literal))
        and all(is_scaling(node) for node in nodes if isinstance(node, exp.Mul | exp.Div))
    )


def _is_quotient(formula: str) -> bool:
    """Whether a formula is one sum of names over another, times a number at most."""
    from sqlglot import exp

    node = held(parse_expression(formula)).this
    while isinstance(node, exp.Paren | exp.Mul):
        if isinstance(node, exp.Mul) and not isinstance(node.expression, exp.Literal):
            node, other = node.expression, node.this
            if not isinstance(other, exp.Literal):
                return False
        else:
            node = node.this
    return isinstance(node, exp.Div) and all(_is_sum(side.sql()) for side in (node.this, node.expression))


def adds_up_over_parts(model: Model, metric: str) -> bool:
    """Whether the parts of a dimension make up the whole: amounts and counts (overlapping ones at least as much)."""
    body = model.metrics[metric].body
    if nature_of(model, metric) == "flow":
        return True
    if isinstance(body, Simple):
        return nature_of(model, metric) == "uneven"
    return isinstance(body, Derived) and _is_sum(body.formula) and nature_of(model, metric) == "uneven"


def phased(
    total: Decimal,
    months: Sequence[date],
    method: Method,
    history: Mapping[date, float] | None = None,
    manual: Mapping[date, Decimal] | None = None,
    cent: Decimal = CENT,
) -> dict[date, Decimal]:
    """Shares of `total` for the months, which add up to it exactly.

    seasonal: by each calendar month's usual share of its year; growth: the same, with the months growing as fast as
    the last year over the one before; equal: alike; manual: as given. QueryError: phases-not-the-total,
    phases-without-history.
    """
    if method == "manual":
        return _as_given(total, months, manual or {})
    if method == "level":
        return dict.fromkeys(months, total)
    if method == "equal":
        return shared_out(total, dict.fromkeys(months, 1.0), cent)
    season = seasonal_profile(history or {})
    missing = [month for month in months if month.month not in season]
    if missing:
        raise QueryError("phases-without-history", months=[f"{month:%Y-%m}" for month in missing])
    pace = monthly_growth(history or {}) if method == "growth" else 1.0
    weights = {month: season[month.month] * pace**at for at, month in enumerate(months)}
    return shared_out(total, weights, cent)


def shared_out(total: Decimal, weights: Mapping[date, float], cent: Decimal = CENT) -> dict[date, Decimal]:
    """`total` in parts by weight, each a whole number of cents; the cents left over go to the largest remainders.

    A total with finer digits than `cent` keeps them, in the last month.

    >>> sorted(shared_out(Decimal(100), {date(2027, 1, 1): 1, date(2027, 2, 1): 1, date(2027, 3, 1): 1}).values())
    [Decimal('33.33'), Decimal('33.33'), Decimal('33.34')]
    """
    whole = Decimal(repr(float(sum(weights.values()))))
    if not weights or whole <= 0 or min(weights.values()) < 0:
        raise QueryError("phases-without-history", months=[f"{month:%Y-%m}" for month in weights])
    with localcontext() as context:
        context.prec = _DIGITS
        ideal = {month: total * Decimal(repr(float(weight))) / whole for month, weight in weights.items()}
        parts = {month: share.quantize(cent, rounding=ROUND_FLOOR) for month, share in ideal.items()}
        left = total - sum(parts.values())
        by_remainder = sorted(weights, key=lambda month: (parts[month] - ideal[month], month))
        for month in by_remainder[: int(left / cent)]:
            parts[month] += cent
        parts[max(weights)] += total - sum(parts.values())
        return parts


def seasonal_profile(history: Mapping[date, float]) -> dict[int, float]:
    """Calendar month -> its usual size relative to the mean of its year, over the whole calendar years.

    Without one the last twelve months are the year; with less than those each known month stands for itself.
    """
    known = {month.replace(day=1): value for month, value in history.items() if value >= 0}
    years: dict[int, dict[date, float]] = {}
    for month in sorted(known):
        years.setdefault(month.year, {})[month] = known[month]
    whole = [year for year in years.values() if len(year) == _SEASON]
    if not whole and known:
        whole = [{month: known[month] for month in sorted(known)[-_SEASON:]}]
    shares: dict[int, list[float]] = {}
    for year in whole:
        mean = sum(year.values()) / len(year)
        for month, value in year.items():
            shares.setdefault(month.month, []).append(value / mean if mean else 1.0)
    return {month: sum(found) / len(found) for month, found in shares.items()}


def monthly_growth(history: Mapping[date, float]) -> float:
    """The monthly factor that makes last year's sum of the year before's; 1 with less than two years."""
    values = [history[month] for month in sorted(history)]
    if len(values) < 2 * _SEASON:
        return 1.0
    last, before = sum(values[-_SEASON:]), sum(values[-2 * _SEASON : -_SEASON])
    return float((last / before) ** (1 / _SEASON)) if last > 0 and before > 0 else 1.0


def _as_given(total: Decimal, months: Sequence[date], manual: Mapping[date, Decimal]) -> dict[date, Decimal]:
    """Months not named are nothing."""
    given = {month: Decimal(manual.get(month, 0)) for month in months}
    strange = sorted(set(manual) - set(months))
    reached = sum(given.values())
    if strange or reached != total:
        raise QueryError("phases-not-the-total", total=str(total), sum=str(sum(manual.values())))
    return given
