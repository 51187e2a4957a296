"""The wordings of the error codes -> the page people land on from an error."""

from __future__ import annotations

import re

from hedu.doors.docs.markdown import page
from hedu.errors.texts import STAGES, Text

HEADS = {
    "define": "定义文本 · Definition texts",
    "model": "模型检查 · Model",
    "checks": "检查与建议 · Checks and advice",
    "query": "提问 · Questions",
    "plan": "计算口径 · Planning",
    "engine": "引擎 · Engine",
    "intake": "数据装载 · Intake",
    "alignment": "对齐 · Alignment",
    "center": "网站 · Site",
    "people": "人员与权限 · People and policies",
    "catalog": "指标目录 · Catalog",
    "dashboards": "看板与探索 · Dashboards and explorer",
}


def errors_page() -> str:
    """Every code, by the stage that raises it, with what it says and what to do."""
    intro = (
        "每个错误都有固定代码、说明、位置和办法；花括号处填入实际内容。\n\n"
        "Every error has a stable code, says what is wrong, where, and what to do; braces are filled in."
    )
    parts = [intro]
    for stage, codes in STAGES.items():
        parts.append(f"## {HEADS.get(stage, stage)}")
        parts += [_entry(code, text) for code, text in sorted(codes.items())]
    return page("错误 · Errors", *parts)


def _entry(code: str, text: Text) -> str:
    chinese, english = (
        f"- {_shown(what)} {_shown(hint)}"
        for what, hint in ((text.what_zh, text.hint_zh), (text.what_en, text.hint_en))
    )
    return f"### {code}\n\n{chinese}\n{english}"


def _shown(template: str) -> str:
    """Doubled braces are literal ones; line ends would break the list."""
    return re.sub(r"\s*\n\s*", " ", template.replace("{{", "{").replace("}}", "}"))
