"""A ClickHouse error -> an error of ours, by its number; without passwords."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from hedu.errors import EngineError

_CODE = re.compile(r"[Cc]ode: (\d+)")
_NAME = re.compile(r"identifier ['`‘]([^'`’]+)['`’]|(?:Table|Database) ([^\s]+) do(?:es)?(?: not|n't) exist")
_NEAR = re.compile(r"[Mm]aybe you meant:? \[?['`]([^'`]+)['`]")
_LIMIT = re.compile(r"maximum: ([\d.]+) ms")
_RIGHT = re.compile(r"necessary to have the grant (.+? ON [^\s]+)")
_TABLE, _COLUMN = (60, 81), (47, 8, 10, 16)
_UNFIT = (6, 26, 27, 32, 38, 41, 53, 70, 72, 130, 153, 349, 376, 467, 675, 676, 691)
_OVERFLOW, _MEMORY = (69, 321, 407, 439), (241, 173)
_TIME, _CANCELLED, _READONLY, _FORBIDDEN = (159, 160), (394, 735), (164,), (497,)


def is_ours(error: BaseException) -> bool:
    """Whether an exception comes from a driver of ClickHouse, or from the way to its server."""
    module = type(error).__module__.partition(".")[0]
    return module in ("chdb", "clickhouse_connect", "urllib3") or isinstance(error, (OSError, RuntimeError))


def engine_error(error: BaseException, url: str, seconds: float | None, *, is_cancelled: bool = False) -> EngineError:
    """The fault in our words; the server's own first line as `detail`."""
    text = str(error)
    found = _CODE.search(text)
    code = int(found.group(1)) if found else 0
    detail = re.sub(
        r"^.*?DB::Exception: |\(version [^)]*\)|\(for url [^)]*\)", "", text.splitlines()[0] if text else ""
    ).strip()[:300]
    if code in _CANCELLED or (is_cancelled and code in (0, *_TIME)):
        return EngineError("engine-cancelled")
    if code in _TIME:
        limit = _LIMIT.search(text)
        return EngineError("engine-timeout", seconds=seconds or (f"{float(limit.group(1)) / 1000:g}" if limit else "?"))
    if code in _TABLE:
        return EngineError("engine-missing-table", name=_name(detail), near=_near(detail), detail=detail)
    if code in _COLUMN:
        return EngineError("engine-missing-column", name=_name(detail), detail=detail)
    if code in _MEMORY:
        return EngineError("engine-out-of-memory", detail=detail)
    if code in _OVERFLOW:
        return EngineError("engine-overflow", detail=detail)
    if code in _UNFIT:
        return EngineError("engine-value-unfit", detail=detail)
    if code in _FORBIDDEN:
        return EngineError("engine-forbidden", detail=detail, grant=_grant(detail, url))
    if code in _READONLY:
        return EngineError("engine-not-a-select")
    if code == 0 or code in (36, 192, 193, 194, 209, 210, 279, 516):
        return EngineError("engine-unreachable", url=url, detail=detail or type(error).__name__)
    return EngineError("engine-refused", detail=detail)


def _grant(detail: str, url: str) -> str:
    """The statement that gives the right which is missing."""
    found = _RIGHT.search(detail)
    return f"GRANT {found.group(1).rstrip('.') if found else 'SELECT ON …'} TO {urlsplit(url).username or 'default'};"


def _name(detail: str) -> str:
    found = _NAME.search(detail)
    return next(filter(None, found.groups()), detail) if found else detail


def _near(detail: str) -> str:
    found = _NEAR.search(detail)
    return found.group(1) if found else ""
