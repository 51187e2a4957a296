"""Rows of filed papers <-> the values of a scene."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, get_type_hints

from hedu.alignment import scene as values
from hedu.errors import QueryError

KINDS: Mapping[str, type[Any]] = {
    "versions": values.Version,
    "reports": values.Report,
    "approvals": values.Approval,
    "drivers": values.DriverShare,
    "scores": values.Score,
    "uses": values.Use,
}
"""What may be filed: a field of the scene -> its entries."""


def read_rows(kind: str, rows: Iterable[Any]) -> tuple[Any, ...]:
    """Rows as values. Errors: paper-unknown, paper-unreadable with the number of the first bad row."""
    if kind not in KINDS:
        raise QueryError("paper-unknown", kind=kind, known="、".join(KINDS))
    return tuple(_read(kind, at, row) for at, row in enumerate(rows, 1))


def _read(kind: str, at: int, row: Any) -> Any:
    shape = KINDS[kind]
    hints = get_type_hints(shape)
    try:
        return shape(**{name: _value(hints[name], value) for name, value in row.items()})
    except (KeyError, TypeError, ValueError, AttributeError) as wrong:
        fields = "、".join(field.name for field in dataclasses.fields(shape))
        raise QueryError("paper-unreadable", kind=kind, row=at, fields=fields) from wrong


def _value(hint: Any, value: Any) -> Any:
    if value is None or hint is str:
        return value
    if hint is date or hint == (date | None):
        return date.fromisoformat(value)
    return hint(value) if hint in (int, float, bool) else value
