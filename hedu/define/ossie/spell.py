"""Native expressions and metrics -> the SQL an Ossie core says them in, over `dataset.field`.

What the core cannot say raises Refused with the reason.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from hedu.define.definitions import (
    DatasetDef,
    Definitions,
    Derived,
    EntityDef,
    MeasureDef,
    MetricDef,
    MetricRef,
    Ratio,
    Simple,
)
from hedu.define.ossie.language import said
from hedu.define.ossie.meant import Refused
from hedu.define.ossie.sql import columns_of, sql_of

_BY_QUESTION = re.compile(r"\b(parameter|metric|Dimension|TimeDimension|Entity|Metric)\s*\(|\{\{", re.IGNORECASE)
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_RESERVED = re.compile(
    "all|and|any|as|between|by|case|cast|cross|distinct|else|end|except|exists|false|for|from|full|group|having|in|inner"
    "|intersect|into|is|join|left|like|limit|not|null|on|or|order|outer|right|select|table|then|to|true|union|unique"
    "|user|using|when|where|with",
    re.IGNORECASE,
)
_MOST = 12
_NOT_KNOWN = ("这种指标规范里没有对应的写法", "the core has no way to say this kind of metric")


class Scaled(Protocol):
    """A resolved metric, as far as its unit goes: the fractions that bring its body, and names in it, into units."""

    @property
    def factor(self) -> tuple[int, int]: ...

    @property
    def scales(self) -> tuple[tuple[str, int, int], ...]: ...


Resolved: TypeAlias = Mapping[str, Scaled]


@dataclass
class Spoken:
    """A dataset as the core tells it: column -> the field that says it. `added` are fields made for columns."""

    dataset: DatasetDef
    fields: dict[str, str] = field(default_factory=dict)
    added: dict[str, str] = field(default_factory=dict)

    def of_column(self, name: str) -> str:
        """The field that gives a plain column, made where none does."""
        found = self.fields.get(name.casefold())
        if found is None:
            taken = {one.name.casefold() for one in self.dataset.dimensions} | {one.casefold() for one in self.added}
            found = name
            while found.casefold() in taken:
                found += "_column"
            self.added[found] = identifier(name)
            self.fields[name.casefold()] = found
        return found


def spoken(dataset: DatasetDef) -> Spoken:
    """The dataset with those of its dimensions that are plain columns."""
    made = Spoken(dataset)
    for one in dataset.dimensions:
        if one.metric is None:
            try:
                tree = parsed(one.expr or identifier(one.name))
            except Refused:
                continue
            if isinstance(tree, exp.Column) and not tree.table:
                made.fields.setdefault(tree.name.casefold(), one.name)
    return made


def identifier(name: str) -> str:
    """`name` as SQL, quoted where it has to be."""
    plain = _PLAIN.fullmatch(name) and not _RESERVED.fullmatch(name) and isinstance(_parse(name), exp.Column)
    return name if plain else exp.to_identifier(name, quoted=True).sql("duckdb")


def column_name(text: str) -> str:
    """The name of a key's column, without the quotes that an expression has around it; an expression as it is."""
    try:
        tree = parsed(text)
    except Refused:
        return text
    return tree.name if isinstance(tree, exp.Column) and not tree.table else text


def depends_on_question(text: str) -> bool:
    """Whether an expression or query holds parameters or metrics that only a question gives a value."""
    return _BY_QUESTION.search(text) is not None


def parsed(text: str) -> exp.Expr:
    """A native expression. Refused: it depends on the question, or cannot be read."""
    if depends_on_question(text):
        raise Refused("取值取决于提问时给出的参数或指标", "its value depends on parameters or metrics of the question")
    tree = _parse(text)
    if tree is None:
        raise Refused("这个表达式无法读懂", "this expression cannot be read")
    return tree


def _parse(text: str) -> exp.Expr | None:
    try:
        return sqlglot.parse_one(text, dialect="duckdb")
    except (SqlglotError, RecursionError):
        return None


