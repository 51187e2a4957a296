"""Definition -> plain data under the keys of the field table."""

from __future__ import annotations

from dataclasses import MISSING as NOTHING
from dataclasses import Field as DataField
from typing import Any

from hedu.define.definitions import DatasetDef, Label, MetricDef, SettingsDef
from hedu.define.fields import Either, Field, FieldKind, Keys, Named, One, Shape, Version, Wording
from hedu.define.table import DATASET, METRIC, WORKSPACE

Definition = DatasetDef | MetricDef | SettingsDef


def shape_of(definition: Definition) -> Shape:
    """The shape a definition is written in."""
    if isinstance(definition, DatasetDef):
        return DATASET
    return METRIC if isinstance(definition, MetricDef) else WORKSPACE


def plain(shape: Shape, value: Any) -> dict[str, Any]:
    """`value` as plain data under the keys of `shape`, in order, defaults left out, nothing shortened."""
    found: dict[str, Any] = {}
    for part in shape.parts:
        if isinstance(part, Either):
            chosen = _chosen(part, getattr(value, part.attr))
            if chosen is not None:
                found[chosen[0].key] = _plain_value(chosen[0].kind, chosen[1])
        elif isinstance(part.kind, Version):
            found[part.key] = 1
        else:
            held = getattr(value, part.into)
            if part.required or not _is_default(shape, part, value, held):
                found[part.key] = _plain_value(part.kind, held)
    return found


def _chosen(part: Either, held: Any) -> tuple[Field, Any] | None:
    """Which of the alternatives stands, with its value."""
    for field in part.fields if held is not None else ():
        if part.wrap is not None:
            inner = getattr(held, field.into)
            if inner is not None:
                return field, inner
        elif isinstance(field.kind, One) and field.kind.shape.make is type(held):
            return field, held
    return None


def _is_default(shape: Shape, field: Field, value: Any, held: Any) -> bool:
    if shape.name == "entity" and field.key == "entity":
        return bool(held == value.name)
    known: dict[str, DataField[Any]] = getattr(shape.make, "__dataclass_fields__")  # noqa: B009
    default = known[field.into]
    if default.default_factory is not NOTHING:
        return bool(held == default.default_factory())
    return bool(held == default.default)


def _plain_value(kind: FieldKind, held: Any) -> Any:
    if isinstance(kind, One):
        return plain(kind.shape, held)
    if isinstance(kind, Named):
        named = held if kind.pairs else [(item.name, item) for item in held]
        return {name: plain(kind.shape, item) for name, item in named}
    if isinstance(kind, Wording):
        return wording(held)
    if isinstance(kind, Keys):
        return [list(key) for key in held]
    return list(held) if isinstance(held, tuple) else held


def wording(label: Label) -> dict[str, str]:
    """The languages a label has."""
    return {lang: text for lang, text in (("zh", label.zh), ("en", label.en)) if text}
