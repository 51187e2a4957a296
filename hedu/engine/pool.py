"""Connections lent to one question each and kept for the next."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Generic, TypeVar

from hedu.errors import EngineError

Connection = TypeVar("Connection")


class Pool(Generic[Connection]):
    """Safe to share between threads. A connection that had a fault is closed, not kept."""

    def __init__(self, opened: Callable[[], Connection], shut: Callable[[Connection], object], most: int = 4) -> None:
        self._opened = opened
        self._shut = shut
        self._most = most
        self._guard = threading.Lock()
        self._idle: list[Connection] = []
        self._is_closed = False

    @contextmanager
    def lent(self) -> Iterator[tuple[Connection, bool]]:
        """A connection, and whether it had been kept from before. EngineError engine-closed."""
        with self._guard:
            if self._is_closed:
                raise EngineError("engine-closed")
            kept = self._idle.pop() if self._idle else None
        connection = kept if kept is not None else self._opened()
        is_well = False
        try:
            yield connection, kept is not None
            is_well = True
        finally:
            if not is_well or not self._is_kept(connection):
                self._end(connection)

    def forget(self) -> None:
        """Close what is kept: it may be broken."""
        with self._guard:
            idle, self._idle = self._idle, []
        for connection in idle:
            self._end(connection)

    def close(self) -> None:
        """Lend no more; what is lent is closed when it comes back."""
        self._is_closed = True
        self.forget()

    def _is_kept(self, connection: Connection) -> bool:
        with self._guard:
            if self._is_closed or len(self._idle) >= self._most:
                return False
            self._idle.append(connection)
            return True

    def _end(self, connection: Connection) -> None:
        # What a driver says about a connection that is being thrown away helps nobody.
        with suppress(Exception):
            self._shut(connection)
