"""Metrics -> those nobody answers for."""

from __future__ import annotations

from collections.abc import Iterator

from hedu.errors import Problem
from hedu.model.types import Model


def metric_without_owner(model: Model) -> Iterator[Problem]:
    """A metric has an owner: the department that is asked when it looks wrong."""
    for metric in model.metrics.values():
        if not metric.definition.owner and not metric.definition.raci.accountable:
            yield Problem("metric-without-owner", metric.at, {"name": metric.name})
