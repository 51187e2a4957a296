"""Targets -> an Excel sheet that the import reads back."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

KEYS = (
    "code", "metric", "department", "scope", "period", "operator", "value", "unit", "parent", "metric_version", "note",
)  # fmt: skip


def template_xlsx(heads: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> bytes:
    """One row a target under the heads that the import knows. Texts are written as texts: no formula comes about."""
    import xlsxwriter

    held = io.BytesIO()
    book = xlsxwriter.Workbook(held, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet("targets")
    bold = book.add_format({"bold": True})
    for column, head in enumerate(heads):
        sheet.write_string(0, column, head, bold)
        sheet.set_column(column, column, 26 if head in ("范围", "说明") else 16)
    for line, row in enumerate(rows, start=1):
        for column, key in enumerate(KEYS):
            sheet.write_string(line, column, "" if row.get(key) is None else str(row[key]))
    sheet.freeze_panes(1, 0)
    book.close()
    return held.getvalue()
