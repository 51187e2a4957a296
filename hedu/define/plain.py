"""Definition -> plain data under the keys of the field table."""

from __future__ import annotations

from typing import Any

from hedu.define.definitions import DatasetDef, Label, MetricDef, SettingsDef
from hedu.define.fields import Either, Field, FieldKind, Keys, Named, One, Shape, Wording
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
    for part, attr, default in shape.laid_out:
        held = getattr(value, attr, 1)  # only the version of the format is held nowhere
        if held is default or held == default:
            continue
        if isinstance(part, Either):
            chosen = _chosen(part, held)
            if chosen is not None:
                found[chosen[0].key] = _plain_value(chosen[0].kind, chosen[1])
        elif attr != "entity" or shape.name != "entity" or held != value.name:
            found[part.key] = _plain_value(part.kind, held)
    return found


def _chosen(part: Either, held: Any) -> tuple[Field, Any] | None:
    """Which of the alternatives stands, with its value."""
    for field in part.fields:
        if part.wrap is not None:
            inner = getattr(held, field.into)
            if inner is not None:
                return field, inner
        elif isinstance(field.kind, One) and field.kind.shape.make is type(held):
            return field, held
    return None


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
