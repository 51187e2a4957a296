"""An uploaded Excel or CSV file -> header and rows of text; texts -> numbers and dimension values."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from hedu.center.catalog import rules
from hedu.errors import DefinitionError

ROWS_MOST = 20_000
BYTES_MOST = 10 * 1024 * 1024
UNPACKED_MOST = 100 * 1024 * 1024
CELL_MOST = 100_000
TEXT_MOST = 200
SHOWN_MOST = 80
_PERIOD_HEADS = frozenset({"period", "期间", "月份", "日期", "年月", "时间", "month", "date"})
_VALUE_HEADS = frozenset({"value", "值", "数值", "指标值", "实际值"})
_NUMBER = re.compile(r"[+-]?(\d{1,3}(,\d{3})+|\d+)?(\.\d*)?([eE][+-]?\d{1,4})?\s*%?", re.ASCII)
_VALUE_LIMIT = Decimal(10) ** 17


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


def table_of(filename: str, content: bytes) -> list[tuple[int, list[str]]]:
    """All rows of the first sheet that hold something, as texts, each with its number in the file.

    DefinitionError: upload-too-large, upload-too-long, upload-unreadable, upload-empty.
    """
    if len(content) > BYTES_MOST:
        raise DefinitionError("upload-too-large", name=filename, most=BYTES_MOST // 1024 // 1024)
    is_excel = content[:4] in (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
    rows = _excel(filename, content) if is_excel else _csv(filename, content)
    filled = [(line, row) for line, row in enumerate(rows, start=1) if any(cell.strip() for cell in row)]
    if len(filled) < 2:
        raise DefinitionError("upload-empty", name=filename)
    if len(filled) > ROWS_MOST:
        raise DefinitionError("upload-too-long", name=filename, most=ROWS_MOST)
    return filled


def upload(filename: str, content: bytes, shape: Shape) -> Upload:
    """Cells and rejects of a file whose columns are the period, the dimensions and the value, in any order."""
    (_, head), *rows = table_of(filename, content)
    places = _places(filename, head, shape)
    cells: dict[tuple[date, str], Cell] = {}
    rejects: list[Reject] = []
    for line, row in rows:
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
    plain = unicodedata.normalize("NFKC", text[:TEXT_MOST]).strip().replace("¥", "").replace("−", "-").strip()
    if plain.startswith("(") and plain.endswith(")"):
        plain = f"-{plain[1:-1]}"
    if not _NUMBER.fullmatch(plain):
        return None
    try:
        value = Decimal(plain.replace(",", "").rstrip("%").strip())
    except InvalidOperation:
        return None
    if plain.endswith("%"):
        value /= 100
    return value if abs(value) < _VALUE_LIMIT else None


def key_of(dimensions: Mapping[str, str]) -> str:
    """One text for a place among the dimensions, whatever the order they were given in."""
    return "\x1f".join(f"{name}={dimensions[name]}" for name in sorted(dimensions))


def fits(text: str) -> bool:
    """Whether a dimension's value can stand in a cell: not too long, and of one line of signs that can be read."""
    return len(text) <= TEXT_MOST and not any(unicodedata.category(sign) in ("Cc", "Cs") for sign in text)


def _cell(line: int, row: Sequence[str], places: Mapping[str, int], shape: Shape) -> Cell | Reject:
    written = row[places["period"]].strip()
    period = rules.parse_period(shape.grain, written)
    if period is None:
        return Reject(line, "report-period-unreadable", written[:SHOWN_MOST])
    value = number_of(row[places["value"]])
    if value is None:
        return Reject(line, "value-unreadable", row[places["value"]].strip()[:SHOWN_MOST])
    dimensions = {name: row[places[f"d:{name}"]].strip() for name in shape.dimensions}
    missing = [name for name, text in dimensions.items() if not text]
    if missing:
        return Reject(line, "dimension-missing", missing[0])
    unfit = [text for text in dimensions.values() if not fits(text)]
    if unfit:
        return Reject(line, "dimension-unfit", unfit[0][:SHOWN_MOST])
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
        raise DefinitionError("upload-columns-missing", name=filename, columns=missing, found=shown(head))
    return places


def shown(head: Sequence[str]) -> list[str]:
    """The names of columns as a message tells them, however many and long they are."""
    return [text[:SHOWN_MOST] for text in head[:20]]


def _csv(filename: str, content: bytes) -> list[list[str]]:
    for encoding in ("utf-8-sig", "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "gb18030", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" in text:
            break
        first = re.split(r"[\r\n]", text, maxsplit=1)[0]
        mark = max(",\t;|", key=first.count)
        try:
            rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=mark))
        except csv.Error:
            break
        # The reader's own limit belongs to the whole process, and loads of files raise it.
        if any(len(cell) > CELL_MOST for row in rows for cell in row):
            break
        return rows
    raise DefinitionError("upload-unreadable", name=filename)


def _excel(filename: str, content: bytes) -> list[list[str]]:
    import fastexcel

    if content[:2] == b"PK" and not _unpacks(content):
        raise DefinitionError("upload-unreadable", name=filename)
    try:
        sheet = fastexcel.read_excel(content).load_sheet(0, header_row=None, dtypes="string")
        columns: list[list[Any]] = [column.to_pylist() for column in sheet.to_arrow().columns]
    except Exception as error:
        raise DefinitionError("upload-unreadable", name=filename) from error
    return [[_text(cell) for cell in row] for row in zip(*columns, strict=True)]


def _unpacks(content: bytes) -> bool:
    """Whether an archive unpacks to what it says it does, and that is not too much."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            is_small = sum(item.file_size for item in archive.infolist()) <= UNPACKED_MOST
            return is_small and archive.testzip() is None
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, ValueError):
        return False


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime | date):
        return cell.isoformat()
    return str(cell)
