"""Data of another tool, read key by key: what nobody asked for is reported as lost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from hedu.define.definitions import Label
from hedu.define.formats.loss import Loss

UNKNOWN = Label("这个键在这里没有对应的写法", "this key has no counterpart here")
SHAPE = Label("这里应该是另一种写法", "something of another form belongs here")


class Given:
    """A map at a dotted path. `losses` is shared by all maps of one reading; `close` adds what was never taken."""

    def __init__(self, data: Mapping[str, Any], path: str, losses: list[Loss]) -> None:
        self.data = data
        self.path = path
        self.losses = losses
        self._taken: set[str] = set()

    def take(self, key: str, default: Any = None) -> Any:
        """The value of `key`, which is thereby carried over."""
        self._taken.add(key)
        value = self.data.get(key)
        return default if value is None else value

    def text(self, key: str, default: str = "") -> str:
        """The same as text; a list or a map is none, and lost."""
        value = self.take(key)
        if isinstance(value, (list, Mapping)):
            self.lose(key, SHAPE)
            return default
        return default if value is None else str(value)

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts; one may stand without the list."""
        value = self.take(key)
        if isinstance(value, str):
            return (value,) if value.strip() else ()
        if not isinstance(value, (list, tuple)):
            self.lose(key, SHAPE)
            return ()
        return tuple(str(item) for item in value if item is not None)

    def inner(self, key: str) -> Given | None:
        """The map under `key`; None where there is none. Anything else there is lost."""
        value = self.take(key)
        if not isinstance(value, Mapping):
            self.lose(key, SHAPE)
        return Given(value, f"{self.path}.{key}", self.losses) if isinstance(value, Mapping) and value else None

    def each(self, key: str) -> Iterator[Given]:
        """The maps of the list under `key`, or the one map; each is closed after its turn. What else it is, is lost."""
        value = self.take(key)
        if not isinstance(value, (list, tuple, Mapping)):
            self.lose(key, SHAPE)
        items = [value] if isinstance(value, Mapping) and value else value if isinstance(value, (list, tuple)) else ()
        for at, item in enumerate(items):
            if not isinstance(item, Mapping):
                item = {"name": item}
            one = Given(item, f"{self.path}.{key}.{item.get('name', at)}".lstrip("."), self.losses)
            yield one
            one.close()

    def lose(self, key: str, why: Label) -> None:
        """What stands under `key` is not carried over, for a reason."""
        value = self.take(key)
        if value not in (None, "", [], {}, False):
            self.losses.append(Loss(f"{self.path}.{key}".lstrip("."), _shown(value), why))

    def close(self) -> None:
        """Everything that nobody took is lost."""
        for key in self.data:
            if key not in self._taken:
                self.lose(key, UNKNOWN)


def _shown(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 200 else f"{text[:197]}..."
