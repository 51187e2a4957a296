"""Any value -> what JSON can hold, for audit rows and answers."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from pathlib import PurePath
from typing import Any

from django.db import models


def plain(value: Any) -> Any:
    """`value` as null, booleans, numbers, texts, lists and objects.

    A model row becomes what its `as_json()` says, else its kind, id and name.
    """
    match value:
        case None | bool() | int() | float():
            return value
        case Enum():
            return plain(value.value)
        case str():
            return str(value)
        case Decimal():
            return int(value) if value == value.to_integral_value() else float(value)
        case datetime() | date() | time():
            return value.isoformat()
        case models.Model():
            return _row(value)
        case Mapping():
            return {str(key): plain(item) for key, item in value.items()}
        case bytes() | bytearray():
            return f"{len(value)} bytes"
        case PurePath():
            return str(value)
        case Iterable():
            return [plain(item) for item in value]
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {item.name: plain(getattr(value, item.name)) for item in dataclasses.fields(value)}
    return str(value)


def _row(row: models.Model) -> Any:
    told = getattr(row, "as_json", None)
    if told is not None:
        return plain(told())
    return {"kind": row._meta.model_name, "id": row.pk, "name": str(row)}
