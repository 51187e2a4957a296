"""A question from the command line -> its answer on standard output."""

from __future__ import annotations

import sys
from datetime import date, datetime
from decimal import Decimal
from math import isfinite
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Literal
from unicodedata import east_asian_width

from hedu.errors import QueryError
from hedu.workspace import load

if TYPE_CHECKING:
    import pyarrow as pa

    from hedu.query import Result

FORMATS = ("table", "json", "csv", "arrow", "parquet", "sql")
Lang = Literal["zh", "en"]


def run(question: dict[str, Any], workspace: Path, engine: str, format: str, lang: Lang) -> None:
    """Print the answer in `format`. Errors: format-unknown, and all that asking raises."""
    if format not in FORMATS:
        raise QueryError("format-unknown", name=format, known=FORMATS)
    ws = load(workspace, engine)
    asked = {key: value for key, value in question.items() if value is not None}
    if format == "sql":
        print(ws.compile(**asked) + ";")
        return
    if asked.get("totals") and format in ("csv", "arrow", "parquet"):
        raise QueryError("totals-need-table-or-json", format=format)
    result = ws.ask(**asked)
    writers = {"table": _table, "json": _json, "csv": _csv, "arrow": _arrow, "parquet": _parquet}
    writers[format](result, lang)


def plain(value: Any) -> Any:
    """A value as JSON knows it: dates as ISO text, decimals as numbers."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, float) and not isfinite(value):
        return None
    return value


def _json(result: Result, lang: Lang) -> None:
    import json
    from dataclasses import asdict

    body = {
        "columns": [asdict(column) for column in result.columns],
        "rows": [{name: plain(value) for name, value in row.items()} for row in result.rows()],
        "totals": _totals(result),
        "receipt": asdict(result.receipt),
    }
    print(json.dumps(body, ensure_ascii=False, default=plain, allow_nan=False))


def _totals(result: Result) -> dict[str, Any] | None:
    if result.totals is None:
        return None
    return {name: plain(value) for name, value in result.totals.to_pylist()[0].items()}


def _csv(result: Result, lang: Lang) -> None:
    import csv

    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(result.table.column_names)
    for row in zip(*(column.to_pylist() for column in result.table.columns), strict=True):
        writer.writerow(["" if value is None else plain(value) for value in row])


def _arrow(result: Result, lang: Lang) -> None:
    import pyarrow as pa

    out = _binary()
    with pa.ipc.new_stream(out, result.table.schema) as writer:
        writer.write_table(result.table)


def _parquet(result: Result, lang: Lang) -> None:
    from pyarrow import parquet

    parquet.write_table(result.table, _binary())


def _binary() -> IO[bytes]:
    if sys.stdout.isatty():
        raise QueryError("format-not-for-terminal")
    return sys.stdout.buffer


def _table(result: Result, lang: Lang) -> None:
    labels = [column.label_zh if lang == "zh" else column.label_en for column in result.columns]
    heads = [label or column.name for label, column in zip(labels, result.columns, strict=True)]
    rows = _cells(result.table)
    if result.totals is not None:
        rows.append(_totals_cells(result, lang))
    numeric = [column.type == "number" for column in result.columns]
    widths = [max(_width(cell) for cell in column) for column in zip(heads, *rows, strict=True)]
    print("  ".join(_pad(head, width, right) for head, width, right in zip(heads, widths, numeric, strict=True)).rstrip())
    print("  ".join("─" * width for width in widths))
    for row in rows:
        print("  ".join(_pad(cell, width, right) for cell, width, right in zip(row, widths, numeric, strict=True)).rstrip())


def _totals_cells(result: Result, lang: Lang) -> list[str]:
    assert result.totals is not None
    values = result.totals.to_pylist()[0]
    cells = [_cell(values[column.name]) if column.name in values else "" for column in result.columns]
    if result.columns[0].role == "dimension":
        cells[0] = "合计" if lang == "zh" else "Total"
    return cells


def _cells(table: pa.Table) -> list[list[str]]:
    columns = [[_cell(value) for value in column.to_pylist()] for column in table.columns]
    return [list(row) for row in zip(*columns, strict=True)]


def _cell(value: Any) -> str:
    value = plain(value)
    if value is None:
        return "∅"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:,.4f}".rstrip("0").rstrip(".") if abs(value) < 1e15 else f"{value:.6g}"
    return str(value)


def _width(text: str) -> int:
    return sum(2 if east_asian_width(char) in "WF" else 1 for char in text)


def _pad(text: str, width: int, right: bool) -> str:
    gap = " " * (width - _width(text))
    return gap + text if right else text + gap
