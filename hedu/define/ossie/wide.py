"""A dataset with columns of others it belongs to -> the SELECT it is read from.

A metric that multiplies an order line's quantity with its product's price adds up over the lines, and a field of the
lines may name the product's group. Each row of what is joined is found by its key, so the lines stay as many as they
are.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from contextlib import contextmanager

from sqlglot import exp, parse_one

from hedu.define.definitions import Source
from hedu.define.ossie.fields import Fields
from hedu.define.ossie.meant import Refused
from hedu.define.ossie.model import OssieDataset, Relationship
from hedu.define.ossie.sources import source_of, tree_of_source
from hedu.define.ossie.sql import columns_of, tree_of

_OWN = "own_rows"
_EMPTY_OF_NOTHING = (
    *(
        exp.Column,
        exp.Identifier,
        exp.Literal,
        exp.Paren,
        exp.Neg,
        exp.Cast,
        exp.TryCast,
        exp.DataType,
        exp.DataTypeParam,
    ),
    *(exp.Add, exp.Sub, exp.Mul, exp.Div, exp.Nullif, exp.DPipe, exp.Lower, exp.Upper, exp.Trim, exp.Var),
    *(exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Year, exp.Quarter, exp.Month, exp.Extract),
)
_Way = tuple[Relationship, ...]


class Lent:
    """What the datasets of one model borrow of one another."""

    def __init__(self, fields: Fields) -> None:
        self.fields = fields
        self.wides: dict[str, Wide] = {}

    def __call__(self, dataset: OssieDataset, column: exp.Column) -> exp.Expr:
        """The column that another dataset's field is in `dataset`. Refused: no one way leads there."""
        wide = self.wides.get(dataset.name) or Wide(self.fields, dataset)
        made = wide.borrow(self.fields.dataset(column.table), column)
        self.wides[dataset.name] = wide
        return made

    @contextmanager
    def restoring(self) -> Iterator[None]:
        """What was borrowed on the way to a refusal is given back."""
        before = copy.deepcopy(self.wides)
        try:
            yield
        except Refused:
            self.wides = before
            raise


