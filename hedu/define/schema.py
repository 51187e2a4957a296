"""The field table -> JSON Schema, by which editors complete and check definitions while they are typed."""

from __future__ import annotations

import json
from typing import Any

from hedu.define import fields as f
from hedu.define.names import LONGEST, RESERVED
from hedu.define.table import OBJECTS

Schema = dict[str, Any]

_TEXT: Schema = {"type": ["string", "number", "boolean"]}
_NAME: Schema = {
    "type": "string",
    "pattern": "^(?!.*__)[^\\W\\d]\\w*$",
    "maxLength": LONGEST,
    "not": {"enum": sorted(RESERVED)},
}
_TEXTS: Schema = {"oneOf": [_TEXT, {"type": "array", "items": _TEXT, "uniqueItems": True}]}


def json_schema() -> Schema:
    """The schema of one document (draft 2020-12).

    >>> sorted(json_schema()["$defs"])[:4]
    ['conversion', 'cumulative', 'dataset', 'department']
    """
    shapes: dict[str, f.Shape] = {}
    for shape in OBJECTS.values():
        _collect(shape, shapes)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "合度 · Hedu definitions",
        "description": "一份文档定义一个对象: dataset, metric 或 workspace。One document defines one object.",
        "type": "object",
        "oneOf": [{"$ref": f"#/$defs/{name}"} for name in OBJECTS],
        "$defs": {_id(shape): _object(shape) for shape in shapes.values()},
    }


def schema_text() -> str:
    """The schema as it is published, byte for byte the same each time."""
    return json.dumps(json_schema(), ensure_ascii=False, indent=2) + "\n"


def _collect(shape: f.Shape, found: dict[str, f.Shape]) -> None:
    if shape.name not in found:
        found[shape.name] = shape
        for field in shape.fields.values():
            if isinstance(field.kind, (f.One, f.Named)):
                _collect(field.kind.shape, found)


def _id(shape: f.Shape) -> str:
    return shape.name.replace(" ", "_")


def _object(shape: f.Shape) -> Schema:
    """The map form; what may stand for it is added where the shape is used."""
    properties = {
        key: {**_value(field.kind), "title": field.zh, "description": f"{field.zh}。{field.en}."}
        for key, field in shape.fields.items()
    }
    made: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
    required = [field.key for field in shape.required]
    if required:
        made["required"] = required
    exclusive = [_exactly_one(either) for either in shape.eithers]
    return {**made, "allOf": exclusive} if exclusive else made


def _exactly_one(either: f.Either) -> Schema:
    options: list[Schema] = [{"required": [field.key]} for field in either.fields]
    if not either.required:
        options.append({"not": {"anyOf": list(options)}})
    return {"oneOf": options}


def _value(kind: f.FieldKind) -> Schema:
    match kind:
        case f.Text() | f.Sql():
            return _TEXT
        case f.Zone():
            return {"type": "string", "examples": ["Asia/Shanghai", "UTC"]}
        case f.Name():
            return _NAME
        case f.Member():
            return {"type": "string", "pattern": "^[^\\W\\d]\\w*\\.[^\\W\\d]\\w*$"}
        case f.Version():
            return {"enum": [1, "1"]}
        case f.Flag():
            return {"type": "boolean"}
        case f.Choice(values):
            return {"enum": list(values)}
        case f.Texts():
            return _TEXTS
        case f.Keys():
            return {"type": "array", "items": _TEXTS}
        case _:
            return _composed(kind)


def _composed(kind: f.FieldKind) -> Schema:
    match kind:
        case f.Wording():
            languages = {"zh": {"type": "string"}, "en": {"type": "string"}}
            split: Schema = {"type": "null"}  # the rest of a text behind an unquoted comma
            return {"oneOf": [_TEXT, {"type": "object", "properties": languages, "additionalProperties": split}]}
        case f.Band():
            return {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2}
        case f.Number(low, high):
            bounds = {"minimum": low, "maximum": high}
            return {"type": "number", **{key: value for key, value in bounds.items() if value is not None}}
        case f.Span():
            return {"type": "string", "examples": ["7 days", "1 month"]}
        case f.One(shape):
            return _one(shape)
        case f.Named(shape):
            return {"type": "object", "propertyNames": _NAME, "additionalProperties": _one(shape)}
        case _:
            return {"type": "object"}


def _one(shape: f.Shape) -> Schema:
    options: list[Schema] = [{"$ref": f"#/$defs/{_id(shape)}"}]
    if shape.short:
        short = shape.fields[shape.short].kind
        options.append(_TEXT if isinstance(short, f.Wording) else _value(short))
    if shape.empty:
        options.append({"type": "null"})
    return options[0] if len(options) == 1 else {"anyOf": options}
