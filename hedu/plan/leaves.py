"""The aggregates a question needs, gathered so that one pass over a fact serves all metrics that rest on it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from sqlglot import exp

from hedu.define.definitions import SemiAdditive
from hedu.model.paths import targets
from hedu.model.types import Dataset, Measure, Model
from hedu.plan.asking import Asking
from hedu.plan.conditions import parse_filter, paths_in
from hedu.plan.facts import Leaf
from hedu.plan.offered import time_of
from hedu.plan.scalars import column
from hedu.plan.snapshots import moves_moment

PassKey = tuple[str, str | None, SemiAdditive | None, tuple[str, ...]]
Planner = Callable[["Leaves", str, tuple[str, ...]], exp.Expr]


@dataclass
class Leaves:
    """Leaves by pass: same fact, same time, same snapshot rule, same filters through a bridge (if any)."""

    asking: Asking
    passes: dict[PassKey, list[Leaf]] = field(default_factory=dict)

    def column(
        self, fact: Dataset, measure: Measure, metric: str, own: tuple[str, ...], handed: tuple[str, ...]
    ) -> exp.Column:
        """The leaf column for a measure under a metric's own filters and those handed down; one for equal ones."""
        model, filters = self.asking.model, (*own, *handed)
        time = time_of(model, fact.name, measure.name)
        trees = [measure.where] if measure.where is not None else []
        apart = tuple(
            tree.sql()
            for tree in (*trees, *map(parse_filter, filters))
            if crosses_bridge(model, fact.name, tree) or moves_moment(model, fact, measure, tree, time)
        )
        key = (fact.name, time, measure.semi_additive, apart)
        leaves = self.passes.setdefault(key, [])
        for leaf in leaves:
            if leaf.measure == measure and leaf.filters == filters:
                return column(leaf.name)
        leaf = Leaf(self._name(metric), measure, filters, metric, handed)
        leaves.append(leaf)
        return column(leaf.name)

    def _name(self, metric: str) -> str:
        """A name that no other leaf and no key bears, whatever its case."""
        taken = {leaf.name.lower() for group in self.passes.values() for leaf in group}
        taken.update(text.lower() for text in self.asking.question.by)
        name, count = metric, 1
        while name.lower() in taken:
            count += 1
            name = f"{metric}_{count}"
        return name

    def counts(self) -> frozenset[str]:
        """The leaves that count: nothing counted is 0."""
        return frozenset(
            leaf.name
            for group in self.passes.values()
            for leaf in group
            if leaf.measure.agg in ("count", "count_distinct")
        )


def crosses_bridge(model: Model, fact: str, tree: exp.Expr) -> bool:
    """Whether a filter names something that lies behind a bridge."""
    return any(join.fans for path in paths_in(tree) for target in targets(model, fact, path) for join in target.joins)
