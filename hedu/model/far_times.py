"""Datasets that go by the time of what they belong to (`order.ordered_at`) -> that time and the joins to it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from hedu.errors import Problem, suggest
from hedu.model.types import Dataset, Dimension, Join


def with_far_times(dataset: Dataset, joined: Mapping[str, Dataset]) -> Dataset:
    """The dataset with each time that is a path among its dimensions, under that path."""
    found: dict[str, Dimension] = {}
    for path in _far(dataset):
        times = [replace(one, through=joins) for joins, one in _times(dataset, (), path.split("."), joined)]
        if len(times) == 1:
            found[path] = times[0]
    return replace(dataset, dimensions={**dataset.dimensions, **found}) if found else dataset


def far_time_problems(dataset: Dataset) -> Iterator[Problem]:
    """Paths that lead to no time or to several, and balances, whose time must be their own."""
    item = dataset.definition
    if item is None:
        return
    for path in _far(dataset):
        if path not in dataset.dimensions:
            known = [f"{join.role}.…" for join in dataset.joins if not join.fans]
            facts = {"name": path, "owner": dataset.name, "known": known, "near": suggest(path, known)}
            yield Problem("dataset-time-unknown", item.marks.get("time", item.at), facts)
    for measure in dataset.measures.values():
        time = measure.time or dataset.time or ""
        if measure.semi_additive is not None and "." in time:
            where = item.marks.get(f"measures.{measure.name}", item.at)
            yield Problem("balance-time-elsewhere", where, {"name": measure.name, "time": time})


def _far(dataset: Dataset) -> list[str]:
    times = (dataset.time, *(measure.time for measure in dataset.measures.values()))
    return [time for time in dict.fromkeys(times) if time is not None and "." in time]


def _times(
    here: Dataset, joins: tuple[Join, ...], parts: list[str], joined: Mapping[str, Dataset]
) -> Iterator[tuple[tuple[Join, ...], Dimension]]:
    """Every time that a path can mean: each step has at most one match a row, at any time."""
    if len(parts) == 1:
        one = here.dimensions.get(parts[0])
        if one is not None and one.is_time and one.metric is None:
            yield joins, one
        return
    for join in here.ways(parts[0]):
        if not join.fans and join.valid is None and join.right in joined:
            yield from _times(joined[join.right], (*joins, join), parts[1:], joined)
