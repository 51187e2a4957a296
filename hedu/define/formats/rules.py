"""What must hold between the fields of one definition."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hedu.define.definitions import Cumulative, DatasetDef, Derived, MetricDef
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
            r.faults.append(f"dimensions.{dimension.name}")


def zone_of_moments(dataset: DatasetDef, r: Reading) -> None:
    """A day is the same in every time zone; only moments have one."""
    for one in dataset.dimensions:
        if one.time_zone is not None and one.type != "timestamp":
            where = dataset.marks[f"dimensions.{one.name}.time_zone"]
            r.problems.append(Problem("time-zone-of-no-moment", where, {"name": one.name, "type": one.type}))
            r.faults.append(f"dimensions.{one.name}")


def percentile_stated(dataset: DatasetDef, r: Reading) -> None:
    """The aggregation "percentile" needs one, and no other takes one."""
    for measure in dataset.measures:
        if (measure.agg == "percentile") != (measure.percentile is not None):
            code = "percentile-missing" if measure.percentile is None else "percentile-unused"
            facts = {"name": measure.name, "agg": measure.agg}
            r.problems.append(Problem(code, dataset.marks[f"measures.{measure.name}"], facts))
            r.faults.append(f"measures.{measure.name}")


def window_or_grain(metric: MetricDef, r: Reading) -> None:
    """A total runs over a window or since the start of a period, not both."""
    body = metric.body
    if isinstance(body, Cumulative) and body.window and body.grain_to_date:
        r.problems.append(Problem("window-and-grain", metric.marks["cumulative.grain_to_date"], {"name": metric.name}))
        r.faults.append("cumulative.grain_to_date")


def one_offset(metric: MetricDef, r: Reading) -> None:
    """An input of a formula is taken earlier in one way."""
    for name, ref in metric.body.metrics if isinstance(metric.body, Derived) else ():
        if ref.offset_window and ref.offset_to_grain:
            where = metric.marks[f"derived.metrics.{name}"]
            r.problems.append(Problem("offset-twice", where, {"name": metric.name, "input": name}))
            r.faults.append(f"derived.metrics.{name}")


RULES: dict[str, tuple[Rule, ...]] = {
    "dataset": (entity_or_dimension, percentile_stated, zone_of_moments),
    "metric": (band_and_direction, window_or_grain, one_offset),
    "workspace": (),
}
