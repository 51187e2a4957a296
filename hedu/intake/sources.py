"""A file or database -> grid or typed table, by its kind."""

from __future__ import annotations

import io
import json
import sqlite3
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from hedu.errors import EngineError, suggest
from hedu.intake.grid import Grid, Reject, Typed
from hedu.intake.options import Options, kind_of
from hedu.intake.separated import check_names, decoded, grid_of, read_separated

_HEADER_WITHIN = 30
_MOST_UNPACKED = 2 * 2**30


def read_source(path: Path, options: Options) -> Grid | Typed:
    """Everything a source holds. EngineError: file-missing, file-kind-unknown, file-broken and those of each kind."""
    kind = options.format or kind_of(path.suffix)
    if kind is None:
        raise EngineError("file-kind-unknown", name=path.name)
    if not path.is_file():
        raise EngineError("file-missing", name=path.name)
    try:
        match kind:
            case "csv":
                return read_separated(path.read_bytes(), path.name, options)
            case "excel":
                return _excel(path, options)
            case "parquet":
                return Typed(_checked(pq.read_table(path), path.name))
            case "json" | "jsonl":
                return _json(path, options)
            case "sqlite":
                return _sqlite(path, options)
    except (pa.ArrowException, OSError, sqlite3.Error) as error:
        detail = str(error).splitlines()[0].replace(str(path.parent), "")[:120]
        raise EngineError("file-broken", name=path.name, kind=kind, detail=detail) from None


def _excel(path: Path, options: Options) -> Grid:
    import fastexcel

    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            if sum(item.file_size for item in archive.infolist()) > _MOST_UNPACKED:
                raise EngineError("file-unpacks-too-large", name=path.name)
    try:
        book = fastexcel.read_excel(path)
    except Exception as error:  # noqa: BLE001 (the reader raises kinds of its own for every broken file)
        raise EngineError("file-broken", name=path.name, kind="excel", detail=str(error)[:120]) from None
    sheet = options.sheet or book.sheet_names[0]
    if sheet not in book.sheet_names:
        near = suggest(sheet, book.sheet_names)
        raise EngineError("sheet-missing", name=path.name, sheet=sheet, near=near, known=book.sheet_names)
    table = book.load_sheet(sheet, header_row=None, dtypes="string").to_arrow()
    cells = [column.to_pylist() for column in table.columns]
    rows = [
        (line, [_cell(value) for value in row])
        for line, row in enumerate(zip(*cells, strict=True), start=1)
        if any(value not in (None, "") for value in row)
    ]
    if not rows:
        raise EngineError("file-empty", name=path.name)
    if options.header_row is None:
        rows = rows[_header_at(rows) :]
    elif options.header_row:
        rows = [row for row in rows if row[0] >= options.header_row]
    width = max(at + 1 for at, value in enumerate(rows[0][1]) if value)
    cut = [(line, row[:width]) for line, row in rows]
    first = Options(header_row=0 if options.header_row == 0 else 1, names=options.names)
    return grid_of(cut, path.name, first)


def _header_at(rows: list[tuple[int, list[str]]]) -> int:
    """The first row as full as any of the first ones: titles above a table fill fewer cells."""
    filled = [sum(1 for value in row if value) for _, row in rows[:_HEADER_WITHIN]]
    most = max(filled)
    return next(at for at, count in enumerate(filled) if count >= max(2, most * 0.8) or count == most)


def _cell(value: str | None) -> str:
    text = "" if value is None else value
    return text.removesuffix(" 00:00:00") if text.endswith(" 00:00:00") else text


def _json(path: Path, options: Options) -> Typed:
    text = decoded(path.read_bytes(), path.name, options.encoding)
    records: list[Mapping[str, Any]] = []
    rejects: list[Reject] = []
    if text.lstrip().startswith("["):
        found = _parsed(text, path.name)
        numbered = list(enumerate(found, start=1))
    else:
        numbered = []
        for line, item in enumerate(io.StringIO(text), start=1):
            if item.strip():
                try:
                    numbered.append((line, json.loads(item)))
                except (json.JSONDecodeError, RecursionError) as error:
                    rejects.append(Reject(line, "", item[:200].strip(), str(error)[:80]))
    for line, record in numbered:
        if isinstance(record, Mapping):
            records.append(_flat(record))
        else:
            rejects.append(Reject(line, "", str(record)[:200], "not an object"))
    if not records:
        raise EngineError("file-empty", name=path.name)
    names = list(dict.fromkeys(name for record in records for name in record))
    check_names(names, path.name)
    return Typed(pa.table({name: _column([record.get(name) for record in records]) for name in names}), tuple(rejects))


def _parsed(text: str, name: str) -> list[Any]:
    try:
        found = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        raise EngineError("file-broken", name=name, kind="json", detail=str(error)[:120]) from None
    assert isinstance(found, list)
    return found


def _flat(record: Mapping[str, Any]) -> dict[str, Any]:
    """Objects one level down become columns of their own; what lies deeper stays JSON text."""
    flat: dict[str, Any] = {}
    for name, value in record.items():
        if isinstance(value, Mapping):
            for inner, part in value.items():
                flat[f"{name}_{inner}"] = _scalar(part)
        else:
            flat[name] = _scalar(value)
    return flat


def _scalar(value: Any) -> Any:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, (list, Mapping)) else value


def _column(values: list[Any]) -> pa.Array:
    """One type for all: numbers stay numbers only where every value is one."""
    kinds = {type(value) for value in values if value is not None}
    if kinds <= {int, float} and float in kinds:
        return pa.array([None if value is None else float(value) for value in values])
    if len(kinds) > 1:
        return pa.array([None if value is None else str(value) for value in values])
    try:
        return pa.array(values)
    except (pa.ArrowException, OverflowError):
        return pa.array([None if value is None else str(value) for value in values])


def _sqlite(path: Path, options: Options) -> Typed:
    with sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True) as connection:
        known = [row[0] for row in connection.execute("select name from sqlite_master where type in ('table', 'view')")]
        table = options.source_table or (known[0] if len(known) == 1 else None)
        if table is None or table not in known:
            near = suggest(table or "", known)
            raise EngineError("source-table-missing", name=path.name, table=table or "", near=near, known=known)
        quoted = '"' + table.replace('"', '""') + '"'
        cursor = connection.execute(f"select * from {quoted}")  # noqa: S608 (a table's own name, quoted)
        names = [item[0] for item in cursor.description]
        columns = list(zip(*cursor.fetchall(), strict=True)) or [() for _ in names]
    return Typed(pa.table({name: _column(list(values)) for name, values in zip(names, columns, strict=True)}))


def _checked(table: pa.Table, name: str) -> pa.Table:
    check_names(list(table.column_names), name)
    return table
