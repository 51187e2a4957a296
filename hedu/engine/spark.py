"""SQL text -> Arrow through Spark Connect, read-only by parsing: Spark itself would obey anything."""

from __future__ import annotations

import logging
import socket
import threading
import time
import uuid
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.compute as pc
from sqlglot import exp, parse
from sqlglot.errors import SqlglotError

from hedu.engine.arrived import check_times, kind_of, plain_rows, settled
from hedu.engine.foreign import Foreign
from hedu.engine.places import require_loaded, require_select
from hedu.engine.running import Running
from hedu.engine.shown import shown_url
from hedu.engine.spark_faults import engine_error, is_passing
from hedu.errors import EngineError

try:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        from pyspark.errors import PySparkException
        from pyspark.sql.connect.client.retries import DefaultPolicy
        from pyspark.sql.connect.session import SparkSession
        from pyspark.sql.pandas.types import to_arrow_schema
except ImportError:
    raise EngineError("driver-missing", name="Spark", extra="spark") from None

_TRIES, _WAIT, _PATIENCE = 3, 1.0, 10.0
# A lost server is waited for some twenty seconds: a question is read again from where it stood, never run twice.
_RETRIES = 5
_OURS = ("timeout",)
_VARIANT = pa.struct(
    [pa.field("value", pa.binary(), nullable=False), pa.field("metadata", pa.binary(), nullable=False)]
)
# Faults come back as errors of ours; the client would print each of them with its Java stack besides.
logging.getLogger("SQLQueryContextLogger").setLevel(logging.CRITICAL)


