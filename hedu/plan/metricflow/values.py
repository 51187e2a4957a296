"""A question without metrics -> the values that occur, joined so that none is left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlglot import exp

from hedu.errors import PlanError, QueryError, suggest
from hedu.model.types import Dataset, Model
from hedu.plan import nodes
from hedu.plan.metricflow.joins import is_held_for_a_time, joined, size_of, targets
from hedu.plan.metricflow.names import Item, names_from, of_dimension, parsed, ways
from hedu.plan.metricflow.ordering import order_of
from hedu.plan.metricflow.rows import Fact, Rows, fact_rows, looked_up_by
from hedu.plan.metricflow.scope import Condition, Scope, grain_place, limited_by, named, relation, shown, within
from hedu.plan.metricflow.spines import spine_rows
from hedu.plan.periods import Range
from hedu.plan.scalars import column


def values_select(scope: Scope, conditions: Sequence[Condition], limits: Range) -> nodes.Page:
    """Each combination of the asked items once, or the least and greatest value of one."""
    question = scope.asking.question
    asked = [anywhere(scope.model, parsed(scope.model, text)) for text in question.by]
    times = [item for item in asked if item.is_metric_time] if not limits.is_open else []
    limited = [limited_by(scope, min(times, key=lambda item: grain_place(item, scope.model)))] if times else []
    needed = tuple(dict.fromkeys([*asked, *(item for one in conditions for item in one.asked), *limited]))
    rows = _rows(scope, needed)
    alias = scope.alias("rows")
    answered = [named(shown(item, alias), text) for text, item in zip(question.by, asked, strict=True)]
    select = exp.select(*answered).from_(relation(rows.select, alias))
    kept = [one.over(alias) for one in conditions]
    kept += [one for item in limited for one in within(column(item.column, alias), limits)]
    select = select.where(*kept, copy=False) if kept else select
    select = select.distinct(copy=False)
    if question.min_max:
        return _least_and_greatest(scope, select, question.by[0])
    source = nodes.Compute(nodes.Written(select, question.by), question.by, ())
    order = order_of(scope, question, dict(zip(asked, question.by, strict=True)))
    return nodes.Page(source, question.by, None, order, question.limit)


def _least_and_greatest(scope: Scope, select: exp.Select, name: str) -> nodes.Page:
    alias = scope.alias("values")
    low, high = f"{name}__min", f"{name}__max"
    found = exp.select(
        named(exp.Min(this=column(name, alias)), low), named(exp.Max(this=column(name, alias)), high)
    ).from_(relation(select, alias))
    source = nodes.Compute(nodes.Written(found, (low, high)), (), tuple(nodes.Named(n, column(n)) for n in (low, high)))
    return nodes.Page(source, (low, high), None, (), None)


def anywhere(model: Model, item: Item) -> Item:
    """The item at its own grain, wherever it stands. Errors: QueryError dimension-unknown."""
    if item.is_metric_time:
        return replace(item, grain="day") if item.grain is None and item.part is None else item
    for dataset in _by_size(model):
        for way in ways(model, dataset, item.links, item.name):
            return of_dimension(item, way.dimension, dataset.name)
    known = {name for dataset in model.datasets.values() for name in names_from(model, dataset)}
    raise QueryError("dimension-unknown", name=item.column, near=suggest(item.column, known))


def _rows(scope: Scope, items: Sequence[Item]) -> Rows:
    times = [item for item in items if item.is_metric_time]
    others = [item for item in items if not item.is_metric_time]
    if not others:
        return Rows(spine_rows(scope, times), [item.column for item in times])
    root = _root(scope, others)
    fact = Fact(scope, root, None, "")
    keys = [looked_up_by(root, item) if item.of_metric else item for item in others]
    held = next((one for one in targets(fact, keys) if is_held_for_a_time(scope.model, one)), None)
    if held is not None:
        if root.time is None:
            raise PlanError("validity-needs-time", dataset=held.hops[-1].dataset, fact=root.name)
        fact = Fact(scope, root, root.time, "")
    return joined(fact, fact_rows(fact, others), others, "full", times)


def _root(scope: Scope, items: Sequence[Item]) -> Dataset:
    """The dataset that all items are reached from with the fewest joins, the smallest of several."""
    best: tuple[int, Dataset] | None = None
    for dataset in _by_size(scope.model):
        plain = [looked_up_by(dataset, item) if item.of_metric else item for item in items]
        found = [next(ways(scope.model, dataset, i.links, i.name), None) for i in plain]
        if any(way is None for way in found) or all(way is not None and way.hops for way in found):
            continue
        cost = len(targets(Fact(scope, dataset, None, ""), plain))
        if best is None or cost < best[0]:
            best = (cost, dataset)
    if best is None:
        raise QueryError("values-not-together", names=[item.column for item in items])
    return best[1]


def _by_size(model: Model) -> list[Dataset]:
    """Datasets with the fewest names first."""
    return sorted(model.datasets.values(), key=size_of)
