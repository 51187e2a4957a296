"""Names -> those that mean two things in a question."""

from __future__ import annotations

from collections.abc import Iterator

from hedu.errors import Problem
from hedu.model.types import Model


def metric_named_as_dimension(model: Model) -> Iterator[Problem]:
    """In a question's filter a name means the metric; a dimension of that name can then be reached only in full."""
    for dataset in model.datasets.values():
        for name in dataset.dimensions:
            metric = model.metrics.get(name)
            if metric is not None and dataset.definition:
                where = dataset.definition.marks.get(f"dimensions.{name}", dataset.definition.at)
                facts = {"name": name, "dataset": dataset.name, "first": str(metric.at)}
                yield Problem("metric-named-as-dimension", where, facts)
