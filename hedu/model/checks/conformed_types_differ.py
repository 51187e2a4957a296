"""Conformed dimensions -> those that are not comparable."""

from __future__ import annotations

from collections.abc import Iterator

from hedu.errors import Problem
from hedu.model.types import Dimension, Model


def conformed_types_differ(model: Model) -> Iterator[Problem]:
    """Dimensions that conform to one another hold the same values, so they have the same type."""
    first: dict[str, Dimension] = {}
    for dataset in model.datasets.values():
        for one in dataset.dimensions.values():
            if not one.conforms:
                continue
            other = first.setdefault(one.conforms, one)
            if other.type != one.type and dataset.definition:
                facts = {
                    "name": f"{one.dataset}.{one.name}",
                    "type": one.type,
                    "other": f"{other.dataset}.{other.name}",
                    "expected": other.type,
                    "conforms": one.conforms,
                }
                where = dataset.definition.marks.get(f"dimensions.{one.name}", dataset.definition.at)
                yield Problem("conformed-types-differ", where, facts)
