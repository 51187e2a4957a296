"""A dataset with columns of others it belongs to -> the SELECT it is read from.

A metric that multiplies an order line's quantity with its product's price adds up over the lines. Each row of
what is joined is found by its key, so the lines stay as many as they are.
"""

from __future__ import annotations

from sqlglot import exp

from hedu.define.definitions import Source
from hedu.define.ossie.fields import Fields
from hedu.define.ossie.meant import Refused
from hedu.define.ossie.model import OssieDataset, OssieField, Relationship
from hedu.define.ossie.sources import source_of, tree_of_source
from hedu.define.ossie.sql import columns_of

_OWN = "own_rows"


class Wide:
    """The columns that one dataset borrows. `taken` holds (dataset, field) -> the column it is there."""

    def __init__(self, fields: Fields, dataset: OssieDataset) -> None:
        self.fields = fields
        self.dataset = dataset
        self.taken: dict[tuple[str, str], str] = {}
        self._ways: dict[str, tuple[Relationship, ...]] = {}

    def borrow(self, other: OssieDataset, column: exp.Column) -> exp.Column:
        """The column that `other`'s field or column is in the widened dataset. Refused: no one way leads there."""
        way = self._ways.get(other.name)
        if way is None:
            ways = self.fields.ways(self.dataset, other)
            if len(ways) != 1:
                zh = "没有多对一的路径" if not ways else "有不止一条路径"
                en = "no way from many to one" if not ways else "more than one way"
                raise Refused(
                    f"逐行计算用到 {other.name}, 从 {self.dataset.name} 到它{zh}",
                    f"computed row by row with {other.name}, and there is {en} to it from {self.dataset.name}",
                )
            self._ways[other.name] = ways[0]
        self._value(other, self.fields.field(other, column.name), column.name)
        for one in (self.dataset, *(self.fields.dataset(step.target) for step in self._ways[other.name])):
            _relation(one, _OWN)
        name = f"{other.name}_{column.name}"
        while self.fields.field(self.dataset, name) is not None:
            name += "_"
        self.taken[other.name, column.name] = name
        return exp.column(exp.to_identifier(name, quoted=not name.isidentifier()))

    def __deepcopy__(self, memo: object) -> Wide:
        """What is borrowed is copied; the model is shared."""
        made = Wide(self.fields, self.dataset)
        made.taken, made._ways = dict(self.taken), dict(self._ways)
        return made

    def source(self) -> Source:
        """The SELECT: all own columns, then the borrowed ones."""
        select = exp.select(exp.Column(this=exp.Star(), table=exp.to_identifier(_OWN)))
        select = select.from_(_relation(self.dataset, _OWN))
        joined: dict[tuple[str, ...], str] = {(): _OWN}
        for (other, column), name in self.taken.items():
            alias = _OWN
            way = self._ways[other]
            for depth, step in enumerate(way, 1):
                chain = tuple(one.name for one in way[:depth])
                if chain not in joined:
                    joined[chain] = f"j{len(joined)}"
                    select = self._join(select, step, alias, joined[chain])
                alias = joined[chain]
            dataset = self.fields.dataset(other)
            value = self._value(dataset, self.fields.field(dataset, column), column)
            select = select.select(exp.alias_(_on(value, alias), name, quoted=True))
        return Source(select=select.sql("duckdb"))

    def _value(self, dataset: OssieDataset, field: OssieField | None, column: str) -> exp.Expr:
        return self.fields.tree(dataset, field) if field else exp.column(exp.to_identifier(column))

    def _join(self, select: exp.Select, step: Relationship, left: str, right: str) -> exp.Select:
        here = self.fields.key(self.fields.dataset(step.source), step.source_columns)
        there = self.fields.key(self.fields.dataset(step.target), step.target_columns)
        pairs = [
            exp.EQ(this=_on(_parsed(a), left), expression=_on(_parsed(b), right))
            for a, b in zip(here, there, strict=True)
        ]
        relation = _relation(self.fields.dataset(step.target), right)
        return select.join(relation, on=exp.and_(*pairs, copy=False), join_type="left")


def _parsed(text: str) -> exp.Expr:
    from sqlglot import parse_one

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
