"""Entities -> joins that silently would not happen."""

from __future__ import annotations

from collections.abc import Iterator

from hedu.errors import Problem
from hedu.model.types import Dataset, Model


def entity_keys_differ(model: Model) -> Iterator[Problem]:
    """A key refers to an entity with as many columns as identify it; otherwise the two cannot be joined."""
    for dataset in model.datasets.values():
        for own in dataset.entities.values():
            others = [model.datasets[name] for name in model.by_entity.get(own.entity, ()) if name != dataset.name]
            sizes = {other.name: _size(other, own.entity) for other in others}
            if not own.unique and sizes and len(own.key) not in sizes.values() and dataset.definition:
                name, size = next(iter(sizes.items()))
                where = dataset.definition.marks.get(f"entities.{own.role}", dataset.definition.at)
                facts = {"name": own.role, "dataset": dataset.name, "count": len(own.key), "other": name, "size": size}
                yield Problem("entity-keys-differ", where, facts)


def _size(dataset: Dataset, entity: str) -> int:
    return next(len(one.key) for one in dataset.entities.values() if one.entity == entity and one.unique)
