"""A name in a metric's definition -> what it means to the metric, to be compared with names of a question."""

from __future__ import annotations

from hedu.plan.keys import METRIC_TIME, key_of
from hedu.plan.leaves import Leaves
from hedu.plan.offered import time_of
from hedu.plan.relations import is_own_time


def meant(leaves: Leaves, metric: str, name: str) -> tuple[object, ...]:
    """What a name means to a metric, however it is spelt. Errors: as for `key_of`."""
    model = leaves.asking.model
    dataset, measure = model.leaves(metric)[0]
    fact, time = model.datasets[dataset], time_of(model, dataset, measure)
    key = key_of(model, fact, name, time, metric)
    return (METRIC_TIME,) if is_own_time(fact, time, key) else key.identity
