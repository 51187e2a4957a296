"""Children -> their parent: scores, where units differ. Values are asked of the metric itself, by its own arithmetic.

Only `decomposes` and `contributes` roll up. A weighted mean is never shown without its weakest child.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from hedu.alignment.scene import EdgeKind

ROLLS_UP: frozenset[EdgeKind] = frozenset({"decomposes", "contributes"})
Key = TypeVar("Key")


@dataclass(frozen=True, slots=True)
class Branch(Generic[Key]):
    """A child as its parent sees it: its edge, its weight (only relative sizes matter) and its score."""

    key: Key
    edge: EdgeKind
    weight: float
    score: float | None


@dataclass(frozen=True, slots=True)
class Rolled(Generic[Key]):
    """What children say of their parent: the weighted mean, and the weakest of them."""

    mean: float | None
    weakest: Key | None
    weakest_score: float | None


def rolled(children: Sequence[Branch[Key]]) -> Rolled[Key]:
    """The scores of the children that roll up; a child without a score is left out, not taken for zero."""
    scored = [
        (child, child.score)
        for child in children
        if child.edge in ROLLS_UP and child.weight > 0 and child.score is not None
    ]
    if not scored:
        return Rolled(None, None, None)
    weight = sum(child.weight for child, _ in scored)
    mean = sum(child.weight * score for child, score in scored) / weight
    weakest, least = min(scored, key=lambda pair: pair[1])
    return Rolled(mean, weakest.key, least)


@dataclass(frozen=True, slots=True)
class Scored(Generic[Key]):
    """A goal's own score, what its children say, and the one that goes up: its own where it has one."""

    own: float | None
    below: Rolled[Key]

    @property
    def shown(self) -> float | None:
        return self.own if self.own is not None else self.below.mean


def scored_tree(
    parents: Mapping[Key, Key | None],
    edges: Mapping[Key, EdgeKind],
    weights: Mapping[Key, float],
    own: Mapping[Key, float | None],
) -> dict[Key, Scored[Key]]:
    """Every goal of a tree with its score and its children's, from the leaves up."""
    children: dict[Key, list[Key]] = {}
    for key, parent in parents.items():
        if parent is not None:
            children.setdefault(parent, []).append(key)
    found: dict[Key, Scored[Key]] = {}
    for key in _leaves_first(parents, children):
        below = [Branch(at, edges[at], weights.get(at, 1.0), found[at].shown) for at in children.get(key, ())]
        found[key] = Scored(own.get(key), rolled(below))
    return found


def _leaves_first(parents: Mapping[Key, Key | None], children: Mapping[Key, Sequence[Key]]) -> list[Key]:
    order: list[Key] = []
    pending = [key for key, parent in parents.items() if parent is None or parent not in parents]
    while pending:
        key = pending.pop()
        order.append(key)
        pending.extend(children.get(key, ()))
    return order[::-1]
