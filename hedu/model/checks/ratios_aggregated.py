"""Measures -> those that aggregate a quotient of each row."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from hedu.errors import Problem
from hedu.model.types import Model


def ratios_aggregated(model: Model) -> Iterator[Problem]:
    """Adding or averaging a rate of each row weighs a small row like a large one: aggregate both sides, then divide."""
    for dataset in model.datasets.values():
        for measure in dataset.measures.values():
            top = measure.expr.unnest() if measure.expr is not None else None
            is_rate = isinstance(top, exp.Div) and top.right.find(exp.Column) is not None
            if is_rate and measure.agg in ("sum", "average") and dataset.definition:
                where = dataset.definition.marks.get(f"measures.{measure.name}.expr", dataset.definition.at)
                facts = {"name": f"{dataset.name}.{measure.name}", "agg": measure.agg}
                yield Problem("ratios-aggregated", where, facts)
