"""Base, theirs, mine -> one definition, or the fields both have changed differently."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml

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


@dataclass(frozen=True, slots=True)
class Dispute:
    """A field that both have changed: as it was, theirs and mine, as people write it; "" where it is not there."""

    path: str
    base: str
    theirs: str
    mine: str


def merge(base: Definition, theirs: Definition, mine: Definition, chosen: Mapping[str, str] | None = None) -> Merged:
    """Changes of both sides over `base` where they touch different fields; equal changes agree.

    `chosen` settles what is disputed: path -> "theirs", "mine", or "=" and what it shall be instead. How a metric is
    calculated is one field as soon as its kind changes: half a ratio is no metric.

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
    >>> print(merge(base, replace(base, unit="CNY"), replace(base, unit="USD"), {"unit": "theirs"}).text, end="")
    version: 1
    metric: m
    unit: CNY
    simple: {measure: t.x}
    """
    shape = shape_of(base)
    old, other, own = (plain(shape, item) for item in (base, theirs, mine))
    wanted = dict(chosen or {})
    disputed: dict[str, tuple[Any, Any, Any]] = {}
    data = _merged(old, other, own, "", disputed, wanted)
    if disputed:
        return Merged("", tuple(disputed))
    for key in [key for key in wanted if key in {*old, *other, *own}]:
        # What no field alone disputed, but no definition can hold together.
        value = _settled(wanted.pop(key), other.get(key, _ABSENT), own.get(key, _ABSENT))
        data = {name: held for name, held in data.items() if name != key} | ({} if value is _ABSENT else {key: value})
    node: Any = node_of(shortened(shape, {key: data[key] for key in shape.fields if key in data}))
    arrange(shape, node)
    node.flow_style = False
    text = rendered(node)
    found, problems = read({"merged.yml": text})
    kept: tuple[Definition, ...] = (*found.metrics, *found.datasets) or (found.settings,)
    if problems or len(kept) != 1:
        return Merged("", tuple(sorted({*_paths(old, other), *_paths(old, own)})))
    return Merged(write(kept[0]))


def disputes(base: Definition, theirs: Definition, mine: Definition) -> tuple[Dispute, ...]:
    """What `merge` leaves to people, each side as they would write it."""
    shape = shape_of(base)
    old, other, own = (plain(shape, item) for item in (base, theirs, mine))
    found: dict[str, tuple[Any, Any, Any]] = {}
    _merged(old, other, own, "", found, {})
    if not found:
        keys = merge(base, theirs, mine).disputed
        found = {key: tuple(side.get(key, _ABSENT) for side in (old, other, own)) for key in keys}
    return tuple(Dispute(path, *map(_written, sides)) for path, sides in found.items())


def _merged(
    old: Any, other: Any, own: Any, path: str, disputed: dict[str, tuple[Any, Any, Any]], chosen: dict[str, str]
) -> Any:
    if own == other or other == old:
        return own
    if own == old:
        return other
    if all(isinstance(item, Mapping) for item in (old, other, own)):
        found = {}
        for key in dict.fromkeys([*own, *other, *old]):
            at = f"{path}.{key}" if path else str(key)
            sides = old.get(key, _ABSENT), other.get(key, _ABSENT), own.get(key, _ABSENT)
            value = _merged(*sides, at, disputed, chosen)
            if value is not _ABSENT:
                found[key] = value
        return found
    if path in chosen:
        return _settled(chosen.pop(path), other, own)
    disputed[path] = old, other, own
    return own


def _settled(choice: str, other: Any, own: Any) -> Any:
    """One side, or what somebody wrote: nothing takes the field away; it is a text where a side is one."""
    if not choice.startswith("="):
        return other if choice == "theirs" else own
    text = choice[1:].strip()
    if not text:
        return _ABSENT
    if isinstance(other, str) or isinstance(own, str):
        return text
    try:
        return _data(yaml.safe_load(text))
    except yaml.YAMLError:
        return text


def _data(value: Any) -> Any:
    """What YAML read, days as they were written."""
    match value:
        case dict():
            return {str(key): _data(item) for key, item in value.items()}
        case list():
            return [_data(item) for item in value]
        case str() | bool() | int() | float() | None:
            return value
        case _:
            return str(value)


def _written(value: Any) -> str:
    if value is _ABSENT or value is None:
        return ""
    if isinstance(value, str):
        return value
    told: str = yaml.safe_dump(_data(value), allow_unicode=True, default_flow_style=True, sort_keys=False, width=10_000)
    return told.removesuffix("\n").removesuffix("\n...")


def _paths(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    return [key for key in {*old, *new} if old.get(key, _ABSENT) != new.get(key, _ABSENT)]
