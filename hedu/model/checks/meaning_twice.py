"""Metrics -> those defined twice."""

from __future__ import annotations

from collections.abc import Iterator

from hedu.define.definitions import Reported
from hedu.define.digest import meaning_digest
from hedu.errors import Problem
from hedu.model.types import Metric, Model


def meaning_twice(model: Model) -> Iterator[Problem]:
    """Two metrics that mean exactly the same are one metric with two names: keep one, make the other a synonym."""
    first: dict[str, Metric] = {}
    for metric in model.metrics.values():
        if isinstance(metric.body, Reported):
            continue
        other = first.setdefault(meaning_digest(metric.definition), metric)
        if other is not metric:
            yield Problem(
                "meaning-twice", metric.at, {"name": metric.name, "other": other.name, "first": str(other.at)}
            )
