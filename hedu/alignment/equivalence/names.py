"""What metrics are called -> buckets of those called alike: in either language, by synonym, by root."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from hedu.alignment.series import plain_name
from hedu.define.definitions import Reported
from hedu.model.types import Metric, Model

MOST_OF_ONE_NAME = 20
"""Of a name that more metrics bear, each is compared with the first only."""
_SCOPE = re.compile(r"\s+[-–—]\s+\S.*$")
_ROOTS = (
    (re.compile(r"(数量|个数|数目)$"), "数"),
    (re.compile(r"(总额|金额)$"), "额"),
    (re.compile(r"(比率|比例|占比)$"), "率"),
    (re.compile(r"^(numberof|countof)|(count)$"), ""),
    (re.compile(r"(?<=[a-z]{3})s$"), ""),
)


@lru_cache(maxsize=50_000)
def root_of(name: str) -> str:
    """A name by its root: counting words that mean the same are one, an English plural is its singular.

    >>> root_of("订单数量") == root_of("订单数"), root_of("Orders") == root_of("Order count")
    (True, True)
    >>> root_of("退款额") == root_of("退款率")
    False
    """
    root = plain_name(name)
    for pattern, put in _ROOTS:
        shorter = pattern.sub(put, root)
        root = shorter if len(shorter) > 1 else root
    return root


def roots_of(metric: Metric) -> frozenset[str]:
    """Everything the metric is called, by root. What is handed in may bear its place: "Ridership - Bus"."""
    definition = metric.definition
    names = [name for name in (definition.label.zh, definition.label.en, *definition.synonyms) if name]
    if isinstance(metric.body, Reported):
        names += [_SCOPE.sub("", name) for name in names]
    return frozenset(root_of(name) for name in names)


def called_alike(model: Model, focus: frozenset[str] | None = None) -> Iterator[tuple[str, str]]:
    """Pairs of metrics that share a name, each once; with a `focus` only those that touch it."""
    buckets: dict[str, list[str]] = {}
    for metric in model.metrics.values():
        for root in roots_of(metric):
            buckets.setdefault(root, []).append(metric.name)
    seen: set[tuple[str, str]] = set()
    for names in buckets.values():
        for pair in pairs_of(names, MOST_OF_ONE_NAME):
            if pair not in seen and (focus is None or not focus.isdisjoint(pair)):
                seen.add(pair)
                yield pair


def pairs_of(names: Sequence[str], most: int) -> Iterator[tuple[str, str]]:
    """All pairs of a few; of many, each with the first."""
    firsts = names if len(names) <= most else names[:1]
    for at, one in enumerate(firsts):
        yield from ((one, other) for other in names[at + 1 :])
