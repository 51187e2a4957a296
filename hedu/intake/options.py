"""How one source is to be read: what cannot, or must not, be guessed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from hedu.errors import DefinitionError, suggest

Kind = Literal["csv", "excel", "parquet", "json", "jsonl", "sqlite"]
KINDS: tuple[Kind, ...] = ("csv", "excel", "parquet", "json", "jsonl", "sqlite")
Type = Literal["text", "integer", "number", "decimal", "boolean", "date", "timestamp", "excel_date"]
TYPES: tuple[Type, ...] = ("text", "integer", "number", "decimal", "boolean", "date", "timestamp", "excel_date")
_KINDS: Mapping[str, Kind] = {
    ".csv": "csv",
    ".tsv": "csv",
    ".txt": "csv",
    ".xlsx": "excel",
    ".xlsm": "excel",
    ".xls": "excel",
    ".xlsb": "excel",
    ".ods": "excel",
    ".parquet": "parquet",
    ".json": "json",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".sqlite": "sqlite",
    ".sqlite3": "sqlite",
    ".db": "sqlite",
}
_WITH_FORMAT = re.compile(r"(date|timestamp)\s+(%.+)")
_REFERENCE = re.compile(r"(.+)\.([^.]+)")


@dataclass(frozen=True, slots=True)
class Options:
    """What is left None is found out from the source.

    `header_row` is the header's row counted from 1, 0 for none (then `names` names the columns). `columns` renames
    columns from their name at the source and keeps only those, `types` fixes types by new name; a value that
    does not fit a fixed type is a reject. More rejects than the share `max_rejects` load nothing. `formats` holds
    how dates are written, where `types` says so ("date %d/%m/%Y"). `nulls` are texts that mean no value,
    `fill_down` columns whose merged cells fill the rows below. Times that carry a zone become local in `time_zone`.
    `references` maps a column to the "table.column" it must match exactly once.
    """

    format: Kind | None = None
    encoding: str | None = None
    separator: str | None = None
    header_row: int | None = None
    names: tuple[str, ...] = ()
    columns: Mapping[str, str] = field(default_factory=dict)
    types: Mapping[str, Type] = field(default_factory=dict)
    formats: Mapping[str, str] = field(default_factory=dict)
    nulls: tuple[str, ...] = ()
    fill_down: tuple[str, ...] = ()
    time_zone: str = "Asia/Shanghai"
    references: Mapping[str, str] = field(default_factory=dict)
    sheet: str | int | None = None
    source_table: str | None = None
    max_rejects: float = 0.05


def options_of(given: Mapping[str, Any], where: str = "options") -> Options:
    """Options from a map. DefinitionError: load-option-unknown, load-option-wrong."""
    known = [one.name for one in fields(Options) if one.name != "formats"]
    for name in given:
        if name not in known:
            raise DefinitionError("load-option-unknown", name=name, place=where, near=suggest(name, known), known=known)
    values = {name: value for name, value in given.items() if value is not None}
    for name, (fits, known_values) in _RULES.items():
        if name in values and not fits(values[name]):
            raise DefinitionError("load-option-wrong", name=name, value=values[name], place=where, known=known_values)
    for name in ("names", "nulls", "fill_down"):
        if name in values:
            values[name] = tuple(map(str, values[name]))
    types, formats = _types(values.pop("types", {}), where)
    return Options(**values, types=types, formats=formats)


def kind_of(suffix: str) -> Kind | None:
    """The kind a file's ending says."""
    return _KINDS.get(suffix.lower())


def referred(text: str) -> tuple[str, str]:
    """`schema.table.column` -> (`schema.table`, `column`)."""
    match = _REFERENCE.fullmatch(text)
    assert match is not None, "checked by options_of"
    return match[1], match[2]


def _types(given: Mapping[str, Any], where: str) -> tuple[dict[str, Type], dict[str, str]]:
    types: dict[str, Type] = {}
    formats: dict[str, str] = {}
    for name, type_ in given.items():
        written = _WITH_FORMAT.fullmatch(type_) if isinstance(type_, str) else None
        if written:
            type_, formats[name] = written[1], written[2]
        if type_ not in TYPES:
            raise DefinitionError("load-option-wrong", name=f"types.{name}", value=type_, place=where, known=TYPES)
        types[name] = type_
    return types, formats


def _is_list(value: object) -> bool:
    return isinstance(value, (list, tuple)) and all(isinstance(item, (str, int, float)) for item in value)


def _is_text_map(value: object) -> bool:
    return isinstance(value, Mapping) and all(isinstance(text, str) for pair in value.items() for text in pair)


def _is_share(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value <= 1


def _is_row(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_zone(value: object) -> bool:
    try:
        return isinstance(value, str) and ZoneInfo(value) is not None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False


def _is_references(value: object) -> bool:
    return _is_text_map(value) and all(_REFERENCE.fullmatch(text) for text in dict(value).values())  # type: ignore[call-overload]


_RULES: Mapping[str, tuple[Any, tuple[str, ...]]] = {
    "format": (lambda value: value in KINDS, KINDS),
    "encoding": (lambda value: isinstance(value, str), ("utf-8", "gb18030", "utf-16", "big5")),
    "separator": (lambda value: isinstance(value, str) and len(value) == 1, (",", ";", "|", "\\t")),
    "header_row": (_is_row, ("0", "1", "2", "…")),
    "names": (_is_list, ("[a, b]",)),
    "columns": (_is_text_map, ("{订单号: order_id}",)),
    "types": (lambda value: isinstance(value, Mapping), ("{order_id: text}",)),
    "nulls": (_is_list, ("[无, N/A]",)),
    "fill_down": (_is_list, ("[region]",)),
    "time_zone": (_is_zone, ("Asia/Shanghai", "UTC")),
    "references": (_is_references, ("{customer_id: crm.customers.customer_id}",)),
    "sheet": (lambda value: isinstance(value, (str, int)) and not isinstance(value, bool), ("Sheet1", "1")),
    "source_table": (lambda value: isinstance(value, str), ("orders",)),
    "max_rejects": (_is_share, ("0", "0.05", "1")),
}
