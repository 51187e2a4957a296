"""What is under way while one document is read: its file, the problems so far, the marks of its fields."""

from __future__ import annotations

from functools import partial
from typing import Any, Final, NamedTuple

from yaml import Node, ScalarNode

from hedu.define.formats.nodes import QUOTED
from hedu.define.places import Places
from hedu.errors import Problem, Where

MISSING: Final[Any] = type("Missing", (), {"__repr__": lambda self: "MISSING"})()


class Pair(NamedTuple):
    """One entry of a map: the key's text, where the key stands, and the value."""

    key: str
    at: Node
    value: Node


pair_of = partial(tuple.__new__, Pair)
"""A Pair of its three parts at once: there are hundreds of thousands, and its constructor is a Python function."""


class Reading:
    """One document being read. `problems` is shared by all documents of a reading."""

    __slots__ = ("_found", "_line", "faults", "file", "problems")

    def __init__(self, file: str, offset: int, problems: list[Problem]) -> None:
        self.file = file
        self.problems = problems
        self._line = offset + 1
        self.faults: list[str] = []
        self._found: dict[str, tuple[int, int]] = {}

    def mark(self, path: str, node: Node) -> None:
        """Remember where the value at `path` stands: at its first character, inside the quotes."""
        start = node.start_mark
        quoted = node.tag == QUOTED and isinstance(node, ScalarNode) and node.style in ("'", '"')
        self._found[path] = (start.line + self._line, start.column + (2 if quoted else 1))

    def places(self) -> Places:
        return Places(self.file, self._found, self.faults)

    def where(self, node: Node) -> Where:
        return Where(self.file, node.start_mark.line + self._line, node.start_mark.column + 1)

    def add(self, code: str, node: Node, **facts: Any) -> None:
        """Report a problem at `node`."""
        self.problems.append(Problem(code, self.where(node), facts))

    def wrong(self, code: str, node: Node, path: str, **facts: Any) -> Any:
        """Report a wrong value of the field at `path`; returns MISSING."""
        self.add(code, node, key=path, **facts)
        return MISSING
