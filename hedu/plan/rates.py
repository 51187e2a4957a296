"""The dated rates that a workspace declares -> what each currency costs in another each day, to be joined to rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sqlglot import exp

from hedu.define.definitions import Source
from hedu.define.exchange import ExchangeDef
from hedu.define.spans import parts_of
from hedu.errors import Denied
from hedu.model.expressions import row_expression
from hedu.model.types import Dataset
from hedu.plan.asking import Asking
from hedu.plan.relation import from_source
from hedu.plan.scalars import column, later, qualify

_NEVER = "2200-01-01"
_SOURCE, _DAY, _NEXT, _LATER = "__currency", "__day", "__next", "__later"
RATE = "__rate"


def rated_joins(rates: Mapping[str, tuple[Dataset, exp.Expr, exp.Expr]]) -> Iterator[tuple[Dataset, str, exp.Expr]]:
    """The rates that a pass joins, with their aliases and conditions."""
    for alias, (table, held, day) in rates.items():
        same: list[exp.Expr] = [exp.EQ(this=day.copy(), expression=column(_DAY, alias))]
        if not isinstance(held, exp.Literal):
            same.insert(0, exp.EQ(this=held.copy(), expression=column(_SOURCE, alias)))
        yield table, alias, exp.and_(*same)


def rates_into(asking: Asking, target: str, of: str | None) -> Dataset:
    """What a unit of each currency (or of one) costs in `target` on each day; told twice, it is unknown."""
    exchange = exchange_of(asking)
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
        exp.alias_(told, RATE, quoted=True),
    )
    each = each.from_(from_source(table, "r")).where(*where).group_by(source.copy(), day.copy())
    days = _days(exchange)
    select = _lasting(each, days) if days else each
    return Dataset(f"{table.name}:{of or ''}:{target}", Source(select=select.sql(dialect="duckdb")), {}, {}, {}, None)


def exchange_of(asking: Asking) -> ExchangeDef:
    exchange = asking.model.settings.exchange
    assert exchange is not None
    access = asking.access
    closed = {*access.hidden, *(row.dataset for row in access.rows), *(mask.dataset for mask in access.masks)}
    if exchange.dataset in closed:
        raise Denied("access-dataset-hidden", dataset=exchange.dataset)
    return exchange


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
    dated = exp.select(column(_SOURCE), column(_DAY), column(RATE), exp.alias_(following, _NEXT, quoted=True))
    dated = dated.from_(_subquery(each, "each"))
    later_by: exp.Query = exp.select(exp.alias_(exp.Literal.number(0), _LATER, quoted=True))
    for count in range(1, days + 1):
        later_by = exp.Union(
            this=later_by, expression=exp.select(exp.Literal.number(count).as_(_LATER, quoted=True)), distinct=False
        )
    on = exp.Case(this=column(_LATER))
    for count in range(days + 1):
        on = on.when(exp.Literal.number(count), exp.cast(later(column(_DAY), count, "day"), "date"), copy=False)
    lasting = exp.select(column(_SOURCE), exp.alias_(on, _DAY, quoted=True), column(RATE))
    lasting = lasting.from_(_subquery(dated, "dated")).join(_subquery(later_by, "later"), join_type="cross")
    return lasting.where(exp.LT(this=on.copy(), expression=column(_NEXT)))


def _of(table: Dataset, text: str) -> exp.Expr:
    """An expression over the rates: a dimension or a column by its name, be it a word of SQL, else worked out."""
    own = table.dimensions.get(text)
    if own is not None:
        return qualify(own.expr, "r")
    return column(text, "r") if text.isidentifier() else qualify(row_expression(text), "r")


def _subquery(select: exp.Query, name: str) -> exp.Subquery:
    """A SELECT to read from."""
    return exp.Subquery(this=select, alias=exp.TableAlias(this=exp.to_identifier(name, quoted=True)))
