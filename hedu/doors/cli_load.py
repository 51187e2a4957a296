"""A file, a database's table or a list of loads -> the warehouse of a folder or a site, told in plain words."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Literal

from hedu.engine.kept import Reference
from hedu.engine.warehouse import Warehouse
from hedu.errors import HeduError
from hedu.intake import Load, LoadReport, load_many, options_of, read_manifest
from hedu.intake.integrity import references_of
from hedu.intake.sources import database_url
from hedu.model.types import Model

_SHOWN = 5
_WAIT = 10.0
_WORDS = {
    "zh": {
        "loaded": "已装入",
        "unchanged": "无变化",
        "rows": "{count:,} 行",
        "left out": "{count:,} 行未装入, 存于 hedu_rejects",
        "line": "第 {line} 行 {column} {value!r}: {reason}",
        "note": "{column} 保持为文本: {share:.0%} 像 {type}, 第 {line} 行的 {value!r} 不是; 声明类型即可拒收这些行",
        "unproved": "引用不成立: {column} 不是每行都在 {target} 中恰有一个对应",
        "done": "{count} 张表, {seconds:.1f} 秒",
    },
    "en": {
        "loaded": "loaded",
        "unchanged": "unchanged",
        "rows": "{count:,} rows",
        "left out": "{count:,} rows left out, kept in hedu_rejects",
        "line": "line {line} {column} {value!r}: {reason}",
        "note": "{column} stays text: {share:.0%} look like {type}, {value!r} in line {line} does not; "
        "declare its type to leave such rows out",
        "unproved": "a reference does not hold: not every {column} has exactly one match in {target}",
        "done": "tables: {count}, {seconds:.1f} s",
    },
}


def load(path: Path | str, table: str | None, workspace: Path, lang: Literal["zh", "en"]) -> int:
    """Load into the warehouse of a folder of definitions, as `load_into`."""
    import hedu

    return load_into(workspace / "warehouse", lambda: hedu.load(workspace).model, path, table, lang)


def load_into(
    folder: Path,
    defined: Callable[[], Model],
    path: Path | str,
    table: str | None,
    lang: Literal["zh", "en"],
) -> int:
    """Load one source as `table`, or all that a list (.yml) names; prove what the joins of `defined` rest on."""
    started = time.perf_counter()
    source = database_url(path) or Path(path)
    if isinstance(source, Path) and source.suffix.lower() in (".yml", ".yaml"):
        loads = read_manifest(source)
    else:
        name = Path(path).stem if table is None else table
        options = {"source_table": name} if isinstance(source, str) else {}
        loads = (Load(source, name, options_of(options)),)
    warehouse = Warehouse(folder, wait=_WAIT)
    reports = load_many(warehouse, loads, _progress, _references(defined))
    if sys.stderr.isatty():
        print("\r\033[K", end="", file=sys.stderr)
    for report in reports:
        _tell(report, lang)
    _roll_up(warehouse, defined, lang)
    print(_WORDS[lang]["done"].format(count=len(reports), seconds=time.perf_counter() - started))
    return 0


def _roll_up(warehouse: Warehouse, defined: Callable[[], Model], lang: Literal["zh", "en"]) -> None:
    """Bring declared rollups up to what was loaded, where there are definitions; the load stands, whatever fails."""
    from hedu.doors.cli_rollup import tell
    from hedu.intake.rolling import build_rollups

    try:
        model = defined()
        for one in build_rollups(warehouse, model) if model.settings.rollups else ():
            tell(one, lang)
    except HeduError as error:
        if error.code in ("folder-missing", "folder-empty"):
            return
        for problem in error.problems:
            print(f"! {problem.what(lang)} {problem.hint(lang)}", file=sys.stderr)


def _progress(table: str, done: int, whole: int) -> None:
    if sys.stderr.isatty():
        print(f"\r\033[K[{done + 1}/{whole}] {table}", end="", file=sys.stderr, flush=True)


def _references(defined: Callable[[], Model]) -> frozenset[Reference]:
    """Those of the definitions; none where there are no readable ones yet."""
    try:
        return references_of(defined())
    except HeduError:
        return frozenset()


def _tell(report: LoadReport, lang: Literal["zh", "en"]) -> None:
    words = _WORDS[lang]
    rows = words["rows"].format(count=report.rows)
    print(f"{report.table}: {words['loaded' if report.is_changed else 'unchanged']}, {rows}")
    for name, type_, original in report.columns:
        print(f"    {name}: {type_}" + (f"  ({original})" if original != name else ""))
    if report.rejects:
        print("  ! " + words["left out"].format(count=len(report.rejects)))
        for one in report.rejects[:_SHOWN]:
            line = words["line"].format(line=one.line, column=one.column, value=one.value, reason=one.reason)
            print(f"      {line}")
    for note in report.notes:
        shown = words["note"].format(
            column=note.column, share=note.share, type=note.type, line=note.line, value=note.value
        )
        print(f"  ! {shown}")
    for _, columns, target, key in report.unproved:
        print("  ! " + words["unproved"].format(column=", ".join(columns), target=f"{target}({', '.join(key)})"))
