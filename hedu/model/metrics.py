"""Metric definitions -> resolved metrics: every name found, no circles, units that follow from the parts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import get_args

from sqlglot import exp

from hedu.define.definitions import (
    Conversion,
    Cumulative,
    Definitions,
    Derived,
    Grain,
    MetricDef,
    MetricRef,
    Rank,
    Ratio,
    Reported,
    Share,
    Simple,
)
from hedu.errors import DefinitionError, Problem, suggest
from hedu.model.before import Before, before, keep, measure_of, measures_in
from hedu.model.expressions import aggregates, is_text, names_in, parameter_of, read_expression
from hedu.model.money import told_in, unit_in, unit_of
from hedu.model.nesting import clash_of
from hedu.model.types import Dataset, Measure, Metric
from hedu.model.units import PURE, Unit, agrees, factor_between, mixes_scales, of_formula, read_unit
from hedu.model.unlike import unlike_of
from hedu.model.withheld import Withheld, is_withheld

Uses = dict[str, tuple[str, ...]]
DEEPEST = 100
"""Metrics resting on each other in a row: what is asked of them is one statement, nested as deep."""


def resolve_metrics(
    definitions: Definitions,
    datasets: Mapping[str, Dataset],
    problems: list[Problem],
    lost: Mapping[str, Withheld] = MappingProxyType({}),
) -> tuple[dict[str, Metric], Uses]:
    """The metrics that hold, parts before wholes, and what each is made of. `lost`: what datasets cannot give."""
    known = {metric.name: metric for metric in definitions.metrics}
    uses: Uses = {}
    broken = {name for name, metric in known.items() if is_withheld(metric, lost)}
    broken.update(name for kind, name in definitions.broken if kind == "metric")
    measures, home = measures_in(datasets), definitions.settings.currency
    last: dict[str, Before] = {}
    for name, metric in known.items():
        was = before(metric)
        if was is not None and name not in broken and was.stands(known, measures):
            uses[name], last[name] = was.parts, was
            continue
        count = len(problems)
        uses[name] = _parts(metric, known, datasets, problems, lost)
        if len(problems) > count:
            broken.add(name)
    broken.update(_without_period(definitions, problems))
    order = _parts_first(known, uses, broken, problems)
    _report_too_deep(order, known, uses, broken, problems)
    resolved: dict[str, Metric] = {}
    for name in order:
        made_of = [resolved[part] for part in uses[name] if part in resolved]
        if name in broken or len(made_of) < len(uses[name]):
            continue
        again = last.get(name)
        if again is not None and again.follows_from(made_of, home):
            resolved[name] = again.metric
            continue
        clash = clash_of(known[name], resolved, datasets) or unlike_of(known[name], resolved)
        if clash is not None:
            problems.append(clash)
            continue
        resolved[name] = _metric(known[name], datasets, resolved, home)
        keep(Before(uses[name], measure_of(known[name], measures), tuple(made_of), home, resolved[name]))
    return resolved, uses


def _without_period(definitions: Definitions, problems: list[Problem]) -> Iterator[str]:
    """Totals since the start of a period that nobody declared."""
    own = () if definitions.settings.semantics == "metricflow" else definitions.settings.grains
    choices = [*get_args(Grain), *(one.name for one in own)]
    for metric in definitions.metrics:
        body = metric.body
        if not isinstance(body, Cumulative) or body.grain_to_date is None or body.grain_to_date in choices:
            continue
        key, found = "cumulative.grain_to_date", body.grain_to_date[:80]
        facts = {"key": key, "found": found, "choices": choices, "near": suggest(found, choices, 1)}
        problems.append(Problem("choice-unknown", metric.marks.get(key, metric.at), facts))
        yield metric.name


def formula_names(formula: str) -> tuple[str, ...]:
    """The names a formula computes with, each once.

    >>> formula_names("a - b / a")
    ('a', 'b')
    """
    return names_in(formula)


def _parts(
    metric: MetricDef,
    known: Mapping[str, MetricDef],
    datasets: Mapping[str, Dataset],
    problems: list[Problem],
    lost: Mapping[str, Withheld],
) -> tuple[str, ...]:
    match metric.body:
        case Simple(measure, where):
            _check_measure(metric, measure, datasets, problems, lost)
            _check_expression(metric, where, "simple.where", problems)
            return ()
        case Ratio(numerator, denominator):
            for side, ref in (("numerator", numerator), ("denominator", denominator)):
                _check_metric(metric, ref.metric, f"ratio.{side}", known, problems)
                _check_expression(metric, ref.where, f"ratio.{side}", problems)
            return (numerator.metric, denominator.metric)
        case Derived():
            return _derived_parts(metric, metric.body, known, problems)
        case Cumulative(metric=ref) | Share(metric=ref) | Rank(metric=ref):
            return _used(metric, {"metric": ref}, known, problems)
        case Conversion(base=base, conversion=conversion):
            return _used(metric, {"base": base, "conversion": conversion}, known, problems)
        case Reported():
            return ()


def _used(
    metric: MetricDef, refs: Mapping[str, MetricRef], known: Mapping[str, MetricDef], problems: list[Problem]
) -> tuple[str, ...]:
    kind = type(metric.body).__name__.lower()
    for key, ref in refs.items():
        _check_metric(metric, ref.metric, f"{kind}.{key}", known, problems)
        _check_expression(metric, ref.where, f"{kind}.{key}", problems)
    return tuple(dict.fromkeys(ref.metric for ref in refs.values()))


def _derived_parts(
    metric: MetricDef, body: Derived, known: Mapping[str, MetricDef], problems: list[Problem]
) -> tuple[str, ...]:
    where = metric.marks.get("derived.formula", metric.at)
    try:
        read_expression(body.formula, where=where, family=DefinitionError)
    except DefinitionError as error:
        problems.extend(error.problems)
        return ()
    if aggregates(body.formula):
        problems.append(Problem("formula-aggregates", where, {"name": metric.name, "text": body.formula}))
    if is_text(body.formula):
        problems.append(Problem("formula-text", where, {"name": metric.name, "text": body.formula}))
    aliases = dict(body.metrics)
    names = names_in(body.formula)
    for alias in aliases:
        if alias not in names:
            problems.append(Problem("formula-input-unused", where, {"name": metric.name, "input": alias}))
    parts = []
    for name in names:
        ref = aliases.get(name)
        part = ref.metric if ref else name
        _check_metric(metric, part, "derived.formula", known, problems)
        _check_expression(metric, ref.where if ref else None, "derived.metrics", problems)
        parts.append(part)
    if not parts:
        problems.append(Problem("formula-without-metric", where, {"name": metric.name, "text": body.formula}))
    return tuple(dict.fromkeys(parts))


def _check_measure(
    metric: MetricDef,
    measure: str,
    datasets: Mapping[str, Dataset],
    problems: list[Problem],
    lost: Mapping[str, Withheld],
) -> None:
    where = metric.marks.get("simple.measure", metric.at)
    dataset, _, name = measure.rpartition(".")
    if dataset not in datasets:
        known = [f"{one.name}.{item}" for one in datasets.values() for item in one.measures]
        problems.append(
            Problem(
                "measure-dataset-unknown",
                where,
                {"metric": metric.name, "name": measure, "near": suggest(measure, known)},
            )
        )
        return
    measures, gone = datasets[dataset].measures, lost.get(dataset, Withheld())
    if name not in measures and name not in gone.measures and not gone.whole:
        near = suggest(name, measures)
        facts = {
            "metric": metric.name,
            "name": name,
            "dataset": dataset,
            "near": near,
            "known": list(measures),
        }
        problems.append(Problem("measure-unknown", where, facts))


def _check_metric(
    metric: MetricDef, name: str, field: str, known: Mapping[str, MetricDef], problems: list[Problem]
) -> None:
    if name not in known:
        where = metric.marks.get(field, metric.at)
        near = suggest(name, known)
        problems.append(Problem("metric-part-unknown", where, {"metric": metric.name, "name": name, "near": near}))


def _check_expression(metric: MetricDef, text: str | None, field: str, problems: list[Problem]) -> None:
    if text:
        try:
            read_expression(text, where=metric.marks.get(field, metric.at), family=DefinitionError)
        except DefinitionError as error:
            problems.extend(error.problems)
            return
        if aggregates(text):
            facts = {"name": metric.name, "text": text}
            problems.append(Problem("filter-aggregates", metric.marks.get(field, metric.at), facts))


def _parts_first(known: Mapping[str, MetricDef], uses: Uses, broken: set[str], problems: list[Problem]) -> list[str]:
    """Names ordered so that parts stand before wholes; a circle is reported once, whole."""
    order: list[str] = []
    state: dict[str, int] = {}
    for start in known:
        if start in state:
            continue
        if all(state.get(part) == 2 for part in uses.get(start, ())):
            state[start] = 2
            order.append(start)
            continue
        stack: list[tuple[str, int]] = [(start, 0)]
        while stack:
            name, at = stack.pop()
            if at == 0:
                if state.get(name) == 2:
                    continue
                state[name] = 1
            parts = [part for part in uses.get(name, ()) if part in known]
            if at < len(parts):
                stack.append((name, at + 1))
                part = parts[at]
                if state.get(part) == 1:
                    circle = [item for item, _ in stack if state.get(item) == 1]
                    circle = circle[circle.index(part) :] if part in circle else [name]
                    _report_circle(known, circle, broken, problems)
                elif state.get(part) != 2:
                    stack.append((part, 0))
            else:
                state[name] = 2
                order.append(name)
    return order


def _report_too_deep(
    order: list[str], known: Mapping[str, MetricDef], uses: Uses, broken: set[str], problems: list[Problem]
) -> None:
    depth: dict[str, int] = {}
    for name in order:
        depth[name] = 1 + max([depth.get(part, 0) for part in uses[name]]) if uses[name] else 1
        if depth[name] == DEEPEST + 1:
            problems.append(Problem("metrics-too-deep", known[name].at, {"name": name, "deepest": DEEPEST}))
            broken.add(name)


def _report_circle(
    known: Mapping[str, MetricDef], circle: list[str], broken: set[str], problems: list[Problem]
) -> None:
    names = [*circle, circle[0]]
    problems.append(Problem("metric-circle", known[circle[0]].at, {"circle": " -> ".join(names)}))
    broken.update(circle)


def _metric(metric: MetricDef, datasets: Mapping[str, Dataset], resolved: Mapping[str, Metric], home: str) -> Metric:
    additive = False
    come_to: str | None = None
    scales: tuple[tuple[str, int, int], ...] = ()
    computed: Unit | None = None
    match metric.body:
        case Simple(measure=name):
            measure = _measure(name, datasets)
            come_to, additive = unit_of(measure, home), measure.is_additive
        case Ratio(numerator, denominator):
            above, below = (unit_in(resolved[ref.metric], metric.currency) for ref in (numerator, denominator))
            come_to, computed = ratio_unit(above, below), _quotient(above, below)
        case Derived(formula, inputs):
            parts = {
                name: resolved[dict(inputs)[name].metric if name in dict(inputs) else name]
                for name in formula_names(formula)
            }
            told = {name: unit_in(part, metric.currency) for name, part in parts.items()}
            come_to, computed, scales = _formula_unit(read_expression(formula), told)
            is_now = not any(ref.is_earlier for _, ref in inputs)
            is_sum = _is_linear(formula)
            additive = is_sum and is_now and all(part.is_additive for part in parts.values())
        case Cumulative(metric=ref):
            come_to = resolved[ref.metric].unit
        case Conversion(conversion=ref, calculation=calculation):
            come_to = "1" if calculation == "conversion_rate" else resolved[ref.metric].unit
        case Share() | Rank():
            come_to = "1"
        case Reported(agg=agg):
            additive = agg == "sum"
    come_to = told_in(come_to, metric.currency)
    factor = _factor(metric.unit or come_to, computed or read_unit(come_to))
    return Metric(metric.name, metric, metric.unit or come_to, additive, factor, scales)


@lru_cache(maxsize=10_000)
def _quotient(above: str | None, below: str | None) -> Unit | None:
    held, by = read_unit(above), read_unit(below)
    return held.times(by, -1) if held is not None and by is not None else None


def _formula_unit(
    tree: exp.Expr, told: Mapping[str, str | None]
) -> tuple[str | None, Unit | None, tuple[tuple[str, int, int], ...]]:
    """What a formula comes to, as people write it and as read, and the scales of its names where terms differ."""
    units = {name: unit for name, text in told.items() if (unit := read_unit(text)) is not None}
    computed = of_formula(tree, units, [])
    if computed is None:
        return None, None, ()
    if mixes_scales(tree, units):
        scales = tuple((name, unit.scale.numerator, unit.scale.denominator) for name, unit in units.items())
        plain = of_formula(tree, {name: Unit(PURE.scale, unit.powers) for name, unit in units.items()}, [])
        return (plain or computed).text, plain, scales
    spelt = next((text for text in told.values() if read_unit(text) == computed), None)
    if spelt is None and computed.scale != 1:
        return None, None, ()
    return spelt or computed.text, computed, ()


def _factor(wanted: str | None, computed: Unit | None) -> tuple[int, int]:
    """What brings a computed value into the unit it is declared in; 1 where either is unknown or they disagree."""
    declared = read_unit(wanted)
    if declared is None or computed is None or declared is computed or not agrees(declared, computed):
        return 1, 1
    if declared.powers and not computed.powers:
        return 1, 1
    factor = factor_between(computed, declared)
    return factor.numerator, factor.denominator


def ratio_unit(numerator: str | None, denominator: str | None) -> str | None:
    """The unit of a quotient: "1" where both sides share one, "CNY/order" where both are known.

    >>> ratio_unit("CNY", "CNY"), ratio_unit("CNY", "order"), ratio_unit("CNY", None)
    ('1', 'CNY/order', 'CNY')
    """
    held, by = read_unit(numerator), read_unit(denominator)
    if held is not None and by is not None and held.powers == by.powers:
        return "1"
    if numerator and denominator and denominator != "1":
        return f"{numerator}/{denominator}"
    return numerator


def _measure(name: str, datasets: Mapping[str, Dataset]) -> Measure:
    dataset, _, measure = name.rpartition(".")
    return datasets[dataset].measures[measure]


@lru_cache(maxsize=50_000)
def _is_linear(formula: str) -> bool:
    """Only names, plus, minus, parentheses: what keeps units and additivity."""
    return all(
        isinstance(node, (exp.Add, exp.Sub, exp.Paren, exp.Neg, exp.Column, exp.Identifier))
        and parameter_of(node) is None
        for node in read_expression(formula).walk()
    )
