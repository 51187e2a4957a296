"""`hedu rollup`: build the tables that a workspace declares, list them, recommend others from questions."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any, Literal

import yaml

from hedu.define.plain import plain
from hedu.define.table import ROLLUP
from hedu.engine.warehouse import Warehouse
from hedu.errors import EngineError, QueryError
from hedu.intake.rolling import Built, build_rollups
from hedu.query import Question, question_of
from hedu.workspace import load

Lang = Literal["zh", "en"]
_WAIT = 10.0
_WORDS = {
    "zh": {
        "current": "无变化",
        "refreshed": "重算 {periods} 个周期",
        "filled": "全部算出",
        "dropped": "不再声明, 已删除",
        "rows": "{rows:,} 行",
        "none": "工作区没有声明预汇总表, 见 docs/do/roll-up.md",
        "ready": "可用, {rows:,} 行",
        "waiting": "待建: 数据或定义变了, 或还没有建; 运行 hedu rollup build",
        "nothing": "没有哪张预汇总表能少读数据",
        "why": "# {name}: {rows:,} 行代替 {base:,} 行, 回答其中 {askings} 次提问, 少读 {spared:,} 行",
    },
    "en": {
        "current": "unchanged",
        "refreshed": "periods counted again: {periods}",
        "filled": "filled",
        "dropped": "declared no more, dropped",
        "rows": "{rows:,} rows",
        "none": "the workspace declares no rollups; see docs/do/roll-up.md",
        "ready": "ready, {rows:,} rows",
        "waiting": "waiting: data or definitions changed, or it was never built; run hedu rollup build",
        "nothing": "no rollup would spare any reading",
        "why": "# {name}: {rows:,} rows instead of {base:,}, answers {askings} of the askings, spares {spared:,} rows",
    },
}


def build(workspace: Path, lang: Lang, *, as_json: bool = False) -> int:
    """Bring every declared rollup up to the data. Errors: those of `build_rollups`."""
    ws = load(workspace, strict=True)
    built = build_rollups(Warehouse(workspace / "warehouse", wait=_WAIT), ws.model)
    if as_json:
        print(json.dumps([asdict(one) for one in built], ensure_ascii=False))
        return 0
    if not built:
        print(_WORDS[lang]["none"])
    for one in built:
        tell(one, lang)
    return 0


def tell(one: Built, lang: Lang) -> None:
    """One line on what was done to a rollup."""
    words = _WORDS[lang]
    took = f", {one.seconds:.1f} s" if one.seconds else ""
    print(f"{one.name}: {words[one.done].format(periods=one.periods)}, {words['rows'].format(rows=one.rows)}{took}")


def list_all(workspace: Path, engine: str, lang: Lang, *, as_json: bool = False) -> int:
    """What is declared, and whether it can be read now."""
    ws = load(workspace, engine, strict=True)
    ready = {one.name: one.rows for one in ws.rollups()}
    told = [(one.name, ready.get(one.name)) for one in ws.model.settings.rollups]
    if as_json:
        print(json.dumps([{"name": name, "rows": rows} for name, rows in told], ensure_ascii=False))
        return 0
    if not told:
        print(_WORDS[lang]["none"])
    for name, rows in told:
        print(f"{name}: " + (_WORDS[lang]["waiting"] if rows is None else _WORDS[lang]["ready"].format(rows=rows)))
    return 0


def recommend(workspace: Path, engine: str, questions: Path, most: int, lang: Lang) -> int:
    """Rollups for the questions of a file, as YAML to put into the workspace's definition."""
    ws = load(workspace, engine, strict=True)
    found = ws.recommend_rollups(list(_questions(questions)), most)
    if not found:
        print(f"# {_WORDS[lang]['nothing']}")
        return 0
    print("rollups:")
    for one in found:
        facts = {"rows": one.rows, "base": one.base_rows, "askings": one.askings, "spared": one.spared}
        print("  " + _WORDS[lang]["why"].format(name=one.rollup.name, **facts))
        print(f"  {one.rollup.name}: {json.dumps(plain(ROLLUP, one.rollup), ensure_ascii=False)}")
    return 0


def _questions(path: Path) -> Iterator[tuple[Question, int]]:
    """The questions of a YAML or JSON list, each as `ask` takes it, with `times` where it was asked often.

    Errors: EngineError file-missing; QueryError questions-unreadable, question-unfit.
    """
    if not path.is_file():
        raise EngineError("file-missing", name=path.name)
    try:
        listed: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise QueryError("questions-unreadable", name=path.name, detail=str(error).splitlines()[0]) from None
    if not isinstance(listed, list):
        raise QueryError("questions-unreadable", name=path.name, detail=type(listed).__name__)
    for item in listed:
        if not isinstance(item, dict):
            raise QueryError("question-unfit", field=path.name, value=item)
        told = {str(key): value for key, value in item.items()}
        times = told.pop("times", 1)
        if not isinstance(times, int) or times < 1:
            raise QueryError("question-unfit", field="times", value=times)
        try:
            yield question_of(**told), times
        except TypeError:
            raise QueryError("question-unfit", field=path.name, value=sorted(told)) from None
