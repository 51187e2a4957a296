"""A model + another time zone -> the same model as people there see it: its days begin and end by their clock."""

from __future__ import annotations

from dataclasses import replace
from zoneinfo import ZoneInfo

from hedu.errors import QueryError
from hedu.model.types import Dataset, Model


def seen_from(model: Model, zone: str) -> Model:
    """The model with its moments brought to `zone`. Days that are kept as days stay. Errors: zone-unknown."""
    home = model.settings.time_zone
    if zone == home:
        return model
    try:
        ZoneInfo(zone)
    except (ValueError, OSError, KeyError):
        raise QueryError("zone-unknown", zone=zone) from None
    datasets = {name: _at_home(dataset, home) for name, dataset in model.datasets.items()}
    return replace(model, datasets=datasets, settings=replace(model.settings, time_zone=zone), path_cache={})


def _at_home(dataset: Dataset, home: str) -> Dataset:
    """Moments that declare no zone are the workspace's."""
    found = {
        name: replace(one, time_zone=home) if one.type == "timestamp" and one.time_zone is None else one
        for name, one in dataset.dimensions.items()
    }
    return replace(dataset, dimensions=found)
