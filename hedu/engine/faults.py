"""A DuckDB exception -> an error of ours, without paths of the machine."""

from __future__ import annotations

import re

import duckdb

from hedu.errors import EngineError

_MISSING = re.compile(r'Table with name "?([^"\s]+(?:"\."[^"\s]+)?)"? does not exist')
_COLUMN = re.compile(r'(?:Referenced column|column named|Column with name) "?([^"]+?)"? ')
_PATHS = re.compile(r'"?(/[^\s"\']+/)([^\s"\'/]+)"?')


def engine_error(error: duckdb.Error, url: str) -> EngineError:
    """The fault in our words; DuckDB's own first line as `detail`."""
    detail = _PATHS.sub(r"\2", str(error).splitlines()[0])
    missing = _MISSING.search(str(error))
    if missing:
        return EngineError("engine-missing-table", name=missing.group(1), detail=detail)
    column = _COLUMN.search(str(error))
    if isinstance(error, duckdb.BinderException) and column:
        return EngineError("engine-missing-column", name=column.group(1), detail=detail)
    if isinstance(error, duckdb.OutOfMemoryException):
        return EngineError("engine-out-of-memory", detail=detail)
    if isinstance(error, (duckdb.OutOfRangeException, duckdb.ConversionException)):
        return EngineError("engine-value-unfit", detail=detail)
    if isinstance(error, (duckdb.IOException, duckdb.ConnectionException)):
        return EngineError("engine-unreachable", url=_PATHS.sub(r"\2", url), detail=detail)
    return EngineError("engine-refused", detail=detail)
