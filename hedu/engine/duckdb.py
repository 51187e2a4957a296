"""SQL text -> Arrow through DuckDB, embedded: over nothing, a database file, or a warehouse of snapshots."""

from __future__ import annotations

import hashlib
import os
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import duckdb

from hedu.engine.duckdb_answers import Fetch, plain, streamed, whole
from hedu.engine.faults import engine_error, missing_table
from hedu.engine.kept import MANIFEST, Reference, RolledUp, Snapshot, snapshots_in
from hedu.engine.session import READERS, Session, Settings
from hedu.errors import EngineError

if TYPE_CHECKING:
    import pyarrow as pa

_TYPES = {"VARCHAR": "text", "BOOLEAN": "boolean", "DATE": "date", "TIMESTAMP": "timestamp", "UUID": "text",
          "JSON": "text", "BIT": "text", "INTERVAL": "other", "ENUM": "text", "TIMESTAMP_NS": "timestamp",
          "TIMESTAMP WITH TIME ZONE": "timestamp", "TIMESTAMP_S": "timestamp",
          "TIMESTAMP_MS": "timestamp"}  # fmt: skip
_NUMERIC = ("INT", "DECIMAL", "DOUBLE", "FLOAT", "REAL", "HUGEINT")
_TRIES = 3
_EARLIER_KEPT = 8


@dataclass(frozen=True, slots=True)
class _Question:
    sql: str
    parameters: tuple[Any, ...]
    seconds: float | None
    fetch: Fetch


