"""SQL text -> Arrow through ClickHouse, read-only: a server over HTTP, or the same engine in this process (chdb)."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from itertools import chain
from typing import Any, Protocol

import pyarrow as pa

from hedu.engine.arrived import plain_rows
from hedu.engine.clickhouse_faults import engine_error, is_ours
from hedu.engine.clickhouse_types import kinds_in, needs_names, read, shape_by
from hedu.engine.foreign import Foreign
from hedu.engine.places import placed, require_loaded, require_select
from hedu.engine.running import Running
from hedu.engine.shown import shown_url
from hedu.errors import EngineError

# Standard SQL where ClickHouse has its own mind: NULL beside what was not joined, NULL for the sum of nothing,
# a column before an alias of the same name, whole counts, hours before 1970. `readonly=2` lets a question set
# its own time limit.
SETTINGS: Mapping[str, str | int] = {
    "join_use_nulls": 1,
    "aggregate_functions_null_for_empty": 1,
    "prefer_column_name_to_alias": 1,
    "count_distinct_implementation": "uniqExact",
    "cast_keep_nullable": 1,
    "enable_extended_results_for_datetime_functions": 1,
    "final": 0,
    "readonly": 2,
}


class Door(Protocol):
    """A way to a ClickHouse: texts with `{p1:Type}` places and named values in, Arrow out."""

    def ask(self, sql: str, values: Mapping[str, Any], settings: Mapping[str, str | float], tag: str) -> pa.Table:
        """The whole answer."""

    def stream(
        self, sql: str, values: Mapping[str, Any], settings: Mapping[str, str | float], tag: str, size: int
    ) -> Iterator[pa.Table]:
        """The answer in parts."""

    def kill(self, tag: str) -> None:
        """Stop the question that bears `tag`."""

    def close(self) -> None:
        """Release everything."""


class ClickHouse(Foreign):
    """Read-only and safe to share between threads. It has no versions of the data and proves no references."""

    dialect = "clickhouse"

    def __init__(self, url: str, door: Door, *, time_zone: str = "UTC", timeout: float | None = None) -> None:
        self.url = shown_url(url)
        self._door = door
        self._time_zone = time_zone
        self._timeout = timeout
        self._running: Running[str] = Running()
        self._files: list[str] = []
        self._is_closed = False

    def query(self, sql: str, parameters: Sequence[Any] = (), *, timeout: float | None = None) -> pa.Table:
        """Run one SELECT. EngineError: engine-refused, engine-timeout, engine-cancelled, engine-missing-table, …"""
        text, values = self._prepared(sql, parameters)
        with self._question(timeout) as (settings, tag):
            table = self._door.ask(text, values, settings, tag)
            kinds = self._kinds(text, values, table.schema)
        return read(table, kinds, self._time_zone)

    def rows(
        self, sql: str, parameters: Sequence[Any] = (), *, timeout: float | None = None
    ) -> tuple[list[str], list[tuple[Any, ...]]]:
        """The same as names and plain rows."""
        return plain_rows(self.query(sql, parameters, timeout=timeout))

    def batches(
        self, sql: str, parameters: Sequence[Any] = (), *, timeout: float | None = None, size: int = 65_536
    ) -> pa.RecordBatchReader:
        """The rows in batches as they are made."""
        text, values = self._prepared(sql, parameters)
        stream = self._streamed(text, values, timeout, size)
        first = next(stream)
        parts = (part for table in chain((first,), stream) for part in table.to_batches(max_chunksize=size))
        return pa.RecordBatchReader.from_batches(first.schema, parts)

    def columns(self, sql: str) -> Mapping[str, str]:
        """Column name -> text, number, boolean, date, timestamp or other."""
        require_select(sql)
        with self._question(None) as (settings, tag):
            empty = self._door.ask(_none_of(sql), {}, settings, tag)
            kinds = self._kinds(sql, {}, empty.schema)
        return kinds_in(empty, kinds, self._time_zone)

    def cancel(self) -> None:
        """Stop every running question."""
        self._running.cancel(self._door.kill)

    def close(self) -> None:
        """Release the connections."""
        self._is_closed = True
        self._door.close()

    def _prepared(self, sql: str, parameters: Sequence[Any]) -> tuple[str, Mapping[str, Any]]:
        require_select(sql)
        require_loaded(sql, self._files)
        text = placed(sql, lambda at: f"{{p{at}:{_type(parameters[at])}}}", "backslash")
        return text, {f"p{at}": value for at, value in enumerate(parameters)}

    @contextmanager
    def _question(self, timeout: float | None) -> Iterator[tuple[Mapping[str, str | float], str]]:
        """The settings and the mark of one question; its faults in our words."""
        if self._is_closed:
            raise EngineError("engine-closed")
        seconds = timeout if timeout is not None else self._timeout
        with self._running.one(f"hedu-{uuid.uuid4().hex}") as tag:
            try:
                yield {"max_execution_time": seconds or 0, "session_timezone": self._time_zone}, tag
            except Exception as error:
                if not is_ours(error):
                    raise
                is_cancelled = self._running.is_cancelled(tag)
                raise engine_error(error, self.url, seconds, is_cancelled=is_cancelled) from None

    def _streamed(self, text: str, values: Mapping[str, Any], timeout: float | None, size: int) -> Iterator[pa.Table]:
        """At least one table, the first perhaps empty."""
        with self._question(timeout) as (settings, tag):
            empty = self._door.ask(_none_of(text), values, settings, tag)
            kinds = self._kinds(text, values, empty.schema)
            shape: pa.Schema | None = None
            for table in self._door.stream(text, values, settings, tag, size):
                shape = shape_by(table, kinds, self._time_zone) if shape is None else shape
                yield read(table, kinds, self._time_zone, shape)
            if shape is None:
                yield read(empty, kinds, self._time_zone)

    def _kinds(self, text: str, values: Mapping[str, Any], schema: pa.Schema) -> tuple[str, ...]:
        """ClickHouse's names for the types of the columns; none where what Arrow is handed tells enough."""
        if not needs_names(schema):
            return ()
        found = self._door.ask(f"DESCRIBE TABLE ({text}\n)", values, {"session_timezone": self._time_zone}, "")
        return tuple(found.column("type").to_pylist())


def _none_of(sql: str) -> str:
    """The same columns without rows: the question itself stands inside, nothing else is put in."""
    return f"SELECT * FROM ({sql}\n) LIMIT 0"  # noqa: S608


def _type(value: Any) -> str:
    """ClickHouse's name for the type of a bound value."""
    match value:
        case None:
            return "Nullable(String)"
        case bool():
            return "Bool"
        case int():
            return "Int64"
        case float():
            return "Float64"
        case Decimal():
            return f"Decimal(38, {max(-int(value.as_tuple().exponent), 0)})"
        case datetime():
            return "DateTime64(6)"
        case date():
            return "Date32"
        case _:
            return "String"
