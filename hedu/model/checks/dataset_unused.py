"""Datasets -> those no metric ever reads."""

from __future__ import annotations

from collections.abc import Iterator

from hedu.errors import Problem
from hedu.model.types import Model


def dataset_unused(model: Model) -> Iterator[Problem]:
    """A dataset that no metric measures and none can be joined to is dead weight."""
    used = {dataset for name in model.metrics for dataset, _ in model.leaves(name)}
    exchange = model.settings.exchange
    used |= {exchange.dataset} & set(model.datasets) if exchange is not None else set()
    pending = list(used)
    while pending:
        for join in model.datasets[pending.pop()].joins:
            if join.right not in used:
                used.add(join.right)
                pending.append(join.right)
    for dataset in model.datasets.values():
        if dataset.name not in used and dataset.definition:
            yield Problem("dataset-unused", dataset.definition.at, {"name": dataset.name})
