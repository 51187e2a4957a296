"""A metric's definition and what it is made of -> what it came to before, where nothing of that has changed."""

from __future__ import annotations

from collections.abc import Container, Mapping
from operator import is_
from typing import NamedTuple

from hedu.define.definitions import MetricDef, Simple
from hedu.define.remembered import remembered
from hedu.model.types import Dataset, Measure, Metric


class Before(NamedTuple):
    """What a definition came to: `inputs` is all that it was made of, each the very thing."""

    parts: tuple[str, ...]
    measure: Measure | None
    inputs: tuple[object, ...]
    metric: Metric

    def stands(self, metric: MetricDef, known: Container[str], datasets: Mapping[str, Dataset]) -> bool:
        """Whether all that the definition names is still there, so that it is as right as it was."""
        for part in self.parts:
            if part not in known:
                return False
        return self.measure is None or measure_of(metric, datasets) is self.measure

    def follows_from(self, inputs: tuple[object, ...]) -> bool:
        """Whether it was made of these very things."""
        return len(inputs) == len(self.inputs) and all(map(is_, inputs, self.inputs))


@remembered
def _place(metric: MetricDef) -> list[Before]:
    """Where the last of them is kept; a definition alone says nothing of others."""
    return []


def before(metric: MetricDef) -> Before | None:
    """What this very definition came to the last time."""
    kept = _place(metric)
    return kept[0] if kept else None


def keep(parts: tuple[str, ...], measure: Measure | None, inputs: tuple[object, ...], made: Metric) -> None:
    """Keep what a definition came to."""
    _place(made.definition)[:] = [Before(parts, measure, inputs, made)]


def measure_of(metric: MetricDef, datasets: Mapping[str, Dataset]) -> Measure | None:
    """The measure that a simple metric aggregates, if it is there."""
    if not isinstance(metric.body, Simple):
        return None
    dataset, _, name = metric.body.measure.rpartition(".")
    return datasets[dataset].measures.get(name) if dataset in datasets else None
