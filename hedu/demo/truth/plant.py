"""One planted conflict, or one decoy that resembles it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Class = Literal[
    "definition", "duplicate", "source", "target", "trade_off", "ownership", "timing", "unit", "aggregation", "version",
    "access", "gaming", "interpretation",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Plant:
    """`why` says what makes it one. `also` are other metric sets that show the same thing. `more` helps a benchmark."""

    conflict: Class
    metrics: tuple[str, ...]
    departments: tuple[str, ...]
    facets: tuple[str, ...]
    why: str
    also: tuple[tuple[str, ...], ...] = ()
    more: Mapping[str, Any] = field(default_factory=dict)


def record(plant: Plant, decoy: bool) -> dict[str, Any]:
    """The plant as truth.json holds it."""
    made: dict[str, Any] = {
        "class": plant.conflict,
        "metrics": list(plant.metrics),
        "departments": list(plant.departments),
        "facets": list(plant.facets),
        "decoy": decoy,
        "why": plant.why,
    }
    if plant.also:
        made["also"] = [list(metrics) for metrics in plant.also]
    return made | dict(plant.more)
