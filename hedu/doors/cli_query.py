"""A question from the command line -> its answer on standard output."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal
from unicodedata import east_asian_width

from hedu.errors import QueryError
from hedu.query import Rows
from hedu.query.scales import shown_in
from hedu.workspace import Workspace, load

if TYPE_CHECKING:
    import pyarrow as pa

FORMATS = ("table", "json", "csv", "arrow", "parquet", "sql")
Lang = Literal["zh", "en"]


def run(
    question: dict[str, Any],
    sql: str | None,
    workspace: Path,
    engine: str,
    format: str,
    lang: Lang,
    *,
    unmatched: bool = False,
) -> None:
    """Print the answer to a question, or to `sql`, in `format`. Errors: format-unknown, and all that asking raises."""
    if format not in FORMATS:
        raise QueryError("format-unknown", name=format, known=FORMATS)
    ws = load(workspace, engine)
    asked = {key: value for key, value in question.items() if value not in (None, (), False) or key == "rollups"}
    if unmatched:
        _unmatched(ws, sql, asked, lang)
    if sql is not None:
        _in_sql(ws, sql, asked, format, lang)
        return
    if format == "sql":
        print(ws.compile(**asked) + ";")
        return
    if asked.get("totals") and format in ("csv", "arrow", "parquet"):
        raise QueryError("totals-need-table-or-json", format=format)
    if format in ("arrow", "parquet"):
        _binary(ws.ask(**asked).table, format)
        return
    {"table": _table, "json": _json, "csv": _csv}[format](ws.rows(**asked), lang)


def _in_sql(ws: Workspace, sql: str, asked: dict[str, Any], format: str, lang: Lang) -> None:
    from hedu.query.sql import asked_in_sql

    if asked:
        raise QueryError("sql-and-options", options=sorted(asked))
    if format == "sql":
        print(ws.compile(asked_in_sql(sql, ws.model.metrics).question) + ";")
        return
    result = ws.sql(sql)
    if format in ("arrow", "parquet"):
        _binary(result.table, format)
        return
    rows = Rows(tuple(tuple(row.values()) for row in result.rows()), result.columns, result.receipt)
    {"table": _table, "json": _json, "csv": _csv}[format](rows, lang)


def _unmatched(ws: Workspace, sql: str | None, asked: dict[str, Any], lang: Lang) -> None:
    """On standard error, so that the answer stays what it is: what the joins found no partner for."""
    from hedu.query.sql import asked_in_sql

    found = ws.unmatched(**asked) if sql is None else ws.unmatched(asked_in_sql(sql, ws.model.metrics).question)
    for one in found:
        zh = f"{one.fact}：{one.counted:,} 行里有 {one.rows:,} 行在 {one.dataset}（{one.path}）里找不到对应"
        en = f"{one.fact}: {one.rows:,} of {one.counted:,} rows have no partner in {one.dataset} ({one.path})"
        print(zh if lang == "zh" else en, file=sys.stderr)


def plain(value: Any) -> Any:
    """A value as JSON knows it: dates as ISO text, decimals as numbers."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, float) and not isfinite(value):
        return None
    return value


def _json(answer: Rows, lang: Lang) -> None:
    import json
    from dataclasses import asdict, replace

    names = [column.name for column in answer.columns]
    receipt = asdict(replace(answer.receipt, look=None))
    body = {
        "columns": [asdict(column) for column in answer.columns],
        "rows": [dict(zip(names, map(plain, row), strict=True)) for row in answer.rows],
        "totals": answer.totals and {name: plain(value) for name, value in answer.totals.items()},
        "receipt": {name: value for name, value in receipt.items() if name != "look"},
    }
    print(json.dumps(body, ensure_ascii=False, default=plain, allow_nan=False))


def _csv(answer: Rows, lang: Lang) -> None:
    import csv

    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow([column.name for column in answer.columns])
    writer.writerows(["" if value is None else plain(value) for value in row] for row in answer.rows)


def _binary(table: pa.Table, format: str) -> None:
    if sys.stdout.isatty():
        raise QueryError("format-not-for-terminal")
    import pyarrow as pa
    from pyarrow import parquet

    out = sys.stdout.buffer
    if format == "parquet":
        parquet.write_table(table, out)
        return
    with pa.ipc.new_stream(out, table.schema) as writer:
        writer.write_table(table)


def _table(answer: Rows, lang: Lang) -> None:
    labels = [column.label_zh if lang == "zh" else column.label_en for column in answer.columns]
    heads = [label or column.name for label, column in zip(labels, answer.columns, strict=True)]
    scales = [
        shown_in(column.unit if column.role != "dimension" else None, [row[at] for row in answer.rows], lang)
        for at, column in enumerate(answer.columns)
    ]
    told = "{}（{}）" if lang == "zh" else "{} ({})"
    heads = [told.format(head, unit) if unit else head for head, (_, unit) in zip(heads, scales, strict=True)]
    by = [scale for scale, _ in scales]
    rows = [[_cell(value, scale) for value, scale in zip(row, by, strict=True)] for row in answer.rows]
    if answer.totals is not None and answer.columns[0].role == "dimension":
        rows.append(_totals_cells(answer, answer.totals, by, lang))
    rights = [column.type == "number" for column in answer.columns]
    widths = [max(_width(cell) for cell in column) for column in zip(heads, *rows, strict=True)]
    for cells in (heads, ["─" * width for width in widths], *rows):
        print(
            "  ".join(
                _pad(cell, width, right) for cell, width, right in zip(cells, widths, rights, strict=True)
            ).rstrip()
        )


def _totals_cells(answer: Rows, totals: dict[str, Any], by: Sequence[float], lang: Lang) -> list[str]:
    cells = [
        _cell(totals[column.name], scale) if column.name in totals else ""
        for column, scale in zip(answer.columns, by, strict=True)
    ]
    return ["合计" if lang == "zh" else "Total", *cells[1:]]


def _cell(value: Any, scale: float = 1) -> str:
    value = plain(value)
    if scale != 1 and isinstance(value, (int, float)):
        return f"{value / scale:,.2f}"
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
