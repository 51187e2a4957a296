"""Amounts of a pass -> the same amounts in another currency, each at the rate of its own day.

Rates are joined to the rows before anything is aggregated. A row whose rate is not known is never left out in
silence: a guard counts such rows beside the question, and one is enough to refuse the answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from sqlglot import exp

from hedu.define.definitions import Source
from hedu.define.exchange import ExchangeDef
from hedu.define.spans import parts_of
from hedu.errors import Denied, PlanError, QueryError
from hedu.model.expressions import parse_expression
from hedu.model.money import is_code, is_told_by_row, own_currency
from hedu.model.types import Dataset, Measure, Model
from hedu.plan import nodes
from hedu.plan.asking import Asking
from hedu.plan.keys import key_of
from hedu.plan.relation import from_source
from hedu.plan.scalars import column, later, qualify
from hedu.plan.visible import is_hidden

if TYPE_CHECKING:
    from hedu.plan.leaves import Leaves
    from hedu.plan.relations import Relations

_NEVER = "2200-01-01"
_SOURCE, _DAY, _NEXT, _LATER, _RATE = "__currency", "__day", "__next", "__later", "__rate"
UNKNOWN, CURRENCY, DAY = "__unknown", "__example_currency", "__example_day"


def reported(leaves: Leaves, metric: str, measure: Measure) -> Measure:
    """A measure with the currency that its amounts are to be told in, where that is not their own.

    Errors: QueryError currency-unknown, currency-without-rates.
    """
    asking = leaves.asking
    wanted = asking.question.currency or leaves.reporting
    if wanted is None and is_told_by_row(measure):
        wanted = asking.model.settings.currency
    if wanted is None or measure.counts or wanted == own_currency(measure):
        return measure
    if measure.currency is None and own_currency(measure) is None:
        return measure
    if not is_code(wanted):
        raise QueryError("currency-unknown", currency=wanted)
    if asking.model.settings.exchange is None:
        raise QueryError("currency-without-rates", currency=wanted, metric=metric)
    return replace(measure, reported_in=wanted)


def converted(relations: Relations, measure: Measure, amount: exp.Expr, metric: str) -> exp.Expr:
    """`amount` of each row in the currency the measure is reported in; NULL where its rate is not known.

    Errors: PlanError currency-needs-time; Denied access-dataset-hidden, access-measure-masked.
    """
    exchange, wanted = _exchange(relations.asking), measure.reported_in
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
    moment = relations.moment
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
    shown = getattr(day, "isoformat", lambda: day)()
    return QueryError("rate-missing", count=count, currency=held or "NULL", day=str(shown)[:10], wanted=currency or "")


def converted_by(model: Model) -> tuple[str, ...]:
    """What the receipt of a converted answer says of its rates."""
    exchange = model.settings.exchange
    if exchange is None:
        return ()
    narrowed = f" ({exchange.where})" if exchange.where else ""
    late = f", ≤ {exchange.last_known}" if exchange.last_known else ""
    return (f"汇率 · rates: {exchange.dataset}{narrowed}{late}",)


def _exchange(asking: Asking) -> ExchangeDef:
    exchange = asking.model.settings.exchange
    assert exchange is not None
    if exchange.dataset in asking.access.hidden or any(row.dataset == exchange.dataset for row in asking.access.rows):
        raise Denied("access-dataset-hidden", dataset=exchange.dataset)
    return exchange


def _leg(relations: Relations, held: exp.Expr, target: str, day: exp.Expr) -> exp.Expr:
    """What one unit of `held` costs in `target` on the row's day: 1 of its own kind."""
    if isinstance(held, exp.Literal) and held.this == target:
        return exp.Literal.number(1)
    of = held.this if isinstance(held, exp.Literal) else None
    alias = relations.rated(_rates(relations.asking, target, of), held, day)
    rate = column(_RATE, alias)
    if isinstance(held, exp.Literal):
        return rate
    same = exp.EQ(this=held.copy(), expression=exp.Literal.string(target))
    return exp.Case().when(same, exp.cast(exp.Literal.number(1), "double")).else_(rate)


