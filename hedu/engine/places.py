"""SQL with `?` places -> the same SQL with the places an engine knows, or with the values written in."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlglot import exp

from hedu.errors import EngineError

_BESIDES = r"--[^\n]*|/\*.*?\*/|(\?)"
_STYLES = {
    "postgres": r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|""",
    "backslash": r"""'(?:[^'\\]|\\.|'')*'|"(?:[^"\\]|\\.|"")*"|`[^`]*`|""",
}
_PIECES = {name: re.compile(style + _BESIDES, re.DOTALL) for name, style in _STYLES.items()}
_LEADING = re.compile(r"(?:\s|--[^\n]*(?:\n|$)|/\*.*?\*/|\()*", re.DOTALL)
_READS = ("select", "with", "values", "from", "table")


def placed(sql: str, write: Callable[[int], str], style: str = "postgres") -> str:
    """`sql` with the nth `?` (from 0) written by `write`; those in texts, names and comments stay."""
    at = -1

    def one(match: re.Match[str]) -> str:
        nonlocal at
        if match.group(1) is None:
            return match.group(0)
        at += 1
        return write(at)

    return _PIECES[style].sub(one, sql)


def written(value: Any, dialect: str) -> str:
    """A value as a literal of a dialect, escaped by its own rules."""
    return _literal(value).sql(dialect=dialect)


def require_select(sql: str) -> None:
    """Refuse what does not begin like a question. EngineError engine-not-a-select."""
    begin = _LEADING.match(sql)
    rest = sql[begin.end() if begin else 0 :].lower()
    if not rest.startswith(_READS):
        raise EngineError("engine-not-a-select")


def require_loaded(sql: str, files: Sequence[str]) -> None:
    """Refuse to read a data file in place where only DuckDB can. EngineError engine-reads-no-files."""
    for name in files:
        quoted = re.escape(name)
        if re.search(rf"""["`]?files["`]?\.["`]?{quoted}["`]?""", sql):
            raise EngineError("engine-reads-no-files", name=name)


def _literal(value: Any) -> exp.Expr:
    match value:
        case None:
            return exp.null()
        case bool():
            return exp.true() if value else exp.false()
        case datetime():
            return exp.cast(exp.Literal.string(value.isoformat(sep=" ")), "timestamp")
        case date():
            return exp.cast(exp.Literal.string(value.isoformat()), "date")
        case int() | float() | Decimal():
            return exp.Literal.number(value)
        case _:
            return exp.Literal.string(str(value))


__all__ = ["placed", "require_loaded", "require_select", "written"]
