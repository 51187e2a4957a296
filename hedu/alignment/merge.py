"""Base, theirs, mine -> one definition, or the fields both have changed differently."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hedu.alignment.change import Definition
from hedu.define.layout import arrange, node_of, rendered
from hedu.define.plain import plain, shape_of
from hedu.define.read import read
from hedu.define.write import shortened, write

_ABSENT: Any = object()


@dataclass(frozen=True, slots=True)
class Merged:
    """The text of the merged definition, or (empty text) the paths on which both sides disagree."""

    text: str
    disputed: tuple[str, ...] = ()


def merge(base: Definition, theirs: Definition, mine: Definition) -> Merged:
    """Changes of both sides over `base` where they touch different fields; equal changes agree.

    How a metric is calculated is one field as soon as its kind changes: half a ratio is no metric.

    >>> from dataclasses import replace
    >>> from hedu.define.definitions import Label, MetricDef, Simple
    >>> base = MetricDef("m", Simple("t.x"))
    >>> merged = merge(base, replace(base, label=Label("销售额")), replace(base, body=Simple("t.x", "a = 1")))
    >>> print(merged.text, end="")
    version: 1
    metric: m
    label: {zh: 销售额}
    simple: {measure: t.x, where: a = 1}
    >>> merge(base, replace(base, unit="CNY"), replace(base, unit="USD")).disputed
    ('unit',)
    """
    shape = shape_of(base)
    old, other, own = (plain(shape, item) for item in (base, theirs, mine))
    disputed: list[str] = []
    data = _merged(old, other, own, "", disputed)
    if disputed:
        return Merged("", tuple(disputed))
    node: Any = node_of(shortened(shape, {key: data[key] for key in shape.fields if key in data}))
    arrange(shape, node)
    node.flow_style = False
    text = rendered(node)
    found, problems = read({"merged.yml": text})
    kept: tuple[Definition, ...] = (*found.metrics, *found.datasets) or (found.settings,)
    if problems or len(kept) != 1:
        return Merged("", tuple(sorted({*_paths(old, other), *_paths(old, own)})))
    return Merged(write(kept[0]))


def _merged(old: Any, other: Any, own: Any, path: str, disputed: list[str]) -> Any:
    if own == other or other == old:
        return own
    if own == old:
        return other
    if all(isinstance(item, Mapping) for item in (old, other, own)):
        found = {}
        for key in dict.fromkeys([*own, *other, *old]):
            at = f"{path}.{key}" if path else str(key)
            value = _merged(old.get(key, _ABSENT), other.get(key, _ABSENT), own.get(key, _ABSENT), at, disputed)
            if value is not _ABSENT:
                found[key] = value
        return found
    disputed.append(path)
    return own


def _paths(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    return [key for key in {*old, *new} if old.get(key, _ABSENT) != new.get(key, _ABSENT)]
