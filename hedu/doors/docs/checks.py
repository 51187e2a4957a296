"""What `hedu check` can find -> one table."""

from __future__ import annotations

from hedu.doors.docs.markdown import page, table
from hedu.errors.texts import STAGES

CHECKED = {"define": "文本 · text", "model": "模型 · model"}


def checks_page() -> str:
    """The codes of the stages that look at definitions, each linked to what to do."""
    intro = (
        "`hedu check` 一次报告全部问题，每个都带文件、行、列和办法。\n\n"
        "`hedu check` reports every problem at once, each with file, line, column and a hint."
    )
    rows = [
        (f"[{code}](errors.md#{code})", kind, _first(text.what_zh), _first(text.what_en))
        for stage, kind in CHECKED.items()
        for code, text in sorted(STAGES[stage].items())
    ]
    return page("检查 · Checks", intro, table(("代码 · Code", "对象 · Of", "说明", "Meaning"), rows))


def _first(template: str) -> str:
    return template.replace("{{", "{").replace("}}", "}")
