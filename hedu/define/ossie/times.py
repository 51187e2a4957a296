"""The times of an Ossie model -> what each dataset goes by.

In a star schema a fact holds the key of a day, and the day itself stands in a table of dates.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, TypeGuard

from sqlglot import exp, parse_one

from hedu.define.definitions import DimensionDef, DimensionType
from hedu.define.ossie.meant import Refused
from hedu.define.ossie.model import OssieDataset, OssieModel
from hedu.define.ossie.sql import columns_of, tree_of

_TYPES: dict[str, DimensionType] = {
    "string": "text",
    "integer": "number",
    "decimal": "number",
    "float": "number",
    "boolean": "boolean",
    "date": "date",
    "datetime": "timestamp",
    "datetimetz": "timestamp",
}
_CALENDAR = re.compile("date|dates|calendar|calendars|day|days")
_TEMPORAL = frozenset({"date", "time", "datetime", "datetimetz"})


def is_datatype(value: Any) -> TypeGuard[str]:
    """Whether it is one of the specification's data types."""
    return isinstance(value, str) and value.casefold() in {*_TYPES, "time", "opaque"}


def type_named(datatype: str) -> DimensionType:
    """The type here of a data type of Ossie; what is no number, date or flag is a text."""
    return _TYPES.get(datatype.casefold(), "text")


def times_of(one: OssieDataset, dimensions: Sequence[DimensionDef]) -> list[str]:
    """The dates and moments that a dataset may go by: those said to be times, else all not said to be none.

    What is worked out of the one that is a column, such as its month, or taken of another dataset, counts only
    where there is no such column.
    """
    said = {field.name.casefold(): field.is_time for field in one.fields}
    times = [item for item in dimensions if item.type in ("date", "timestamp")]
    times = [item for item in times if said.get(item.name.casefold()) is not False]
    times = [item for item in times if said.get(item.name.casefold())] or times
    afar = _taken(one)
    own = [item for item in times if item.name.casefold() not in afar] or times
    columns = [item for item in own if _columns(item) == {_column(item)}]
    if len(columns) == 1 and all(_columns(item) == _columns(columns[0]) for item in own):
        own = columns
    return [item.name for item in own]


def _taken(one: OssieDataset) -> frozenset[str]:
    """The fields that name another dataset."""
    found = set()
    for field in one.fields:
        try:
            tree, _ = tree_of(field.expression)
        except Refused:
            continue
        if any(column.table.casefold() not in ("", one.name.casefold()) for column in columns_of(tree)):
            found.add(field.name.casefold())
    return frozenset(found)


def _column(one: DimensionDef) -> str:
    """The column that a dimension is; "" where it is worked out."""
    tree = parse_one(one.expr, dialect="duckdb") if one.expr else exp.column(one.name)
    return tree.name.casefold() if isinstance(tree, exp.Column) else ""


def _columns(one: DimensionDef) -> set[str]:
    tree = parse_one(one.expr, dialect="duckdb") if one.expr else exp.column(one.name)
    return {column.name.casefold() for column in columns_of(tree)}


def calendars(model: OssieModel, dimensions: Mapping[str, Sequence[DimensionDef]]) -> dict[str, str]:
    """The tables of dates, each with its day: nothing but times beside the key, the day as key, or so named."""
    leading = {one.source.casefold() for one in model.relationships}
    found: dict[str, str] = {}
    for one in model.datasets:
        days = times_of(one, dimensions[one.name])
        if len(days) == 1 and one.name.casefold() not in leading and _is_calendar(one, days[0]):
            found[one.name.casefold()] = days[0]
    return found


def _is_calendar(one: OssieDataset, day: str) -> bool:
    keys = {name.casefold() for key in (one.primary_key, *one.unique_keys) for name in key}
    others = [field for field in one.fields if field.name.casefold() not in keys]
    if others and all(field.is_time or (field.datatype or "").casefold() in _TEMPORAL for field in others):
        return True
    named = any(_CALENDAR.fullmatch(word) for word in re.split(r"[\W_]+", one.name.casefold()))
    return named or (day.casefold(),) in [tuple(name.casefold() for name in one.primary_key)]
