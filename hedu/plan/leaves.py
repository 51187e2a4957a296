"""The aggregates a question needs, gathered so that one pass over a fact serves all metrics that rest on it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from sqlglot import exp

from hedu.define.definitions import SemiAdditive
from hedu.model.types import Dataset, Measure
from hedu.plan.asking import Asking
from hedu.plan.facts import Leaf
from hedu.plan.offered import time_of
from hedu.plan.scalars import column

PassKey = tuple[str, str | None, SemiAdditive | None]
Planner = Callable[["Leaves", str, tuple[str, ...]], exp.Expression]


@dataclass
class Leaves:
    """Leaves by pass: same fact, same time, same snapshot rule."""

    asking: Asking
    passes: dict[PassKey, list[Leaf]] = field(default_factory=dict)

    def column(self, fact: Dataset, measure: Measure, metric: str, filters: tuple[str, ...]) -> exp.Column:
        """The leaf column for a measure under filters; asked for twice, it is one."""
        key = (fact.name, time_of(self.asking.model, fact.name, measure.name), measure.semi_additive)
        leaves = self.passes.setdefault(key, [])
        for leaf in leaves:
            if leaf.measure is measure and leaf.filters == filters:
                return column(leaf.name)
        taken = {leaf.name for group in self.passes.values() for leaf in group}
        name = metric if metric not in taken else f"{metric}_{len(taken)}"
        leaves.append(Leaf(name, measure, filters, metric))
        return column(name)

    def counts(self) -> frozenset[str]:
        """The leaves that count: nothing counted is 0."""
        return frozenset(
            leaf.name
            for group in self.passes.values()
            for leaf in group
            if leaf.measure.agg in ("count", "count_distinct")
        )
