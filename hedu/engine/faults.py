"""A DuckDB exception -> an error of ours, without paths of the machine."""

from __future__ import annotations

import re

import duckdb

from hedu.errors import EngineError

_MISSING = re.compile(r'Table with name "?([^"\s]+(?:"\."[^"\s]+)?)"? does not exist')
_NEAR = re.compile(r'Did you mean "([^"]+)"')
_COLUMN = re.compile(r'(?:Referenced column|column named|Column with name) "([^"]+)"')
_PATHS = re.compile(r'"?(/[^\s"\']+/)([^\s"\'/]+)"?')


def engine_error(error: duckdb.Error, url: str) -> EngineError:
    """The fault in our words; DuckDB's own first line as `detail`."""
    detail = _PATHS.sub(r"\2", str(error).splitlines()[0])
    missing = missing_table(error)
    if missing:
        return EngineError("engine-missing-table", name=missing, near=_near(error), detail=detail)
    column = _COLUMN.search(str(error))
    if isinstance(error, duckdb.BinderException) and column:
        return EngineError("engine-missing-column", name=column.group(1), detail=detail)
    if isinstance(error, duckdb.OutOfMemoryException):
        return EngineError("engine-out-of-memory", detail=detail)
    if isinstance(error, duckdb.OutOfRangeException):
        return EngineError("engine-overflow", detail=detail)
    if isinstance(error, duckdb.ConversionException):
        return EngineError("engine-value-unfit", detail=detail)
    if isinstance(error, (duckdb.IOException, duckdb.ConnectionException)):
        return EngineError("engine-unreachable", url=_PATHS.sub(r"\2", url), detail=detail)
    return EngineError("engine-refused", detail=detail)


def missing_table(error: duckdb.Error) -> str | None:
    """The table that is not there, where that is the fault."""
    found = _MISSING.search(str(error)) if isinstance(error, duckdb.CatalogException) else None
    return found.group(1) if found else None


def _near(error: duckdb.Error) -> str:
    found = _NEAR.search(str(error))
    return found.group(1) if found else ""
