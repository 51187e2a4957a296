"""Metrics -> those that people cannot tell apart."""

from __future__ import annotations

from collections.abc import Iterator

from hedu.errors import Problem
from hedu.model.types import Metric, Model


def label_twice(model: Model) -> Iterator[Problem]:
    """Two metrics with one label look like one number with two values; say in the label what sets them apart."""
    first: dict[str, Metric] = {}
    for metric in model.metrics.values():
        for text in {metric.label.zh, metric.label.en} - {""}:
            other = first.setdefault(text.casefold(), metric)
            if other is not metric:
                facts = {"name": metric.name, "label": text, "other": other.name, "first": str(other.at)}
                yield Problem("label-twice", metric.definition.marks.get("label", metric.at), facts)
                break
