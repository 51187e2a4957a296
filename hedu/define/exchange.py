"""How money of one currency becomes that of another: the dataset of dated rates, and its keys in the native format."""

from __future__ import annotations

from dataclasses import dataclass

from hedu.define.fields import Field, Shape, Span, Sql, Text


@dataclass(frozen=True, slots=True)
class ExchangeDef:
    """A dataset whose rows say what one unit of a currency (`source`) costs in another (`target`) from a day on.

    Of several kinds of rate `where` chooses one. Days without a rate take the last one known within `last_known`;
    without it every day needs its own. With `through` all rates are quoted against that currency, and any two others
    are worked out from theirs.
    """

    dataset: str
    date: str = "date"
    source: str = "from"
    target: str = "to"
    rate: str = "rate"
    where: str | None = None
    last_known: str | None = None
    through: str | None = None


EXCHANGE = Shape(
    "exchange",
    ExchangeDef,
    (
        Field("dataset", Text(), "汇率表所在的数据集", "The dataset of rates", required=True),
        Field("date", Sql(), "汇率的日期，默认列 date", "The day of a rate; column date by default"),
        Field("from", Sql(), "从哪种货币，默认列 from", "The currency converted; column from", attr="source"),
        Field("to", Sql(), "换成哪种货币，默认列 to", "The currency it becomes; column to", attr="target"),
        Field("rate", Sql(), "一单位值多少，默认列 rate", "What one unit costs; column rate"),
        Field("where", Sql(), "取哪一种汇率，例如中间价", "Which kind of rate, such as the middle one"),
        Field(
            "last_known",
            Span(),
            "当日没有汇率时，可用多久以内最近的一个，如 7 days；不写则拒绝",
            "How old the last known rate may be where a day has none, such as 7 days; refused by default",
        ),
        Field("through", Text(), "所有汇率都对这种货币报价，其余两两折算", "All rates are against this currency"),
    ),
    short="dataset",
)
