"""`hedu check` and `hedu fmt`: folder -> problems on the terminal, texts in canonical style."""

from __future__ import annotations

import json as json_format
import shutil
import sys
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TextIO

from hedu.errors import HeduError, Problem

if TYPE_CHECKING:
    from hedu.workspace import Workspace

Lang = Literal["zh", "en"]
SHOWN = 110
FEW = 3

_SAYS = {
    "fine": {
        "zh": "检查通过: {metrics} 个指标, {datasets} 个数据集。",
        "en": "All fine: {metrics} metrics, {datasets} datasets.",
    },
    "found": {"zh": "{count} 个问题, {advice} 条建议。", "en": "{count} problems, {advice} pieces of advice."},
    "advised": {"zh": "没有问题, {advice} 条建议。", "en": "No problems, {advice} pieces of advice."},
    "more": {"zh": "建议  {code} 还有 {count} 处。", "en": "advice  {code}: {count} more."},
    "advice": {"zh": "建议  ", "en": "advice  "},
    "changed": {"zh": "已重写 {file}", "en": "rewrote {file}"},
    "would": {"zh": "需要重写 {file}", "en": "would rewrite {file}"},
    "styled": {"zh": "{count} 个文件, 重写了 {changed} 个。", "en": "{count} files, {changed} rewritten."},
    "checked": {"zh": "{count} 个文件, {changed} 个需要重写。", "en": "{count} files, {changed} to be rewritten."},
}


def check_folder(path: Path, *, engine: str | None = None, json: bool = False, lang: Lang = "zh") -> int:
    """Print every problem of the definitions under `path`, then advice; 0 when there is no problem, else 1.

    With an `engine` the data are looked at, too: whether they hold to the keys that the definitions declare.
    """
    from hedu.define.folder import folder
    from hedu.model.compiled import findings
    from hedu.workspace import load

    try:
        texts = folder(path)
        workspace = load(path, engine=engine) if engine else load(path)
    except HeduError as error:
        if json:
            _print_json(error.problems, (), lang)
        else:
            _print_problems(error.problems, {}, lang, out=sys.stderr)
        return 1
    problems = list(workspace.problems)
    faults = findings(workspace.model, workspace.place, "faults")
    problems += [one for one in faults if one not in problems]
    if engine:
        problems += _faults_in_data(workspace)
    advised = findings(workspace.model, workspace.place, "advice")
    if json:
        _print_json(problems, advised, lang)
        return 1 if problems else 0
    _print_problems(problems, texts, lang)
    few = _few_of_each(advised)
    _print_problems(few, texts, lang, heading=_said("advice", lang))
    for code, count in Counter(one.code for one in advised).items():
        if count > FEW:
            print(_said("more", lang, code=code, count=count - FEW))
    definitions = workspace.definitions
    counts = {"metrics": len(definitions.metrics), "datasets": len(definitions.datasets)}
    said = "found" if problems else "advised" if advised else "fine"
    print(_said(said, lang, count=len(problems), advice=len(advised), **counts))
    return 1 if problems else 0


def _faults_in_data(workspace: Workspace) -> list[Problem]:
    from hedu.sql.declared import faults_in_data

    try:
        opened = workspace.engine
        return list(faults_in_data(workspace.model, opened.rows, opened.dialect, datetime.now(UTC)))
    except HeduError as error:
        return list(error.problems)
    finally:
        workspace.close()


def format_folder(path: Path, *, check: bool = False, lang: Lang = "zh") -> int:
    """Rewrite the definitions under `path` in canonical style; 1 when a text cannot be read.

    With `check` nothing is written, and 1 also means that something would be.
    """
    from hedu.define.folder import folder
    from hedu.define.style import restyle

    try:
        texts = folder(path)
    except HeduError as error:
        _print_problems(error.problems, {}, lang, out=sys.stderr)
        return 1
    changed, faulty = 0, False
    for name, content in texts.items():
        text, problems = restyle(name, content)
        if problems:
            faulty = True
            _print_problems(problems, texts, lang, out=sys.stderr)
        elif text.encode() != content:
            changed += 1
            print(_said("would" if check else "changed", lang, file=name))
            if not check:
                _replace(path if path.is_file() else path / name, text)
    print(_said("checked" if check else "styled", lang, count=len(texts), changed=changed))
    return 1 if faulty or (check and changed) else 0


def problem_text(problem: Problem, line: str | None, lang: Lang = "zh") -> str:
    """A problem as the terminal shows it: what, the line with a caret under the place, what to do.

    >>> from hedu.errors import Where
    >>> print(problem_text(Problem("value-missing", Where("a.yml", 3, 8), {"key": "owner"}), "owner:", "en"))
    value-missing  a.yml:3:8
    `owner` has no value.
        owner:
              ^
    Give it a value, or delete the line.
    """
    place = f"  {problem.where}" if problem.where else ""
    parts = [f"{problem.code}{place}", problem.what(lang)]
    if problem.where and line and line.strip():
        parts += _pointed(line, problem.where.col)
    return "\n".join([*parts, problem.hint(lang)])


def _replace(file: Path, text: str) -> None:
    """Write beside the file and rename, so that no reader ever sees half a text."""
    beside = file.with_name(f".{file.name}.fmt")
    beside.write_bytes(text.encode())
    shutil.copymode(file, beside)
    beside.replace(file)


def _pointed(line: str, col: int) -> list[str]:
    """The line and a caret below its column `col`, cut to the width of a terminal."""
    shown = line.rstrip().replace("\t", " ")
    start = max(0, col - 1 - SHOWN * 2 // 3) if len(shown) > SHOWN else 0
    head, tail = ("…" if start else ""), ("…" if len(shown) > start + SHOWN else "")
    before = head + shown[start : col - 1]
    return [f"    {head}{shown[start : start + SHOWN]}{tail}", f"    {' ' * _columns(before)}^"]


def _columns(text: str) -> int:
    """How many columns a terminal gives `text`: an ideograph takes two."""
    return sum(2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in text)


def _few_of_each(problems: Sequence[Problem]) -> list[Problem]:
    """The first few of each code: the rest is told by number, in full with --json."""
    seen: Counter[str] = Counter()
    few = []
    for problem in problems:
        seen[problem.code] += 1
        if seen[problem.code] <= FEW:
            few.append(problem)
    return few


def _print_json(problems: Sequence[Problem], advised: Sequence[Problem], lang: Lang) -> None:
    found = {"problems": problems, "advice": advised}
    plain = {key: [one.as_json(lang) for one in items] for key, items in found.items()}
    print(json_format.dumps(plain, ensure_ascii=False, indent=2))


def _print_problems(
    problems: Sequence[Problem],
    texts: Mapping[str, str | bytes],
    lang: Lang,
    heading: str = "",
    out: TextIO | None = None,
) -> None:
    lines: dict[str, list[str]] = {}
    for problem in problems:
        print(heading + problem_text(problem, _line(problem, texts, lines), lang) + "\n", file=out or sys.stdout)


def _line(problem: Problem, texts: Mapping[str, str | bytes], lines: dict[str, list[str]]) -> str | None:
    where = problem.where
    if where is None or where.file not in texts:
        return None
    if where.file not in lines:
        content = texts[where.file]
        text = content.decode("utf-8", "replace") if isinstance(content, bytes) else content
        lines[where.file] = text.removeprefix("\ufeff").split("\n")
    own = lines[where.file]
    return own[where.line - 1] if where.line <= len(own) else None


def _said(key: str, lang: Lang, **facts: object) -> str:
    return _SAYS[key][lang].format(**facts)
