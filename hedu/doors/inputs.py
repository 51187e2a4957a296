"""A deed's or a read's parameters -> a checked model of its inputs, the same for every door."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, create_model

Inputs = BaseModel


def inputs_model(name: str, parameters: Mapping[str, inspect.Parameter], *, strict: bool) -> type[Inputs]:
    """The inputs of a function as a model; with `strict`, unknown keys are errors."""
    fields: dict[str, Any] = {
        key: (item.annotation, ... if item.default is inspect.Parameter.empty else item.default)
        for key, item in parameters.items()
    }
    title = "".join(part.title() for part in name.replace(".", "_").split("_"))
    extra = ConfigDict(extra="forbid" if strict else "ignore")
    model: type[Inputs] = create_model(title, __config__=extra, **fields)
    return model


def given(inputs: Inputs | None) -> dict[str, Any]:
    """The checked values by name."""
    if inputs is None:
        return {}
    return {key: getattr(inputs, key) for key in type(inputs).model_fields}
