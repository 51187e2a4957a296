"""Metrics made of metrics -> those that cannot be made of one another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from hedu.define.definitions import (
    Body,
    Conversion,
    Cumulative,
    Derived,
    MetricDef,
    Rank,
    Ratio,
    Reported,
    Share,
    Simple,
)
from hedu.errors import Problem
from hedu.model.expressions import names_in
from hedu.model.types import Dataset, Measure, Metric


def clash_of(metric: MetricDef, resolved: Mapping[str, Metric], datasets: Mapping[str, Dataset]) -> Problem | None:
    """What keeps `metric` from being computed of its parts: a total of totals, a rank of ranks, a total of balances."""
    kind, where = type(metric.body).__name__.lower(), metric.at
    for name in _wrapped(metric.body):
        for inner in _bodies(name, resolved):
            if isinstance(inner, _REFUSED[type(metric.body)]):
                part = type(inner).__name__.lower()
                return Problem(
                    "kinds-clash", where, {"name": metric.name, "kind": kind, "part": name, "part_kind": part}
                )
            if isinstance(metric.body, (Cumulative, Conversion)) and isinstance(inner, Simple):
                measure = measure_of(inner, datasets)
                if measure is not None and measure.semi_additive is not None:
                    facts = {"name": metric.name, "kind": kind, "part": name, "measure": inner.measure}
                    return Problem("balances-not-totalled", where, facts)
    if isinstance(metric.body, Cumulative) and metric.body.period_agg == "average":
        body = resolved[metric.body.metric.metric].body
        if not isinstance(body, Simple):
            return Problem("average-of-formula", where, {"name": metric.name, "part": metric.body.metric.metric})
    return None


def measure_of(body: Simple, datasets: Mapping[str, Dataset]) -> Measure | None:
    """The measure that a simple metric aggregates."""
    dataset, _, name = body.measure.rpartition(".")
    return datasets[dataset].measures.get(name) if dataset in datasets else None


_REFUSED: dict[type[Body], tuple[type[Body], ...]] = {
    Cumulative: (Cumulative, Conversion, Share, Rank, Reported),
    Conversion: (Ratio, Derived, Cumulative, Conversion, Share, Rank, Reported),
    Share: (Share, Rank),
    Rank: (Rank,),
    Derived: (Conversion, Share, Rank, Reported),
}


def _wrapped(body: Body) -> Iterator[str]:
    """The metrics that `body` computes with in a way of its own."""
    match body:
        case Cumulative(metric=ref) | Share(metric=ref) | Rank(metric=ref):
            yield ref.metric
        case Conversion(base=base, conversion=conversion):
            yield from (base.metric, conversion.metric)
        case Derived(metrics=inputs):
            yield from (ref.metric for _, ref in inputs if ref.is_earlier)


def _bodies(name: str, resolved: Mapping[str, Metric]) -> Iterator[Body]:
    body = resolved[name].body
    yield body
    match body:
        case Ratio(numerator=left, denominator=right):
            yield from _bodies(left.metric, resolved)
            yield from _bodies(right.metric, resolved)
        case Derived():
            for part in parts_of(body):
                yield from _bodies(part, resolved)
        case Cumulative(metric=ref) | Share(metric=ref) | Rank(metric=ref):
            yield from _bodies(ref.metric, resolved)


def parts_of(body: Derived) -> tuple[str, ...]:
    """The metrics behind the names of a formula."""
    inputs = dict(body.metrics)
    return tuple(inputs[name].metric if name in inputs else name for name in names_in(body.formula))
