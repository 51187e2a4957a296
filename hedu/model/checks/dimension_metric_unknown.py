"""Dimensions that are a metric's value -> those whose metric does not exist."""

from __future__ import annotations

from collections.abc import Iterator

from hedu.errors import Problem, suggest
from hedu.model.types import Model


def dimension_metric_unknown(model: Model) -> Iterator[Problem]:
    """A dimension may be a metric's value for each row, such as a customer's orders: the metric must exist."""
    for dataset in model.definitions.datasets:
        for one in dataset.dimensions:
            if one.metric is not None and one.metric not in model.metrics:
                where = dataset.marks.get(f"dimensions.{one.name}.metric", dataset.at)
                facts = {"name": one.name, "metric": one.metric, "near": suggest(one.metric, model.metrics)}
                yield Problem("dimension-metric-unknown", where, facts)
