"""A file from the command line -> a table of the workspace's warehouse."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Literal

from hedu.engine.warehouse import Warehouse
from hedu.intake import LoadReport, load_all, load_file

_SHOWN = 5


def load(path: Path, table: str | None, workspace: Path, lang: Literal["zh", "en"]) -> int:
    """Load one file as `table`, or all that a manifest (.yml) lists; say what was done."""
    warehouse = Warehouse(workspace / "warehouse")
    started = time.perf_counter()
    if path.suffix.lower() in (".yml", ".yaml"):
        reports = load_all(warehouse, path)
    else:
        reports = (load_file(warehouse, path, table or path.stem),)
    for report in reports:
        _tell(report, lang)
    seconds = time.perf_counter() - started
    print(f"{seconds:.1f} 秒" if lang == "zh" else f"{seconds:.1f} s")
    return 0


def _tell(report: LoadReport, lang: Literal["zh", "en"]) -> None:
    state = {("zh", True): "已装入", ("zh", False): "无变化", ("en", True): "loaded", ("en", False): "unchanged"}
    rows = f"{report.rows:,} 行" if lang == "zh" else f"{report.rows:,} rows"
    print(f"{report.table}: {state[lang, report.is_changed]}, {rows}")
    for name, type_, original in report.columns:
        print(f"    {name}: {type_}" + (f"  ({original})" if original != name else ""))
    if report.rejects:
        count = len(report.rejects)
        print(
            f"    剔除 {count} 行, 见 hedu_rejects" if lang == "zh" else f"    {count} rows left out, see hedu_rejects"
        )
        for one in report.rejects[:_SHOWN]:
            print(f"      {one.line}: {one.column} {one.value!r} {one.reason}")
