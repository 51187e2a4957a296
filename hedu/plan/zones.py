"""A model + another time zone -> the same model as people there see it: its days begin and end by their clock."""

from __future__ import annotations

from dataclasses import replace
from zoneinfo import ZoneInfo

from sqlglot import exp

from hedu.errors import QueryError
from hedu.model.types import Dataset, Dimension, Model
from hedu.plan.scalars import in_time_zone, moved


def seen_from(model: Model, zone: str) -> Model:
    """The model with its moments brought to `zone`. Days that are kept as days stay. Errors: zone-unknown."""
    home = model.settings.time_zone
    if zone == home:
        return model
    try:
        ZoneInfo(zone)
    except (ValueError, OSError, KeyError):
        raise QueryError("zone-unknown", zone=zone) from None
    datasets = {name: _seen(dataset, home, zone) for name, dataset in model.datasets.items()}
    settings = replace(model.settings, time_zone=zone)
    return replace(model, datasets=datasets, settings=settings, path_cache={}, home=model.home or home)


def at_home(source: exp.Expr, dimension: Dimension, model: Model) -> exp.Expr:
    """A time by the workspace's own clock, whatever clock is asked by.

    What held then, what it cost and who may see it are the same for people everywhere.
    """
    if model.home is None or dimension.type != "timestamp":
        return in_time_zone(source, dimension, model.settings)
    declared = replace(dimension, time_zone=dimension.time_zone or model.settings.time_zone)
    return in_time_zone(source, declared, replace(model.settings, time_zone=model.home))


def _seen(dataset: Dataset, home: str, zone: str) -> Dataset:
    return replace(dataset, dimensions={name: _moment(one, home, zone) for name, one in dataset.dimensions.items()})


def _moment(one: Dimension, home: str, zone: str) -> Dimension:
    """Moments that declare no zone are the workspace's; instants are shown by its clock unless they are moved."""
    if one.type != "timestamp" or one.metric is not None:
        return one
    if one.time_zone == zone:
        return replace(one, expr=moved(one.expr, zone, zone), time_zone=None)
    return replace(one, time_zone=one.time_zone or home)
