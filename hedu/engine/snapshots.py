"""SQL text -> Arrow over a warehouse folder: always the current snapshot, opened anew when a load replaces it."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from hedu.engine import manifest as contents
from hedu.engine.duckdb import DuckDB
from hedu.engine.manifest import NAME, Manifest, Proof, Snapshot
from hedu.errors import EngineError

if TYPE_CHECKING:
    import pyarrow as pa


class Snapshots:
    """A warehouse folder as an engine. Questions under way finish on the snapshot they began on."""

    dialect = "duckdb"

    def __init__(self, url: str, folder: Path, *, pinned: Snapshot | None = None, **options: Any) -> None:
        self.url = url
        self._folder = folder
        self._options = options
        self._pinned = pinned
        self._files: dict[str, Path] = {}
        self._guard = threading.Lock()
        self._seen: int | None = None
        self._snapshot: Snapshot | None = None
        self._open: DuckDB | None = None

    def query(self, sql: str, parameters: Sequence[Any] = (), *, timeout: float | None = None) -> pa.Table:
        """As DuckDB.query, on the current snapshot."""
        return self._current()[0].query(sql, parameters, timeout=timeout)

    def rows(
        self, sql: str, parameters: Sequence[Any] = (), *, timeout: float | None = None
    ) -> tuple[list[str], list[tuple[Any, ...]]]:
        """As DuckDB.rows, on the current snapshot."""
        return self._current()[0].rows(sql, parameters, timeout=timeout)

    def columns(self, sql: str) -> Mapping[str, str]:
        """As DuckDB.columns, on the current snapshot."""
        return self._current()[0].columns(sql)

    def register_file(self, name: str, path: Path) -> None:
        """As DuckDB.register_file, for this snapshot and those to come."""
        self._current()[0].register_file(name, path)
        self._files[name] = path

    def snapshot(self) -> str | None:
        """The digest of the data version that answers now."""
        current = self._current()[1]
        return current.digest if current else "empty"

    def watermarks(self) -> Mapping[str, str]:
        """Table -> when its rows were loaded."""
        current = self._current()[1]
        return {name: state.loaded_at for name, state in current.tables.items()} if current else {}

    def integrity(self) -> frozenset[Proof]:
        """What was proved of the current data."""
        current = self._current()[1]
        return frozenset(current.integrity) if current else frozenset()

    def at(self, as_of: str) -> Snapshots:
        """An engine on the snapshot that answered at a moment. EngineError: moment-unreadable, moment-not-kept."""
        try:
            moment = datetime.fromisoformat(as_of)
        except ValueError:
            raise EngineError("moment-unreadable", as_of=as_of) from None
        if moment.tzinfo is None:
            if len(as_of) <= len("2024-01-01"):
                moment = moment.replace(hour=23, minute=59, second=59, microsecond=999_999)
            moment = moment.replace(tzinfo=ZoneInfo(str(self._options.get("time_zone", "UTC"))))
        manifest = contents.read(self._folder)
        found = manifest.at(moment)
        if found is None:
            oldest = manifest.snapshots[0].at if manifest.snapshots else "-"
            raise EngineError("moment-not-kept", as_of=as_of, oldest=oldest)
        engine = Snapshots(self.url, self._folder, pinned=found, **self._options)
        engine._files = dict(self._files)
        return engine

    def cancel(self) -> None:
        """Interrupt the running questions."""
        if self._open is not None:
            self._open.cancel()

    def close(self) -> None:
        """Release the current snapshot."""
        if self._open is not None:
            self._open.close()
            self._open = None
            self._seen = None

    def _current(self) -> tuple[DuckDB, Snapshot | None]:
        seen = self._stamp()
        with self._guard:
            if self._open is None or seen != self._seen:
                manifest = contents.read(self._folder) if self._pinned is None else Manifest((self._pinned,))
                current = manifest.current
                if self._open is None or current != self._snapshot:
                    self._open = self._opened(current)
                    self._snapshot = current
                self._seen = seen
            return self._open, self._snapshot

    def _stamp(self) -> int | None:
        if self._pinned is not None:
            return 0
        try:
            return (self._folder / NAME).stat().st_mtime_ns
        except FileNotFoundError:
            return None

    def _opened(self, current: Snapshot | None) -> DuckDB:
        path = self._folder / current.file if current else None
        engine = DuckDB(self.url, path, **self._options)
        for name, file in self._files.items():
            engine.register_file(name, file)
        return engine
