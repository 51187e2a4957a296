"""An Ossie model's datasets and fields by name -> what a name in an expression stands for, over plain columns."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlglot import exp

from hedu.define.ossie.meant import Refused
from hedu.define.ossie.model import OssieDataset, OssieField, OssieModel, Relationship
from hedu.define.ossie.sql import columns_of, sql_of, tree_of

_MOST_WAYS = 5_000
Far = Callable[[OssieDataset, exp.Column], exp.Expr]
"""What stands for a column that an expression over one dataset takes of another."""


class Fields:
    """The names of one model. A qualified name is a declared field, else a column; a bare one a column first."""

    def __init__(self, model: OssieModel) -> None:
        self.model = model
        self.joins: Sequence[Relationship] = ()
        """Those that lead from many to one, once the keys have decided which do."""
        self.datasets = {one.name.casefold(): one for one in model.datasets}
        self._fields = {
            one.name.casefold(): {item.name.casefold(): item for item in one.fields} for one in model.datasets
        }

    def dataset(self, name: str) -> OssieDataset:
        """Refused where there is none of that name."""
        found = self.datasets.get(name.casefold())
        if found is None:
            raise Refused(f"没有数据集 {name}", f"there is no dataset {name}")
        return found

    def field(self, dataset: OssieDataset, name: str) -> OssieField | None:
        return self._fields[dataset.name.casefold()].get(name.casefold())

    def holders(self, name: str) -> Sequence[OssieDataset]:
        """The datasets that declare a field of that name."""
        return [one for one in self.model.datasets if self.field(one, name) is not None]

    def tree(
        self, dataset: OssieDataset, field: OssieField, under: tuple[str, ...] = (), far: Far | None = None
    ) -> exp.Expr:
        """A field over the columns of its dataset; fields it uses are written out. Refused: it reaches elsewhere."""
        if field.name in under:
            raise Refused("字段互相引用成环", "fields that use one another in a circle")
        tree, _ = tree_of(field.expression)
        if tree.find(exp.AggFunc, exp.Window, exp.Query) is not None:
            raise Refused("字段里有汇总、窗口函数或子查询", "an aggregate, window function or subquery in a field")
        return self.over_columns(dataset, tree, (*under, field.name), far)

    def over_columns(
        self, dataset: OssieDataset, tree: exp.Expr, under: tuple[str, ...] = (), far: Far | None = None
    ) -> exp.Expr:
        """`tree` with the dataset's fields written out."""
        root = exp.Paren(this=tree.copy())
        for column in columns_of(root):
            if column.table and column.table.casefold() != dataset.name.casefold():
                column.replace(_elsewhere(dataset, column, far))
                continue
            own = exp.column(column.this.copy())
            column.replace(self._meant(dataset, own, under, far, qualified=bool(column.table)))
        made: exp.Expr = root.this
        made.pop()
        return made.unnest()

    def _meant(
        self, dataset: OssieDataset, column: exp.Column, under: tuple[str, ...], far: Far | None, *, qualified: bool
    ) -> exp.Expr:
        field = self.field(dataset, column.name)
        if field is None or field.name in under[-1:]:
            return column
        if not qualified and self._holds_own_column(field):
            return column
        return held(self.tree(dataset, field, under, far))

    def _holds_own_column(self, field: OssieField) -> bool:
        """Whether a field's expression uses its own name, so that there is such a column."""
        tree, _ = tree_of(field.expression)
        return any(one.name.casefold() == field.name.casefold() for one in columns_of(tree))

    def key(self, dataset: OssieDataset, columns: Sequence[str]) -> tuple[str, ...]:
        """Key columns as expressions over plain columns: a name that is only a field is written out."""
        return tuple(self._key(dataset, name) for name in columns)

    def _key(self, dataset: OssieDataset, name: str) -> str:
        if len(name) > 2 and name[0] == name[-1] == '"':
            name = name[1:-1].replace('""', '"')
        field = self.field(dataset, name)
        plain = sql_of(exp.column(exp.to_identifier(name)))
        if field is None:
            return plain
        try:
            return plain if self._holds_own_column(field) else sql_of(self.tree(dataset, field))
        except Refused:
            return plain

    def ways(self, source: OssieDataset, target: OssieDataset) -> list[tuple[Relationship, ...]]:
        """Every way from many to one between two datasets that visits none twice."""
        found: list[tuple[Relationship, ...]] = []
        pending: list[tuple[Relationship, ...]] = [()]
        seen_so_far = 0
        while pending and len(found) < 10 and seen_so_far < _MOST_WAYS:
            seen_so_far += 1
            steps = pending.pop(0)
            here = (steps[-1].target if steps else source.name).casefold()
            if here == target.name.casefold():
                found.append(steps)
                continue
            seen = {source.name.casefold(), *(step.target.casefold() for step in steps)}
            for one in self.joins:
                if one.source.casefold() == here and one.target.casefold() not in seen:
                    pending.append((*steps, one))
        return found


def held(tree: exp.Expr) -> exp.Expr:
    """`tree` as it may stand within another."""
    is_call = isinstance(tree, exp.Func) and not isinstance(tree, exp.Binary)
    return tree if is_call or isinstance(tree, (exp.Column, exp.Literal, exp.Paren)) else exp.Paren(this=tree)


def _elsewhere(dataset: OssieDataset, column: exp.Column, far: Far | None) -> exp.Expr:
    if far is None:
        where = f"{column.table}.{column.name}"
        raise Refused(f"用到另一个数据集的 {where}", f"it uses {where} of another dataset")
    return held(far(dataset, column))
