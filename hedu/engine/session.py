"""A database file -> a locked-down DuckDB that reads it and nothing else but the workspace's folder."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb
from sqlglot import exp

from hedu.engine.faults import engine_error
from hedu.engine.kept import Reference, RolledUp, enforced_in, proofs_of, rollups_of, sizes_in
from hedu.errors import EngineError

READERS = {".parquet": "read_parquet", ".csv": "read_csv", ".tsv": "read_csv", ".json": "read_json",
           ".jsonl": "read_json", ".ndjson": "read_json"}  # fmt: skip
_ALIAS = "hedu_data"
_IDLE_KEPT = 8
_CHARACTERS_KEPT = 300_000
"""Of SELECTs parsed before; a parsed one takes some forty times the room of its text."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How every session of an engine is opened."""

    root: Path | None = None
    time_zone: str = "UTC"
    memory: str | None = None
    threads: int | None = None


class Session:
    """One version of the data. It lives until it is retired and its last question has ended."""

    def __init__(self, database: Path | None, settings: Settings, *, has_loads: bool = False) -> None:
        self._connection = _opened(database, settings)
        self._has_database = database is not None
        self._guard = threading.Lock()
        self._running = 0
        self._is_retired = False
        self._idle: list[duckdb.DuckDBPyConnection] = []
        self._selects: dict[str, duckdb.Statement] = {}
        self._characters = 0
        self._disturbed: set[duckdb.DuckDBPyConnection] = set()
        self.cursors: set[duckdb.DuckDBPyConnection] = set()
        self.watermarks: Mapping[str, str] = {}
        self.proofs: frozenset[Reference] = frozenset()
        self.rollups: frozenset[RolledUp] = frozenset()
        self.sizes: frozenset[tuple[str, int]] = frozenset()
        if has_loads:
            with self.cursor() as cursor:
                self.watermarks = dict(cursor.execute("SELECT table_name, loaded_at FROM hedu_tables").fetchall())
                self.proofs = proofs_of(cursor)
                self.rollups = rollups_of(cursor)
        elif database is not None:
            with self.cursor() as cursor:
                self.proofs = enforced_in(cursor)
        if database is not None:
            with self.cursor() as cursor:
                self.sizes = sizes_in(cursor)

    @contextmanager
    def cursor(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A connection that is this question's alone; afterwards another question may have it, if nothing went wrong.

        One that has answered before answers small questions in half the time of a new one.
        """
        with self._guard:
            if self._is_retired:
                raise EngineError("engine-closed")
            self._running += 1
            idle = self._idle.pop() if self._idle else None
        try:
            cursor = idle if idle is not None else self._connected()
            with self._guard:
                self.cursors.add(cursor)
            is_sound = False
            try:
                yield cursor
                is_sound = True
            finally:
                self._put_back(cursor, is_sound=is_sound)
        finally:
            self._leave()

    def _connected(self) -> duckdb.DuckDBPyConnection:
        cursor = self._connection.cursor()
        if self._has_database:
            cursor.execute("USE hedu_data")
        return cursor

    def _put_back(self, cursor: duckdb.DuckDBPyConnection, *, is_sound: bool) -> None:
        """Keep a connection for the next question; not one that an interrupt may still be on its way to."""
        with self._guard:
            self.cursors.discard(cursor)
            is_kept = is_sound and cursor not in self._disturbed and len(self._idle) < _IDLE_KEPT
            self._disturbed.discard(cursor)
            if is_kept:
                self._idle.append(cursor)
        if not is_kept:
            cursor.close()

    def select(self, cursor: duckdb.DuckDBPyConnection, sql: str) -> duckdb.Statement:
        """The one SELECT of a text, parsed; a text asked again is not parsed again. EngineError engine-not-a-select."""
        with self._guard:
            known = self._selects.pop(sql, None)
            if known is not None:
                self._selects[sql] = known
                return known
        statements = cursor.extract_statements(sql)
        if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
            raise EngineError("engine-not-a-select")
        if len(sql) < _CHARACTERS_KEPT // 10:
            self._keep(sql, statements[0])
        return statements[0]

    def _keep(self, sql: str, select: duckdb.Statement) -> None:
        with self._guard:
            if sql in self._selects:
                return
            self._selects[sql] = select
            self._characters += len(sql)
            while self._characters > _CHARACTERS_KEPT:
                oldest = next(iter(self._selects))
                del self._selects[oldest]
                self._characters -= len(oldest)

    def interrupt(self) -> tuple[duckdb.DuckDBPyConnection, ...]:
        """Interrupt every running question; the cursors that were running."""
        with self._guard:
            for cursor in self.cursors:
                cursor.interrupt()
            self._disturbed |= self.cursors
            return tuple(self.cursors)

    def view(self, name: str, path: Path) -> None:
        """Show a data file as `memory.files."name"`."""
        reader = exp.func(READERS[path.suffix.lower()], exp.Literal.string(str(path)), dialect="duckdb")
        target = exp.Table(
            this=exp.to_identifier(name, quoted=True),
            db=exp.to_identifier("files"),
            catalog=exp.to_identifier("memory"),
        )
        rows = exp.select("*").from_(reader)
        with self.cursor() as cursor:
            cursor.execute(exp.Create(this=target, kind="VIEW", replace=True, expression=rows).sql("duckdb"))

    def retire(self) -> None:
        """Take no more questions; close when the last has ended."""
        with self._guard:
            if self._is_retired:
                return
            self._is_retired = True
            is_idle = self._running == 0
        if is_idle:
            self._close()

    def _leave(self) -> None:
        with self._guard:
            self._running -= 1
            is_over = self._is_retired and self._running == 0
        if is_over:
            self._close()

    def _close(self) -> None:
        for cursor in self._idle:
            cursor.close()
        self._idle.clear()
        self._connection.close()


def _opened(database: Path | None, settings: Settings) -> duckdb.DuckDBPyConnection:
    """In memory, with the file attached read-only; then everything outside `root` is shut off for good."""
    config: dict[str, str | bool | int | float | list[str]] = {
        "python_enable_replacements": "false",
        "autoinstall_known_extensions": "false",
        "allow_community_extensions": "false",
    }
    config |= {"memory_limit": settings.memory} if settings.memory else {}
    config |= {"threads": settings.threads} if settings.threads else {}
    try:
        connection = duckdb.connect(":memory:", config=config)
        if database is not None:
            connection.execute(f"ATTACH {_literal(database)} AS {_ALIAS} (READ_ONLY)")
        connection.execute("CREATE SCHEMA files")
        connection.execute("SET GLOBAL TimeZone = ?", [settings.time_zone])
        if settings.root is not None:
            connection.execute(f"SET allowed_directories = [{_literal(settings.root.resolve())}]")
        connection.execute("SET enable_external_access = false")
        connection.execute("SET lock_configuration = true")
    except duckdb.Error as error:
        raise engine_error(error, database.name if database else "") from None
    return connection


def _literal(path: Path) -> str:
    """A path as an SQL literal, for the statements that take no parameters."""
    return "'" + str(path).replace("'", "''") + "'"
