"""Ratios whose value is known beforehand."""

from __future__ import annotations

from collections.abc import Iterator

from hedu.define.definitions import Ratio
from hedu.errors import Problem
from hedu.model.types import Model


def ratio_of_itself(model: Model) -> Iterator[Problem]:
    """A ratio of a metric to itself under the same filter is always 1."""
    for metric in model.ratios():
        body = metric.body
        if isinstance(body, Ratio) and body.numerator == body.denominator:
            where = metric.definition.marks.get("ratio.denominator", metric.at)
            yield Problem("ratio-of-itself", where, {"name": metric.name, "part": body.numerator.metric})
