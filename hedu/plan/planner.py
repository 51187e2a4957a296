"""Question + model -> plan."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, get_args

from sqlglot import exp

from hedu.define.definitions import Cumulative, Grain, MetricDef, MetricRef
from hedu.define.spans import parts_of, span_of
from hedu.errors import QueryError, suggest
from hedu.model.expressions import held, path_of, references
from hedu.model.nesting import clash_of
from hedu.model.types import Dataset, Model
from hedu.plan import nodes
from hedu.plan.asking import Asking, Proof
from hedu.plan.borrowed import with_borrowed
from hedu.plan.compare import compared, comparison_columns
from hedu.plan.conditions import bare, bind_literals, metric_names, parse_conditions, paths_in, type_literals
from hedu.plan.conformed import conform_passes
from hedu.plan.early import Sizes, aggregated_early
from hedu.plan.ends import ends_of
from hedu.plan.frames import PLAIN, Frame, Total, since_start
from hedu.plan.keys import key_of
from hedu.plan.kinds import plan_metric
from hedu.plan.leaves import Leaves, Whole
from hedu.plan.offered import time_of
from hedu.plan.parameters import bind_parameters
from hedu.plan.periods import WEEK_STARTS, Range, parse_range
from hedu.plan.rolled import Rolled
from hedu.plan.scalars import column
from hedu.plan.timelines import framed_pass
from hedu.plan.values import dimension_values
from hedu.plan.zones import seen_from
from hedu.query import ALL, Question

_TABLES = re.compile(r"_\w*")


@dataclass(frozen=True, slots=True)
class Plan:
    """The tree, the values bound in it, the plan of the totals row if one was asked, the places of parameters, and
    the rollups it reads.

    `guards` are asked beside it: each must find nothing, or the answer is refused.
    """

    root: nodes.Page
    parameters: tuple[Any, ...]
    totals: Plan | None = None
    named: Mapping[str, exp.Var] = field(default_factory=dict)
    guards: tuple[nodes.Page, ...] = ()
    rollups: tuple[str, ...] = ()
    shared: Mapping[str, exp.Select] = field(default_factory=dict)


def plan(
    model: Model,
    question: Question,
    now: datetime,
    proven: frozenset[Proof] = frozenset(),
    sizes: Sizes = frozenset(),
    rollups: Sequence[Rolled] = (),
) -> Plan:
    """Plan a question. Errors: QueryError, PlanError, Denied: every way a question can have no right answer."""
    if question.time_zone is not None:
        here, model = model, seen_from(model, question.time_zone)
        rollups = rollups if model is here else ()
    rollups = rollups if question.rollups else ()
    if question.access != ALL:
        question = replace(question, access=with_borrowed(question.access, model))
    asking = Asking(model, question, now, proven, answer=lambda inner, wanted: _answer(inner, wanted, Range()))
    asking.rollups = rollups
    _check_names(asking)
    named = bind_parameters(asking)
    if model.settings.semantics == "metricflow":
        from hedu.plan.metricflow.questions import page_of

        return _finished(asking, page_of(asking), named, _totals(model, question, now, proven, (), ()))
    if not question.metrics:
        return _finished(asking, dimension_values(asking, parse_conditions(question.where)), named)
    conjuncts = parse_conditions(question.where)
    after = [tree for tree in conjuncts if metric_names(model, tree)]
    asking.conditions = [tree for tree in conjuncts if not metric_names(model, tree)]
    _check_filter_names(asking, after)
    within = parse_range(question.since, question.until, now, WEEK_STARTS[model.settings.week_start])
    hidden = [name for tree in after for name in metric_names(model, tree) if name not in question.metrics]
    wanted = tuple(dict.fromkeys([*question.metrics, *hidden]))
    if question.compare:
        source: nodes.Compute | nodes.Compare = compared(asking, within, lambda r: _answer(asking, wanted, r))
    else:
        source = _answer(asking, wanted, within)
    page = aggregated_early(_page(asking, source, after), sizes)
    return _finished(asking, page, named, _totals(model, question, now, proven, rollups, after))


def _finished(asking: Asking, page: nodes.Page, named: Mapping[str, exp.Var], totals: Plan | None = None) -> Plan:
    """The plan with all that was noted on the way."""
    parameters, guards, routed = (
        tuple(asking.parameters),
        tuple(asking.guards.values()),
        tuple(dict.fromkeys(asking.routed)),
    )
    return Plan(page, parameters, totals, named, guards, routed, asking.shared.selects)


def _answer(asking: Asking, metrics: Sequence[str], within: Range) -> nodes.Compute:
    """All metrics at the asked keys within a range: one pass a fact, stitched, then computed."""
    leaves = Leaves(asking, frame=_asked_frame(asking, metrics))
    return _computed(asking, leaves, [nodes.Named(name, plan_metric(leaves, name)) for name in metrics], within)


def _asked_frame(asking: Asking, metrics: Sequence[str]) -> Frame:
    """How a question that gives a window looks at its metrics. Errors: window-unreadable, window-not-for."""
    text = asking.question.window
    if text is None:
        return PLAIN
    model, span = asking.model, span_of(text)
    is_length = span is not None or text == "all"
    grains = model.settings.grains
    if not is_length and text not in get_args(Grain) and text not in {one.name for one in grains}:
        raise QueryError("window-unreadable", text=text)
    for name in metrics:
        if clash_of(MetricDef(name, Cumulative(MetricRef(name))), model.metrics, model.datasets) is not None:
            raise QueryError("window-not-for", metric=name)
    return Frame(total=Total(parts_of(span) if span else None) if is_length else since_start(text, grains))


def _computed(asking: Asking, leaves: Leaves, values: Sequence[nodes.Named], within: Range) -> nodes.Compute:
    datasets = asking.model.datasets
    found = [(datasets[fact], time, group, frame) for (fact, time, *_, frame), group in leaves.passes.items()]
    ends = ends_of(asking, found, within)
    ended = replace(asking, ends=bool(ends))
    passes = [framed_pass(ended, fact, time, group, within, frame) for fact, time, group, frame in found]
    if len(passes) > 1:
        conform_passes(asking, leaves)
    beside = tuple(_beside(asking, kept, wanted, within) for kept, wanted in leaves.wholes.items())
    return nodes.Compute(_stitched(asking, leaves, passes, ends), asking.question.by, tuple(values), beside)


def _beside(asking: Asking, kept: tuple[str, ...], wanted: Sequence[Whole], within: Range) -> nodes.Beside:
    """What is asked at the keys `kept` alone."""
    coarser = replace(asking, question=replace(asking.question, by=kept))
    leaves = Leaves(coarser)
    values = [
        nodes.Named(one.name, plan_metric(leaves.framed(one.frame).reported_in(one.reporting), one.metric, one.filters))
        for one in wanted
    ]
    return nodes.Beside(_computed(coarser, leaves, values, within), "__".join(["__whole", *kept]))


def _stitched(
    asking: Asking, leaves: Leaves, passes: Sequence[nodes.Part], ends: tuple[nodes.Aggregate, ...]
) -> nodes.Stitch | nodes.Part:
    if len(passes) == 1:
        return passes[0]
    counts = leaves.counts()
    names: list[str] = []
    read = {name for dataset in asking.model.datasets.values() for name in _tables_of(dataset)}
    for fact_name, time, *_ in leaves.passes:
        name = _part_name(fact_name, read)
        names.append(name if name not in names else f"{name}_by_{time}_{len(names)}")
    values = tuple(
        nodes.StitchValue(at, value.name, value.name in counts) for at, one in enumerate(passes) for value in one.values
    )
    return nodes.Stitch(tuple(passes), tuple(names), asking.question.by, values, ends)


def _part_name(fact: str, read: set[str]) -> str:
    """A name that no table read has, so that a part never hides the table another part reads."""
    name = f"__{fact}"
    while name.lower() in read:
        name = f"_{name}"
    return name


def _tables_of(dataset: Dataset) -> Iterator[str]:
    if dataset.source.table is not None:
        yield dataset.source.table.rpartition(".")[2].strip('"').lower()
    if dataset.source.select is not None:
        yield from _TABLES.findall(dataset.source.select.lower())


def _page(asking: Asking, source: nodes.Compute | nodes.Compare, after: Sequence[exp.Expr]) -> nodes.Page:
    question = asking.question
    columns = (*question.by, *question.metrics, *comparison_columns(question))
    condition = exp.and_(*(_after(asking, tree) for tree in after), copy=False) if after else None
    order = tuple(_order(item, columns) for item in question.order)
    asked = {name for name, _ in order}
    order += tuple((name, False) for name in question.by if name not in asked)
    return nodes.Page(source, columns, condition, order, question.limit)


def _after(asking: Asking, tree: exp.Expr) -> exp.Expr:
    """A condition on the answer's rows: over its metrics and the keys it was asked by."""
    root, model = held(tree), asking.model
    keys = {}
    for path in paths_in(root):
        if path in model.metrics:
            continue
        if path not in asking.question.by:
            raise QueryError("where-mixes-metric-and-dimension", name=path, by=asking.question.by)
        metric = asking.question.metrics[0]
        dataset, measure = model.leaves(metric)[0]
        keys[path] = key_of(model, model.datasets[dataset], path, time_of(model, dataset, measure), metric)
    type_literals(asking, root, keys)
    for name in references(root):
        name.replace(column(path_of(name)))
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
            raise QueryError("metric-unknown", name=name, near=suggest(name, model.metrics))
    columns = (*question.by, *question.metrics, *comparison_columns(question))
    for what, names in (("metrics", question.metrics), ("by", question.by), ("columns", columns)):
        seen: set[str] = set()
        for name in names:
            if name.lower() in seen:
                raise QueryError("asked-twice", name=name, what=what)
            seen.add(name.lower())
    if not question.metrics and not question.by:
        raise QueryError("question-empty")
    if question.limit is not None and question.limit < 0:
        raise QueryError("limit-negative", limit=question.limit)
    if question.min_max and (question.metrics or len(question.by) != 1):
        raise QueryError("min-max-needs-one-dimension")


def _check_filter_names(asking: Asking, after: Sequence[exp.Expr]) -> None:
    """Refuse a filter by a name that is a metric and, to what was asked, a dimension of its own as well."""
    model = asking.model
    facts = {dataset for metric in asking.question.metrics for dataset, _ in model.leaves(metric)}
    for name in {name for tree in after for name in metric_names(model, tree)}:
        owners = sorted(fact for fact in facts if name in model.datasets[fact].dimensions)
        if owners:
            paths = [f"{owner}.{name}" for owner in owners]
            raise QueryError("path-ambiguous", name=name, metric=name, paths=paths)


def _totals(
    model: Model,
    question: Question,
    now: datetime,
    proven: frozenset[Proof],
    rollups: Sequence[Rolled],
    after: Sequence[exp.Expr],
) -> Plan | None:
    """The same question without `by`: computed from the rows, so right for ratios and distinct counts too."""
    if not question.totals:
        return None
    if after:
        raise QueryError("totals-with-metric-filter")
    whole = replace(question, by=(), order=(), limit=None, totals=False, compare=())
    return plan(model, whole, now, proven, rollups=rollups)
