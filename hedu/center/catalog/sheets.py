"""An uploaded Excel or CSV file -> header and rows of text; texts -> numbers and dimension values."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from hedu.center.catalog import rules
from hedu.errors import DefinitionError

ROWS_MOST = 20_000
BYTES_MOST = 10 * 1024 * 1024
_PERIOD_HEADS = frozenset({"period", "期间", "月份", "日期", "年月", "时间", "month", "date"})
_VALUE_HEADS = frozenset({"value", "值", "数值", "指标值", "实际值"})


@dataclass(frozen=True, slots=True)
class Shape:
    """What a reported metric's rows hold: its grain, its dimensions by name with every name they go by."""

    metric: str
    grain: str
    dimensions: Mapping[str, tuple[str, ...]]
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Cell:
    """One value for one period and one place among the dimensions."""

    period: date
    dimensions: Mapping[str, str]
    value: Decimal


@dataclass(frozen=True, slots=True)
class Reject:
    """A line that cannot be taken, with the code of the reason and what stood there."""

    line: int
    code: str
    found: str


@dataclass(frozen=True, slots=True)
class Upload:
    """What a file holds: cells to take and lines to refuse."""

    cells: tuple[Cell, ...]
    rejects: tuple[Reject, ...]


def table_of(filename: str, content: bytes) -> list[list[str]]:
    """All rows of the first sheet as texts. DefinitionError: upload-too-large, upload-unreadable, upload-empty."""
    if len(content) > BYTES_MOST:
        raise DefinitionError("upload-too-large", name=filename, most=BYTES_MOST // 1024 // 1024)
    is_excel = content[:4] in (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
    rows = _excel(filename, content) if is_excel else _csv(filename, content)
    rows = [row for row in rows if any(cell.strip() for cell in row)]
    if len(rows) < 2:
        raise DefinitionError("upload-empty", name=filename)
    if len(rows) > ROWS_MOST:
        raise DefinitionError("upload-too-long", name=filename, most=ROWS_MOST)
    return rows


def upload(filename: str, content: bytes, shape: Shape) -> Upload:
    """Cells and rejects of a file whose columns are the period, the dimensions and the value, in any order."""
    head, *rows = table_of(filename, content)
    places = _places(filename, head, shape)
    cells: dict[tuple[date, str], Cell] = {}
    rejects: list[Reject] = []
    for line, row in enumerate(rows, start=2):
        made = _cell(line, [*row, *[""] * (len(head) - len(row))], places, shape)
        if isinstance(made, Reject):
            rejects.append(made)
            continue
        key = (made.period, key_of(made.dimensions))
        if key in cells:
            rejects.append(
                Reject(
                    line,
                    "cell-twice",
                    " · ".join([rules.period_name(shape.grain, made.period), *made.dimensions.values()]),
                )
            )
        else:
            cells[key] = made
    return Upload(tuple(cells.values()), tuple(rejects))


def number_of(text: str) -> Decimal | None:
    """A written number: 1,234.5, 12.5%, full-width digits, (123) for −123; None where it is none.

    >>> number_of("1,234.50"), number_of("12.5%"), number_of("十二")
    (Decimal('1234.50'), Decimal('0.125'), None)
    """
    plain = unicodedata.normalize("NFKC", text).strip().replace(",", "").replace("¥", "").replace("−", "-")
    if plain.startswith("(") and plain.endswith(")"):
        plain = f"-{plain[1:-1]}"
    is_percent = plain.endswith("%")
    try:
        value = Decimal(plain.rstrip("%").strip())
    except InvalidOperation:
        return None
    if not value.is_finite() or abs(value) >= Decimal(10) ** 27:
        return None
    return value / 100 if is_percent else value


def key_of(dimensions: Mapping[str, str]) -> str:
    """One text for a place among the dimensions, whatever the order they were given in."""
    return "\x1f".join(f"{name}={dimensions[name]}" for name in sorted(dimensions))


def _cell(line: int, row: Sequence[str], places: Mapping[str, int], shape: Shape) -> Cell | Reject:
    written = row[places["period"]].strip()
    period = rules.parse_period(shape.grain, written)
    if period is None:
        return Reject(line, "report-period-unreadable", written)
    value = number_of(row[places["value"]])
    if value is None:
        return Reject(line, "value-unreadable", row[places["value"]].strip())
    dimensions = {name: row[places[f"d:{name}"]].strip() for name in shape.dimensions}
    missing = [name for name, text in dimensions.items() if not text]
    if missing:
        return Reject(line, "dimension-missing", missing[0])
    return Cell(period, dimensions, value)


def _places(filename: str, head: Sequence[str], shape: Shape) -> dict[str, int]:
    folded = [unicodedata.normalize("NFKC", text).strip().casefold() for text in head]
    wanted: dict[str, frozenset[str]] = {
        "period": _PERIOD_HEADS,
        "value": _VALUE_HEADS | {name.casefold() for name in shape.names if name},
    }
    for name, known in shape.dimensions.items():
        wanted[f"d:{name}"] = frozenset(text.casefold() for text in (name, *known) if text)
    places = {what: next((i for i, text in enumerate(folded) if text in names), -1) for what, names in wanted.items()}
    missing = [what.removeprefix("d:") for what, place in places.items() if place < 0]
    if missing:
        raise DefinitionError("upload-columns-missing", name=filename, columns=missing, found=list(head))
    return places


def _csv(filename: str, content: bytes) -> list[list[str]]:
    for encoding in ("utf-8-sig", "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "gb18030", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" in text:
            break
        first = text.split("\n", 1)[0]
        mark = max(",\t;|", key=first.count)
        return list(csv.reader(io.StringIO(text), delimiter=mark))
    raise DefinitionError("upload-unreadable", name=filename)


def _excel(filename: str, content: bytes) -> list[list[str]]:
    import fastexcel

    try:
        sheet = fastexcel.read_excel(content).load_sheet(0, header_row=None, dtypes="string")
        columns: list[list[Any]] = [column.to_pylist() for column in sheet.to_arrow().columns]
    except Exception as error:
        raise DefinitionError("upload-unreadable", name=filename) from error
    return [[_text(cell) for cell in row] for row in zip(*columns, strict=True)]


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime | date):
        return cell.isoformat()
    return str(cell)
