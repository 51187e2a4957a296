"""RACI -> metrics that several departments answer for."""

from __future__ import annotations

from collections.abc import Iterator

from hedu.errors import Problem
from hedu.model.types import Model


def accountable_not_one(model: Model) -> Iterator[Problem]:
    """Exactly one department is accountable: where two answer, nobody does."""
    for metric in model.metrics.values():
        departments = metric.definition.raci.accountable
        if len(departments) > 1:
            where = metric.definition.marks.get("raci.A", metric.at)
            yield Problem("accountable-not-one", where, {"name": metric.name, "departments": departments})
