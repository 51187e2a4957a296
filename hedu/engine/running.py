"""The questions that run now, so that they can be told to stop."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from typing import Generic, TypeVar

from hedu.errors import EngineError

Mark = TypeVar("Mark", bound=Hashable)
_PATIENCE, _PAUSE = 2.0, 0.05


class Running(Generic[Mark]):
    """Each question bears a mark of its own while it runs. Safe to share between threads."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._marks: set[Mark] = set()
        self._cancelled: set[Mark] = set()

    @contextmanager
    def one(self, mark: Mark) -> Iterator[Mark]:
        """What happens within can be cancelled by its mark."""
        with self._guard:
            self._marks.add(mark)
        try:
            yield mark
        finally:
            with self._guard:
                self._marks.discard(mark)
                self._cancelled.discard(mark)

    def is_cancelled(self, mark: Mark) -> bool:
        """Whether somebody asked this question to stop."""
        with self._guard:
            return mark in self._cancelled

    def check(self, mark: Mark) -> None:
        """Stop before asking what was cancelled already. EngineError engine-cancelled."""
        if self.is_cancelled(mark):
            raise EngineError("engine-cancelled")

    def cancel(self, stop: Callable[[Mark], object]) -> None:
        """Tell all that run now to stop, again where one had not begun when it was told first."""
        with self._guard:
            told = set(self._marks)
            self._cancelled |= told
        patience = time.monotonic() + _PATIENCE
        while left := self._left(told):
            for mark in left:
                stop(mark)
            if time.monotonic() > patience:
                return
            time.sleep(_PAUSE)

    def _left(self, told: set[Mark]) -> set[Mark]:
        with self._guard:
            return told & self._marks
