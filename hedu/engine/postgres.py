"""SQL text -> Arrow through PostgreSQL, read-only: one transaction a question, connections kept for the next."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any, TypeVar
from urllib.parse import parse_qsl, urlencode, urlsplit

import pyarrow as pa

from hedu.engine.arrived import check_times, kind_of, plain_rows, settled, shape_of
from hedu.engine.foreign import Foreign
from hedu.engine.kept import Reference
from hedu.engine.places import placed, require_loaded, require_select, written
from hedu.engine.pool import Pool
from hedu.engine.postgres_faults import STATE_NO_OPERATOR, engine_error, is_lost, is_passing
from hedu.engine.running import Running
from hedu.engine.shown import joined, shown_url
from hedu.errors import EngineError, suggest

try:
    import adbc_driver_postgresql.dbapi as driver
except ImportError:
    raise EngineError("driver-missing", name="PostgreSQL", extra="postgresql") from None

_CONNECT_TRIES = 3
_CONNECT_WAIT = 0.3
_BEGIN = "BEGIN TRANSACTION READ ONLY"
# Set anew in each transaction: behind a pooler the next one may run in another session.
_SETTLE = """
select set_config('TimeZone', $1, true), set_config('standard_conforming_strings', 'on', true),
  set_config('application_name', 'hedu', true),
  set_config('statement_timeout', coalesce(nullif($2, ''), current_setting('statement_timeout')), true)
"""
_REFERENCES = """
select case when rn.nspname = any(current_schemas(false)) then '' else rn.nspname || '.' end || r.relname as referrer,
  rn.nspname || '.' || r.relname as referrer_whole,
  (select string_agg(a.attname, chr(31) order by k.at) from unnest(c.conkey) with ordinality as k(number, at)
    join pg_attribute as a on a.attrelid = c.conrelid and a.attnum = k.number) as columns,
  case when fn.nspname = any(current_schemas(false)) then '' else fn.nspname || '.' end || f.relname as referred,
  fn.nspname || '.' || f.relname as referred_whole,
  (select string_agg(a.attname, chr(31) order by k.at) from unnest(c.confkey) with ordinality as k(number, at)
    join pg_attribute as a on a.attrelid = c.confrelid and a.attnum = k.number) as key
from pg_constraint as c
  join pg_class as r on r.oid = c.conrelid join pg_namespace as rn on rn.oid = r.relnamespace
  join pg_class as f on f.oid = c.confrelid join pg_namespace as fn on fn.oid = f.relnamespace
where c.contype = 'f' and c.convalidated
  and not exists (select 1 from unnest(c.conkey) as k(number)
    join pg_attribute as a on a.attrelid = c.conrelid and a.attnum = k.number where not a.attnotnull)
