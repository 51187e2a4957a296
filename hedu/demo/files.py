"""Columns -> files: CSV in any encoding, Parquet, Excel, JSON lines, SQLite, YAML, byte for byte repeatable."""

from __future__ import annotations

import io
import json
import sqlite3
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as pcsv
import pyarrow.parquet as pq
import yaml
from sqlglot import exp

from hedu.demo.dates import Ints

Columns = Mapping[str, Any]
"""Column name -> numpy array, list or Arrow array, all of one length."""
MADE_ON = datetime(2026, 10, 1, 8, 0, tzinfo=UTC)
"""Stands in files that insist on a time of making."""


def table_of(columns: Columns) -> pa.Table:
    """Columns as Arrow; numpy days become dates, NaT and NaN become null."""
    return pa.table({name: _array(values) for name, values in columns.items()})


def _array(values: Any) -> pa.Array:
    if isinstance(values, pa.Array | pa.ChunkedArray):
        return values
    if isinstance(values, np.ndarray) and values.dtype.kind == "M":
        days = values.astype("M8[D]") if values.dtype == np.dtype("M8[M]") else values
        return pa.array(days)
    return pa.array(values, from_pandas=True)


def yuan(fen: Ints) -> Any:
    """Fen as yuan, floats with two decimals."""
    return np.round(fen / 100.0, 2)


def decimal_yuan(fen: Ints) -> pa.Array:
    """Fen as exact DECIMAL(18, 2) yuan."""
    words = np.empty((len(fen), 2), dtype=np.int64)
    words[:, 0] = fen
    words[:, 1] = fen >> 63
    return pa.Array.from_buffers(pa.decimal128(18, 2), len(fen), [None, pa.py_buffer(words.tobytes())])


def write_csv(path: Path, columns: Columns, encoding: str = "utf-8", separator: str = ",") -> None:
    """A CSV with header; `encoding` is Python's name ("utf-8-sig" and "utf-16" write a mark)."""
    buffer = io.BytesIO()
    options = pcsv.WriteOptions(delimiter=separator, quoting_style="needed")
    pcsv.write_csv(table_of(columns), buffer, options)
    data = buffer.getvalue()
    path.parent.mkdir(parents=True, exist_ok=True)
    if encoding == "utf-16":
        text = data.decode()
        path.write_bytes(b"\xff\xfe" + text.encode("utf-16-le"))
    else:
        path.write_bytes(data if encoding == "utf-8" else data.decode().encode(encoding))


def write_parquet(path: Path, columns: Columns) -> None:
    """One Parquet file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(table_of(columns), path, compression="zstd")


def write_json_lines(path: Path, columns: Columns) -> None:
    """One JSON object per line, keys in column order, absent values left out."""
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = table_of(columns).to_pylist()
    lines = (
        json.dumps({key: value for key, value in row.items() if value is not None}, ensure_ascii=False, default=str)
        for row in rows
    )
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def write_excel(path: Path, sheets: Mapping[str, tuple[Sequence[str], Columns]]) -> None:
    """Sheets of (lines above the header, columns); dates are Excel dates."""
    import xlsxwriter

    path.parent.mkdir(parents=True, exist_ok=True)
    with xlsxwriter.Workbook(str(path), {"default_date_format": "yyyy-mm-dd", "constant_memory": True}) as book:
        book.set_properties({"created": MADE_ON.replace(tzinfo=None), "company": "知衡传感"})
        bold = book.add_format({"bold": True})
        for name, (above, columns) in sheets.items():
            sheet = book.add_worksheet(name)
            for row, line in enumerate(above):
                sheet.write(row, 0, line, bold)
            sheet.write_row(len(above), 0, list(columns), bold)
            table = table_of(columns)
            lists = [column.to_pylist() for column in table.columns]
            for row, values in enumerate(zip(*lists, strict=True), start=len(above) + 1):
                sheet.write_row(row, 0, values)


def write_sqlite(path: Path, tables: Mapping[str, Columns]) -> None:
    """One SQLite file; dates are ISO texts as most such tools keep them."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    base = sqlite3.connect(path)
    with base:
        for name, columns in tables.items():
            table = table_of(columns)
            base.execute(_create(name, table.schema).sql(dialect="sqlite"))
            values = exp.Tuple(expressions=[exp.Placeholder() for _ in table.schema])
            insert = exp.insert(exp.Values(expressions=[values]), exp.to_table(name))
            lists = [[str(v) if hasattr(v, "isoformat") else v for v in c.to_pylist()] for c in table.columns]
            base.executemany(insert.sql(dialect="sqlite"), zip(*lists, strict=True))
    base.close()


def _create(name: str, schema: pa.Schema) -> exp.Create:
    types = {"int64": "INTEGER", "double": "REAL"}
    fields = [
        exp.ColumnDef(
            this=exp.to_identifier(field.name, quoted=True),
            kind=exp.DataType.build(types.get(str(field.type), "TEXT"), dialect="sqlite"),
        )
        for field in schema
    ]
    return exp.Create(this=exp.Schema(this=exp.to_table(name), expressions=fields), kind="TABLE")


def write_yaml(path: Path, value: Any) -> None:
    """Block YAML, Chinese as it is, keys in the order given."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump(value, allow_unicode=True, sort_keys=False, width=110), encoding="utf-8")
