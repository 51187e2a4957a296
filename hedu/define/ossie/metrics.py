"""Ossie metrics -> measures of their datasets and simple, ratio and derived metrics over them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from sqlglot import exp

from hedu.define.definitions import Derived, MeasureDef, MetricDef, MetricRef, Rank, Ratio, Simple
from hedu.define.names import fault_of, proposal
from hedu.define.ossie.fields import Fields, held
from hedu.define.ossie.meant import Refused, comes_to_text
from hedu.define.ossie.model import OssieDataset, OssieMetric
from hedu.define.ossie.sql import Aggregate, columns_of, split, sql_of, tree_of
from hedu.define.ossie.wide import Lent

_PLAIN = re.compile(r"[a-z_][a-z0-9_]*")


class Metrics:
    """The metrics of one model under way. `measures` and `metrics` grow as they are made."""

    def __init__(
        self,
        fields: Fields,
        dataset_names: dict[str, str],
        metric_names: dict[tuple[str, str], str],
        fresh: Callable[[str], str],
        lent: Lent,
    ) -> None:
        self.fields = fields
        self.lent = lent
        self.dataset_names = dataset_names
        self.metric_names = metric_names
        self.fresh = fresh
        self.measures: dict[str, list[MeasureDef]] = {}
        self.metrics: dict[str, MetricDef] = {}
        self._of_measure: dict[str, str] = {}
        self._making = ""

    def make(self, one: OssieMetric, name: str, **words: Any) -> MetricDef:
        """The metric under its native name; what it is computed from is added beside it. Refused: it cannot be."""
        _unchanged(one)
        tree, _ = tree_of(one.expression)
        tree = tree.this if isinstance(tree, exp.Paren) else tree
        before, self._making = self._state(), name
        try:
            with self.lent.restoring():
                made = self._ranked(one, name, tree) or self._simple(one, name, tree) or self._composed(one, name, tree)
        except Refused:
            self.measures, self.metrics, self._of_measure = before
            raise
        self.metrics[name] = metric = MetricDef(name, made, **words)
        if isinstance(made, Simple):
            self._of_measure.setdefault(made.measure, name)
        return metric

    def _state(self) -> tuple[Any, ...]:
        """All that has been made so far: what holds again where a metric turns out to be impossible."""
        measures = {name: list(held) for name, held in self.measures.items()}
        return measures, dict(self.metrics), dict(self._of_measure)

    def _ranked(self, one: OssieMetric, name: str, tree: exp.Expr) -> Rank | None:
        """RANK() within what it is partitioned by: the one window that does not depend on what is asked beside it."""
        place = tree.this if isinstance(tree, exp.Window) else None
        parts = tree.args.get("partition_by") or ()
        order = tree.args.get("order")
        ordered: list[exp.Expr] = order.expressions if order is not None else []
        if not isinstance(place, exp.Rank) or not parts or len(ordered) != 1 or tree.args.get("spec"):
            return None
        if ordered[0].args.get("nulls_first") or not all(isinstance(part, exp.Column) for part in parts):
            return None
        value = ordered[0].this.unnest()
        made = self._simple(one, f"{name}_value", value) or self._composed(one, f"{name}_value", value)
        known = self._of_measure.get(made.measure) if isinstance(made, Simple) else None
        if known is None:
            known = self.fresh(f"{name}_value")
            self.metrics[known] = MetricDef(known, made, x={"ossie": {"part_of": self._making}})
            if isinstance(made, Simple):
                self._of_measure[made.measure] = known
        within = tuple(self._asked(one, part) for part in parts)
        return Rank(MetricRef(known), within, "desc" if ordered[0].args.get("desc") else "asc")

    def _asked(self, one: OssieMetric, column: exp.Column) -> str:
        """The field as a question names it."""
        owner = self._owner(one, column)
        field = self.fields.field(owner, column.name)
        if field is None:
            raise Refused(f"{column.sql()} 不是字段", f"{column.sql()} is no field")
        name = field.name if fault_of(field.name) is None else proposal(field.name)
        return f"{self.dataset_names[owner.name]}.{name}"

    def _simple(self, one: OssieMetric, name: str, tree: exp.Expr) -> Simple | None:
        rest, found = _taken_apart(tree)
        if len(found) != 1 or _number(rest) != 0:
            return None
        return Simple(self._measure(one, found[0], name, found))

    def _composed(self, one: OssieMetric, name: str, tree: exp.Expr) -> Ratio | Derived:
        rest, found = _taken_apart(tree)
        self._check(one, rest)
        sides = _sides(rest)
        parts = [self._part(one, name, item, found, sides) for item in enumerate(found)]
        root = exp.Paren(this=rest)
        for column in columns_of(root):
            number = _number(column)
            used = parts[number] if number is not None else self._used(one, column)
            column.replace(_named(used))
        rest = root.this
        names = [one.name for one in columns_of(root)]
        if not names:
            raise Refused("算式里没有任何汇总", "no aggregate in it")
        if comes_to_text(rest):
            raise Refused(
                "算式得出的是文字，而指标的取值是数", "it comes to words, and the value of a metric is a number"
            )
        if sides and len(names) == 2:
            return Ratio(MetricRef(names[0]), MetricRef(names[1]))
        return Derived(sql_of(rest))

    def _check(self, one: OssieMetric, rest: exp.Expr) -> None:
        for column in columns_of(rest):
            if _number(column) is None:
                self._used(one, column)

    def _used(self, one: OssieMetric, column: exp.Column) -> str:
        """The native name of a metric that another uses."""
        dataset = (column.table or "").casefold()
        keys = [(dataset, column.name.casefold())]
        if one.dataset and not dataset:
            keys.append((one.dataset.casefold(), column.name.casefold()))
        for key in keys:
            if key in self.metric_names and self.metric_names[key] in self.metrics:
                return self.metric_names[key]
            if key in self.metric_names:
                raise Refused(
                    f"用到的指标 {column.name} 没有带过来",
                    f"it uses the metric {column.name}, which is not carried over",
                )
        where = f"{column.table}.{column.name}" if column.table else column.name
        raise Refused(f"{where} 没有汇总", f"{where} stands outside of any aggregate")

    def _part(
        self, one: OssieMetric, name: str, item: tuple[int, Aggregate], found: list[Aggregate], sides: bool
    ) -> str:
        """The metric that one aggregate of a formula is: one that exists, else one made for it."""
        number, aggregate = item
        suffix = ("numerator", "denominator")[number] if sides and len(found) == 2 else f"part_{number + 1}"
        measure = self._measure(one, aggregate, f"{name}_{suffix}", found)
        known = self._of_measure.get(measure)
        if known is None:
            known = self.fresh(f"{name}_{suffix}")
            self.metrics[known] = MetricDef(known, Simple(measure), x={"ossie": {"part_of": self._making}})
            self._of_measure[measure] = known
        return known

    def _measure(self, one: OssieMetric, aggregate: Aggregate, name: str, found: list[Aggregate]) -> str:
        """`dataset.measure` of an aggregate; an equal one serves again."""
        dataset, expr = self._placed(one, aggregate, found)
        _unchanged(dataset)
        native = self.dataset_names[dataset.name]
        held = self.measures.setdefault(native, [])
        text = sql_of(expr) if expr is not None else ""
        for known in held:
            if (known.agg, known.expr, known.percentile) == (aggregate.agg, text, aggregate.percentile):
                return f"{native}.{known.name}"
        taken = {known.name.casefold() for known in held}
        free = next(way for way in (name, *(f"{name}_{n}" for n in range(2, 999))) if way.casefold() not in taken)
        held.append(MeasureDef(free, aggregate.agg, text, percentile=aggregate.percentile))
        return f"{native}.{free}"

    def _placed(
        self, one: OssieMetric, aggregate: Aggregate, found: list[Aggregate]
    ) -> tuple[OssieDataset, exp.Expr | None]:
        """The dataset an aggregate goes over, and its argument over that dataset's columns."""
        if aggregate.argument is None or next(aggregate.argument.find_all(exp.Column), None) is None:
            return self._of_rows(one, aggregate, found), aggregate.argument
        root = exp.Paren(this=aggregate.argument.copy())
        owners = [(column, self._owner(one, column)) for column in columns_of(root)]
        datasets = list(dict.fromkeys(owner.name for _, owner in owners))
        home = self._home(datasets)
        for column, owner in owners:
            bare = one.dataset is not None and not column.table
            table = None if bare else exp.to_identifier(owner.name, quoted=True)
            named = exp.Column(this=column.this.copy(), table=table)
            column.replace(held(self.fields.over_columns(home, named, far=self.lent)))
        return home, root.this.unnest()

    def _home(self, datasets: list[str]) -> OssieDataset:
        """Whose rows are computed: each belongs to one row of every other. Those may meet in a dataset not named."""
        all_of_them = [self.fields.dataset(name) for name in datasets]
        if len(all_of_them) == 1:
            return all_of_them[0]
        homes = self._finest(all_of_them, all_of_them)
        if not homes:
            meeting = self._finest(self.fields.model.datasets, all_of_them)
            homes = [
                one for one in meeting if not any(far is not one and self.fields.ways(one, far) for far in meeting)
            ]
        if len(homes) != 1:
            names = ", ".join(datasets)
            raise Refused(
                f"逐行计算横跨 {names}，它们的行并非多对一",
                f"computed row by row over {names}, whose rows do not belong to one another many to one",
            )
        return homes[0]

    def _finest(self, among: Sequence[OssieDataset], others: Sequence[OssieDataset]) -> list[OssieDataset]:
        """Those from which a way leads to all others."""
        return [one for one in among if all(far is one or self.fields.ways(one, far) for far in others)]

    def _owner(self, one: OssieMetric, column: exp.Column) -> OssieDataset:
        if column.table:
            return self.fields.dataset(column.table)
        if one.dataset is not None:
            return self.fields.dataset(one.dataset)
        if ("", column.name.casefold()) in self.metric_names:
            raise Refused("对指标再做汇总", f"an aggregate of the metric {column.name}")
        holders = self.fields.holders(column.name)
        if len(holders) == 1:
            return holders[0]
        if not holders and len(self.fields.model.datasets) == 1:
            return self.fields.model.datasets[0]
        names = ", ".join(holder.name for holder in holders) or "-"
        raise Refused(
            f"{column.name} 属于哪个数据集不明（{names}）", f"whose {column.name} it is is not said ({names})"
        )

    def _of_rows(self, one: OssieMetric, aggregate: Aggregate, found: list[Aggregate]) -> OssieDataset:
        """Whose rows COUNT(*) counts: the dataset it stands in, else the one that the metric's others go over."""
        if aggregate.table:
            return self.fields.dataset(aggregate.table)
        if one.dataset is not None:
            return self.fields.dataset(one.dataset)
        beside = {
            self._home(list(dict.fromkeys(self._owner(one, column).name for column in columns_of(other.argument)))).name
            for other in found
            if other.argument is not None and next(columns_of(other.argument), None) is not None
        }
        if len(beside) == 1:
            return self.fields.dataset(beside.pop())
        if len(self.fields.model.datasets) == 1:
            return self.fields.model.datasets[0]
        raise Refused("COUNT(*) 数的是哪个数据集的行没有写明", "whose rows COUNT(*) counts is not said")


