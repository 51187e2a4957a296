"""Expressions -> the parameters they use that the workspace does not declare."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from hedu.define.plain import Definition, plain, shape_of
from hedu.define.remembered import remembered
from hedu.errors import Problem, suggest
from hedu.model.types import Model

_USED = re.compile(r"\bparameter\s*\(\s*(\w+)\s*\)", re.IGNORECASE)


def parameter_undeclared(model: Model) -> Iterator[Problem]:
    """A parameter used in an expression must be declared under `parameters` of the workspace, with its type."""
    declared = {one.name: one for one in model.settings.parameters}
    definitions: list[Definition] = [*model.definitions.datasets, *model.definitions.metrics]
    for definition in definitions:
        for name in parameters_used(definition):
            if name not in declared:
                facts = {"name": name, "owner": definition.name, "near": suggest(name, declared)}
                yield Problem("parameter-undeclared", definition.at, facts)


@remembered
def parameters_used(definition: Definition) -> tuple[str, ...]:
    """The parameters that one definition uses, each once."""
    found: dict[str, None] = {}
    _gather(plain(shape_of(definition), definition), found)
    return tuple(found)


def _gather(data: Any, found: dict[str, None]) -> None:
    if isinstance(data, str):
        if "(" in data:
            found.update(dict.fromkeys(_USED.findall(data)))
    elif isinstance(data, dict):
        for value in data.values():
            _gather(value, found)
    elif isinstance(data, list):
        for value in data:
            _gather(value, found)
