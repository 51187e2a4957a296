"""Two ways to ask the same -> the smallest database on which the answers differ, or how many they agreed on."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from hedu.alignment.equivalence.databases import Row, Rows, Sheet, databases, tables
from hedu.alignment.equivalence.sheets import MARK, PLACE, marked
from hedu.alignment.equivalence.verdict import Witness
from hedu.errors import EngineError
from hedu.plan.relation import FILES

if TYPE_CHECKING:
    import pyarrow as pa

Scratch = Callable[[Mapping[str, "pa.Table"]], Callable[[str], "pa.Table"]]
Reading = Callable[[Sequence[Row]], Sequence[Row]]
Answers = tuple[list[Row], list[Row]]
BATCHES, BATCH = 4, 24
"""The last batch is of crowded databases: rows that tie in rank or sum need several of a kind."""
TOLERANCE = 1e-9
_OF_FILES = ".".join((*FILES, ""))


@dataclass(frozen=True, slots=True)
class Asked:
    """One question put to both: two SELECTs, and how the rows of each are read before they are compared."""

    a: exp.Expr
    b: exp.Expr
    read_a: Reading
    read_b: Reading
    by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Statement:
    a: str
    b: str
    asked: Asked


def search(questions: Sequence[Asked], sheets: Mapping[str, Sheet], scratch: Scratch) -> tuple[Witness | None, int]:
    """A witness and the number of databases tried. A database on which a SELECT fails counts as none."""
    statements = [_Statement(marked(one.a, sheets), marked(one.b, sheets), one) for one in questions]
    statements = [one for one in statements if one.a != one.b]
    tries = 0
    for batch in range(BATCHES):
        rows = databases(sheets, batch, BATCH, is_crowded=batch == BATCHES - 1)
        ask = scratch(tables(sheets, rows, MARK))
        for at, database in enumerate(rows):
            has_answer = False
            for statement in statements:
                answers = _answers(ask, statement, at)
                has_answer = has_answer or answers is not None
                if answers is not None and not alike(*answers):
                    return _smallest(statement, database, answers, sheets, scratch), tries + 1
            tries += has_answer
    return None, tries


def alike(a: Sequence[Row], b: Sequence[Row]) -> bool:
    """Whether two answers hold the same rows, in any order, by position of their columns; numbers within 1e-9.

    >>> alike([{"x": 1}, {"x": 2.0}], [{"y": 2}, {"y": 1}])
    True
    """
    if len(a) != len(b):
        return False
    left, right = (sorted((tuple(row.values()) for row in rows), key=_order) for rows in (a, b))
    return all(len(x) == len(y) and all(map(_same, x, y)) for x, y in zip(left, right, strict=True))


def _order(values: tuple[Any, ...]) -> list[str]:
    return [f"{value:+.7e}" if isinstance(value, int | float) else repr(value) for value in map(_plain, values)]


def _plain(value: Any) -> Any:
    """Numbers as floats, midnight as its day. 0 divided by 0 is no number: engines say NaN, NULL or an error."""
    if isinstance(value, datetime) and value.tzinfo is None and value.time() == time():
        return value.date()
    is_number = not isinstance(value, bool | str | None) and hasattr(value, "__float__")
    if not is_number:
        return value
    found = float(value)
    return None if math.isnan(found) else found


def _same(x: Any, y: Any) -> bool:
    x, y = _plain(x), _plain(y)
    if isinstance(x, float) and isinstance(y, float):
        return math.isclose(x, y, rel_tol=TOLERANCE, abs_tol=TOLERANCE)
    return bool(x == y)


def _answers(ask: Callable[[str], pa.Table], statement: _Statement, at: int) -> Answers | None:
    found = []
    for text, read in ((statement.a, statement.asked.read_a), (statement.b, statement.asked.read_b)):
        try:
            found.append(list(read(ask(text.replace(PLACE, str(at))).to_pylist())))
        except EngineError:
            return None
    return found[0], found[1]


def _smallest(
    statement: _Statement, rows: Rows, answers: Answers, sheets: Mapping[str, Sheet], scratch: Scratch
) -> Witness:
    """Take rows away, one at a time, for as long as the answers still differ and there is a row to show."""
    while sum(map(len, rows.values())) > 1:
        smaller = [one for one in _without_one(rows) if _obeys(one, sheets)]
        ask = scratch(tables(sheets, smaller, MARK))
        found = ((one, _answers(ask, statement, at)) for at, one in enumerate(smaller))
        better = next(((one, both) for one, both in found if both is not None and not alike(*both)), None)
        if better is None:
            break
        rows, answers = better
    return Witness(_shown(statement, rows, sheets), tuple(answers[0]), tuple(answers[1]), statement.asked.by)


def _shown(statement: _Statement, rows: Rows, sheets: Mapping[str, Sheet]) -> dict[str, tuple[Row, ...]]:
    """The rows with their keys and the columns the two questions name."""
    trees = (statement.asked.a, statement.asked.b)
    named = {column.name for tree in trees for column in tree.find_all(exp.Column)}
    has_star = any(tree.find(exp.Star) for tree in trees)
    kept: dict[str, tuple[Row, ...]] = {}
    for table, found in rows.items():
        columns = [name for name in sheets[table].columns if has_star or name in named or name in sheets[table].primary]
        kept[table.removeprefix(_OF_FILES)] = tuple({name: row[name] for name in columns} for row in found)
    return kept


def _without_one(rows: Rows) -> list[Rows]:
    return [
        {**rows, table: [*found[:at], *found[at + 1 :]]} for table, found in rows.items() for at in range(len(found))
    ]


def _obeys(rows: Rows, sheets: Mapping[str, Sheet]) -> bool:
    """Whether every reference still leads to a row."""
    for name, sheet in sheets.items():
        for own, table, far in sheet.foreign:
            keys = {tuple(row[one] for one in far) for row in rows.get(table, ())}
            for row in rows[name] if table in rows else ():
                key = tuple(row[one] for one in own)
                if None not in key and key not in keys:
                    return False
    return True
