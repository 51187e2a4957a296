"""The aggregates a question needs, gathered so that one pass over a fact serves all metrics that rest on it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from sqlglot import exp

from hedu.define.definitions import SemiAdditive
from hedu.model.expressions import fold_long_paths, parse_expression, path_of, references
from hedu.model.paths import targets
from hedu.model.types import Dataset, Measure, Model
from hedu.plan.asking import Asking
from hedu.plan.facts import Leaf
from hedu.plan.offered import time_of
from hedu.plan.scalars import column

PassKey = tuple[str, str | None, SemiAdditive | None, tuple[str, ...]]
Planner = Callable[["Leaves", str, tuple[str, ...]], exp.Expr]


@dataclass
class Leaves:
    """Leaves by pass: same fact, same time, same snapshot rule, same filters through a bridge (if any)."""

    asking: Asking
    passes: dict[PassKey, list[Leaf]] = field(default_factory=dict)

    def column(self, fact: Dataset, measure: Measure, metric: str, filters: tuple[str, ...]) -> exp.Column:
        """The leaf column for a measure under filters; asked for twice, it is one."""
        time = time_of(self.asking.model, fact.name, measure.name)
        apart = tuple(text for text in filters if crosses_bridge(self.asking.model, fact.name, text))
        key = (fact.name, time, measure.semi_additive, apart)
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


def crosses_bridge(model: Model, fact: str, text: str) -> bool:
    """Whether a filter text names something that lies behind a bridge."""
    names = (path_of(name) for name in references(fold_long_paths(parse_expression(text))))
    return any(join.fans for name in names for target in targets(model, fact, name) for join in target.joins)
