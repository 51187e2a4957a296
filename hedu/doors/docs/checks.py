"""What `hedu check` can find -> its tables."""

from __future__ import annotations

import inspect
from collections.abc import Iterable

from hedu.doors.docs.markdown import page, table
from hedu.errors.texts import STAGES, TEXTS
from hedu.model.checks import ADVICE, CHECKS, Check

HEAD = ("代码 · Code", "说明", "Meaning")


def checks_page() -> str:
    """Checks of the model with their own docstrings; then what reading and resolving can find."""
    intro = (
        "`hedu check` 一次报告全部问题，每个都带文件、行、列和办法。\n\n"
        "`hedu check` reports every problem at once, each with file, line, column and a hint."
    )
    return page(
        "检查 · Checks",
        intro,
        "## 模型检查 · Checks of the model",
        table(HEAD, _checks(CHECKS)),
        "## 建议 · Advice",
        table(HEAD, _checks(ADVICE)),
        "## 读入与解析时发现的问题 · Found while reading and resolving",
        table(HEAD, _codes(("define", "model"))),
    )


def _checks(checks: Iterable[Check]) -> list[tuple[str, str, str]]:
    rows = []
    for check in checks:
        code = check.__name__.replace("_", "-")
        rows.append((_link(code), _shown(TEXTS[code].what_zh), " ".join((inspect.getdoc(check) or "").split())))
    return rows


def _codes(stages: Iterable[str]) -> list[tuple[str, str, str]]:
    return [
        (_link(code), _shown(text.what_zh), _shown(text.what_en))
        for stage in stages
        for code, text in sorted(STAGES[stage].items())
    ]


def _link(code: str) -> str:
    return f"[{code}](errors.md#{code})"


def _shown(template: str) -> str:
    return template.replace("{{", "{").replace("}}", "}")
