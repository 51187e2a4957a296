"""Metrics -> what a question about them may set besides dimensions: parameters, windows, clocks, currencies."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from hedu.define.definitions import Cumulative, MetricDef, MetricRef, ParameterDef
from hedu.model.checks.parameter_undeclared import parameters_used
from hedu.model.money import is_code, own_currency
from hedu.model.nesting import clash_of
from hedu.model.types import Measure, Model, reported_dataset
from hedu.plan.offered import time_of

WINDOWS = ("7 days", "30 days", "month", "quarter", "year", "all")
"""Totals that people ask for: over the last days, since a period began, over all time."""


@dataclass(frozen=True, slots=True)
class Choices:
    """What can be set with an effect; each is empty where setting it would change or mean nothing."""

    parameters: tuple[ParameterDef, ...] = ()
    windows: tuple[str, ...] = ()
    zones: tuple[str, ...] = ()
    currencies: tuple[str, ...] = ()


def choices_of(model: Model, metrics: Sequence[str]) -> Choices:
    """What a question for `metrics` may set. Currencies are those that definitions name, the workspace's first."""
    leaves = list(dict.fromkeys(leaf for metric in metrics for leaf in model.leaves(metric)))
    return Choices(
        _parameters(model, metrics, [dataset for dataset, _ in leaves]),
        WINDOWS if metrics and all(_can_total(model, metric) for metric in metrics) else (),
        _zones(model, leaves),
        _currencies(model, metrics, [model.datasets[dataset].measures[name] for dataset, name in leaves]),
    )


def _parameters(model: Model, metrics: Sequence[str], datasets: Sequence[str]) -> tuple[ParameterDef, ...]:
    definitions = [model.metrics[name].definition for name in model.made_of(metrics)]
    used = {name for one in definitions for name in parameters_used(one)}
    for dataset in dict.fromkeys(datasets):
        source = model.datasets[dataset].definition
        used |= set(parameters_used(source)) if source is not None else set()
    return tuple(one for one in model.settings.parameters if one.name in used)


def _can_total(model: Model, metric: str) -> bool:
    wanted = MetricDef(metric, Cumulative(MetricRef(metric)))
    timed = all(time_of(model, *leaf) is not None for leaf in model.leaves(metric))
    return timed and clash_of(wanted, model.metrics, model.datasets) is None


def _zones(model: Model, leaves: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    """The clocks that the definitions know, where a moment and not only a day is measured by."""
    times = [(model.datasets[leaf[0]], time_of(model, *leaf)) for leaf in leaves]
    if not any(dataset.dimensions[time].type == "timestamp" for dataset, time in times if time is not None):
        return ()
    declared = (one.time_zone for dataset in model.datasets.values() for one in dataset.dimensions.values())
    found = tuple(dict.fromkeys([model.settings.time_zone, *sorted({zone for zone in declared if zone})]))
    return found if len(found) > 1 else ()


def _currencies(model: Model, metrics: Sequence[str], measures: Sequence[Measure]) -> tuple[str, ...]:
    is_money = any(one.currency is not None or own_currency(one) is not None for one in measures)
    exchange = model.settings.exchange
    if exchange is None or not is_money or any(one.dataset == reported_dataset(metrics[0]) for one in measures):
        return ()
    known = [model.settings.currency, *sorted(set(_named(model)))]
    return tuple(dict.fromkeys(known))


def _named(model: Model) -> Iterator[str]:
    """Every currency that the definitions name."""
    exchange = model.settings.exchange
    if exchange is not None and exchange.through is not None:
        yield exchange.through
    for dataset in model.datasets.values():
        yield from filter(None, map(own_currency, dataset.measures.values()))
    for metric in model.metrics.values():
        currency = metric.definition.currency
        if currency is not None and is_code(currency):
            yield currency
