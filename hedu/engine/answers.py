"""Statement + data version -> the table it gave before. Nothing to invalidate by hand."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from hedu.errors import EngineError

if TYPE_CHECKING:
    import pyarrow as pa

    from hedu.engine.protocol import Engine

Key = tuple[str, tuple[Any, ...], str]
Answer = TypeVar("Answer")
_TRIES = 5


def version_of(engine: Engine) -> str:
    """What a page's own figures are kept under: the data version, or where there is none the minute.

    Answers themselves are never kept where the engine has no versions; small courses and previews a minute at most.
    """
    return engine.snapshot() or f"minute {int(time.time() // 60)}"


class Answers:
    """The least recently used tables go first once all together exceed `most` bytes. Safe to share between threads.

    The key is the statement's text, its values and the snapshot it ran on: rights, definitions and the moment
    are compiled into the text and the values, so equal keys have equal answers.
    """

    def __init__(self, most: int = 128 * 2**20) -> None:
        self._most = most
        self._size = 0
        self._kept: OrderedDict[Key, pa.Table] = OrderedDict()
        self._guard = threading.Lock()

    def get(self, key: Key) -> pa.Table | None:
        """The table kept under `key`, if any."""
        with self._guard:
            table = self._kept.get(key)
            if table is not None:
                self._kept.move_to_end(key)
            return table

    def put(self, key: Key, table: pa.Table) -> None:
        """Keep a table, unless it alone would take a quarter of the room."""
        if table.nbytes > self._most // 4:
            return
        with self._guard:
            former = self._kept.pop(key, None)
            self._size += table.nbytes - (former.nbytes if former is not None else 0)
            self._kept[key] = table
            while self._size > self._most:
                _, dropped = self._kept.popitem(last=False)
                self._size -= dropped.nbytes


def of_one_snapshot(engine: Engine, answer: Callable[[], Answer]) -> Answer:
    """An answer whose proofs, rows and totals are all of one version of the data: asked again when a load came between.

    EngineError: engine-restless, where the data never stood still.
    """
    for _ in range(_TRIES):
        before = engine.snapshot()
        found = answer()
        if engine.snapshot() == before:
            return found
    raise EngineError("engine-restless", tries=_TRIES)
