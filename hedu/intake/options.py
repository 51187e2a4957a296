"""How one source is to be read: what cannot, or must not, be guessed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Literal

from hedu.errors import DefinitionError, suggest

Kind = Literal["csv", "excel", "parquet", "json", "jsonl", "sqlite"]
Type = Literal["text", "integer", "number", "decimal", "boolean", "date", "timestamp"]
TYPES: tuple[Type, ...] = ("text", "integer", "number", "decimal", "boolean", "date", "timestamp")
_KINDS: Mapping[str, Kind] = {
    ".csv": "csv",
    ".tsv": "csv",
    ".txt": "csv",
    ".xlsx": "excel",
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


@dataclass(frozen=True, slots=True)
class Options:
    """What is left None is found out from the source.

    `header_row` is the header's row counted from 1, 0 for none (then `names` names the columns). `columns` renames
    columns from their name at the source and keeps only those, `types` fixes types by new name; a value that
    does not fit a fixed type is a reject. More rejects than the share `max_rejects` load nothing.
    """

    format: Kind | None = None
    encoding: str | None = None
    separator: str | None = None
    header_row: int | None = None
    names: tuple[str, ...] = ()
    columns: Mapping[str, str] = field(default_factory=dict)
    types: Mapping[str, Type] = field(default_factory=dict)
    sheet: str | None = None
    source_table: str | None = None
    max_rejects: float = 0.05


def options_of(given: Mapping[str, Any], where: str = "options") -> Options:
    """Options from a map. DefinitionError: load-option-unknown, load-option-wrong."""
    known = [one.name for one in fields(Options)]
    for name in given:
        if name not in known:
            raise DefinitionError("load-option-unknown", name=name, place=where, near=suggest(name, known), known=known)
    values = dict(given)
    if "names" in values:
        values["names"] = tuple(map(str, values["names"]))
    for name, type_ in dict(values.get("types") or {}).items():
        if type_ not in TYPES:
            raise DefinitionError("load-option-wrong", name=f"types.{name}", value=type_, place=where, known=TYPES)
    return Options(**values)


def kind_of(suffix: str) -> Kind | None:
    """The kind a file's ending says."""
    return _KINDS.get(suffix.lower())