class Spark(Foreign):
    """One Connect session for all threads; each question bears a tag of its own, by which it is stopped."""

    dialect = "spark"

    def __init__(self, url: str, *, time_zone: str = "UTC", timeout: float | None = None) -> None:
        self.url = shown_url(url)
        self._time_zone = time_zone
        self._timeout = timeout
        self._running: Running[str] = Running()
        self._late: set[str] = set()
        self._files: list[str] = []
        self._is_closed = False
        self._session = self._connected(url)

    def query(self, sql: str, parameters: Sequence[Any] = (), *, timeout: float | None = None) -> pa.Table:
        """Run one SELECT. EngineError: engine-refused, engine-timeout, engine-cancelled, engine-missing-table, …"""
        return self.batches(sql, parameters, timeout=timeout).read_all()

    def rows(
        self, sql: str, parameters: Sequence[Any] = (), *, timeout: float | None = None
    ) -> tuple[list[str], list[tuple[Any, ...]]]:
        """The same as names and plain rows."""
        return plain_rows(self.query(sql, parameters, timeout=timeout))

    def batches(
        self, sql: str, parameters: Sequence[Any] = (), *, timeout: float | None = None, size: int = 65_536
    ) -> pa.RecordBatchReader:
        """The rows in batches as Spark makes them, at most `size` rows each."""
        self._check(sql)
        stream = self._streamed(sql, parameters, timeout)
        schema = next(stream)
        parts = (part for table in stream for part in table.to_batches(max_chunksize=size))
        return pa.RecordBatchReader.from_batches(schema, parts)

    def columns(self, sql: str) -> Mapping[str, str]:
        """Column name -> text, number, boolean, date, timestamp or other."""
        self._check(sql)
        with self._question(None):
            schema = to_arrow_schema(self._session.sql(sql).schema, timezone="UTC")
        return {field.name: kind_of(field.type) for field in schema}

    def cancel(self) -> None:
        """Stop every running question."""
        self._running.cancel(self._stop)

    def close(self) -> None:
        """Release the session."""
        self._is_closed = True
        with suppress(Exception):
            self._session.client.close()

    def _check(self, sql: str) -> None:
        require_select(sql)
        require_loaded(sql, self._files)
        try:
            trees = parse(sql, dialect="spark")
        except SqlglotError as error:
            raise EngineError("engine-refused", detail=str(error).splitlines()[0][:200]) from None
        tree = trees[0] if len(trees) == 1 else None
        if not isinstance(tree, exp.Query) or tree.find(exp.DML, exp.DDL, exp.Command, exp.Into) not in (None, tree):
            raise EngineError("engine-not-a-select")

    @contextmanager
    def _question(self, timeout: float | None) -> Iterator[None]:
        """What runs within bears a tag, and is stopped by it when late."""
        if self._is_closed:
            raise EngineError("engine-closed")
        seconds = timeout if timeout is not None else self._timeout
        with self._running.one(f"hedu-{uuid.uuid4().hex}") as tag:
            timer = threading.Timer(seconds, self._stop_late, (tag,)) if seconds is not None else None
            self._session.addTag(tag)
            try:
                if timer is not None:
                    timer.daemon = True
                    timer.start()
                yield
            except PySparkException as error:
                raise self._worded(error, tag, seconds) from None
            finally:
                if timer is not None:
                    timer.cancel()
                with suppress(PySparkException):
                    self._session.removeTag(tag)
                self._late.discard(tag)

    def _stop(self, tag: str) -> None:
        with suppress(PySparkException):
            self._session.interruptTag(tag)

    def _stop_late(self, tag: str) -> None:
        self._late.add(tag)
        self._stop(tag)

    def _worded(self, error: PySparkException, tag: str, seconds: float | None) -> EngineError:
        if tag in self._late:
            return EngineError("engine-timeout", seconds=seconds)
        if self._running.is_cancelled(tag):
            return EngineError("engine-cancelled")
        return engine_error(error, self.url)

    def _streamed(self, sql: str, parameters: Sequence[Any], timeout: float | None) -> Iterator[Any]:
        """The schema, then the tables."""
        with self._question(timeout):
            frame = self._session.sql(sql, args=[self._bound(value) for value in parameters] or None)
            parts = self._session.client.to_table_as_iterator(frame._plan.to_proto(self._session.client), {})
            # Spark tells its own schema first, then sends the rows.
            schema = to_arrow_schema(next(parts), timezone="UTC")
            yield _timed(schema.empty_table(), self._time_zone).schema
            for part in parts:
                if isinstance(part, pa.Table):
                    yield _timed(part.cast(schema), self._time_zone)

    def _bound(self, value: Any) -> Any:
        """A moment without a zone is one of the session's: the driver would take it for one of this machine's."""
        is_bare = isinstance(value, datetime) and value.tzinfo is None
        return value.replace(tzinfo=ZoneInfo(self._time_zone)) if is_bare else value

    def _connected(self, url: str) -> Any:
        parts = urlsplit(url)
        options = {name: value for name, value in parse_qsl(parts.query) if name not in _OURS}
        if parts.username:
            options.setdefault("user_id", unquote(parts.username))
        if parts.password:
            options.setdefault("token", unquote(parts.password))
        door = f"sc://{parts.hostname or '127.0.0.1'}:{parts.port or 15002}/"
        door += "".join(f";{name}={value}" for name, value in options.items())
        _reach(parts.hostname or "127.0.0.1", parts.port or 15002, self.url)
        for left in reversed(range(_TRIES)):
            try:
                session = SparkSession.builder.remote(door).create()
                session.client.set_retry_policies([DefaultPolicy(max_retries=_RETRIES)])
                session.conf.set("spark.sql.session.timeZone", self._time_zone)
                session.conf.set("spark.sql.ansi.enabled", "true")
                database = unquote(parts.path.strip("/"))
                if database:
                    session.sql(exp.Use(this=exp.to_table(database, dialect="spark")).sql("spark"))
                return session
            except PySparkException as error:
                if not left or not is_passing(error):
                    raise engine_error(error, self.url, is_connecting=True) from None
            time.sleep(_WAIT)
        raise EngineError("engine-closed")


def _reach(host: str, port: int, url: str) -> None:
    """Refuse at once what nobody answers: the client itself would try for ten minutes."""
    for left in reversed(range(_TRIES)):
        try:
            socket.create_connection((host, port), timeout=_PATIENCE).close()
            return
        except OSError as error:
            if not left:
                detail = error.strerror or type(error).__name__
                raise EngineError("engine-unreachable", url=url, detail=detail) from None
        time.sleep(_WAIT)


def _timed(table: pa.Table, time_zone: str) -> pa.Table:
    """Moments are wall-clock times of the session, as elsewhere: truncated ones come back as instants."""
    table = settled(table, time_zone)
    for at, field in enumerate(table.schema):
        column = table.column(at)
        if pa.types.is_timestamp(field.type) and field.type.tz is not None:
            column = pc.local_timestamp(column).cast(pa.timestamp("us"))
        elif field.type == _VARIANT:
            raise EngineError("engine-type-unread", name=field.name, type="VARIANT")
        table = table.set_column(at, pa.field(field.name, column.type), column)
    check_times(table)
    return table
