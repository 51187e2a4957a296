"""An answer -> a file to take along: CSV, or a workbook with the numbers, what they mean and how they came about."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

import xlsxwriter

from hedu.center.catalog import figures
from hedu.center.catalog.wording import Vocabulary, sentence
from hedu.query import Column, Result

Lang = Literal["zh", "en"]
CSV_TYPE = "text/csv; charset=utf-8"
EXCEL_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

_FORMULA_BEGINS = "=+-@＝＋－＠\t\r\n"

_WORDS = {
    "values": ("数值", "Values"),
    "meaning": ("口径", "Meaning"),
    "receipt": ("来历", "Receipt"),
    "name": ("指标", "Metric"),
    "label": ("名称", "Label"),
    "unit": ("单位", "Unit"),
    "how": ("计算方式", "Calculation"),
    "plain": ("业务含义", "Meaning in words"),
    "owner": ("负责部门", "Owner"),
    "definition": ("口径指纹", "Definition digest"),
    "asked": ("导出时间", "Exported at"),
    "who": ("导出人", "Exported by"),
    "engine": ("引擎", "Engine"),
    "rows": ("行数", "Rows"),
    "snapshot": ("数据版本", "Data version"),
    "watermark": ("数据加载时间", "Loaded at"),
    "access": ("权限指纹", "Access digest"),
    "note": ("说明", "Note"),
    "limits": ("仅含导出人有权查看的数据", "Holds only what the exporter may see"),
    "total": ("合计", "Total"),
}


@dataclass(frozen=True, slots=True)
class Told:
    """What a file says about itself beside the numbers."""

    who: str
    at: datetime
    words: Vocabulary
    lang: Lang


def word(key: str, lang: Lang) -> str:
    return _WORDS[key][lang == "en"]


def heading(column: Column, lang: Lang) -> str:
    """A column's name with its unit in brackets."""
    label = (column.label_en or column.label_zh) if lang == "en" else (column.label_zh or column.label_en)
    unit = figures.unit_name(column.unit, lang) if column.role == "metric" else ""
    return f"{label or column.name} ({unit})" if unit and unit != "%" else label or column.name


def as_csv(result: Result, lang: Lang) -> bytes:
    """The rows with a byte-order mark, so that spreadsheets read the Chinese; nothing in it runs as a formula."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([_harmless(heading(column, lang)) for column in result.columns])
    for row in _rows(result):
        writer.writerow([_harmless(_told_decimals(cell)) for cell in row])
    return out.getvalue().encode("utf-8-sig")


def plain_csv(rows: Sequence[Sequence[Any]]) -> bytes:
    """Rows of texts as CSV, with a byte-order mark."""
    out = io.StringIO()
    csv.writer(out).writerows([[_harmless(cell) for cell in row] for row in rows])
    return out.getvalue().encode("utf-8-sig")


def as_excel(result: Result, told: Told) -> bytes:
    """Three sheets: values, what each metric means, how the answer came about."""
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "nan_inf_to_errors": True}
    book = xlsxwriter.Workbook(out, options)
    _values(book, result, told.lang)
    _meaning(book, result, told)
    _receipt(book, result, told)
    book.close()
    return out.getvalue()


def _values(book: Any, result: Result, lang: Lang) -> None:
    sheet = book.add_worksheet(word("values", lang))
    head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
    formats = [book.add_format({"num_format": _number_format(column)}) for column in result.columns]
    for place, column in enumerate(result.columns):
        sheet.write_string(0, place, heading(column, lang), head)
    rows = _rows(result)
    for line, row in enumerate(rows, start=1):
        for place, cell in enumerate(row):
            _write(sheet, line, place, cell, formats[place])
    if result.totals is not None:
        _totals(book, sheet, result, len(rows) + 1, lang)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(1, len(rows)), max(0, len(result.columns) - 1))
    sheet.autofit()


def _totals(book: Any, sheet: Any, result: Result, line: int, lang: Lang) -> None:
    assert result.totals is not None
    bold = book.add_format({"bold": True, "top": 1})
    held = result.totals.to_pylist()[0] if result.totals.num_rows else {}
    sheet.write_string(line, 0, word("total", lang), bold)
    for place, column in enumerate(result.columns):
        if column.name in held:
            _write(sheet, line, place, held[column.name], bold)


def _meaning(book: Any, result: Result, told: Told) -> None:
    lang, words = told.lang, told.words
    heads = ["name", "label", "unit", "plain", "how", "owner", "definition"]
    rows: list[Sequence[str]] = []
    for name, digest in result.receipt.definitions.items():
        metric = words.metrics.get(name)
        if metric is not None:
            plain, how = metric.meaning.text(lang), sentence(metric, words, lang)
            unit = figures.unit_name(metric.unit, lang)
            rows.append([name, metric.label.text(lang, name), unit, plain, how, metric.owner or "", digest[:16]])
    _table(book, word("meaning", lang), [word(key, lang) for key in heads], rows)


def _receipt(book: Any, result: Result, told: Told) -> None:
    receipt, lang = result.receipt, told.lang
    rows: list[Sequence[str]] = [
        [word("asked", lang), told.at.isoformat(timespec="seconds")],
        [word("who", lang), told.who],
        [word("engine", lang), receipt.engine.split(":", 1)[0]],
        [word("rows", lang), str(receipt.rows)],
        [word("snapshot", lang), receipt.snapshot or "–"],
        [word("access", lang), receipt.access],
        [word("note", lang), word("limits", lang)],
    ]
    rows += [[f"{word('watermark', lang)} · {table}", at] for table, at in receipt.watermarks.items()]
    rows += [[word("note", lang), note] for note in receipt.notes]
    _table(book, word("receipt", lang), [], rows)


def _table(book: Any, title: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    sheet = book.add_worksheet(title)
    bold = book.add_format({"bold": True, "bottom": 1})
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    for place, text in enumerate(heads):
        sheet.write_string(0, place, text, bold)
    for line, row in enumerate(rows, start=1 if heads else 0):
        for place, text in enumerate(row):
            sheet.write_string(line, place, text, wrap)
    sheet.set_column(0, 1, 22)
    sheet.set_column(2, 6, 40 if heads else 22)


def _rows(result: Result) -> list[tuple[Any, ...]]:
    return list(zip(*(column.to_pylist() for column in result.table.columns), strict=True))


def _write(sheet: Any, line: int, place: int, cell: Any, form: Any) -> None:
    match cell:
        case None:
            sheet.write_blank(line, place, None, form)
        case bool():
            sheet.write_boolean(line, place, cell)
        case int() | float() | Decimal():
            sheet.write_number(line, place, float(cell), form)
        case datetime():
            sheet.write_string(
                line, place, cell.isoformat(sep=" ")[: 10 if cell.time().isoformat() == "00:00:00" else 19]
            )
        case _:
            sheet.write_string(line, place, str(cell))


def _number_format(column: Column) -> str:
    if column.name.endswith("_growth") or figures.is_fraction(column.unit):
        return "0.0%"
    return "#,##0.00" if column.unit else "#,##0.####"


def _told_decimals(cell: Any) -> Any:
    """A sum of floats without its last noise: 9000787.830000002 is 9000787.83, as spreadsheets show it."""
    return float(f"{cell:.15g}") if isinstance(cell, float) else cell


def _harmless(cell: Any) -> Any:
    if isinstance(cell, str) and cell[:1] and cell[0] in _FORMULA_BEGINS:
        return f"'{cell}"
    return cell
