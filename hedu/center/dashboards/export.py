"""A board's answers -> one workbook, a sheet for each tile. Single answers leave through catalog.exporting."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import xlsxwriter

from hedu.center.catalog import exporting, figures
from hedu.center.catalog.reads import plain_cell
from hedu.query import Column, Result

_SHEET_MARKS = re.compile(r"[\[\]:*?/\\']")


@dataclass(frozen=True, slots=True)
class Sheet:
    """An answer under a title, or the reason why there is none."""

    title: str
    result: Result | None
    reason: str = ""


def workbook(sheets: Sequence[Sheet], lang: exporting.Lang) -> bytes:
    """The answers as an Excel workbook; texts stay texts, whatever they begin with."""
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(out, options)
    taken: set[str] = set()
    for sheet in sheets:
        page = book.add_worksheet(_sheet_name(sheet.title, taken))
        if sheet.result is None:
            page.write_string(0, 0, sheet.reason)
        else:
            _filled(book, page, sheet.result, lang)
    book.close()
    return out.getvalue()


def _filled(book: Any, page: Any, result: Result, lang: exporting.Lang) -> None:
    bold = book.add_format({"bold": True, "bottom": 1})
    for place, column in enumerate(result.columns):
        text = exporting.heading(column, lang)
        form = book.add_format({"num_format": _number_format(column)})
        page.write_string(0, place, text, bold)
        page.set_column(place, place, max(12, min(40, len(text) * 2)), form)
    cells = [column.to_pylist() for column in result.table.columns]
    for line, row in enumerate(zip(*cells, strict=True), start=1):
        for place, cell in enumerate(row):
            page.write(line, place, plain_cell(cell))
    page.freeze_panes(1, 0)


def _number_format(column: Column) -> str:
    is_fraction = column.name.endswith("_growth") or figures.is_fraction(column.unit)
    return "0.0%" if is_fraction else "#,##0.00"


def _sheet_name(title: str, taken: set[str]) -> str:
    """At most 31 characters, none of Excel's own, each once."""
    base = _SHEET_MARKS.sub(" ", title).strip()[:31] or "Sheet"
    name, number = base, 2
    while name.casefold() in taken:
        name, number = f"{base[:27]} {number}", number + 1
    taken.add(name.casefold())
    return name
