"""A Spark error -> an error of ours, by its SQLSTATE; without tokens."""

from __future__ import annotations

import re
from typing import Any

from hedu.errors import EngineError

_NAME = re.compile(r"`((?:[^`]|`\.`)+)`")
_PASSING = ("refused", "unavailable", "failed to connect")


def engine_error(error: Any, url: str, *, is_connecting: bool = False) -> EngineError:
    """The fault in our words; Spark's own first line as `detail`."""
    state = _told(error, "getSqlState")
    detail = _detail(error)
    if state == "HY008" or "OPERATION_CANCELED" in detail:
        return EngineError("engine-cancelled")
    if state in ("42P01", "42704", "3F000") or "SCHEMA_NOT_FOUND" in detail:
        return EngineError("engine-missing-table", name=_name(detail), near="", detail=detail)
    if state == "42703":
        return EngineError("engine-missing-column", name=_name(detail), detail=detail)
    if state in ("22003", "22005"):
        return EngineError("engine-overflow", detail=detail)
    if state and state.startswith("22"):
        return EngineError("engine-value-unfit", detail=detail)
    if "OutOfMemory" in detail or state == "53200":
        return EngineError("engine-out-of-memory", detail=detail)
    if is_connecting or (not state and is_passing(error)):
        return EngineError("engine-unreachable", url=url, detail=detail)
    return EngineError("engine-refused", detail=detail)


def is_passing(error: Any) -> bool:
    """Whether a server that does not answer may do so in a moment."""
    text = str(error).lower()
    return any(sign in text for sign in _PASSING)


def _told(error: Any, name: str) -> str:
    try:
        return getattr(error, name)() or ""
    except (AttributeError, TypeError):
        return ""


def _detail(error: Any) -> str:
    lines = [line for line in str(error).strip().splitlines() if line.strip()]
    found = re.search(r'details = "([^"]+)"', str(error))
    text = found.group(1) if found else (lines[0] if lines else type(error).__name__)
    return re.sub(r"token=[^;\s]+", "token=…", text)[:300]


def _name(detail: str) -> str:
    found = _NAME.search(detail)
    return found.group(1).replace("`", "") if found else detail
