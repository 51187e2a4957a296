"""Reviewed values of a reported metric -> its table in the warehouse, where questions find them."""

from __future__ import annotations

from hedu.center.catalog.models import Metric


def write_reported(metric: Metric) -> None:
    """Replace the metric's table by all its reviewed values, in a new snapshot."""
    raise NotImplementedError
