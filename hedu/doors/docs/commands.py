"""The command line's own parser -> its reference."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import typer.main

from hedu.doors.docs.markdown import code, page, table

HEAD = ("选项 · Option", "默认 · Default", "说明 · Meaning")


def commands_page() -> str:
    """Every command with its arguments and options."""
    from hedu.doors.cli import app

    intro = (
        "退出码：0 成功，2 提问或定义有误，3 引擎故障；SQL 与结果写到标准输出，错误写到标准错误。"
        "`HEDU_LANG=en` 使错误显示为英文。\n\n"
        "Exit codes: 0 done, 2 a bad question or definition, 3 an engine fault. Answers go to standard output, "
        "errors to standard error. `HEDU_LANG=en` makes errors English."
    )
    root: Any = typer.main.get_command(app)
    sections = (_section(path, command) for path, command in _walk(root, "hedu"))
    return page("命令 · Commands", intro, *sections)


def _walk(group: Any, path: str) -> Iterator[tuple[str, Any]]:
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from _walk(command, f"{path} {name}")
        else:
            yield f"{path} {name}", command


def _section(path: str, command: Any) -> str:
    shown = [item for item in command.params if not getattr(item, "hidden", False) and item.name != "help"]
    arguments = [item for item in shown if item.param_type_name == "argument"]
    usage = " ".join([path, *(_usage(item) for item in arguments), "[选项…]" if len(shown) > len(arguments) else ""])
    rows = [_row(item) for item in shown]
    parts = [f"## {path}", (command.help or "").strip(), f"    {usage.strip()}"]
    return "\n\n".join([*parts, table(HEAD, rows)] if rows else parts)


def _usage(item: Any) -> str:
    shown = f"{item.name.upper()}…" if item.nargs == -1 else item.name.upper()
    return shown if item.required else f"[{shown}]"


def _row(item: Any) -> tuple[str, str, str]:
    names = [item.name.upper()] if item.param_type_name == "argument" else item.opts
    default = item.default if isinstance(item.default, str | int | float) and item.default is not False else ""
    if default == "" and item.default is not None and hasattr(item.default, "parts"):
        default = str(item.default)
    return " ".join(map(code, names)), code(str(default)), getattr(item, "help", None) or ""
