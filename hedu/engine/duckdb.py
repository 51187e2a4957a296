"""SQL text -> Arrow through DuckDB, embedded. Questions can read the attached database and nothing else."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from hedu.engine.faults import engine_error
from hedu.errors import EngineError

if TYPE_CHECKING:
    import pyarrow as pa

_READERS = {".parquet": "read_parquet", ".csv": "read_csv", ".tsv": "read_csv", ".json": "read_json",
            ".jsonl": "read_json", ".ndjson": "read_json"}  # fmt: skip
_TYPES = {"VARCHAR": "text", "BOOLEAN": "boolean", "DATE": "date", "TIMESTAMP": "timestamp",
          "TIMESTAMP WITH TIME ZONE": "timestamp", "UUID": "text", "ENUM": "text"}  # fmt: skip
_ALIAS = "warehouse"


class DuckDB:
    """One database file (or none), attached read-only; a cursor for each question, so threads may share it."""

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
    ) -> None:
        self.url = url
        self._database = database
        self._cursors: set[duckdb.DuckDBPyConnection] = set()
        self._guard = threading.Lock()
        config: dict[str, Any] = {"python_enable_replacements": "false", "autoinstall_known_extensions": "false"}
        config |= {"memory_limit": memory} if memory else {}
        config |= {"threads": threads} if threads else {}
        try:
            self._connection = duckdb.connect(":memory:", config=config)
            if database is not None:
                self._connection.execute(f"ATTACH {_quoted(str(database))} AS {_ALIAS} (READ_ONLY)")
            self._connection.execute("CREATE SCHEMA files")
            self._connection.execute("SET GLOBAL TimeZone = ?", [time_zone])
            if root is not None:
                self._connection.execute(f"SET allowed_directories = [{_quoted(str(root.resolve()))}]")
            self._connection.execute("SET enable_external_access = false")
            self._connection.execute("SET lock_configuration = true")
        except duckdb.Error as error:
            raise engine_error(error, url) from None

    def query(self, sql: str, parameters: Sequence[Any] = (), *, timeout: float | None = None) -> pa.Table:
        """Run one SELECT. EngineError: engine-refused, engine-timeout, engine-cancelled, engine-missing-table, …"""
        table: pa.Table = self._run(sql, parameters, timeout, lambda relation: relation.to_arrow_table())
        return table

    def rows(
        self, sql: str, parameters: Sequence[Any] = (), *, timeout: float | None = None
    ) -> tuple[list[str], list[tuple[Any, ...]]]:
        """The same as names and plain rows, without loading Arrow."""
        found: tuple[list[str], list[tuple[Any, ...]]] = self._run(
            sql, parameters, timeout, lambda relation: (list(relation.columns), relation.fetchall())
        )
        return found

    def _run(
        self,
        sql: str,
        parameters: Sequence[Any],
        timeout: float | None,
        fetch: Callable[[duckdb.DuckDBPyRelation], Any],
    ) -> Any:
        with self._cursor() as cursor, _deadline(cursor, timeout) as is_late:
            try:
                statements = cursor.extract_statements(sql)
                if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
                    raise EngineError("engine-not-a-select")
                return fetch(cursor.sql(sql, params=list(parameters)))
            except duckdb.InterruptException:
                if is_late.is_set():
                    raise EngineError("engine-timeout", seconds=timeout) from None
                raise EngineError("engine-cancelled") from None
            except duckdb.Error as error:
                raise engine_error(error, self.url) from None

    def columns(self, sql: str) -> Mapping[str, str]:
        """Column name -> text, number, boolean, date, timestamp or other."""
        with self._cursor() as cursor:
            try:
                described = cursor.execute(f"DESCRIBE {sql}").fetchall()
            except duckdb.Error as error:
                raise engine_error(error, self.url) from None
        return {name: _type(kind) for name, kind, *_ in described}

    def register_file(self, name: str, path: Path) -> None:
        """Make a data file readable as `memory.files."name"`. EngineError: engine-missing-file, engine-file-kind."""
        reader = _READERS.get(path.suffix.lower())
        if reader is None:
            raise EngineError("engine-file-kind", name=path.name, known=sorted(_READERS))
        if not path.is_file():
            raise EngineError("engine-missing-file", name=path.name, dataset=name)
        view = '"' + name.replace('"', '""') + '"'
        with self._cursor() as cursor:
            try:
                source = f"SELECT * FROM {reader}({_quoted(str(path.resolve()))})"  # noqa: S608 (both are ours)
                cursor.execute(f"CREATE OR REPLACE VIEW memory.files.{view} AS {source}")
            except duckdb.Error as error:
                raise engine_error(error, self.url) from None

    def snapshot(self) -> str | None:
        """The database file's identity: its size and time of change."""
        if self._database is None:
            return None
        state = self._database.stat()
        return f"{state.st_size:x}-{state.st_mtime_ns:x}"

    def watermarks(self) -> Mapping[str, str]:
        """Nothing is known of loads that Hedu did not make."""
        return {}

    def integrity(self) -> frozenset[tuple[str, tuple[str, ...], str, tuple[str, ...]]]:
        """Nothing is proved of data that Hedu did not load."""
        return frozenset()

    def at(self, as_of: str) -> DuckDB:
        """A plain database keeps no earlier versions. EngineError: engine-no-history."""
        raise EngineError("engine-no-history", as_of=as_of)

    def cancel(self) -> None:
        """Interrupt every running question."""
        with self._guard:
            for cursor in self._cursors:
                cursor.interrupt()

    def close(self) -> None:
        """Release the database."""
        self._connection.close()

    @contextmanager
    def _cursor(self) -> Iterator[duckdb.DuckDBPyConnection]:
        try:
            cursor = self._connection.cursor()
        except duckdb.Error as error:
            raise engine_error(error, self.url) from None
        with self._guard:
            self._cursors.add(cursor)
        try:
            if self._database is not None:
                cursor.execute(f"USE {_ALIAS}")
            yield cursor
        finally:
            with self._guard:
                self._cursors.discard(cursor)
            cursor.close()


@contextmanager
def _deadline(cursor: duckdb.DuckDBPyConnection, seconds: float | None) -> Iterator[threading.Event]:
    late = threading.Event()
    if seconds is None:
        yield late
        return

    def stop() -> None:
        late.set()
        cursor.interrupt()

    timer = threading.Timer(seconds, stop)
    timer.start()
    try:
        yield late
    finally:
        timer.cancel()


def _quoted(text: str) -> str:
    """A text as an SQL literal, for the few statements that take no parameters."""
    return "'" + text.replace("'", "''") + "'"


def _type(kind: str) -> str:
    name = kind.split("(")[0]
    if name in _TYPES:
        return _TYPES[name]
    numeric = ("INT", "DECIMAL", "DOUBLE", "FLOAT", "REAL", "HUGEINT")
    return "number" if any(part in name for part in numeric) and "[" not in kind else "other"
