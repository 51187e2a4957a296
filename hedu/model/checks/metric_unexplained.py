"""Metrics -> those whose reader has to guess."""

from __future__ import annotations

from collections.abc import Iterator

from hedu.define.definitions import Label
from hedu.errors import Problem
from hedu.model.types import Model


def metric_unexplained(model: Model) -> Iterator[Problem]:
    """A metric has a label that people read and a meaning in plain words."""
    for metric in model.metrics.values():
        texts = {"label": metric.label, "meaning": metric.definition.meaning}
        missing = [key for key, text in texts.items() if text == Label()]
        if missing:
            yield Problem("metric-unexplained", metric.at, {"name": metric.name, "missing": missing})
