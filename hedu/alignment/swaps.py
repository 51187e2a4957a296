"""A model -> the same model with one facet of some metrics swapped: what a number would be by another's rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Literal

from hedu.alignment.scene import Scene
from hedu.alignment.series import Series, variant
from hedu.define.definitions import Grain, Reported
from hedu.model.types import Measure, Model, reported_dataset

WeekStart = Literal["monday", "sunday", "saturday"]
Leaf = tuple[str, str]


def with_times(model: Model, times: Mapping[Leaf, str]) -> Model:
    """Each measure of `times` goes by that time dimension of its dataset."""
    datasets = dict(model.datasets)
    for (name, measure), time in times.items():
        dataset = datasets[name]
        swapped = replace(dataset.measures[measure], time=time)
        datasets[name] = replace(dataset, measures={**dataset.measures, measure: swapped})
    return replace(model, datasets=datasets)


def with_week_start(model: Model, start: WeekStart) -> Model:
    """Weeks begin on another day."""
    return replace(model, settings=replace(model.settings, week_start=start))


def leaf_times(model: Model, metric: str) -> dict[Leaf, str]:
    """The time dimension each leaf of a metric goes by; leaves without one are absent."""
    found: dict[Leaf, str] = {}
    for name, measure in model.leaves(metric):
        dataset = model.datasets[name]
        time = dataset.measures[measure].time or dataset.time
        if time is not None:
            found[(name, measure)] = time
    return found


def shape_of(model: Model, leaf: Leaf) -> tuple[str, str, str, str]:
    """What a leaf adds up, whatever date it goes by: equal for leaves that differ in time only."""
    dataset, name = leaf
    measure = model.datasets[dataset].measures[name]
    return dataset, measure.agg, _text(measure), measure.where.sql() if measure.where is not None else ""


def times_of(model: Model, metric: str, other: str) -> dict[Leaf, str] | None:
    """The times that leaves of `metric` would have by `other`'s rules: for leaves of equal shape, where they differ.

    None where the two do not rest on leaves of the same shapes.
    """
    own, theirs = leaf_times(model, metric), leaf_times(model, other)
    by_shape = {shape_of(model, leaf): time for leaf, time in theirs.items()}
    if {shape_of(model, leaf) for leaf in own} != set(by_shape):
        return None
    wanted = {leaf: by_shape[shape_of(model, leaf)] for leaf in own}
    return {leaf: time for leaf, time in wanted.items() if time != own[leaf]}


def handed_in(scene: Scene, metric: str) -> Series | None:
    """The series of a reported metric by the dates its periods were handed in with, whatever day its weeks begin."""
    model = scene.model
    body = model.metrics[metric].body
    assert isinstance(body, Reported)
    dataset = model.datasets[reported_dataset(metric)]
    daily: Grain = "day"
    free = replace(body, grain=daily)
    dimensions = {name: replace(one, grain=None) if one.is_time else one for name, one in dataset.dimensions.items()}
    definition = replace(model.metrics[metric].definition, body=free)
    loose = replace(
        model,
        datasets={**model.datasets, dataset.name: replace(dataset, dimensions=dimensions, reported=free)},
        metrics={**model.metrics, metric: replace(model.metrics[metric], definition=definition)},
        path_cache={},
    )
    return variant(scene, loose, metric, "day")


def _text(measure: Measure) -> str:
    return measure.expr.sql() if measure.expr is not None else ""