class DuckDB:
    """Read-only and safe to share between threads: each question has a cursor of its own.

    Over a warehouse, a new snapshot is noticed on the next question; questions under way finish on the old one.
    """

    dialect = "duckdb"

    def __init__(
        self,
        url: str,
        database: Path | None,
        *,
        root: Path | None = None,
        time_zone: str = "UTC",
        memory: str | None = None,
        threads: int | None = None,
        timeout: float | None = None,
        pinned: Snapshot | None = None,
    ) -> None:
        self.url = url
        self._place = database
        self._manifest = str(database / MANIFEST) if database is not None else ""
        self._is_folder = database is not None and not database.is_file()
        self._settings = Settings(root, time_zone, memory, threads)
        self._timeout = timeout
        self._pinned = pinned
        self._guard = threading.RLock()
        self._files: dict[str, Path] = {}
        self._unread: dict[str, EngineError] = {}
        self._cancelled: set[duckdb.DuckDBPyConnection] = set()
        self._earlier: dict[str, DuckDB] = {}
        self._is_closed = False
        self._seen: object = None
        self._snapshot: Snapshot | None = None
        self._session: Session | None = None
        self._current()

    def query(self, sql: str, parameters: Sequence[Any] = (), *, timeout: float | None = None) -> pa.Table:
        """Run one SELECT. EngineError: engine-refused, engine-timeout, engine-cancelled, engine-missing-table, …"""
        table: pa.Table = self._answer(sql, parameters, timeout, whole)
        return table

    def rows(
        self, sql: str, parameters: Sequence[Any] = (), *, timeout: float | None = None
    ) -> tuple[list[str], list[tuple[Any, ...]]]:
        """The same as names and plain rows, without loading Arrow."""
        found: tuple[list[str], list[tuple[Any, ...]]] = self._answer(sql, parameters, timeout, plain)
        return found

    def batches(
        self, sql: str, parameters: Sequence[Any] = (), *, timeout: float | None = None, size: int = 65_536
    ) -> pa.RecordBatchReader:
        """The rows in batches as they are made; the snapshot stays open until the reader is closed or read out."""
        import pyarrow

        seconds = timeout if timeout is not None else self._timeout
        stream = self._streamed(_Question(sql, tuple(parameters), seconds, partial(streamed, size=size)))
        schema = next(stream)
        return pyarrow.RecordBatchReader.from_batches(schema, stream)

    def columns(self, sql: str) -> Mapping[str, str]:
        """Column name -> text, number, boolean, date, timestamp or other."""
        session = self._current()
        with session.cursor() as cursor:
            try:
                relation = cursor.sql(session.select(cursor, sql))
                return {name: _type(str(kind)) for name, kind in zip(relation.columns, relation.types, strict=True)}
            except duckdb.Error as error:
                raise self._worded(error) from None

    def register_file(self, name: str, path: Path) -> None:
        """Make a data file readable as `memory.files."name"`; where it cannot be, questions to it say why."""
        with self._guard:
            self._files[name] = path.resolve()
            self._show(self._current(), name)

    def snapshot(self) -> str | None:
        """The digest of the data now: of the snapshot or file, and of the files read in place."""
        self._current()
        parts = [self._snapshot.digest] if self._snapshot else []
        paths = [self._place] if self._place and not self._is_folder else []
        for path in (*paths, *self._files.values()):
            try:
                state = os.stat(path)
            except OSError:
                continue
            parts.append(f"{state.st_size:x}-{state.st_mtime_ns:x}")
        if len(parts) < 2:
            return parts[0] if parts else None
        return hashlib.sha256(" ".join(parts).encode()).hexdigest()[:16]

    def watermarks(self) -> Mapping[str, str]:
        """Table -> when its rows were loaded; empty for data that Hedu did not load."""
        return self._current().watermarks

    def integrity(self) -> frozenset[Reference]:
        """What was proved of this snapshot when it was made."""
        return self._current().proofs

    def rollups(self) -> frozenset[RolledUp]:
        """The rollups of this snapshot that were made from its tables as they are."""
        return self._current().rollups

    def sizes(self) -> frozenset[tuple[str, int]]:
        """Of every table, as it was when the database was opened."""
        return self._current().sizes

    def at(self, as_of: str) -> DuckDB:
        """The data as they were at a moment (a date means its end, in the session's time zone).

        Errors: engine-no-history, engine-before-history, engine-moment-unread.
        """
        if not self._is_folder or self._place is None:
            raise EngineError("engine-no-history", as_of=as_of)
        moment = _moment(as_of, self._settings.time_zone)
        kept = snapshots_in(self._place)
        then = [one for one in kept if datetime.fromisoformat(one.recorded_at) <= moment]
        if not then:
            earliest = kept[0].recorded_at[:19] if kept else "-"
            raise EngineError("engine-before-history", as_of=as_of, earliest=earliest)
        return self._pinned_to(then[-1])

    def cancel(self) -> None:
        """Interrupt every running question; an interrupt that came before its question began is repeated."""
        with self._guard:
            session = self._session
        if session is None:
            return
        running = session.interrupt()
        self._cancelled.update(running)
        patience = time.monotonic() + 1
        while session.cursors & set(running) and time.monotonic() < patience:
            time.sleep(0.005)
            for cursor in session.cursors & set(running):
                cursor.interrupt()
        self._cancelled.difference_update(running)

    def close(self) -> None:
        """Release the database; questions under way finish first."""
        with self._guard:
            self._is_closed = True
            for engine in self._earlier.values():
                engine.close()
            if self._session is not None:
                self._session.retire()
                self._session = None

    def _answer(self, sql: str, parameters: Sequence[Any], timeout: float | None, fetch: Fetch) -> Any:
        """Ask; once more with the files read in place shown anew, for one may have changed its columns."""
        question = _Question(sql, tuple(parameters), timeout if timeout is not None else self._timeout, fetch)
        try:
            return self._asked(question)
        except duckdb.BinderException as error:
            if not self._files:
                raise self._worded(error) from None
        self._show_files()
        try:
            return self._asked(question)
        except duckdb.BinderException as error:
            raise self._worded(error) from None

    def _asked(self, question: _Question) -> Any:
        for left in reversed(range(_TRIES)):
            try:
                session = self._current()
                with session.cursor() as cursor, _deadline(cursor, question.seconds) as is_late:
                    return self._run(session, cursor, question, is_late)
            except EngineError as error:
                # A session may be retired between being taken and being asked.
                if error.code != "engine-closed" or self._is_closed or not left:
                    raise
        raise EngineError("engine-closed")

    def _run(
        self, session: Session, cursor: duckdb.DuckDBPyConnection, question: _Question, is_late: threading.Event
    ) -> Any:
        try:
            select = session.select(cursor, question.sql)
            if cursor in self._cancelled:
                raise EngineError("engine-cancelled")
            return question.fetch(cursor, select, list(question.parameters))
        except duckdb.InterruptException:
            if is_late.is_set():
                raise EngineError("engine-timeout", seconds=question.seconds) from None
            raise EngineError("engine-cancelled") from None
        except duckdb.BinderException:
            raise
        except duckdb.Error as error:
            raise self._worded(error) from None

    def _streamed(self, question: _Question) -> Iterator[Any]:
        """The schema, then the batches; the session outlives the last of them."""
        session = self._current()
        with session.cursor() as cursor, _deadline(cursor, question.seconds) as is_late:
            try:
                yield from self._run(session, cursor, question, is_late)
            except duckdb.BinderException as error:
                raise self._worded(error) from None
            except (duckdb.Error, OSError) as error:
                if is_late.is_set():
                    raise EngineError("engine-timeout", seconds=question.seconds) from None
                if "interrupt" in str(error).lower():
                    raise EngineError("engine-cancelled") from None
                raise EngineError("engine-refused", detail=str(error).splitlines()[0][:200]) from None

    def _worded(self, error: duckdb.Error) -> EngineError:
        unread = self._unread.get(missing_table(error) or "")
        return unread or engine_error(error, self.url)

    def _current(self) -> Session:
        """The session on the newest snapshot, opened when the manifest has changed since."""
        if self._is_closed:
            raise EngineError("engine-closed")
        session = self._session
        if session is not None and self._state() == self._seen:
            return session
        with self._guard:
            state = self._state()
            if self._session is None or state != self._seen:
                former, self._session = self._session, self._opened()
                self._seen = state
                for name in self._files:
                    self._show(self._session, name)
                if former is not None:
                    former.retire()
            return self._session

    def _state(self) -> object:
        if not self._is_folder or self._pinned or self._place is None:
            return None
        try:
            state = os.stat(self._manifest)
        except OSError:
            return None
        return state.st_mtime_ns, state.st_ino, state.st_size

    def _opened(self) -> Session:
        if not self._is_folder or self._place is None:
            return Session(self._place, self._settings)
        for left in reversed(range(_TRIES)):
            kept = snapshots_in(self._place)
            self._snapshot = self._pinned or (kept[-1] if kept else None)
            if self._snapshot is None:
                return Session(None, self._settings)
            try:
                return Session(self._place / self._snapshot.file, self._settings, has_loads=True)
            except EngineError:
                # Retention may have deleted the file between reading the manifest and opening it.
                if not left or self._pinned:
                    raise
        raise EngineError("engine-closed")

    def _pinned_to(self, snapshot: Snapshot) -> DuckDB:
        with self._guard:
            if snapshot.file not in self._earlier:
                of, settings = DuckDB, self._settings
                engine = of(self.url, self._place, root=settings.root, time_zone=settings.time_zone,
                            memory=settings.memory, threads=settings.threads, timeout=self._timeout,
                            pinned=snapshot)  # fmt: skip
                for name, path in self._files.items():
                    engine.register_file(name, path)
                self._earlier[snapshot.file] = engine
                while len(self._earlier) > _EARLIER_KEPT:
                    self._earlier.pop(next(iter(self._earlier))).close()
            return self._earlier[snapshot.file]

    def _show_files(self) -> None:
        with self._guard:
            for name in self._files:
                self._show(self._current(), name)

    def _show(self, session: Session, name: str) -> None:
        path = self._files[name]
        self._unread.pop(name, None)
        if path.suffix.lower() not in READERS:
            self._unread[name] = EngineError("engine-file-kind", name=path.name, known=sorted(READERS))
        elif not path.is_file():
            self._unread[name] = EngineError("engine-missing-file", name=path.name, dataset=name)
        else:
            try:
                session.view(name, path)
            except duckdb.Error as error:
                self._unread[name] = EngineError(
                    "engine-broken-file", detail=engine_error(error, "").problem.facts["detail"]
                )


@contextmanager
def _deadline(cursor: duckdb.DuckDBPyConnection, seconds: float | None) -> Iterator[threading.Event]:
    late = threading.Event()
    if seconds is None:
        yield late
        return

    ending, is_over = threading.Lock(), False

    def stop() -> None:
        # What comes after the end would meet the next question of this connection.
        with ending:
            if not is_over:
                late.set()
                cursor.interrupt()

    timer = threading.Timer(seconds, stop)
    timer.daemon = True
    timer.start()
    try:
        yield late
    finally:
        with ending:
            is_over = True
        timer.cancel()


def _moment(as_of: str, time_zone: str) -> datetime:
    try:
        moment = datetime.fromisoformat(as_of)
    except ValueError:
        raise EngineError("engine-moment-unread", as_of=as_of) from None
    if len(as_of) <= 10:
        moment += timedelta(days=1, microseconds=-1)
    return (moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(time_zone))).astimezone(UTC)


def _type(kind: str) -> str:
    name = kind.split("(")[0]
    if name in _TYPES:
        return _TYPES[name]
    return "number" if any(part in name for part in _NUMERIC) and "[" not in kind and "(" not in name else "other"