def _rates(asking: Asking, target: str, of: str | None) -> Dataset:
    """What a unit of each currency (or of one) costs in `target` on each day; told twice, it is unknown."""
    exchange = _exchange(asking)
    table = asking.model.datasets[exchange.dataset]
    texts = (exchange.source, exchange.date, exchange.rate, exchange.target)
    source, date, rate, into = (_of(table, text) for text in texts)
    where: list[exp.Expr] = [exp.EQ(this=into, expression=exp.Literal.string(target))]
    where += [exp.EQ(this=source.copy(), expression=exp.Literal.string(of))] if of is not None else []
    where += [exp.not_(exp.Is(this=rate, expression=exp.null()))]
    where += [exp.paren(_of(table, exchange.where))] if exchange.where else []
    least, most = exp.Min(this=rate.copy()), exp.Max(this=rate.copy())
    told = exp.Case().when(exp.EQ(this=least, expression=most), exp.cast(most.copy(), "double"))
    day = exp.cast(date, "date")
    each = exp.select(
        exp.alias_(source.copy(), _SOURCE, quoted=True),
        exp.alias_(day, _DAY, quoted=True),
        exp.alias_(told, _RATE, quoted=True),
    )
    each = each.from_(from_source(table, "r")).where(*where).group_by(source.copy(), day.copy())
    days = _days(exchange)
    select = _lasting(each, days) if days else each
    return Dataset(f"{table.name}:{of or ''}:{target}", Source(select=select.sql(dialect="duckdb")), {}, {}, {}, None)


def _days(exchange: ExchangeDef) -> int:
    """For how many days after its own a rate may stand in."""
    count, unit = parts_of(exchange.last_known) if exchange.last_known else (0, "day")
    return count * 7 if unit == "week" else count


def _lasting(each: exp.Select, days: int) -> exp.Select:
    """Each rate on its own day and on those after it, until the next is known: joined by equal days."""
    never = exp.cast(exp.Literal.string(_NEVER), "date")
    following = exp.Window(
        this=exp.Lead(this=column(_DAY), offset=exp.Literal.number(1), default=never),
        partition_by=[column(_SOURCE)],
        order=exp.Order(expressions=[exp.Ordered(this=column(_DAY), nulls_first=False)]),
    )
    dated = exp.select(column(_SOURCE), column(_DAY), column(_RATE), exp.alias_(following, _NEXT, quoted=True))
    dated = dated.from_(subquery(each, "each"))
    later_by: exp.Query = exp.select(exp.alias_(exp.Literal.number(0), _LATER, quoted=True))
    for count in range(1, days + 1):
        later_by = exp.Union(
            this=later_by, expression=exp.select(exp.Literal.number(count).as_(_LATER, quoted=True)), distinct=False
        )
    on = exp.Case(this=column(_LATER))
    for count in range(days + 1):
        on = on.when(exp.Literal.number(count), exp.cast(later(column(_DAY), count, "day"), "date"))
    lasting = exp.select(column(_SOURCE), exp.alias_(on, _DAY, quoted=True), column(_RATE))
    lasting = lasting.from_(subquery(dated, "dated")).join(subquery(later_by, "later"), join_type="cross")
    return lasting.where(exp.LT(this=on.copy(), expression=column(_NEXT)))


def _of(table: Dataset, text: str) -> exp.Expr:
    """An expression over the rates: a dimension by its name, else columns of the source."""
    own = table.dimensions.get(text)
    return qualify(own.expr if own is not None else parse_expression(text), "r")


def subquery(select: exp.Query, name: str) -> exp.Subquery:
    """A SELECT to read from."""
    return exp.Subquery(this=select, alias=exp.TableAlias(this=exp.to_identifier(name, quoted=True)))


def rated_joins(relations: Relations) -> Iterator[tuple[Dataset, str, exp.Expr]]:
    """The rates that a pass joins, with their aliases and conditions."""
    for alias, (rates, held, day) in relations.rates.items():
        same: list[exp.Expr] = [exp.EQ(this=day.copy(), expression=column(_DAY, alias))]
        if not isinstance(held, exp.Literal):
            same.insert(0, exp.EQ(this=held.copy(), expression=column(_SOURCE, alias)))
        yield rates, alias, exp.and_(*same)
