"""Source -> warehouse: read, typed, renamed, rejects kept beside, one snapshot for all that belongs together."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import yaml

from hedu.engine.batch import REJECT_SCHEMA, Batch, Meta
from hedu.engine.warehouse import Warehouse
from hedu.errors import DefinitionError, EngineError, suggest
from hedu.intake.grid import Grid, Reject
from hedu.intake.inference import typed
from hedu.intake.options import Options, Type, options_of
from hedu.intake.sources import read_source

_TABLE = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)?")
Say = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class LoadReport:
    """What a load did. `columns` are (name, type, name at the source)."""

    table: str
    rows: int
    columns: tuple[tuple[str, str, str], ...]
    rejects: tuple[Reject, ...]
    is_changed: bool


@dataclass(frozen=True, slots=True)
class Load:
    """One source on its way into one table."""

    path: Path
    table: str
    options: Options


def load_file(
    warehouse: Warehouse, path: Path, table: str, options: Options | Mapping[str, Any] | None = None
) -> LoadReport:
    """Replace `table` by what `path` holds, in a snapshot of its own.

    Nothing is loaded unless all of it can be: EngineError too-many-rejects and those of `read_source`.
    """
    given = options if isinstance(options, Options) else options_of(options or {})
    return load_many(warehouse, [Load(path, table, given)])[0]


def load_all(warehouse: Warehouse, manifest: Path, say: Say | None = None) -> tuple[LoadReport, ...]:
    """Load everything a manifest lists (see docs/do/load-data.md), all in one snapshot or nothing."""
    return load_many(warehouse, read_manifest(manifest), say)


def load_many(warehouse: Warehouse, loads: Sequence[Load], say: Say | None = None) -> tuple[LoadReport, ...]:
    """Several sources in one snapshot. `say(table, done, all)` is called before each."""
    for load in loads:
        if not _TABLE.fullmatch(load.table):
            raise EngineError("table-name-wrong", name=load.table)
    with warehouse.writing() as batch:
        reports = []
        for at, load in enumerate(loads):
            if say is not None:
                say(load.table, at, len(loads))
            reports.append(_load(batch, load))
    return tuple(reports)


def read_manifest(path: Path) -> tuple[Load, ...]:
    """The loads a YAML manifest lists; files are relative to it. DefinitionError: load-manifest-wrong and others."""
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise EngineError("file-missing", name=path.name) from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise DefinitionError("load-manifest-wrong", name=path.name, detail=str(error).splitlines()[0]) from None
    loads = content.get("loads") if isinstance(content, Mapping) else None
    if not isinstance(loads, list) or content.get("version") != 1:
        raise DefinitionError("load-manifest-wrong", name=path.name, detail="version: 1, loads: [...]")
    return tuple(_entry(item, at, path) for at, item in enumerate(loads, start=1))


def _entry(item: Any, at: int, path: Path) -> Load:
    place = f"{path.name} loads[{at}]"
    if not isinstance(item, Mapping) or not {"file", "table"} <= item.keys():
        raise DefinitionError("load-manifest-wrong", name=path.name, detail=f"loads[{at}]: file, table")
    rest = {key: value for key, value in item.items() if key not in ("file", "table")}
    return Load(path.parent / str(item["file"]), str(item["table"]), options_of(rest, place))


def _load(batch: Batch, load: Load) -> LoadReport:
    options = load.options
    read = read_source(load.path, options)
    if isinstance(read, Grid):
        grid, originals = _renamed_grid(read, options, load)
        table, bad = typed(grid, options.types)
        rejects = (*read.rejects, *bad)
    else:
        table, originals = _renamed_table(read.table, options, load)
        table, rejects = _cast(table, options.types), read.rejects
    whole = table.num_rows + len(rejects)
    if whole and len(rejects) > options.max_rejects * whole:
        first = rejects[0]
        raise EngineError(
            "too-many-rejects",
            name=load.path.name,
            count=len(rejects),
            rows=whole,
            line=first.line,
            reason=first.reason,
        )
    meta = Meta(load.path.name, dict(zip(table.column_names, originals, strict=True)))
    is_changed = batch.put(load.table, table, meta, _reject_table(rejects))
    columns = tuple(
        (name, str(field.type), original)
        for name, field, original in zip(table.column_names, table.schema, originals, strict=True)
    )
    return LoadReport(load.table, table.num_rows, columns, rejects, is_changed)


def _renamed_grid(grid: Grid, options: Options, load: Load) -> tuple[Grid, list[str]]:
    chosen = _chosen(list(grid.names), options, load)
    columns = [grid.columns[grid.names.index(original)] for original, _ in chosen]
    return Grid(tuple(name for _, name in chosen), columns, grid.lines), [original for original, _ in chosen]


def _renamed_table(table: pa.Table, options: Options, load: Load) -> tuple[pa.Table, list[str]]:
    chosen = _chosen(list(table.column_names), options, load)
    originals = [original for original, _ in chosen]
    return table.select(originals).rename_columns([name for _, name in chosen]), originals


def _chosen(names: list[str], options: Options, load: Load) -> list[tuple[str, str]]:
    """(name at the source, name in the warehouse) of the columns to keep."""
    if not options.columns:
        return [(name, _normal(name)) for name in names]
    for original in options.columns:
        if original not in names:
            near = suggest(original, names)
            raise EngineError("column-missing", name=load.path.name, column=original, near=near, known=names)
    return [(original, name) for original, name in options.columns.items()]


def _normal(name: str) -> str:
    return re.sub(r"\s+", "_", name.strip())


def _cast(table: pa.Table, types: Mapping[str, Type]) -> pa.Table:
    arrow = {"text": pa.string(), "integer": pa.int64(), "number": pa.float64(), "boolean": pa.bool_(),
             "date": pa.date32(), "timestamp": pa.timestamp("us"), "decimal": pa.decimal128(18, 2)}  # fmt: skip
    for name, type_ in types.items():
        at = table.schema.get_field_index(name)
        if at < 0:
            raise EngineError("column-missing", name="types", column=name, near=suggest(name, table.column_names),
                              known=table.column_names)  # fmt: skip
        try:
            column = table.column(at).cast(arrow[type_])
        except pa.ArrowException as error:
            raise EngineError("column-type-unfit", column=name, type=type_, detail=str(error)[:120]) from None
        table = table.set_column(at, name, column)
    return table


def _reject_table(rejects: Sequence[Reject]) -> pa.Table:
    rows = [{"line": one.line, "column_name": one.column, "value": one.value, "reason": one.reason} for one in rejects]
    return pa.Table.from_pylist(rows, schema=REJECT_SCHEMA)
