"""A metric's definition and what it is made of -> what it came to before, where nothing of that has changed."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from operator import is_
from typing import NamedTuple

from hedu.define.definitions import MetricDef, Simple
from hedu.model.types import Dataset, Measure, Metric

Measures = Mapping[str, Measure]
_MOST = 60_000


class Before(NamedTuple):
    """What a definition came to: made of this measure and these metrics, told in this currency of the company."""

    parts: tuple[str, ...]
    measure: Measure | None
    made_of: tuple[Metric, ...]
    home: str
    metric: Metric

    def stands(self, known: Container[str], measures: Measures) -> bool:
        """Whether all that the definition names is still there, so that it is as right as it was."""
        for part in self.parts:
            if part not in known:
                return False
        return self.measure is None or measure_of(self.metric.definition, measures) is self.measure

    def follows_from(self, made_of: Sequence[Metric], home: str) -> bool:
        """Whether what stands was made of these very metrics, in this currency."""
        return all(map(is_, made_of, self.made_of)) and home == self.home


_kept: dict[int, Before] = {}


def before(metric: MetricDef) -> Before | None:
    """What this very definition came to the last time."""
    was = _kept.get(id(metric))
    return was if was is not None and was.metric.definition is metric else None


def keep(now: Before) -> None:
    """Keep what a definition came to."""
    if len(_kept) >= _MOST:
        _kept.clear()
    _kept[id(now.metric.definition)] = now


def measures_in(datasets: Mapping[str, Dataset]) -> Measures:
    """Every measure by the name it is written with in a metric."""
    return {f"{place}.{name}": one for place, dataset in datasets.items() for name, one in dataset.measures.items()}


def measure_of(metric: MetricDef, measures: Measures) -> Measure | None:
    """The measure that a simple metric aggregates, if it is there."""
    body = metric.body
    return measures.get(body.measure) if isinstance(body, Simple) else None
