"""Tables with their keys -> small random databases that obey them: NULLs, duplicates, values about a bound."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa

Row = dict[str, Any]
Rows = dict[str, list[Row]]
"""Table -> its rows."""
MOST_ROWS, CROWD = 6, 14
"""Rows of a table; and where all of its values are so few that rows tie and meet."""
MOST_OF_CROWD = 3
"""Values a column takes in a crowd."""
_DAYS = [date(2024, 1, 31), date(2024, 2, 1), date(2024, 2, 25), date(2024, 2, 26), date(2024, 3, 3), date(2024, 3, 4),
         date(2023, 12, 31), date(2024, 12, 31)]  # fmt: skip
_USUAL: dict[str, list[Any]] = {
    "number": [1.0, 10.0, 2.5, 100.0, 0.0, -1.0, -2.5, 0.25],
    "integer": [1, 2, 3, 7, 0, -1],
    "text": ["a", "b", "c", "A", "甲", ""],
    "bool": [True, False],
    "day": _DAYS,
    "moment": [
        datetime.combine(day, datetime.min.time()) + timedelta(hours=hour) for day in _DAYS for hour in (0, 17, 23)
    ],
}  # fmt: skip


@dataclass
class Column:
    """A column: its kind, values worth trying beside the usual, and whether it may be NULL."""

    kind: str = ""
    pool: list[Any] = field(default_factory=list)
    never_null: bool = False


@dataclass
class Sheet:
    """A table to fill. `foreign`: own columns, the table referred to, its columns."""

    columns: dict[str, Column] = field(default_factory=dict)
    primary: tuple[str, ...] = ()
    unique: tuple[tuple[str, ...], ...] = ()
    foreign: tuple[tuple[tuple[str, ...], str, tuple[str, ...]], ...] = ()

    def column(self, name: str) -> Column:
        return self.columns.setdefault(name, Column())


def near(value: Any) -> Iterator[Any]:
    """A value and its neighbours: c, c + ε, c - ε.

    >>> list(near(3))
    [3, 4, 2]
    """
    match value:
        case bool():
            yield value
        case int():
            yield from (value, value + 1, value - 1)
        case float():
            yield from (value, value + 0.25, value - 0.25, value + 1)
        case datetime():
            yield from (value, value + timedelta(seconds=1), value - timedelta(seconds=1))
            yield from (value + timedelta(days=1), value - timedelta(days=1), value + timedelta(milliseconds=500))
        case date():
            yield from (value, value + timedelta(days=1), value - timedelta(days=1))
        case str():
            yield from (value, value + "x", value.swapcase(), f" {value}")


def databases(sheets: Mapping[str, Sheet], seed: int, count: int, is_crowded: bool = False) -> list[Rows]:
    """`count` databases, ever larger, an empty one last; the same for the same seed."""
    chance = random.Random(seed)  # noqa: S311 nothing secret depends on it
    order = _parents_first(sheets)
    found = []
    for at in range(count):
        most = max(1, at * (CROWD if is_crowded else MOST_ROWS) // count) if at < count - 1 else 0
        rows: Rows = {}
        for name in order:
            size = most if is_crowded else chance.randint(0 if at % 2 else min(1, most), most)
            rows[name] = _filled(name, sheets[name], rows, chance, size, is_crowded)
        found.append(rows)
    return found


def tables(sheets: Mapping[str, Sheet], tries: Sequence[Rows], mark: str) -> dict[str, pa.Table]:
    """All databases in one: each table once, with the number of the try in column `mark`."""
    import pyarrow as pa

    types = {
        "number": pa.float64(), "integer": pa.int64(), "text": pa.string(), "bool": pa.bool_(),
        "day": pa.date32(), "moment": pa.timestamp("us"),
    }  # fmt: skip
    found = {}
    for name, sheet in sheets.items():
        schema = pa.schema([(mark, pa.int64()), *((one, types[column.kind]) for one, column in sheet.columns.items())])
        rows = [{mark: at, **row} for at, database in enumerate(tries) for row in database[name]]
        found[name] = pa.Table.from_pylist(rows, schema=schema)
    return found


def _filled(table: str, sheet: Sheet, rows: Rows, chance: random.Random, count: int, is_crowded: bool) -> list[Row]:
    found: list[Row] = []
    few = {name: _few(column, chance) for name, column in sheet.columns.items()}
    if is_crowded:
        few = {name: chance.sample(values, min(len(values), MOST_OF_CROWD)) for name, values in few.items()}
    for at in range(count):
        if found and not sheet.primary and not sheet.unique and chance.random() < 0.2:
            found.append(dict(chance.choice(found)))
            continue
        row = {name: _value(column, few[name], chance, chance.random()) for name, column in sheet.columns.items()}
        for own, parent, far in sheet.foreign:
            if parent in rows or parent == table:
                _refer(row, own, found if parent == table else rows[parent], far, chance)
        if sheet.primary and any(row[name] is None for name in sheet.primary):
            continue
        for name in sheet.primary if len(sheet.primary) == 1 and not _is_foreign(sheet, sheet.primary) else ():
            row[name] = _numbered(sheet.columns[name], at)
        if not any(_clashes(row, other, sheet) for other in found):
            found.append(row)
    return found


def _is_foreign(sheet: Sheet, columns: tuple[str, ...]) -> bool:
    return any(own == columns for own, _, _ in sheet.foreign)


def _refer(row: Row, own: Sequence[str], parents: Sequence[Row], far: Sequence[str], chance: random.Random) -> None:
    """A reference leads to a row that exists, or nowhere."""
    parent = chance.choice(parents) if parents and chance.random() < 0.85 else None
    for name, key in zip(own, far, strict=True):
        row[name] = parent[key] if parent is not None else None


def _clashes(row: Row, other: Row, sheet: Sheet) -> bool:
    for key in (sheet.primary, *sheet.unique):
        if key and all(row[name] is not None and row[name] == other[name] for name in key):
            return True
    return False


def _numbered(column: Column, at: int) -> Any:
    """The key of the row at a place; keys of different tables meet, so that joins find rows."""
    pool = column.pool or _USUAL[column.kind]
    if at < len(pool):
        return pool[at]
    if column.kind in ("integer", "number"):
        return max(pool) + at
    return f"{pool[0]}{at}" if column.kind == "text" else pool[0] + timedelta(days=400 + at) if pool[0] else pool[0]


def _few(column: Column, chance: random.Random) -> list[Any]:
    """The values a column takes in one database: often so few that rows meet in groups."""
    values = column.pool if column.pool and chance.random() < 0.8 else [*column.pool, *_USUAL[column.kind]]
    return chance.sample(values, min(len(values), 2)) if chance.random() < 0.5 else values


def _value(column: Column, few: list[Any], chance: random.Random, luck: float) -> Any:
    return None if not column.never_null and luck < 0.18 else chance.choice(few)


def _parents_first(sheets: Mapping[str, Sheet]) -> list[str]:
    order: list[str] = []

    def visit(name: str, path: tuple[str, ...]) -> None:
        if name in order or name in path or name not in sheets:
            return
        for _, table, _ in sheets[name].foreign:
            visit(table, (*path, name))
        order.append(name)

    for name in sheets:
        visit(name, ())
    return order


def distinct(values: Iterable[Any]) -> list[Any]:
    """Each value once, in order; 1 and True are two."""
    return list({(type(value), value): value for value in values}.values())
