"""Amounts of a pass -> the same amounts in another currency, each at the rate of its own day.

Rates are joined to the rows before anything is aggregated. A row whose rate is not known is never left out in
silence: a guard counts such rows beside the question, and one is enough to refuse the answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlglot import exp

from hedu.errors import Denied, PlanError, QueryError
from hedu.model.money import is_code, is_told_by_row, own_currency
from hedu.model.types import Measure, Model
from hedu.plan import nodes
from hedu.plan.asking import Asking
from hedu.plan.keys import key_of
from hedu.plan.rates import RATE, exchange_of, rates_into
from hedu.plan.relations import Relations
from hedu.plan.scalars import column
from hedu.plan.visible import is_hidden

UNKNOWN, CURRENCY, DAY = "__unknown", "__example_currency", "__example_day"


def reported(asking: Asking, reporting: str | None, metric: str, measure: Measure) -> Measure:
    """A measure with the currency that its amounts are to be told in, where that is not their own.

    Errors: QueryError currency-unknown, currency-without-rates.
    """
    wanted = asking.question.currency or reporting
    if wanted is None and is_told_by_row(measure):
        wanted = asking.model.settings.currency
    if wanted is not None and not is_code(wanted):
        raise QueryError("currency-unknown", currency=wanted)
    if wanted is None or measure.counts or wanted == own_currency(measure):
        return measure
    if measure.currency is None and own_currency(measure) is None:
        return measure
    if asking.model.settings.exchange is None:
        raise QueryError("currency-without-rates", currency=wanted, metric=metric)
    return replace(measure, reported_in=wanted)


def converted(relations: Relations, measure: Measure, amount: exp.Expr, metric: str) -> exp.Expr:
    """`amount` of each row in the currency the measure is reported in; NULL where its rate is not known.

    Errors: PlanError currency-needs-time; Denied access-dataset-hidden, access-measure-masked.
    """
    exchange, wanted = exchange_of(relations.asking), measure.reported_in
    assert wanted is not None
    held = currency_of(relations, measure, metric)
    day = day_of(relations, metric)
    as_double = exp.cast(amount, "double")
    pivot = exchange.through or wanted
    value: exp.Expr = exp.Mul(this=as_double, expression=_leg(relations, held, pivot, day))
    if pivot != wanted:
        value = exp.Div(this=value, expression=_leg(relations, exp.Literal.string(wanted), pivot, day))
    if isinstance(held, exp.Literal):
        return value
    same = exp.EQ(this=held.copy(), expression=exp.Literal.string(wanted))
    return exp.Case().when(same, as_double.copy()).else_(value)


def currency_of(relations: Relations, measure: Measure, metric: str) -> exp.Expr:
    """The currency of each row's amount. Errors: Denied access-measure-masked."""
    own = own_currency(measure)
    if own is not None:
        return exp.Literal.string(own)
    assert measure.currency is not None
    key = key_of(relations.asking.model, relations.fact, measure.currency, relations.time, metric)
    if is_hidden(relations.asking, key.target):
        raise Denied("access-measure-masked", metric=metric, measure=measure.name)
    return relations.column_of(key.target)


def day_of(relations: Relations, metric: str) -> exp.Expr:
    """The day of each row, by the clock of the workspace. Errors: PlanError currency-needs-time."""
    if relations.time is None:
        raise PlanError("currency-needs-time", metric=metric, dataset=relations.fact.name)
    dimension = relations.fact.dimensions[relations.time]
    moment = relations.own_moment
    return moment if dimension.type == "date" else exp.cast(moment, "date")


def guard_of(
    source: nodes.Scan | nodes.Join | nodes.Filter, unknown: Sequence[tuple[exp.Expr, exp.Expr, exp.Expr]]
) -> nodes.Page:
    """How many rows of `source` have an amount that could not be converted, with one of their currencies and days.

    `unknown` holds for each amount the condition under which it could not, its currency and its day.
    """
    conditions = [exp.paren(condition.copy()) for condition, _, _ in unknown]
    some = exp.or_(*conditions, copy=False)
    currency, day = exp.Case(), exp.Case()
    for condition, held, at in unknown:
        currency, day = currency.when(condition.copy(), held.copy()), day.when(condition.copy(), at.copy())
    values = (
        nodes.Named(UNKNOWN, exp.Count(this=exp.Case().when(some, exp.Literal.number(1)), big_int=True)),
        nodes.Named(CURRENCY, exp.Min(this=currency)),
        nodes.Named(DAY, exp.Min(this=day)),
    )
    names = tuple(one.name for one in values)
    answer = nodes.Compute(
        nodes.Aggregate(source, (), values), (), tuple(nodes.Named(name, column(name)) for name in names)
    )
    return nodes.Page(answer, names, None, (), None)


def missing(row: Sequence[object], currency: str | None) -> QueryError | None:
    """What a guard's one row says: an error where amounts could not be converted."""
    count, held, day = row
    if not count:
        return None
    shown = "NULL" if day is None else str(getattr(day, "isoformat", lambda: day)())[:10]
    return QueryError("rate-missing", count=count, currency=held or "NULL", day=shown, wanted=currency or "")


def converted_by(model: Model, guards: Sequence[nodes.Page]) -> tuple[str, ...]:
    """What the receipt of a converted answer says of its rates; `guards` tell that amounts were converted."""
    exchange = model.settings.exchange
    if exchange is None or all(UNKNOWN not in guard.columns for guard in guards):
        return ()
    narrowed = f" ({exchange.where})" if exchange.where else ""
    late = f", ≤ {exchange.last_known}" if exchange.last_known else ""
    return (f"汇率 · rates: {exchange.dataset}{narrowed}{late}",)


def _leg(relations: Relations, held: exp.Expr, target: str, day: exp.Expr) -> exp.Expr:
    """What one unit of `held` costs in `target` on the row's day: 1 of its own kind."""
    if isinstance(held, exp.Literal) and held.this == target:
        return exp.Literal.number(1)
    of = held.this if isinstance(held, exp.Literal) else None
    alias = relations.rated(rates_into(relations.asking, target, of), held, day)
    rate = column(RATE, alias)
    if isinstance(held, exp.Literal):
        return rate
    same = exp.EQ(this=held.copy(), expression=exp.Literal.string(target))
    return exp.Case().when(same, exp.cast(exp.Literal.number(1), "double")).else_(rate)
