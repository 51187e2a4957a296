"""Source -> warehouse: read, typed, renamed, rejects kept beside, one snapshot for all that belongs together."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import yaml

from hedu.engine.batch import REJECT_SCHEMA, Batch, Meta
from hedu.engine.kept import Reference
from hedu.engine.warehouse import Warehouse
from hedu.errors import DefinitionError, EngineError, suggest
from hedu.intake.grid import Grid, Note, Reject
from hedu.intake.inference import typed
from hedu.intake.integrity import prove
from hedu.intake.options import Options, options_of, referred
from hedu.intake.sources import database_url, read_source, shown

_TABLE = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)?")
_RESERVED = re.compile(r"hedu_.*|(memory|files|main|temp|system|information_schema|pg_catalog)\..*", re.IGNORECASE)
Say = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class LoadReport:
    """What a load did. `columns` are (name, type, name at the source); `unproved` references that do not hold."""

    table: str
    rows: int
    columns: tuple[tuple[str, str, str], ...]
    rejects: tuple[Reject, ...]
    is_changed: bool
    notes: tuple[Note, ...] = ()
    unproved: tuple[Reference, ...] = ()


@dataclass(frozen=True, slots=True)
class Load:
    """One source (a file, or the URL of a database) on its way into one table."""

    path: Path | str
    table: str
    options: Options


def load_file(
    warehouse: Warehouse, path: Path | str, table: str, options: Options | Mapping[str, Any] | None = None
) -> LoadReport:
    """Replace `table` by what `path` holds, in a snapshot of its own.

    Nothing is loaded unless all of it can be: EngineError too-many-rejects and those of `read_source`.
    """
    given = options if isinstance(options, Options) else options_of(options or {})
    return load_many(warehouse, [Load(path, table, given)])[0]


def load_all(
    warehouse: Warehouse, manifest: Path, say: Say | None = None, references: Iterable[Reference] = ()
) -> tuple[LoadReport, ...]:
    """Load everything a manifest lists (see docs/do/load-data.md), all in one snapshot or nothing."""
    return load_many(warehouse, read_manifest(manifest), say, references)


def load_many(
    warehouse: Warehouse, loads: Sequence[Load], say: Say | None = None, references: Iterable[Reference] = ()
) -> tuple[LoadReport, ...]:
    """Several sources in one snapshot. `say(table, done, all)` is called before each.

    `references`, those of the loads, and those proved before are proved of the new data.
    """
    for load in loads:
        if not _TABLE.fullmatch(load.table) or _RESERVED.fullmatch(load.table):
            raise EngineError("table-name-wrong", name=load.table)
    asked = {reference for load in loads for reference in _references(load)}
    with warehouse.writing() as batch:
        former = batch.proofs()
        reports = []
        for at, load in enumerate(loads):
            if say is not None:
                say(load.table, at, len(loads))
            reports.append(_load(batch, load))
        proved = prove(batch, {*asked, *former, *references})
    return tuple(
        replace(report, unproved=tuple(sorted(one for one in asked - proved if one[0] == report.table)))
        for report in reports
    )


def read_manifest(path: Path) -> tuple[Load, ...]:
    """The loads a YAML manifest lists; files are relative to it. DefinitionError: load-manifest-wrong and others."""
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise EngineError("file-missing", name=path.name) from None
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        raise DefinitionError("load-manifest-wrong", name=path.name, detail=str(error).splitlines()[0]) from None
    loads = content.get("loads") if isinstance(content, Mapping) else None
    if not isinstance(loads, list) or content.get("version") != 1:
        raise DefinitionError("load-manifest-wrong", name=path.name, detail="version: 1, loads: [...]")
    found = tuple(_entry(item, at, path) for at, item in enumerate(loads, start=1))
    twice = [load.table for at, load in enumerate(found) if load.table in {one.table for one in found[:at]}]
    if twice:
        raise DefinitionError("load-manifest-wrong", name=path.name, detail=f"{twice[0]} × 2")
    return found


def _entry(item: Any, at: int, path: Path) -> Load:
    place = f"{path.name} loads[{at}]"
    if not isinstance(item, Mapping) or not {"file", "table"} <= item.keys():
        raise DefinitionError("load-manifest-wrong", name=path.name, detail=f"loads[{at}]: file, table")
    rest = {str(key): value for key, value in item.items() if key not in ("file", "table")}
    source = str(item["file"])
    return Load(database_url(source) or path.parent / source, str(item["table"]), options_of(rest, place))


def _load(batch: Batch, load: Load) -> LoadReport:
    options, name = load.options, shown(load.path)
    grid, originals = _renamed(read_source(load.path, options), options, name)
    table, bad, notes = typed(grid, options)
    rejects = tuple(sorted((*grid.rejects, *bad), key=lambda one: one.line))
    whole = table.num_rows + len(rejects)
    if whole and len(rejects) > options.max_rejects * whole:
        first = rejects[0]
        raise EngineError("too-many-rejects", name=name, count=len(rejects), rows=whole, line=first.line,
                          column=first.column, value=first.value[:60], reason=first.reason)  # fmt: skip
    if not whole:
        raise EngineError("file-empty", name=name)
    meta = Meta(name, dict(zip(table.column_names, originals, strict=True)))
    is_changed = batch.put(load.table, table, meta, _reject_table(rejects))
    columns = tuple(
        (field.name, str(field.type), original) for field, original in zip(table.schema, originals, strict=True)
    )
    return LoadReport(load.table, table.num_rows, columns, rejects, is_changed, notes)


def _references(load: Load) -> Iterable[Reference]:
    for column, target in load.options.references.items():
        table, key = referred(target)
        yield load.table, (column,), table, (key,)


def _renamed(grid: Grid, options: Options, file: str) -> tuple[Grid, list[str]]:
    """The columns to keep under their names in the warehouse, and their names at the source."""
    names = list(grid.names)
    if options.columns:
        chosen = [(_at(names, original, file), name) for original, name in options.columns.items()]
    else:
        chosen = list(enumerate(map(normal_name, names)))
    kept = [name for _, name in chosen]
    folded = [name.casefold() for name in kept]
    twice = sorted({name for name in folded if folded.count(name) > 1})
    if twice:
        raise EngineError("columns-twice", name=file, columns=twice)
    for name in (*options.types, *options.fill_down, *options.references):
        _at(kept, name, file)
    columns = [grid.columns[at] for at, _ in chosen]
    return replace(grid, names=tuple(kept), columns=columns), [names[at] for at, _ in chosen]


def _at(names: list[str], wanted: str, file: str) -> int:
    if wanted not in names:
        raise EngineError("column-missing", name=file, column=wanted, near=suggest(wanted, names), known=names)
    return names.index(wanted)


def normal_name(name: str) -> str:
    """A column's name without stray spaces and full-width letters.

    >>> normal_name(" 金额（元） "), normal_name("Order  No")
    ('金额(元)', 'Order_No')
    """
    return re.sub(r"\s+", "_", unicodedata.normalize("NFKC", name).strip())


def _reject_table(rejects: Sequence[Reject]) -> pa.Table:
    rows = [{"line": one.line, "column_name": one.column, "value": one.value, "reason": one.reason} for one in rejects]
    return pa.Table.from_pylist(rows, schema=REJECT_SCHEMA)
