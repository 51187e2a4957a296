"""A PostgreSQL error -> an error of ours, by its SQLSTATE; without passwords."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from hedu.errors import EngineError

STATE_NO_OPERATOR = "42883"
_QUOTED = re.compile(r'["“«„]([^"”»“]+)["”»“]')
_NOISE = re.compile(
    r"^[A-Z_]+: |\[libpq\] |Failed to (?:prepare query|execute query '.*'|execute[^:]*): |could not begin COPY: "
    r"|ERROR:\s+|^Execution error \[\w+\]: |^\s+"
)
_LATE = re.compile("timeout|超时|逾時")
_FORBIDDEN = re.compile(r"permission denied for (?:materialized |foreign )?(\w+) \"?([^\"\s]+)")
_UNREAD = "Expected nested record type"
_UNFIT = ("22P02", "22007", "22008", "22012", "22023", "22021")
_LOST = ("57P01", "57P02", "57P03", "08000", "08003", "08006")
_PASSING = ("refused", "starting up", "timeout expired", "temporary failure", "57P03", "too many clients")


def engine_error(error: Any, url: str, seconds: float | None, *, is_cancelled: bool = False) -> EngineError:
    """The fault in our words; the server's own first line as `detail`."""
    state = getattr(error, "sqlstate", None) or ""
    detail = _detail(error)
    if state == "57014":
        # The server has a limit of its own, of the role or the database.
        is_late = seconds is not None or _LATE.search(detail) is not None
        is_timeout = is_late and not is_cancelled
        return EngineError("engine-timeout", seconds=seconds) if is_timeout else EngineError("engine-cancelled")
    if is_cancelled and "cancel" in detail.lower():
        return EngineError("engine-cancelled")
    if state in ("42P01", "3F000") or "cross-database references" in detail:
        return EngineError("engine-missing-table", name=_quoted(detail), near="", detail=detail)
    if state == "42703":
        return EngineError("engine-missing-column", name=_quoted(detail), detail=detail)
    if state == "42501":
        return EngineError("engine-forbidden", detail=detail, grant=_grant(detail, url))
    if state.startswith("53") and state != "53300":
        return EngineError("engine-out-of-memory", detail=detail)
    if state == "22003":
        return EngineError("engine-overflow", detail=detail)
    if state in _UNFIT:
        return EngineError("engine-value-unfit", detail=detail)
    if state == "25006":
        return EngineError("engine-not-a-select")
    if not state and _UNREAD in str(error):
        return EngineError("engine-refused", detail=detail)
    if not state or state.startswith(("08", "28", "3D", "57P", "53300")):
        return EngineError("engine-unreachable", url=url, detail=detail)
    return EngineError("engine-refused", detail=detail, state=state)


def _grant(detail: str, url: str) -> str:
    """The statement that gives the right which is missing."""
    role = urlsplit(url).username or "…"
    found = _FORBIDDEN.search(detail)
    kind, name = found.groups() if found else ("table", _quoted(detail) if _QUOTED.search(detail) else "…")
    right = {"schema": "USAGE ON SCHEMA", "function": "EXECUTE ON FUNCTION"}.get(kind, "SELECT ON")
    return f"GRANT {right} {name} TO {role};"


def is_lost(error: Any) -> bool:
    """Whether the connection is gone, so that a new one may do better."""
    state = getattr(error, "sqlstate", None) or ""
    text = str(error)
    return state in _LOST or "server closed the connection" in text or "no connection to the server" in text


def is_passing(error: Any) -> bool:
    """Whether a refused connection may be granted in a moment; a wrong password will not."""
    text = str(error).lower()
    return any(sign in text for sign in _PASSING)


def _detail(error: Any) -> str:
    first = str(error).splitlines()[0] if str(error) else type(error).__name__
    text = first
    while (shorter := _NOISE.sub("", text, count=1)) != text:
        text = shorter
    return re.sub(r"password=\S+", "password=…", text)[:300]


def _quoted(detail: str) -> str:
    found = _QUOTED.search(detail)
    return found.group(1) if found else detail
