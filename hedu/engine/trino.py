"""SQL text -> Arrow through Trino. Written after its documentation: the tests read its text, none runs it."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import pyarrow as pa

from hedu.engine.arrived import kind_of, plain_rows, settled
from hedu.engine.foreign import Foreign
from hedu.engine.places import require_loaded, require_select
from hedu.engine.running import Running
from hedu.engine.shown import shown_url
from hedu.errors import EngineError

try:
    import trino.auth
    import trino.dbapi
    import trino.exceptions
except ImportError:
    raise EngineError("driver-missing", name="Trino", extra="trino") from None

_KINDS = {"varchar": pa.string(), "char": pa.string(), "boolean": pa.bool_(), "date": pa.date32(),
          "tinyint": pa.int64(), "smallint": pa.int64(), "integer": pa.int64(), "bigint": pa.int64(),
          "real": pa.float64(), "double": pa.float64(), "timestamp": pa.timestamp("us")}  # fmt: skip
_FAULTS = {
    "TABLE_NOT_FOUND": "engine-missing-table",
    "SCHEMA_NOT_FOUND": "engine-missing-table",
    "CATALOG_NOT_FOUND": "engine-missing-table",
    "COLUMN_NOT_FOUND": "engine-missing-column",
    "EXCEEDED_TIME_LIMIT": "engine-timeout",
    "USER_CANCELED": "engine-cancelled",
    "DIVISION_BY_ZERO": "engine-value-unfit",
    "INVALID_CAST_ARGUMENT": "engine-value-unfit",
    "NUMERIC_VALUE_OUT_OF_RANGE": "engine-overflow",
}


class Trino(Foreign):
    """One connection for all threads, a cursor for each question."""

    dialect = "trino"

    def __init__(self, url: str, *, time_zone: str = "UTC", timeout: float | None = None) -> None:
        self.url = shown_url(url)
        self._time_zone = time_zone
        self._timeout = timeout
        self._running: Running[Any] = Running()
        self._files: list[str] = []
        self._connection = _connected(url, time_zone)
        self.query("SELECT 1 AS one")

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
        """The rows in batches as they arrive."""
        require_select(sql)
        require_loaded(sql, self._files)
        stream = self._streamed(sql, parameters, timeout, size)
        schema = next(stream)
        return pa.RecordBatchReader.from_batches(schema, stream)

    def columns(self, sql: str) -> Mapping[str, str]:
        """Column name -> text, number, boolean, date, timestamp or other."""
        schema = self.batches(f"SELECT * FROM ({sql}\n) LIMIT 0").schema  # noqa: S608 - the question inside itself
        return {field.name: kind_of(field.type) for field in schema}

    def cancel(self) -> None:
        """Stop every running question."""
        self._running.cancel(_stop)

    def close(self) -> None:
        """Release the connection."""
        self._connection.close()

    def _streamed(self, sql: str, parameters: Sequence[Any], timeout: float | None, size: int) -> Iterator[Any]:
        """The schema, then the batches."""
        with self._cursor(timeout) as cursor:
            cursor.execute(sql, list(parameters) or None)
            rows = cursor.fetchmany(size)
            names = [item[0] for item in cursor.description]
            fields = [pa.field(item[0], _kind(item[1])) for item in cursor.description]
            schema = settled(pa.schema(fields).empty_table(), self._time_zone).schema
            yield schema
            while rows:
                columns = [
                    pa.array(values, field.type) for values, field in zip(zip(*rows, strict=True), fields, strict=True)
                ]
                yield from settled(pa.Table.from_arrays(columns, names), self._time_zone).to_batches()
                rows = cursor.fetchmany(size)

    @contextmanager
    def _cursor(self, timeout: float | None) -> Iterator[Any]:
        seconds = timeout if timeout is not None else self._timeout
        late = threading.Event()
        with self._running.one(self._connection.cursor()) as cursor:

            def stop() -> None:
                late.set()
                _stop(cursor)

            timer = threading.Timer(seconds, stop) if seconds is not None else None
            try:
                if timer is not None:
                    timer.daemon = True
                    timer.start()
                yield cursor
            except (trino.exceptions.Error, OSError) as error:
                if late.is_set():
                    raise EngineError("engine-timeout", seconds=seconds) from None
                self._running.check(cursor)
                raise _worded(error, self.url, seconds) from None
            finally:
                if timer is not None:
                    timer.cancel()


def _stop(cursor: Any) -> None:
    with suppress(trino.exceptions.Error):
        cursor.cancel()


def _connected(url: str, time_zone: str) -> Any:
    parts = urlsplit(url)
    options = {name: value for name, value in parse_qsl(parts.query) if name != "timeout"}
    catalog, _, schema = unquote(parts.path.strip("/")).partition("/")
    is_secure = bool(parts.password) or options.get("secure") in ("1", "true")
    user = unquote(parts.username or "hedu")
    return trino.dbapi.connect(  # type: ignore[no-untyped-call]
        host=parts.hostname or "127.0.0.1",
        port=parts.port or (443 if is_secure else 8080),
        user=user,
        catalog=catalog or None,
        schema=schema or None,
        http_scheme="https" if is_secure else "http",
        auth=trino.auth.BasicAuthentication(user, unquote(parts.password)) if parts.password else None,
        timezone=time_zone,
        source="hedu",
    )


def _worded(error: Exception, url: str, seconds: float | None) -> EngineError:
    name = getattr(error, "error_name", "") or ""
    detail = str(getattr(error, "message", "") or error).splitlines()[0][:300]
    code = _FAULTS.get(name, "engine-refused" if name else "engine-unreachable")
    return EngineError(code, name=detail, near="", detail=detail, url=url, seconds=seconds)


def _kind(kind: str) -> pa.DataType:
    """Arrow's type for one of Trino's, as its driver hands the values over."""
    name, _, rest = kind.partition("(")
    if name == "decimal":
        precision, scale = (int(part) for part in rest.rstrip(")").split(","))
        return pa.decimal128(precision, scale)
    if name.startswith("timestamp") and "with time zone" in kind:
        return pa.timestamp("us", "UTC")
    return _KINDS.get(name.strip(), pa.string())
