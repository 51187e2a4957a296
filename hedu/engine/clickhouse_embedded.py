"""A folder of ClickHouse tables -> Arrow, through the engine in this process: one folder a process."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

import pyarrow as pa

from hedu.engine.clickhouse import SETTINGS
from hedu.engine.pool import Pool
from hedu.errors import EngineError

try:
    import chdb
except ImportError:
    raise EngineError("driver-missing", name="chdb", extra="clickhouse") from None

_ESCAPED = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r", "\b": "\\b", "\f": "\\f", "\0": "\\0"})
_KILL = "KILL QUERY WHERE Settings['log_comment'] = {tag:String} ASYNC"


class Embedded:
    """Connections of this process to one folder; empty means in memory."""

    def __init__(self, folder: str, database: str | None) -> None:
        self._folder = folder or ":memory:"
        self._database = database
        self._pool: Pool[Any] = Pool(self._opened, lambda connection: connection.close())
        # The folder stays open for as long as this one does, and questions are stopped through it.
        self._own = _connected(self._folder)

    def ask(self, sql: str, values: Mapping[str, Any], settings: Mapping[str, str | float], tag: str) -> pa.Table:
        with self._pool.lent() as (connection, _):
            _settle(connection, {**settings, "log_comment": tag})
            answer = connection.query(sql, "ArrowStream", params=_texts(values))
            return pa.ipc.open_stream(answer.bytes()).read_all()

    def stream(
        self, sql: str, values: Mapping[str, Any], settings: Mapping[str, str | float], tag: str, size: int
    ) -> Iterator[pa.Table]:
        with self._pool.lent() as (connection, _):
            _settle(connection, {**settings, "log_comment": tag})
            answer = connection.send_query(sql, "Arrow", params=_texts(values))
            try:
                for batch in answer.record_batch(rows_per_batch=size):
                    yield pa.Table.from_batches([batch])
            finally:
                answer.close()

    def kill(self, tag: str) -> None:
        self._own.query(_KILL, "CSV", params={"tag": tag})

    def close(self) -> None:
        self._pool.close()
        self._own.close()

    def _opened(self) -> Any:
        connection = _connected(self._folder)
        if self._database:
            connection.query("USE {name:Identifier}", "CSV", params={"name": self._database})
        _settle(connection, SETTINGS)
        return connection


def _connected(folder: str) -> Any:
    connect: Any = chdb.connect
    try:
        return connect(folder)
    except Exception as error:  # noqa: BLE001 - the driver raises whatever its C++ says
        detail = str(error).partition("DB::Exception: ")[2] or str(error)
        raise EngineError("engine-unreachable", url="chdb://", detail=detail.splitlines()[0][:200]) from None


def _settle(connection: Any, settings: Mapping[str, str | float]) -> None:
    for name, value in settings.items():
        text = str(value).replace("\\", "\\\\").replace("'", "\\'")
        connection.query(f"SET {name} = '{text}'", "CSV")


def _texts(values: Mapping[str, Any]) -> dict[str, str]:
    """Bound values as the engine reads them: tab-separated texts, escaped."""
    return {name: _text(value) for name, value in values.items()}


def _text(value: Any) -> str:
    match value:
        case None:
            return "\\N"
        case bool():
            return "true" if value else "false"
        case datetime():
            return value.isoformat(sep=" ")
        case date():
            return value.isoformat()
        case _:
            return str(value).translate(_ESCAPED)
