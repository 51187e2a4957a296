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
            is_quotient = isinstance(top, exp.Div) and top.right.find(exp.Column) is not None
            suspect = measure.agg == "average" or (measure.agg == "sum" and _is_rate(measure.unit))
            if is_quotient and suspect and dataset.definition:
                where = dataset.definition.marks.get(f"measures.{measure.name}.expr", dataset.definition.at)
                facts = {"name": f"{dataset.name}.{measure.name}", "agg": measure.agg}
                yield Problem("ratios-aggregated", where, facts)


def _is_rate(unit: str | None) -> bool:
    """A sum of quotients with the unit of an amount (`gross / (1 - discount)`) is an amount."""
    return unit is None or unit in ("%", "％", "‰", "1") or "/" in unit
