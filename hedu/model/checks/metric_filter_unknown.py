"""Filters of metrics -> paths that lead nowhere."""

from __future__ import annotations

from collections.abc import Iterator

from hedu.define.definitions import Derived, MetricRef, Ratio, Simple
from hedu.errors import Problem, suggest
from hedu.model.expressions import metric_by, names_in
from hedu.model.paths import targets
from hedu.model.types import GRAINS, Metric, Model


def metric_filter_unknown(model: Model) -> Iterator[Problem]:
    """A metric's filter may use columns of its own dataset and dimensions it can reach, nothing else."""
    for metric in model.metrics.values():
        for mark, where, datasets in _filters(model, metric):
            for path in names_in(where):
                for dataset in datasets if not path.isidentifier() else ():  # a column's name is any
                    if not _reachable(model, dataset, path):
                        facts = {"name": metric.name, "path": path, "dataset": dataset, "near": _near(model, path)}
                        place = metric.definition.marks.get(mark, metric.at)
                        yield Problem("metric-filter-unknown", place, facts)


def _filters(model: Model, metric: Metric) -> Iterator[tuple[str, str, list[str]]]:
    """Where each filter stands, its text, and the datasets it narrows."""
    body = metric.body
    refs: list[tuple[str, MetricRef]] = []
    if isinstance(body, Simple) and body.where:
        yield "simple.where", body.where, [body.measure.rpartition(".")[0]]
    elif isinstance(body, Ratio):
        refs = [("ratio.numerator.where", body.numerator), ("ratio.denominator.where", body.denominator)]
    elif isinstance(body, Derived):
        refs = [(f"derived.metrics.{name}.where", ref) for name, ref in body.metrics]
    for mark, ref in refs:
        if ref.where and ref.metric in model.metrics:
            yield mark, ref.where, list(dict.fromkeys(dataset for dataset, _ in model.leaves(ref.metric)))


def _reachable(model: Model, dataset: str, path: str) -> bool:
    if metric_by(path):
        return bool(targets(model, dataset, path))
    head, *rest = path.split(".")
    if not rest or head == "metric_time" or (head == dataset and len(rest) == 1):
        return True
    if targets(model, dataset, path):
        return True
    whole, _, last = path.rpartition(".")
    own = {one.name for one in model.settings.grains}
    own |= {one.name for spine in model.settings.time_spines for one in spine.custom}
    return (last in GRAINS or last in own or last.startswith("extract_")) and bool(targets(model, dataset, whole))


def _near(model: Model, path: str) -> tuple[str, ...]:
    known = {f"{entity.role}.{name}" for one in model.datasets.values() for entity in one.entities.values()
             for join in one.ways(entity.role) for name in model.datasets[join.right].dimensions}  # fmt: skip
    return suggest(path, known)
