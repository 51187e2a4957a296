"""The command line's own parser -> its reference."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from pathlib import Path

from hedu.doors.docs.markdown import code, page, table

HEAD = ("选项 · Option", "默认 · Default", "说明 · Meaning")


def commands_page() -> str:
    """Every command with its arguments and options."""
    intro = (
        "退出码：0 成功，2 提问或定义有误，3 引擎故障；SQL 与结果写到标准输出，错误写到标准错误。"
        "`HEDU_LANG=en` 使错误显示为英文。\n\n"
        "Exit codes: 0 done, 2 a bad question or definition, 3 an engine fault. Answers go to standard output, "
        "errors to standard error. `HEDU_LANG=en` makes errors English."
    )
    return page("命令 · Commands", intro, *map(_section, _commands(_parser())))


def _parser() -> argparse.ArgumentParser:
    """The parser as it is where nothing is set."""
    from hedu.doors.cli import parser

    home = os.environ.pop("HEDU_HOME", None)
    try:
        return parser()
    finally:
        if home is not None:
            os.environ["HEDU_HOME"] = home


def _commands(parser: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    """The parsers at the ends of the tree, in the order they were added."""
    below = [item for item in parser._actions if isinstance(item, argparse._SubParsersAction)]
    if not below:
        yield parser
    for one in below:
        for child in dict.fromkeys(one.choices.values()):
            yield from _commands(child)


def _section(command: argparse.ArgumentParser) -> str:
    shown = [item for item in command._actions if not isinstance(item, argparse._HelpAction)]
    usage = " ".join([command.prog, *(_usage(item) for item in shown if not item.option_strings)])
    options = " [选项…]" if any(item.option_strings for item in shown) else ""
    parts = [f"## {command.prog}", command.description or "", f"    {usage}{options}"]
    return "\n\n".join([*parts, table(HEAD, map(_row, shown))] if shown else parts)


def _usage(item: argparse.Action) -> str:
    name = item.dest.upper()
    return {"*": f"[{name}…]", "?": f"[{name}]", "+": f"{name}…"}.get(str(item.nargs), name)


def _row(item: argparse.Action) -> tuple[str, str, str]:
    names = item.option_strings or [item.dest.upper()]
    default = str(item.default) if isinstance(item.default, str | int | Path) and item.default is not False else ""
    required = "必填 · required. " if item.required and item.option_strings else ""
    return " ".join(map(code, names)), code(default), required + (item.help or "")
