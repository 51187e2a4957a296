"""A question without metrics -> the distinct values of dimensions, or the least and greatest of one."""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from hedu.errors import QueryError, suggest
from hedu.model.paths import targets
from hedu.model.types import Dataset
from hedu.plan import nodes
from hedu.plan.asking import Asking
from hedu.plan.conditions import bind_where
from hedu.plan.facts import bridges_seen, filtered
from hedu.plan.keys import key_of, split
from hedu.plan.offered import paths_from
from hedu.plan.periods import parse_range
from hedu.plan.relations import Relations, key_expression
from hedu.plan.scalars import column
from hedu.plan.visible import visible


def dimension_values(asking: Asking, conditions: Sequence[exp.Expr]) -> nodes.Page:
    """Each combination of the asked dimensions that occurs, once.

    Errors: dimension-unknown, dimension-needs-dataset (found in several datasets), values-take-no-range.
    """
    question = asking.question
    if question.compare or question.totals or not parse_range(question.since, question.until, asking.now).is_open:
        raise QueryError("values-take-no-range")
    root = _root(asking)
    relations = Relations(asking, root, root.name, time=root.time)
    keys = tuple(
        nodes.Named(text, key_expression(relations, key_of(asking.model, root, text, root.time, root.name)))
        for text in question.by
    )
    bound = [bind_where(relations, tree, root.time, root.name) for tree in conditions]
    allowed = visible(asking, root, relations.alias)
    bound += [allowed] if allowed is not None else []
    bound += bridges_seen(relations)
    source = filtered(relations.tree(), bound)
    if question.min_max:
        return _min_max(keys[0], source)
    order = [(item.removeprefix("-"), item.startswith("-")) for item in question.order]
    for name, _ in order:
        if name not in question.by:
            raise QueryError("order-unknown", name=name, known=question.by, near=suggest(name, question.by))
    order += [(name, False) for name in question.by if name not in dict(order)]
    answer = nodes.Compute(nodes.Aggregate(source, keys, ()), question.by, ())
    return nodes.Page(answer, question.by, None, tuple(order), question.limit)


def _min_max(key: nodes.Named, source: nodes.Scan | nodes.Join | nodes.Filter) -> nodes.Page:
    low, high = f"{key.name}__min", f"{key.name}__max"
    values = (nodes.Named(low, exp.Min(this=key.value)), nodes.Named(high, exp.Max(this=key.value.copy())))
    columns = tuple(nodes.Named(name, column(name)) for name in (low, high))
    answer = nodes.Compute(nodes.Aggregate(source, (), values), (), columns)
    return nodes.Page(answer, (low, high), None, (), None)


def _root(asking: Asking) -> Dataset:
    """The dataset to read: where all dimensions live, else the one that reaches all with the fewest joins."""
    model, by = asking.model, asking.question.by
    costs: list[tuple[int, str]] = []
    for dataset in model.datasets.values():
        if dataset.reported is not None:
            continue
        found = [_reach(asking, dataset, text) for text in by]
        if all(cost is not None for cost in found):
            costs.append((sum(cost or 0 for cost in found), dataset.name))
    if not costs:
        unknown = next((text for text in by if not _anywhere(asking, text)), by[0])
        known = {path for dataset in model.datasets.values() for path in paths_from(model, dataset)}
        raise QueryError("dimension-unknown", name=unknown, near=suggest(unknown, known))
    least = min(cost for cost, _ in costs)
    best = [name for cost, name in costs if cost == least]
    if len(best) > 1:
        paths = [f"{name}.{by[0]}" for name in best]
        raise QueryError("dimension-needs-dataset", name=by[0], paths=paths)
    return model.datasets[best[0]]


def _reach(asking: Asking, dataset: Dataset, text: str) -> int | None:
    for asked in split(text, asking.model):
        if asked is None:
            continue
        if asked.is_metric_time and dataset.time:
            return 0
        found = targets(asking.model, dataset.name, asked.path)
        if found:
            return min(len(target.joins) for target in found)
    return None


def _anywhere(asking: Asking, text: str) -> bool:
    return any(_reach(asking, dataset, text) is not None for dataset in asking.model.datasets.values())
