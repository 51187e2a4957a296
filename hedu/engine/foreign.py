"""What a database that others fill has in common with every other such: no versions, no history, no files of ours."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NoReturn

from hedu.engine.kept import Reference
from hedu.errors import EngineError


class Foreign:
    """The part of `Engine` that asks nothing of the database."""

    _files: list[str]

    def register_file(self, name: str, path: Path) -> None:
        """No data files are read from there; questions to `name` will say so."""
        self._files.append(name)

    def snapshot(self) -> str | None:
        """None: the data may change between any two questions."""
        return None

    def watermarks(self) -> Mapping[str, str]:
        """Empty: nobody tells when rows arrived."""
        return {}

    def integrity(self) -> frozenset[Reference]:
        """Empty: no references are enforced."""
        return frozenset()

    def rollups(self) -> frozenset[tuple[str, str, int]]:
        """Empty: rollups are kept in a warehouse."""
        return frozenset()

    def sizes(self) -> frozenset[tuple[str, int]]:
        """Empty: questions are planned without."""
        return frozenset()

    def at(self, as_of: str) -> NoReturn:
        """EngineError engine-no-history."""
        raise EngineError("engine-no-history", as_of=as_of)
