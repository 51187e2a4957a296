"""Question + model -> plan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlglot import exp

from hedu.errors import QueryError, suggest
from hedu.model.expressions import held, path_of, references
from hedu.model.types import Model
from hedu.plan import nodes
from hedu.plan.asking import Asking, Proof
from hedu.plan.compare import compared, comparison_columns
from hedu.plan.conditions import bare, bind_literals, metric_names, parse_conditions
from hedu.plan.facts import fact_pass
from hedu.plan.keys import conform, key_of
from hedu.plan.kinds import plan_metric
from hedu.plan.leaves import Leaves
from hedu.plan.periods import Range, parse_range
from hedu.plan.scalars import column
from hedu.plan.values import dimension_values
from hedu.query import Question


@dataclass(frozen=True, slots=True)
class Plan:
    """The tree, the values bound in it, and the plan of the totals row if one was asked."""

    root: nodes.Page
    parameters: tuple[Any, ...]
    totals: Plan | None = None


def plan(model: Model, question: Question, now: datetime, proven: frozenset[Proof] = frozenset()) -> Plan:
    """Plan a question. Errors: QueryError, PlanError, Denied: every way a question can have no right answer."""
    asking = Asking(model, question, now, proven)
    _check_names(asking)
    if not question.metrics:
        page = dimension_values(asking, parse_conditions(question.where))
        return Plan(page, tuple(asking.parameters))
    conjuncts = parse_conditions(question.where)
    after = [tree for tree in conjuncts if metric_names(model, tree)]
    asking.conditions = [tree for tree in conjuncts if not metric_names(model, tree)]
    within = parse_range(question.since, question.until, now)
    hidden = [name for tree in after for name in metric_names(model, tree) if name not in question.metrics]
    wanted = tuple(dict.fromkeys([*question.metrics, *hidden]))
    if question.compare:
        source: nodes.Compute | nodes.Compare = compared(asking, within, lambda r: _answer(asking, wanted, r))
    else:
        source = _answer(asking, wanted, within)
    page = _page(asking, source, after)
    return Plan(page, tuple(asking.parameters), _totals(model, question, now, proven, after))


def _answer(asking: Asking, metrics: Sequence[str], within: Range) -> nodes.Compute:
    """All metrics at the asked keys within a range: one pass a fact, stitched, then computed."""
    leaves = Leaves(asking)
    values = tuple(nodes.Named(name, plan_metric(leaves, name)) for name in metrics)
    passes = []
    by_fact = []
    for (fact_name, time, *_), group in leaves.passes.items():
        fact = asking.model.datasets[fact_name]
        metric = group[0].metric
        by_fact.append((metric, [key_of(asking.model, fact, text, time, metric) for text in asking.question.by]))
        passes.append(fact_pass(asking, fact, time, group, within))
    conform(by_fact)
    return nodes.Compute(_stitched(asking, leaves, passes), asking.question.by, values)


def _stitched(asking: Asking, leaves: Leaves, passes: Sequence[nodes.Aggregate]) -> nodes.Stitch | nodes.Aggregate:
    if len(passes) == 1:
        return passes[0]
    counts = leaves.counts()
    names: list[str] = []
    for fact_name, time, *_ in leaves.passes:
        name = _part_name(asking.model, fact_name)
        names.append(name if name not in names else f"{name}_by_{time}_{len(names)}")
    values = tuple(
        nodes.StitchValue(at, value.name, value.name in counts) for at, one in enumerate(passes) for value in one.values
    )
    return nodes.Stitch(tuple(passes), tuple(names), asking.question.by, values)


def _part_name(model: Model, fact: str) -> str:
    """A name no table has, so that a part never hides the table another part reads."""
    tables = {(dataset.source.table or "").rpartition(".")[2] for dataset in model.datasets.values()}
    name = f"__{fact}"
    while name in tables:
        name = f"_{name}"
    return name


def _page(asking: Asking, source: nodes.Compute | nodes.Compare, after: Sequence[exp.Expr]) -> nodes.Page:
    question = asking.question
    columns = (*question.by, *question.metrics, *comparison_columns(question))
    condition = exp.and_(*(_after(asking, tree, source) for tree in after), copy=False) if after else None
    order = tuple(_order(item, columns) for item in question.order)
    asked = {name for name, _ in order}
    order += tuple((name, False) for name in question.by if name not in asked)
    return nodes.Page(source, columns, condition, order, question.limit)


def _after(asking: Asking, tree: exp.Expr, source: nodes.Compute | nodes.Compare) -> exp.Expr:
    """A condition on the answer's rows: over its metrics and the keys it was asked by."""
    root = held(tree)
    for name in references(root):
        path = path_of(name)
        if path not in asking.model.metrics and path not in asking.question.by:
            raise QueryError("where-mixes-metric-and-dimension", name=path, by=asking.question.by)
        name.replace(column(path))
    bind_literals(asking, root)
    return bare(root)


def _order(item: str, columns: Sequence[str]) -> tuple[str, bool]:
    name = item.removeprefix("-")
    if name not in columns:
        raise QueryError("order-unknown", name=name, known=columns, near=suggest(name, columns))
    return name, item.startswith("-")


def _check_names(asking: Asking) -> None:
    question, model = asking.question, asking.model
    for name in question.metrics:
        if name not in model.metrics:
            raise QueryError("metric-unknown", name=name, near=suggest(name, _metric_words(model)))
    for what, names in (("metrics", question.metrics), ("by", question.by)):
        for name in names:
            if names.count(name) > 1:
                raise QueryError("asked-twice", name=name, what=what)
    if not question.metrics and not question.by:
        raise QueryError("question-empty")
    if question.limit is not None and question.limit < 0:
        raise QueryError("limit-negative", limit=question.limit)
    if question.min_max and (question.metrics or len(question.by) != 1):
        raise QueryError("min-max-needs-one-dimension")


def _metric_words(model: Model) -> list[str]:
    return list(model.metrics)


def _totals(
    model: Model, question: Question, now: datetime, proven: frozenset[Proof], after: Sequence[exp.Expr]
) -> Plan | None:
    """The same question without `by`: computed from the rows, so right for ratios and distinct counts too."""
    if not question.totals:
        return None
    if after:
        raise QueryError("totals-with-metric-filter")
    whole = replace(question, by=(), order=(), limit=None, totals=False, compare=())
    return plan(model, whole, now, proven)