class Spelling:
    """All datasets and metrics of a workspace, to spell metrics with."""

    def __init__(self, definitions: Definitions, resolved: Resolved) -> None:
        self.resolved = resolved
        self.datasets = {one.name: spoken(one) for one in definitions.datasets}
        self.metrics = {one.name: one for one in definitions.metrics}
        self.joins: dict[str, list[tuple[EntityDef, DatasetDef, EntityDef]]] = {
            one.name: list(_joins(one, definitions.datasets)) for one in definitions.datasets
        }

    def metric(self, one: MetricDef, filters: tuple[str, ...] = (), under: tuple[str, ...] = ()) -> exp.Expr:
        """The expression of a metric in its own unit, narrowed by `filters`."""
        if one.unit and one.name not in self.resolved:
            raise Refused("单位与口径不相符或未核对", "its unit does not agree with its body, or nobody compared them")
        body, found = self._body(one, filters, under), self.resolved.get(one.name)
        return _scaled(body, *found.factor) if found is not None else body

    def _body(self, one: MetricDef, filters: tuple[str, ...], under: tuple[str, ...]) -> exp.Expr:
        if one.name in under or len(under) > _MOST:
            raise Refused("指标互相引用成环或层数太多", "metrics that use one another in a circle or too deep")
        under = (*under, one.name)
        match one.body:
            case Simple():
                return self._simple(one.body, filters)
            case Ratio(numerator, denominator):
                above, below = (self._used(ref, filters, under) for ref in (numerator, denominator))
                return exp.Div(this=_held(above), expression=exp.Nullif(this=below, expression=exp.Literal.number(0)))
            case Derived():
                return self._derived(one, one.body, filters, under)
        raise Refused(*_NOT_KNOWN)

    def _used(self, ref: MetricRef, filters: tuple[str, ...], under: tuple[str, ...]) -> exp.Expr:
        if ref.is_earlier:
            raise Refused("引用了另一个时间的值", "it uses the value of another time")
        if ref.metric not in self.metrics:
            raise Refused(f"没有指标 {ref.metric}", f"there is no metric {ref.metric}")
        return self.metric(self.metrics[ref.metric], (*filters, ref.where) if ref.where else filters, under)

    def _derived(self, one: MetricDef, body: Derived, filters: tuple[str, ...], under: tuple[str, ...]) -> exp.Expr:
        inputs, found = dict(body.metrics), self.resolved.get(one.name)
        scales = {name: (by, over) for name, by, over in found.scales} if found is not None else {}
        root = exp.Paren(this=parsed(body.formula).copy())
        for column in columns_of(root):
            name = column.sql("duckdb").replace('"', "")
            part = self._used(inputs.get(name, MetricRef(name)), filters, under)
            column.replace(_held(_scaled(part, *scales.get(name, (1, 1)))))
        for division in root.find_all(exp.Div):
            if not isinstance(division.expression, (exp.Nullif, exp.Literal)):
                zero = exp.Literal.number(0)
                division.set("expression", exp.Nullif(this=division.expression.copy(), expression=zero))
        return _inside(root)

    def _simple(self, body: Simple, filters: tuple[str, ...]) -> exp.Expr:
        name, _, member = body.measure.rpartition(".")
        dataset = self.datasets.get(name)
        measure = next((one for one in dataset.dataset.measures if one.name == member), None) if dataset else None
        if dataset is None or measure is None:
            raise Refused(f"没有度量 {body.measure}", f"there is no measure {body.measure}")
        if depends_on_question(dataset.dataset.source.select or ""):
            raise Refused(
                "数据集的查询取决于提问时给出的参数", "the query of its dataset depends on parameters of the question"
            )
        if measure.semi_additive is not None:
            raise Refused("半可加：沿时间只取一个值", "semi-additive: only one of the values along time counts")
        if body.join_to_timespine:
            raise Refused("没有数据的时间也给一行", "a row for times without data")
        conditions = [text for text in (measure.where, body.where, *filters) if text]
        condition = (
            exp.and_(*(self._condition(dataset, text) for text in conditions), copy=False) if conditions else None
        )
        made = _aggregate(measure, self._value(dataset, measure), condition)
        if body.fill_nulls_with is not None:
            return exp.Coalesce(this=made, expressions=[exp.Literal.number(body.fill_nulls_with)])
        return made

    def _value(self, dataset: Spoken, measure: MeasureDef) -> exp.Expr | None:
        """What a measure aggregates; rows are counted by a column of their key, which is never empty."""
        text = measure.expr or ("" if measure.agg == "count" else identifier(measure.name))
        if text:
            return self.over_fields(dataset, parsed(text))
        if dataset.dataset.primary_key:
            return self.over_fields(dataset, parsed(dataset.dataset.primary_key[0]))
        if len(self.datasets) == 1:
            return None
        raise Refused("按行计数，而没有主键可以代表一行", "it counts rows, and no primary key stands for them")

    def over_fields(self, dataset: Spoken, tree: exp.Expr) -> exp.Expr:
        """`tree` over a dataset's columns as one over its fields."""
        root = exp.Paren(this=tree.copy())
        for column in columns_of(root):
            if column.table:
                raise Refused(f"用到 {column.sql()}", f"it uses {column.sql()}")
            column.replace(_field(dataset.dataset.name, dataset.of_column(column.name)))
        return _inside(root)

    def _condition(self, dataset: Spoken, text: str) -> exp.Expr:
        """A condition over dimensions, of the dataset or of one it belongs to."""
        root = exp.Paren(this=parsed(text).copy())
        for column in columns_of(root):
            parts = [part.name for part in column.parts]
            column.replace(self._dimension(dataset, parts))
        tree = _inside(root)
        return exp.Paren(this=tree) if isinstance(tree, exp.Or) else tree

    def _dimension(self, dataset: Spoken, parts: list[str]) -> exp.Expr:
        own = dataset.dataset
        if len(parts) == 2 and parts[0] == own.name:
            parts = parts[1:]
        if len(parts) == 2:
            ways = [far for role, far, _ in self.joins[own.name] if role.name == parts[0]]
            unique = any(one.name == parts[0] and one.key in _keys(own) for one in own.entities)
            if unique and not ways:
                return self._dimension(dataset, parts[1:])
            if len(ways) == 1 and len([1 for _, far, _ in self.joins[own.name] if far is ways[0]]) == 1:
                return self._dimension(self.datasets[ways[0].name], parts[1:])
        if len(parts) == 1:
            known = next((one for one in own.dimensions if one.name == parts[0]), None)
            if known is not None and known.metric is None:
                parsed(known.expr or identifier(known.name))
                return _field(own.name, known.name)
            if known is None and all(one.name != parts[0] for one in own.entities):
                return _field(own.name, dataset.of_column(parts[0]))
        path = ".".join(parts)
        raise Refused(f"条件里的 {path} 无法用字段说清", f"{path} in a condition cannot be told by fields")


