"""Metric -> its facets, each with words for both languages; two metrics -> the facets they differ in.

What a definition declares of itself (`x: {facets: {tax: included}}`) stands beside what follows from its form. Between
different sources columns and filters cannot be compared by their names: there, what both declare decides.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from sqlglot import exp

from hedu.alignment.equivalence.forms import Form, Forms, LeafForm
from hedu.alignment.equivalence.reading import Names
from hedu.alignment.equivalence.reading import term as term_of
from hedu.alignment.equivalence.verdict import FacetDifference
from hedu.alignment.texts.definition import AGGREGATIONS, SAID, VALUES
from hedu.alignment.units import scale_of
from hedu.define.definitions import Cumulative, Derived, Label, Ratio, Reported, Simple
from hedu.define.digest import meaning_digest
from hedu.model.types import Dimension, Metric, Model

DECLARED = {"date": "time", "excluded": "filter", "basis": "measure"}
"""Names that definitions declare facets by -> the facet."""
OF_CALENDARS = ("calendar", "time_zone", "week_start")
_LONG = frozenset({"month", "quarter", "year"})
_ABSENT_MEANS_NONE = frozenset({"window", "null_rule", "filter", "dedupe"})


@dataclass(frozen=True, slots=True)
class Facet:
    """One side of a definition: `value` is equal where it is the same, `label` says it."""

    value: Any
    label: Label


def facets_of(model: Model, metric: str, forms: Forms | None = None) -> Mapping[str, Facet]:
    """Facet -> what it is for a metric. Facets that say nothing about it are absent.

    >>> from hedu import load
    >>> model = load({"m.yml": "version: 1\\nmetric: handed_in\\nreported: {grain: month, source: kpi.x}"}).model
    >>> facets_of(model, "handed_in")["grain"].label.en
    'month'
    """
    return dict(_facets(model, model.metrics[metric], forms or Forms(model)))


def differing(model: Model, a: str, b: str, forms: Forms | None = None) -> tuple[FacetDifference, ...]:
    """The facets `a` and `b` differ in, each with what it is on either side.

    A facet that follows from another is not named beside it: a date beside the calendar it stands for, an
    aggregation beside another measure.
    """
    forms = forms or Forms(model)
    one, other = facets_of(model, a, forms), facets_of(model, b, forms)
    declared = [_declared(model.metrics[name]) for name in (a, b)]
    found = {name for name in one.keys() & other.keys() if one[name].value != other[name].value}
    found |= (one.keys() ^ other.keys()) & _ABSENT_MEANS_NONE
    if "source" in found:
        found -= _not_comparable(found, declared, one, other)
    if found & set(OF_CALENDARS):
        found.discard("time")
    if "measure" in found:
        found -= {"aggregation", "dedupe", "additivity", "window"}
    if "aggregation" in found or "window" in found:
        found.discard("additivity")
    if "scale" in found or "currency" in found:
        found.discard("unit")
    nothing = Facet(None, SAID["nothing"])
    return tuple(
        FacetDifference(name, one.get(name, nothing).label, other.get(name, nothing).label) for name in sorted(found)
    )


def _not_comparable(
    found: set[str], declared: Sequence[Mapping[str, str]], one: Mapping[str, Facet], other: Mapping[str, Facet]
) -> set[str]:
    """Of what differs, that which two sources merely call otherwise."""
    told = [{DECLARED.get(name, name): value for name, value in side.items()} for side in declared]
    apart = {name for name in told[0].keys() & told[1].keys() if told[0][name] != told[1][name]}
    idle = {
        "time",
        "measure",
        "null_rule",
        "additivity",
        *({"dedupe"} if "dedupe" in one and "dedupe" in other else ()),
    }
    if "meaning" in one or "meaning" in other:
        idle |= {"filter", "aggregation", "dedupe", "window", "grain"}
    elif all(told):
        idle |= {"filter", "dedupe", "window"}
    elif _is_one_filter(one, other):
        idle.add("filter")
    return idle - apart


def _is_one_filter(one: Mapping[str, Facet], other: Mapping[str, Facet]) -> bool:
    """Whether two sources are filtered by the same words, or neither is."""
    labels = [side["filter"].label if _is_filtered(side) else None for side in (one, other)]
    return labels[0] == labels[1]


def _is_filtered(facets: Mapping[str, Facet]) -> bool:
    return "filter" in facets and facets["filter"].value not in (None, ())


def _facets(model: Model, metric: Metric, forms: Forms) -> Iterator[tuple[str, Facet]]:
    declared = _declared(metric)
    form = forms.of(metric.name)
    leaves = form.leaves if form is not None else ()
    yield from _of_unit(model, metric, declared)
    yield from _of_calendar(model, metric, declared, leaves)
    yield "source", _source(model, metric)
    if form is not None and leaves:
        yield from _of_form(model, metric, form)
    if not leaves and not isinstance(metric.body, Reported):
        key = form.term if form is not None else meaning_digest(metric.definition)
        yield "window" if isinstance(metric.body, Cumulative) else "measure", Facet(key, _spelled(metric.body))
    if isinstance(metric.body, Reported):
        yield "grain", Facet(metric.body.grain, VALUES.get(metric.body.grain, Label()))
        yield "meaning", Facet(_plain(metric.definition.meaning), metric.definition.meaning)
    for name, value in declared.items():
        facet = DECLARED.get(name, name)
        if facet not in OF_CALENDARS and facet not in ("scale", "currency", "filter", "measure", "time"):
            yield facet, _said(value)


def _declared(metric: Metric) -> Mapping[str, str]:
    """What the definition says of itself under x.facets."""
    told = metric.definition.x.get("facets")
    return {str(name): str(value) for name, value in told.items()} if isinstance(told, Mapping) else {}


def _said(value: str) -> Facet:
    return Facet(value, VALUES.get(value, Label(value, value)))


def _plain(label: Label) -> tuple[str, ...]:
    return tuple("".join(char for char in text.casefold() if char.isalnum()) for text in (label.zh, label.en))


def _of_unit(model: Model, metric: Metric, declared: Mapping[str, str]) -> Iterator[tuple[str, Facet]]:
    base, scale = scale_of(metric.unit)
    currency = declared.get("currency") or (base if base == model.settings.currency else None)
    if currency:
        yield "currency", _said(currency)
    told = declared.get("scale")
    told = "1" if told is None and scale == 1 else told or f"{scale:g}"
    yield "scale", _said(told)
    if metric.unit:
        yield "unit", Facet(base, Label(metric.unit, metric.unit))


def _of_calendar(
    model: Model, metric: Metric, declared: Mapping[str, str], leaves: Sequence[LeafForm]
) -> Iterator[tuple[str, Facet]]:
    times = [_time(model, leaf) for leaf in leaves]
    zones = {one.time_zone or model.settings.time_zone for one in times if one is not None}
    zone = declared.get("time_zone") or (zones.pop() if len(zones) == 1 else None)
    if zone:
        yield "time_zone", Facet(zone, Label(zone, zone))
    yield "week_start", _said(declared.get("week_start") or model.settings.week_start)
    is_long = any(
        one is not None and one.grain in _LONG and _has_days(model, leaf)
        for one, leaf in zip(times, leaves, strict=True)
    )
    yield "calendar", _said(declared.get("calendar") or ("periods" if is_long else "natural"))
    named = [one for one in times if one is not None]
    if named:
        key = tuple(sorted({leaf.rows[1] for leaf in leaves}, key=repr))
        label = _joined([one.label if one.label.zh or one.label.en else Label(one.name, one.name) for one in named])
        yield "time", Facet(declared.get("date") or key, label)


def _time(model: Model, leaf: LeafForm) -> Dimension | None:
    return model.datasets[leaf.dataset].dimensions[leaf.time] if leaf.time else None


def _has_days(model: Model, leaf: LeafForm) -> bool:
    """Whether the dataset keeps days too, so that a period of its own is a calendar of its own."""
    dimensions = model.datasets[leaf.dataset].dimensions.values()
    return any(one.is_time and one.grain not in _LONG for one in dimensions)


def _source(model: Model, metric: Metric) -> Facet:
    datasets = list(dict.fromkeys(dataset for dataset, _ in model.leaves(metric.name)))
    from hedu.alignment.equivalence.forms import source_of

    key = tuple(sorted({source_of(model.datasets[name]) for name in datasets}))
    labels = []
    for name in datasets:
        dataset = model.datasets[name]
        labels.append(SAID["handed_in"] if dataset.reported is not None else dataset.label)
    return Facet(
        key, _joined([Label(label.zh or name, label.en or name) for label, name in zip(labels, datasets, strict=True)])
    )


def _of_form(model: Model, metric: Metric, form: Form) -> Iterator[tuple[str, Facet]]:
    leaves = form.leaves
    wheres = tuple(leaf.where for leaf in leaves)
    texts = list(dict.fromkeys(_filter_text(leaf) for leaf in leaves if leaf.trees))
    if any(where is not True for where in wheres) or texts:
        spoken = ", ".join(texts)
        yield "filter", Facet(wheres, Label(spoken, spoken))
    if not isinstance(metric.body, Reported):
        key = leaves[0].value if isinstance(metric.body, Simple) else unfiltered(form.term)
        yield "measure", Facet(key, _measure(model, metric))
    aggregations = tuple(sorted({leaf.measure.agg for leaf in leaves}))
    yield (
        "aggregation",
        Facet(aggregations, _joined([AGGREGATIONS.get(one, Label(one, one)) for one in dict.fromkeys(aggregations)])),
    )
    distinct = tuple(leaf.value for leaf in leaves if leaf.measure.agg == "count_distinct")
    if distinct:
        yield (
            "dedupe",
            Facet(
                distinct, _joined([_text(leaf.measure.expr) for leaf in leaves if leaf.measure.agg == "count_distinct"])
            ),
        )
    windows = tuple(leaf.rows[3] for leaf in leaves)
    if any(windows):
        takes = [leaf.measure.semi_additive.take for leaf in leaves if leaf.measure.semi_additive is not None]
        yield "window", Facet(windows, _joined([VALUES[take] for take in dict.fromkeys(takes)]))
    filled = tuple(sorted(_filled(leaves)))
    if filled:
        yield "null_rule", Facet(filled, _joined([Label(text, text) for text in filled]))
    yield "additivity", Facet(metric.is_additive, VALUES["additive" if metric.is_additive else "not_additive"])


def unfiltered(term: Any) -> Any:
    """A term with every aggregate over all its rows: equal where two metrics compute the same of other rows."""
    match term:
        case ("agg", name, value, _, _):
            return ("agg", name, value)
        case ("sum", constant, products):
            plain = ((tuple(sorted(map(unfiltered, factors), key=repr)), weight) for factors, weight in products)
            return ("sum", constant, tuple(sorted(plain, key=repr)))
        case tuple():
            return tuple(map(unfiltered, term))
    return term


def _filter_text(leaf: LeafForm) -> str:
    """The filter as it is written."""
    parts = []
    for tree in leaf.trees:
        plain = tree.copy()
        for name in plain.find_all(exp.Identifier):
            name.set("quoted", False)
        parts.append(plain.sql("duckdb"))
    return " AND ".join(parts)


def _measure(model: Model, metric: Metric) -> Label:
    """What is computed, in words: a measure's expression, a quotient, a formula of names."""
    match metric.body:
        case Simple(measure=name):
            dataset, _, measure = name.rpartition(".")
            found = model.datasets[dataset].measures[measure]
            return _text(found.expr) if found.expr is not None else SAID["rows"]
        case Ratio(numerator, denominator):
            names = [model.metrics[ref.metric] for ref in (numerator, denominator)]
            one, other = (Label(one.label.zh or one.name, one.label.en or one.name) for one in names)
            return Label(f"{one.zh} ÷ {other.zh}", f"{one.en} / {other.en}")
        case Derived(formula):
            return Label(formula, formula)
    return Label(metric.name, metric.name)


def _spelled(body: Any) -> Label:
    """A body as it is written: each field that says something."""
    told = ((one.name, getattr(body, one.name)) for one in fields(body))
    text = ", ".join(f"{name}: {getattr(value, 'metric', value)}" for name, value in told if value)
    return Label(text, text)


def _text(tree: exp.Expr | None) -> Label:
    text = tree.sql("duckdb").replace('"', "") if tree is not None else ""
    return Label(text, text)


def _filled(leaves: Sequence[LeafForm]) -> Iterator[str]:
    """What stands in for NULL before values are aggregated."""
    for leaf in leaves:
        for call in leaf.measure.expr.find_all(exp.Coalesce) if leaf.measure.expr is not None else ():
            names = Names(lambda column: ("col", column.name, "", False))
            yield f"NULL → {call.expressions[-1].sql('duckdb')}" if term_of(call, names) else ""


def _joined(labels: Sequence[Label]) -> Label:
    unique = list(dict.fromkeys(labels))
    return Label("、".join(one.zh for one in unique), ", ".join(one.en for one in unique))
