"""Definitions and problems <-> bytes that open fast and one by one. Nothing in them can run."""

from __future__ import annotations

import marshal
from collections.abc import Callable, Mapping
from dataclasses import fields
from operator import attrgetter
from typing import Any

from hedu.define import definitions
from hedu.define.places import Places
from hedu.errors import Problem

_CLASSES: tuple[type, ...] = (
    Problem,
    *(value for value in vars(definitions).values() if isinstance(value, type) and hasattr(value, "__match_args__")),
)
_PLACES = -1
_ATOMS = frozenset([str, int, float, bool, type(None)])


def _parts_of(cls: type) -> Callable[[Any], tuple[Any, ...]]:
    """What tells the values of a definition's fields."""
    first, *others = (one.name for one in fields(cls))
    return attrgetter(first, *others) if others else lambda value: (getattr(value, first),)


_KNOWN = {cls: (number, _parts_of(cls)) for number, cls in enumerate(_CLASSES)}


def packed(value: Any) -> bytes:
    """The bytes of a definition, a problem, or a tuple of them. ValueError for what cannot be kept."""
    return marshal.dumps(_plain(value))


def unpacked(data: bytes) -> Any:
    """What `packed` was given. ValueError, EOFError or TypeError where the bytes are not of its making."""
    return _made(marshal.loads(data))  # noqa: S302 (marshal makes values, it runs nothing)


def _plain(value: Any) -> Any:
    kind = type(value)
    if kind in _ATOMS:
        return value
    known = _KNOWN.get(kind)
    if known is not None:
        number, parts = known
        return (..., number, *[one if type(one) in _ATOMS else _plain(one) for one in parts(value)])
    if kind is Places:
        return (..., _PLACES, value.file, value.found, list(value.faults))
    if kind is tuple or kind is list:
        return kind(_plain(item) for item in value)
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    return value


def _made(value: Any) -> Any:
    if isinstance(value, tuple):
        if value and value[0] is ...:
            if value[1] == _PLACES:
                return Places(value[2], value[3], value[4])
            return _CLASSES[value[1]](*map(_made, value[2:]))
        return tuple(map(_made, value))
    if isinstance(value, list):
        return list(map(_made, value))
    if isinstance(value, dict):
        return {key: _made(item) for key, item in value.items()}
    return value
