"""What must hold between the fields of one definition."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hedu.define.definitions import DatasetDef, MetricDef
from hedu.define.formats.reading import Reading
from hedu.errors import Problem

Rule = Callable[[Any, Reading], None]


def band_and_direction(metric: MetricDef, r: Reading) -> None:
    """A band is the direction "band", and the direction "band" needs one."""
    if (metric.direction == "band") == (metric.band is not None):
        return
    code = "band-missing" if metric.band is None else "band-unused"
    where = metric.marks["direction" if metric.band is None else "band"]
    r.problems.append(Problem(code, where, {"name": metric.name, "direction": metric.direction}))


def entity_or_dimension(dataset: DatasetDef, r: Reading) -> None:
    """An entity and a dimension of one name could not be told apart in `by`."""
    roles = {entity.name for entity in dataset.entities}
    for dimension in dataset.dimensions:
        if dimension.name in roles:
            facts = {
                "name": dimension.name,
                "dataset": dataset.name,
                "first": str(dataset.marks[f"entities.{dimension.name}"]),
            }
            r.problems.append(Problem("name-is-entity", dataset.marks[f"dimensions.{dimension.name}"], facts))


RULES: dict[str, tuple[Rule, ...]] = {
    "dataset": (entity_or_dimension,),
    "metric": (band_and_direction,),
    "workspace": (),
}