"""
_LIMIT = "select extract(epoch from current_setting('statement_timeout')::interval)::float8 as seconds"
_TABLES = """
select case when n.nspname = any(current_schemas(false)) then c.relname else n.nspname || '.' || c.relname end as name
from pg_class as c join pg_namespace as n on n.oid = c.relnamespace
where c.relkind in ('r', 'v', 'm', 'p', 'f') and n.nspname not in ('pg_catalog', 'information_schema')
"""
Found = TypeVar("Found")


class Postgres(Foreign):
    """Read-only and safe to share between threads: each question has a connection and a transaction of its own.

    The database has no versions that Hedu knows of: answers are never kept, `at` is refused. Referential integrity
    is what its validated foreign keys over NOT NULL columns promise.
    """

    dialect = "postgres"

    def __init__(self, url: str, *, time_zone: str = "UTC", timeout: float | None = None) -> None:
        self.url = shown_url(url)
        self._address = _without_ours(url)
        self._time_zone = time_zone
        self._timeout = timeout
        self._running: Running[Any] = Running()
        self._files: list[str] = []
        self._pool = Pool(self._connected, lambda connection: connection.close())
        with self._pool.lent():
            pass

    def query(self, sql: str, parameters: Sequence[Any] = (), *, timeout: float | None = None) -> pa.Table:
        """Run one SELECT. EngineError: engine-refused, engine-timeout, engine-cancelled, engine-missing-table, …"""
        require_select(sql)
        require_loaded(sql, self._files)
        return _with_texts(lambda text, values: self._answered(text, values, timeout), sql, parameters)

    def rows(
        self, sql: str, parameters: Sequence[Any] = (), *, timeout: float | None = None
    ) -> tuple[list[str], list[tuple[Any, ...]]]:
        """The same as names and plain rows."""
        return plain_rows(self.query(sql, parameters, timeout=timeout))

    def batches(
        self, sql: str, parameters: Sequence[Any] = (), *, timeout: float | None = None, size: int = 65_536
    ) -> pa.RecordBatchReader:
        """The rows in batches as the server makes them; the limit of time counts for each batch."""
        require_select(sql)
        require_loaded(sql, self._files)

        def begun(text: str, values: Sequence[Any]) -> tuple[Iterator[pa.Table], pa.Table]:
            return self._once_more(lambda: _begun(self._streamed(text, values, timeout, size)))

        stream, first = _with_texts(begun, sql, parameters)
        return pa.RecordBatchReader.from_batches(first.schema, _all_batches(first, stream))

    def columns(self, sql: str) -> Mapping[str, str]:
        """Column name -> text, number, boolean, date, timestamp or other."""
        require_select(sql)

        def look(cursor: Any) -> Mapping[str, str]:
            return {field.name: kind_of(field.type) for field in cursor.adbc_execute_schema(sql)}

        return self._once_more(lambda: self._in_transaction(None, look))

    def integrity(self) -> frozenset[Reference]:
        """The validated foreign keys over NOT NULL columns, each by its tables' short and whole names."""
        found = self._answered(_REFERENCES, (), None).to_pylist()
        references = set()
        for row in found:
            columns, key = tuple(row["columns"].split("\x1f")), tuple(row["key"].split("\x1f"))
            for referrer in {row["referrer"], row["referrer_whole"]}:
                for referred in {row["referred"], row["referred_whole"]}:
                    references.add((referrer, columns, referred, key))
        return frozenset(references)

    def cancel(self) -> None:
        """Stop every running question."""
        self._running.cancel(_stop)

    def close(self) -> None:
        """Release the connections; those of running questions when they end."""
        self._pool.close()

    def _answered(self, sql: str, parameters: Sequence[Any], timeout: float | None) -> pa.Table:
        seconds = timeout if timeout is not None else self._timeout
        text = placed(sql, lambda at: f"${at + 1}")

        def ask(cursor: Any) -> pa.Table:
            cursor.execute(text, tuple(parameters) or None)
            return cursor.fetch_arrow_table()

        table = settled(self._once_more(lambda: self._in_transaction(seconds, ask)), self._time_zone)
        check_times(table)
        return table

    def _once_more(self, ask: Callable[[], Found]) -> Found:
        """Ask; again on a new connection where a kept one turns out to be lost: nothing was delivered yet."""
        for is_last in (False, True):
            try:
                return ask()
            except _Lost as lost:
                if is_last or not lost.was_kept:
                    raise self._worded(lost.error, None, None) from None
                self._pool.forget()
        raise EngineError("engine-closed")

    def _in_transaction(self, seconds: float | None, ask: Callable[[Any], Found]) -> Found:
        with self._pool.lent() as (connection, was_kept), self._running.one(connection.cursor()) as cursor:
            try:
                self._begin(connection, seconds)
                self._running.check(cursor)
                found = ask(cursor)
                _run(connection, "COMMIT")
                return found
            except (driver.Error, pa.ArrowInvalid) as error:
                if is_lost(error):
                    raise _Lost(error, was_kept) from None
                raise self._worded(error, seconds, cursor) from None
            finally:
                cursor.close()

    def _streamed(self, sql: str, parameters: Sequence[Any], timeout: float | None, size: int) -> Iterator[pa.Table]:
        """At least one table, the first perhaps empty; nothing is asked again once the first is there."""
        seconds = timeout if timeout is not None else self._timeout
        shape: pa.Schema | None = None
        declared = "DECLARE hedu_rows NO SCROLL CURSOR FOR " + placed(sql, lambda at: f"${at + 1}")
        with self._pool.lent() as (connection, was_kept), self._running.one(connection.cursor()) as cursor:
            try:
                self._begin(connection, seconds)
                self._running.check(cursor)
                cursor.execute(declared, tuple(parameters) or None)
                cursor.adbc_statement.set_options(**{"adbc.postgresql.use_copy": "false"})
                while True:
                    cursor.execute(f"FETCH FORWARD {int(size)} FROM hedu_rows")
                    found, is_first = cursor.fetch_arrow_table(), shape is None
                    shape = shape_of(found, self._time_zone) if shape is None else shape
                    table = settled(found, self._time_zone, shape)
                    check_times(table)
                    if table.num_rows or is_first:
                        yield table
                    if table.num_rows < size:
                        break
                _run(connection, "COMMIT")
            except (driver.Error, pa.ArrowInvalid) as error:
                if is_lost(error) and shape is None:
                    raise _Lost(error, was_kept) from None
                raise self._worded(error, seconds, cursor) from None
            finally:
                cursor.close()

    def _begin(self, connection: Any, seconds: float | None) -> None:
        _run(connection, _BEGIN)
        limit = "" if seconds is None else str(max(int(seconds * 1000), 1))
        _run(connection, _SETTLE, (self._time_zone, limit))

    def _worded(self, error: Any, seconds: float | None, cursor: Any) -> EngineError:
        worded = engine_error(error, self.url, seconds, is_cancelled=self._running.is_cancelled(cursor))
        if worded.code == "engine-timeout" and seconds is None:
            with suppress(EngineError):
                seconds = self._answered(_LIMIT, (), None).column(0)[0].as_py()
            worded = EngineError("engine-timeout", seconds="?" if seconds is None else f"{seconds:g}")
        if worded.code == "engine-missing-table":
            name = str(worded.problem.facts["name"])
            with suppress(EngineError):
                names = self._answered(_TABLES, (), None).column(0).to_pylist()
                worded = EngineError("engine-missing-table", **{**worded.problem.facts, "near": suggest(name, names)})
        return worded

    def _connected(self) -> Any:
        """A new session; a server that is starting is waited for."""
        for left in reversed(range(_CONNECT_TRIES)):
            try:
                return driver.connect(self._address, autocommit=True)
            except driver.Error as error:
                if not left or not is_passing(error):
                    raise engine_error(error, self.url, None) from None
            time.sleep(_CONNECT_WAIT)
        raise EngineError("engine-closed")