def _unchanged(one: OssieMetric | OssieDataset) -> None:
    """Refused: it says more of its values or rows than is known here, so they would be others."""
    if one.changed:
        keys = ", ".join(one.changed)
        raise Refused(
            f"{one.name} 的 {keys} 会改变取值，而规范里还没有这个键",
            f"{keys} of {one.name} would change its values, and the specification has no such key yet",
        )


def _taken_apart(tree: exp.Expr) -> tuple[exp.Expr, list[Aggregate]]:
    """The arithmetic around the aggregates, each marked by its number, and the aggregates."""
    found: list[Aggregate] = []

    def placed(aggregate: Aggregate) -> exp.Expr:
        found.append(aggregate)
        return _mark(len(found) - 1)

    return split(tree, placed), found


def _mark(number: int) -> exp.Column:
    return exp.column(f"\x00{number}")


def _number(tree: exp.Expr) -> int | None:
    name = tree.name if isinstance(tree, exp.Column) else ""
    return int(name[1:]) if name.startswith("\x00") else None


def _sides(rest: exp.Expr) -> bool:
    """Whether it is one aggregate or metric over another, guarded against zero or not."""
    if not isinstance(rest, exp.Div):
        return False
    below = rest.expression
    if isinstance(below, exp.Nullif) and below.expression.name == "0":
        below = below.this
    return isinstance(rest.this, exp.Column) and isinstance(below, exp.Column)


def _named(name: str) -> exp.Column:
    return exp.Column(this=exp.to_identifier(name, quoted=not _PLAIN.fullmatch(name)))
