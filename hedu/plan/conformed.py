"""Several facts in one question -> the same thing by each name, or a refusal.

A name stands in `by`, in `where`, or in a filter that a metric hands down to its parts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hedu.errors import QueryError
from hedu.model.types import Dataset
from hedu.plan.asking import Asking
from hedu.plan.conditions import filter_key, parse_filter, paths_in
from hedu.plan.keys import Key, key_of
from hedu.plan.leaves import Leaves, PassKey


@dataclass(frozen=True, slots=True)
class _Meant:
    """What a name means to one fact."""

    metric: str
    dataset: str
    identity: tuple[object, ...]


def conform_passes(asking: Asking, leaves: Leaves) -> None:
    """Refuse facts to which one name means different things. Errors: dimension-not-conformed."""
    asked = [*asking.question.by, *(path for tree in asking.conditions for path in paths_in(tree))]
    for path in dict.fromkeys(asked):
        _require_one(path, [_of_question(asking, leaves, at, path) for at in leaves.passes])
    handed: dict[str, list[tuple[Dataset, str | None, str]]] = {}
    for (name, time, *_), group in leaves.passes.items():
        for leaf in group:
            for text in leaf.handed:
                handed.setdefault(text, []).append((asking.model.datasets[name], time, leaf.metric))
    for text, users in handed.items():
        for path in paths_in(parse_filter(text)):
            _require_one(path, [_of_definition(asking, path, *user) for user in users])


def _of_question(asking: Asking, leaves: Leaves, at: PassKey, path: str) -> _Meant:
    name, time, *_ = at
    metric = leaves.passes[at][0].metric
    key = key_of(asking.model, asking.model.datasets[name], path, time, metric)
    return _Meant(metric, key.target.dataset, key.identity)


def _of_definition(asking: Asking, path: str, fact: Dataset, time: str | None, metric: str) -> _Meant:
    key = filter_key(asking.model, fact, path, time, metric)
    if isinstance(key, Key):
        return _Meant(metric, key.target.dataset, key.identity)
    return _Meant(metric, fact.name, ("column", fact.name, key.name))


def _require_one(name: str, meant: Sequence[_Meant]) -> None:
    for other in meant[1:]:
        if other.identity != meant[0].identity:
            raise QueryError(
                "dimension-not-conformed",
                name=name,
                metrics=(meant[0].metric, other.metric),
                datasets=(meant[0].dataset, other.dataset),
            )