def _joins(one: DatasetDef, every: Iterable[DatasetDef]) -> Iterable[tuple[EntityDef, DatasetDef, EntityDef]]:
    """Where each entity of a dataset leads: (its entity, the dataset, the key there)."""
    for own in one.entities:
        for far in every:
            for key in far.entities:
                fits = key.entity == own.entity and key.key in _keys(far) and len(key.key) == len(own.key)
                if fits and (far is not one or own.key not in _keys(one)):
                    yield own, far, key


def _keys(one: DatasetDef) -> set[tuple[str, ...]]:
    return {one.primary_key, *one.unique_keys} - {()}


def _field(dataset: str, name: str) -> exp.Column:
    return exp.Column(this=_parse_identifier(name), table=_parse_identifier(dataset))


def _parse_identifier(name: str) -> exp.Identifier:
    return exp.to_identifier(name, quoted=identifier(name) != name)


def _inside(root: exp.Paren) -> exp.Expr:
    tree: exp.Expr = root.this
    tree.pop()
    return tree


def _scaled(tree: exp.Expr, by: int, over: int) -> exp.Expr:
    """`tree` times a fraction, in no dialect a division of whole numbers."""
    if by != 1:
        tree = exp.Mul(this=_held(tree), expression=exp.Literal.number(by))
    return tree if over == 1 else exp.Div(this=_held(tree), expression=exp.Literal.number(f"{over}.0"))


def _held(tree: exp.Expr) -> exp.Expr:
    is_call = isinstance(tree, exp.Func) and not isinstance(tree, exp.Binary)
    return tree if is_call or isinstance(tree, (exp.Column, exp.Literal, exp.Paren)) else exp.Paren(this=tree)


_CALLS: Mapping[str, type[exp.Func]] = {
    "sum": exp.Sum,
    "average": exp.Avg,
    "min": exp.Min,
    "max": exp.Max,
    "median": exp.Median,
    "count": exp.Count,
}
_SPREADS = {"stddev": "STDDEV_SAMP", "stddev_pop": "STDDEV_POP", "variance": "VAR_SAMP", "variance_pop": "VAR_POP"}
"""As standard SQL calls them."""


def _aggregate(measure: MeasureDef, value: exp.Expr | None, condition: exp.Expr | None) -> exp.Expr:
    one = exp.Literal.number(1)
    if measure.agg == "sum_boolean":
        assert value is not None
        value = exp.Case().when(value, one).else_(exp.Literal.number(0))
    if condition is not None:
        value = exp.Case().when(condition, value if value is not None else one)
    if value is None:
        return exp.Count(this=exp.Star())
    if measure.agg in ("sum", "sum_boolean"):
        return exp.Sum(this=value)
    if measure.agg in ("count_distinct", "sum_distinct"):
        counts: type[exp.Func] = exp.Count if measure.agg == "count_distinct" else exp.Sum
        return counts(this=exp.Distinct(expressions=[value]))
    if measure.agg == "approx_count_distinct":
        return exp.Anonymous(this="APPROX_COUNT_DISTINCT", expressions=[value])
    if measure.agg in _SPREADS:
        return exp.Anonymous(this=_SPREADS[measure.agg], expressions=[value])
    if measure.agg != "percentile":
        return _CALLS[measure.agg](this=value)
    how = measure.percentile
    assert how is not None
    at = exp.Literal.number(how.at)
    if how.method == "approximate":
        return exp.Anonymous(this="APPROX_PERCENTILE", expressions=[value, at])
    call = exp.Anonymous(this="PERCENTILE_CONT" if how.method == "continuous" else "PERCENTILE_DISC", expressions=[at])
    return exp.WithinGroup(this=call, expression=exp.Order(expressions=[exp.Ordered(this=value)]))


def spelt(tree: exp.Expr) -> str:
    """The text in the expression language of Ossie."""
    return said(tree)


__all__ = ["Refused", "Spelling", "Spoken", "identifier", "parsed", "spelt", "spoken", "sql_of"]