class Wide:
    """The columns that one dataset borrows: (way, name there) -> the column's name here and what it is made of."""

    def __init__(self, fields: Fields, dataset: OssieDataset) -> None:
        self.fields = fields
        self.dataset = dataset
        self.taken: dict[tuple[tuple[str, ...], str], tuple[str, exp.Expr]] = {}
        self._joined: dict[tuple[str, ...], tuple[_Way, str]] = {}

    def borrow(self, other: OssieDataset, column: exp.Column) -> exp.Column:
        """The column that `other`'s field or column is in the widened dataset. Refused: no one way leads there."""
        way = self._way(self.dataset, other)
        key = tuple(one.name for one in way), column.name.casefold()
        if key not in self.taken:
            _relation(self.dataset, _OWN)
            self.taken[key] = self._free(f"{column.name}_of_{other.name}"), self._value(other, column, way)
        name = self.taken[key][0]
        return exp.column(exp.to_identifier(name, quoted=not name.isidentifier()))

    def __deepcopy__(self, memo: object) -> Wide:
        """What is borrowed is copied; the model is shared."""
        made = Wide(self.fields, self.dataset)
        made.taken, made._joined = dict(self.taken), dict(self._joined)
        return made

    def source(self) -> Source:
        """The SELECT: all own columns, then the borrowed ones."""
        select = exp.select(exp.Column(this=exp.Star(), table=exp.to_identifier(_OWN)))
        select = select.from_(_relation(self.dataset, _OWN))
        for way, alias in self._joined.values():
            before = tuple(one.name for one in way[:-1])
            select = self._join(select, way[-1], self._joined[before][1] if before else _OWN, alias)
        for name, value in self.taken.values():
            select = select.select(exp.alias_(value.copy(), name, quoted=True))
        return Source(select=select.sql("duckdb"))

    def _way(self, here: OssieDataset, other: OssieDataset) -> _Way:
        ways = self.fields.ways(here, other)
        if len(ways) != 1:
            zh = "没有多对一的路径" if not ways else "有不止一条路径"
            en = "no way from many to one" if not ways else "more than one way"
            raise Refused(
                f"逐行计算用到 {other.name}, 从 {here.name} 到它{zh}",
                f"computed row by row with {other.name}, and there is {en} to it from {here.name}",
            )
        return ways[0]

    def _value(self, other: OssieDataset, column: exp.Column, way: _Way) -> exp.Expr:
        """A field or column of what the way leads to, each column under the alias it is joined by."""
        alias = self._alias(way)

        def far(here: OssieDataset, beyond: exp.Column) -> exp.Expr:
            target = self.fields.dataset(beyond.table)
            if target.name == self.dataset.name or any(target.name.casefold() == one.target.casefold() for one in way):
                raise Refused("字段互相引用成环", "fields that use one another in a circle")
            onward = exp.column(beyond.this.copy(), table=target.name)
            return self._value(target, onward, (*way, *self._way(here, target)))

        named = exp.Column(this=column.this.copy(), table=exp.to_identifier(other.name, quoted=True))
        root = exp.Paren(this=self.fields.over_columns(other, named, far=far))
        for one in columns_of(root):
            if not one.table:
                one.set("table", exp.to_identifier(alias))
        made: exp.Expr = root.this
        made.pop()
        return made if _is_empty_of_nothing(made) else self._found(made, way[-1], alias)

    def _found(self, value: exp.Expr, step: Relationship, alias: str) -> exp.Expr:
        """Nothing where no row is found: a value worked out of nothing would be one."""
        there = self.fields.key(self.fields.dataset(step.target), step.target_columns)
        missing = exp.Is(this=_on(_parsed(there[0]), alias), expression=exp.Null())
        return exp.Case().when(exp.Not(this=missing), value)

    def _alias(self, way: _Way) -> str:
        for depth in range(1, len(way) + 1):
            chain = tuple(one.name for one in way[:depth])
            if chain not in self._joined:
                _relation(self.fields.dataset(way[depth - 1].target), _OWN)
                self._joined[chain] = way[:depth], f"j{len(self._joined) + 1}"
        return self._joined[tuple(one.name for one in way)][1]

    def _free(self, name: str) -> str:
        """A name that no column known of the dataset has."""
        own = self.dataset
        known = {item.name for item in own.fields} | {name for name, _ in self.taken.values()}
        known |= {name for key in (own.primary_key, *own.unique_keys) for name in key}
        for one in self.fields.model.relationships:
            known |= set(one.source_columns) if one.source.casefold() == own.name.casefold() else set()
            known |= set(one.target_columns) if one.target.casefold() == own.name.casefold() else set()
        source = tree_of_source(source_of(own.source))
        known |= set(source.named_selects) if isinstance(source, exp.Query) else set()
        for field in own.fields:
            known |= {one.name for one in columns_of(tree_of(field.expression)[0])}
        taken = {name.casefold() for name in known}
        while name.casefold() in taken:
            name += "_"
        return name

    def _join(self, select: exp.Select, step: Relationship, left: str, right: str) -> exp.Select:
        here = self.fields.key(self.fields.dataset(step.source), step.source_columns)
        there = self.fields.key(self.fields.dataset(step.target), step.target_columns)
        pairs = [
            exp.EQ(this=_on(_parsed(a), left), expression=_on(_parsed(b), right))
            for a, b in zip(here, there, strict=True)
        ]
        relation = _relation(self.fields.dataset(step.target), right)
        return select.join(relation, on=exp.and_(*pairs, copy=False), join_type="left")


def _is_empty_of_nothing(tree: exp.Expr) -> bool:
    """Whether it is NULL where all its columns are."""
    kinds = [type(node) for node in tree.walk()]
    return exp.Column in kinds and all(issubclass(kind, _EMPTY_OF_NOTHING) for kind in kinds)


def _parsed(text: str) -> exp.Expr:
    return parse_one(text, dialect="duckdb")


def _on(tree: exp.Expr, alias: str) -> exp.Expr:
    root = exp.Paren(this=tree.copy())
    for column in columns_of(root):
        column.set("table", exp.to_identifier(alias))
    made: exp.Expr = root.this
    made.pop()
    return made


def _relation(dataset: OssieDataset, alias: str) -> exp.Expr:
    source = source_of(dataset.source)
    tree = tree_of_source(source)
    if isinstance(tree, exp.Query):
        return tree.subquery(alias)
    if isinstance(tree, exp.Table):
        return exp.alias_(tree, alias, table=True)
    raise Refused(f"{dataset.name} 的来源读不懂", f"the source of {dataset.name} cannot be read")
