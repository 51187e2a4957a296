"""The aggregates a question needs, gathered so that one pass over a fact serves all metrics that rest on it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from sqlglot import exp

from hedu.define.definitions import Conversion, SemiAdditive, Simple
from hedu.model.paths import targets
from hedu.model.types import Dataset, Measure, Model
from hedu.plan.asking import Asking
from hedu.plan.conditions import parse_filter, paths_in
from hedu.plan.facts import Leaf
from hedu.plan.frames import BY_ROWS, PLAIN, Frame
from hedu.plan.offered import time_of
from hedu.plan.scalars import column
from hedu.plan.snapshots import moves_moment

PassKey = tuple[str, str | None, SemiAdditive | None, tuple[str, ...], Frame]
Planner = Callable[["Leaves", str, tuple[str, ...]], exp.Expr]


@dataclass(frozen=True, slots=True)
class Whole:
    """A metric asked at fewer keys than the question's, as column `name`."""

    name: str
    metric: str
    filters: tuple[str, ...]
    frame: Frame
    reporting: str | None = None


@dataclass
class Leaves:
    """Leaves by pass: same fact, time, snapshot rule, filters through a bridge (if any) and frame.

    `wholes` are what is asked at fewer keys, by those keys; `reporting` is the currency of the metric being planned.
    """

    asking: Asking
    passes: dict[PassKey, list[Leaf]] = field(default_factory=dict)
    wholes: dict[tuple[str, ...], list[Whole]] = field(default_factory=dict)
    frame: Frame = PLAIN
    reporting: str | None = None

    def reported_in(self, currency: str | None) -> Leaves:
        """The same leaves, to which money is added in a currency; the outermost metric's counts."""
        return replace(self, reporting=currency) if currency and self.reporting is None else self

    def framed(self, frame: Frame) -> Leaves:
        """The same leaves, to which others are added in another frame."""
        return replace(self, frame=frame)

    def whole(self, kept: tuple[str, ...], metric: str, filters: tuple[str, ...]) -> exp.Column:
        """The column for a metric at the keys `kept` alone."""
        found = self.wholes.setdefault(kept, [])
        for one in found:
            if replace(one, name="") == Whole("", metric, filters, self.frame, self.reporting):
                return column(one.name)
        one = Whole(self._name(f"{metric}__whole"), metric, filters, self.frame, self.reporting)
        found.append(one)
        return column(one.name)

    def following(self, body: Conversion, leaf: Leaf, base: Simple) -> exp.Column:
        """The column for conversions in one currency, under what came first, which `leaf.handed` narrows."""
        dataset, _, measure = base.measure.rpartition(".")
        time = time_of(self.asking.model, dataset, measure)
        apart = (*leaf.handed, leaf.measure.reported_in or "")
        key = (dataset, time, None, apart, replace(self.frame, follows=body))
        found = self.passes.setdefault(key, [])
        if not found:
            found.append(replace(leaf, name=self._name(leaf.name)))
        return column(found[0].name)

    def column(
        self, fact: Dataset, measure: Measure, metric: str, own: tuple[str, ...], handed: tuple[str, ...]
    ) -> exp.Column:
        """The leaf column for a measure under a metric's own filters and those handed down; one for equal ones."""
        model, filters = self.asking.model, (*own, *handed)
        time = time_of(model, fact.name, measure.name)
        trees = [measure.where] if measure.where is not None else []
        is_extreme = measure.semi_additive is not None and measure.semi_additive.is_extreme
        apart = tuple(
            tree.sql()
            for tree in (*trees, *map(parse_filter, filters))
            if crosses_bridge(model, fact.name, tree) or moves_moment(model, fact, measure, tree, time) or is_extreme
        )
        if not self.frame.is_plain and measure.agg in BY_ROWS:
            apart = (*apart, "by rows")
        key = (fact.name, time, measure.semi_additive, apart, self.frame)
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
        taken.update(one.name.lower() for group in self.wholes.values() for one in group)
        taken.update(text.lower() for text in self.asking.question.by)
        name, count = metric, 1
        while name.lower() in taken:
            count += 1
            name = f"{metric}_{count}"
        return name

    def counts(self) -> frozenset[str]:
        """The leaves that count: nothing counted is 0."""
        return frozenset(leaf.name for group in self.passes.values() for leaf in group if leaf.measure.counts)


def crosses_bridge(model: Model, fact: str, tree: exp.Expr) -> bool:
    """Whether a filter names something that lies behind a bridge."""
    return any(join.fans for path in paths_in(tree) for target in targets(model, fact, path) for join in target.joins)
