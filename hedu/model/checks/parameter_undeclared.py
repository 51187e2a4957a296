"""Expressions -> the parameters they use that the workspace does not declare."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from operator import attrgetter
from typing import Any

from hedu.define.definitions import DatasetDef, MetricDef
from hedu.define.remembered import remembered
from hedu.errors import Problem, suggest
from hedu.model.types import Model

_USED = re.compile(r"\bparameter\s*\(\s*(\w+)\s*\)", re.IGNORECASE)


def parameter_undeclared(model: Model) -> Iterator[Problem]:
    """A parameter used in an expression must be declared under `parameters` of the workspace, with its type."""
    declared = {one.name: one for one in model.settings.parameters}
    definitions: list[DatasetDef | MetricDef] = [*model.definitions.datasets, *model.definitions.metrics]
    for definition in definitions:
        for name in parameters_used(definition):
            if name not in declared:
                facts = {"name": name, "owner": definition.name, "near": suggest(name, declared)}
                yield Problem("parameter-undeclared", definition.at, facts)


@remembered
def parameters_used(definition: DatasetDef | MetricDef) -> tuple[str, ...]:
    """The parameters that one definition uses, each once."""
    found: dict[str, None] = {}
    _gather(definition, found)
    return tuple(found)


def _gather(value: Any, found: dict[str, None]) -> None:
    for one in _held(value):
        if isinstance(one, str):
            if "(" in one:
                found.update(dict.fromkeys(_USED.findall(one)))
        elif one:
            _gather(one, found)


def _held(value: Any) -> Iterable[Any]:
    """What a definition says in its fields, not where it says so; what else holds anything holds that."""
    kind: Any = type(value)
    fields = _fields(kind)
    if fields is not None:
        return fields(value)
    return value.values() if isinstance(value, Mapping) else value if isinstance(value, (tuple, list)) else ()


@cache
def _fields(cls: type) -> Callable[[Any], tuple[Any, ...]] | None:
    if not dataclasses.is_dataclass(cls):
        return None
    names = [one.name for one in dataclasses.fields(cls) if one.compare]
    return attrgetter(names[0], *names)  # more than one name, so that there is a tuple
