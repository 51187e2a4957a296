"""What every engine does: text in, Arrow out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import pyarrow as pa


class Engine(Protocol):
    """A read-only door to one database. `dialect` is sqlglot's name for its SQL."""

    dialect: str
    url: str

    def query(self, sql: str, parameters: Sequence[Any] = (), *, timeout: float | None = None) -> pa.Table:
        """Run one SELECT; `?` places are bound to `parameters`.

        EngineError: engine-refused, engine-timeout, engine-cancelled, engine-missing-table and others.
        """

    def rows(
        self, sql: str, parameters: Sequence[Any] = (), *, timeout: float | None = None
    ) -> tuple[list[str], list[tuple[Any, ...]]]:
        """The same as column names and plain rows, without loading Arrow."""

    def batches(
        self, sql: str, parameters: Sequence[Any] = (), *, timeout: float | None = None, size: int = 65_536
    ) -> pa.RecordBatchReader:
        """The same for results too large to hold: batches of about `size` rows as they arrive.

        Close the reader, or read it to its end: until then it holds a connection.
        """

    def columns(self, sql: str) -> Mapping[str, str]:
        """Column name -> one of text, number, boolean, date, timestamp, other for a SELECT, without running it."""

    def snapshot(self) -> str | None:
        """The digest of the data version that answers now; None where the database has no such thing."""

    def watermarks(self) -> Mapping[str, str]:
        """Table -> ISO time of the load its rows come from; empty where unknown."""

    def integrity(self) -> frozenset[tuple[str, tuple[str, ...], str, tuple[str, ...]]]:
        """References proved of this data version: (table, columns, referred table, its key)."""

    def rollups(self) -> frozenset[tuple[str, str, int]]:
        """Rollups that hold what this data version holds: (name, digest of what they hold, rows)."""

    def sizes(self) -> frozenset[tuple[str, int]]:
        """Table and the number of digits less one of its row count, roughly; empty where it would cost to know."""

    def register_file(self, name: str, path: Path) -> None:
        """Make a data file readable as the view `name` of schema `files`."""

    def at(self, as_of: str) -> Engine:
        """An engine on the data as they were at a moment. EngineError: engine-no-history."""

    def cancel(self) -> None:
        """Interrupt running questions; they fail with engine-cancelled. Safe from any thread."""

    def close(self) -> None:
        """Release the database."""