class _Lost(Exception):
    """The connection broke; `was_kept` where it had been opened for an earlier question."""

    def __init__(self, error: Any, was_kept: bool) -> None:
        super().__init__(str(error))
        self.error = error
        self.was_kept = was_kept


def _stop(cursor: Any) -> None:
    with suppress(driver.Error):
        cursor.adbc_cancel()


def _run(connection: Any, sql: str, parameters: tuple[Any, ...] | None = None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        if parameters is not None:
            cursor.fetch_arrow_table()


def _with_texts(ask: Callable[[str, Sequence[Any]], Found], sql: str, parameters: Sequence[Any]) -> Found:
    """Ask; again with the texts written down where, bound as texts, they do not meet an enum or a uuid."""
    try:
        return ask(sql, parameters)
    except EngineError as error:
        has_texts = any(isinstance(value, str) for value in parameters)
        if error.problem.facts.get("state") != STATE_NO_OPERATOR or not has_texts:
            raise
    return ask(*_texts_written(sql, parameters))


def _texts_written(sql: str, parameters: Sequence[Any]) -> tuple[str, tuple[Any, ...]]:
    """Texts as literals of no type yet, which the server reads as whatever they are compared with."""

    def one(at: int) -> str:
        return written(parameters[at], "postgres") if isinstance(parameters[at], str) else "?"

    return placed(sql, one), tuple(value for value in parameters if not isinstance(value, str))


def _begun(stream: Iterator[pa.Table]) -> tuple[Iterator[pa.Table], pa.Table]:
    """The stream and its first table, which is already there."""
    return stream, next(stream)


def _all_batches(first: pa.Table, rest: Iterator[pa.Table]) -> Iterator[pa.RecordBatch]:
    yield from first.to_batches()
    for table in rest:
        yield from table.to_batches()


def _without_ours(url: str) -> str:
    """The address as libpq reads it: our own options are not its."""
    parts = urlsplit(url)
    theirs = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name != "timeout"]
    return joined(parts._replace(query=urlencode(theirs)))
