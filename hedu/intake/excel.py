"""A workbook's sheet -> grid: titles above the table left out, types as Excel has them, faulty cells kept apart."""

from __future__ import annotations

import logging
import zipfile
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from hedu.errors import EngineError, suggest
from hedu.intake.grid import Grid, Reject, Texts
from hedu.intake.options import Options
from hedu.intake.separated import check_names, is_data

_HEADER_WITHIN = 60
_MOST_UNPACKED = 2**30
_EXACT = 2**53


def read_excel(path: Path, options: Options) -> Grid:
    """The rows of one sheet.

    EngineError: file-broken, file-unpacks-too-large, sheet-missing, header-missing, header-looks-like-data, file-empty,
    columns-twice.
    """
    try:
        import fastexcel
    except ImportError:
        raise EngineError("driver-missing", name="Excel", extra="intake") from None
    _refuse_bomb(path)
    logging.getLogger("fastexcel").setLevel(logging.ERROR)  # it warns of every empty column
    try:
        book = fastexcel.read_excel(path)
        sheet = _sheet(book.sheet_names, options, path.name)
        header, names = _header(book, sheet, options, path.name)
        found = book.load_sheet(sheet, header_row=None, skip_rows=header, schema_sample_rows=None)
        batch, errors = found.to_arrow_with_errors()
    except fastexcel.FastExcelError as error:
        detail = str(error).splitlines()[0][:120].replace(str(path.parent), "")
        raise EngineError("file-broken", name=path.name, kind="excel", detail=detail) from None
    rejects = {error.position[0]: _faulty(error, names) for error in (errors.errors if errors else ())}
    return _grid(pa.Table.from_batches([batch]), names, header, rejects)


def _faulty(error: Any, names: list[str]) -> Reject:
    row, at = error.position
    value = error.detail.split("Error(")[-1].rstrip(")'")
    return Reject(row + 1, names[at] if at < len(names) else "", value, "单元格里是错误值 · the cell holds an error")


def _grid(table: pa.Table, names: list[str], header: int, rejects: dict[int, Reject]) -> Grid:
    """Columns without a name and rows without a value are left out."""
    columns = list(table.columns)[: len(names)]
    columns += [pa.nulls(table.num_rows, pa.string())] * (len(names) - len(columns))
    filled = [pc.is_valid(column).to_pylist() for column in columns]
    kept = [at for at, row in enumerate(zip(*filled, strict=True)) if any(row) and header + at not in rejects]
    chosen = pa.array(kept, type=pa.int64())
    taken = [_natural(column.take(chosen)) for column in columns]
    return Grid(tuple(names), taken, [header + at + 1 for at in kept], tuple(rejects.values()))


def _header(book: Any, sheet: str, options: Options, file: str) -> tuple[int, list[str]]:
    """How many rows stand above the first row of data, and the columns' names."""
    top = book.load_sheet(sheet, header_row=None, skip_rows=0, dtypes="string", n_rows=_n_rows(options)).to_arrow()
    rows = [[(value or "").strip() for value in row] for row in zip(*(c.to_pylist() for c in top.columns), strict=True)]
    if not any(any(row) for row in rows):
        raise EngineError("file-empty", name=file)
    if options.header_row == 0:
        names = list(options.names) or [f"column_{at + 1}" for at in range(top.num_columns)]
        check_names(names, file)
        return 0, names
    at = options.header_row - 1 if options.header_row else _header_at(rows)
    if at >= len(rows):
        raise EngineError("header-missing", name=file, row=at + 1)
    if options.header_row is None and is_data(rows[at]):
        raise EngineError("header-looks-like-data", name=file, value=", ".join(rows[at])[:80])
    names = rows[at]
    while len(names) > 1 and not names[-1]:
        names.pop()
    check_names(names, file)
    return at + 1, names


def _n_rows(options: Options) -> int:
    return max(_HEADER_WITHIN, options.header_row or 0)


def _header_at(rows: list[list[str]]) -> int:
    """The first row nearly as full as the fullest of the first ones: titles above a table fill fewer cells."""
    filled = [sum(1 for value in row if value) for row in rows]
    most = max(filled)
    return next(at for at, count in enumerate(filled) if (count >= max(2, most * 0.8)) or count == most)


def _natural(column: pa.ChunkedArray) -> pa.Array | Texts:
    """Excel knows only floats and moments: whole ones become integers and dates. Texts are to be typed."""
    array = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    if pa.types.is_string(array.type) or pa.types.is_null(array.type):
        return [value.strip() or None if value else None for value in array.to_pylist()]
    if pa.types.is_floating(array.type):
        whole = pc.and_(pc.equal(array, pc.round(array)), pc.less(pc.abs(array), _EXACT))
        return array.cast(pa.int64()) if pc.all(whole, min_count=0).as_py() else array
    if pa.types.is_timestamp(array.type):
        moments = array.cast(pa.timestamp("us"))
        days = moments.cast(pa.date32(), safe=False)
        return days if pc.all(pc.equal(days.cast(pa.timestamp("us")), moments), min_count=0).as_py() else moments
    return array


def _sheet(names: list[str], options: Options, file: str) -> str:
    wanted = options.sheet
    if isinstance(wanted, int) and 1 <= wanted <= len(names):
        return names[wanted - 1]
    if wanted is None and names:
        return names[0]
    if wanted not in names:
        near = suggest(str(wanted or ""), names)
        raise EngineError("sheet-missing", name=file, sheet=str(wanted or ""), near=near, known=names)
    return str(wanted)


def _refuse_bomb(path: Path) -> None:
    if not zipfile.is_zipfile(path):
        return
    with zipfile.ZipFile(path) as archive:
        if sum(item.file_size for item in archive.infolist()) > _MOST_UNPACKED:
            raise EngineError("file-unpacks-too-large", name=path.name)
