"""YAML text -> one node tree a document, with every place kept; what cannot be a tree becomes a problem.

Texts are weighed event by event before a tree is built: the C composer recurses, so a text nested a
hundred thousand deep would end the process, and aliases of aliases would fill the memory.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from yaml import MarkedYAMLError, Node, YAMLError
from yaml._yaml import CParser
from yaml.events import (
    AliasEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    NodeEvent,
    SequenceEndEvent,
    StreamEndEvent,
)

from hedu.errors import Problem, Where

PLAIN, QUOTED, COLLECTION = " plain", " quoted", " collection"  # no tag that a text can write holds a space
DEEPEST = 40
HEAVIEST = 200_000
LARGEST = 64_000_000
DOCUMENT = re.compile(r"^---(?=\s|$)", re.MULTILINE)
_ALIAS = re.compile(r"\*(?<![^\s\[{,:-]\*)[^\s,\[\]{}]")
_CONTROL = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|\ufeff")

_CODES = (
    ("mapping values are not allowed", "yaml-colon"),
    ("could not find expected ':'", "yaml-colon"),
    ("did not find expected key", "yaml-indentation"),
    ("did not find expected '-'", "yaml-indentation"),
    ("found unexpected end of stream", "yaml-unclosed"),
    ("found unexpected document indicator", "yaml-unclosed"),
    ("did not find expected ','", "yaml-unclosed"),
    ("cannot start any token", "yaml-character"),
    ("escape character", "yaml-escape"),
)


@dataclass(frozen=True, slots=True)
class Tree:
    """One document; `offset` is added to the line numbers of its nodes."""

    root: Node
    offset: int


class _TooDeep(Exception):
    """A node stands deeper than composing may recurse."""


class _Composer(CParser):
    """The C composer that tells only plain from quoted: a field decides what a plain scalar means."""

    depth = 0

    def resolve(self, kind: type[Node], value: str | None, implicit: object) -> str:
        if value is None or not isinstance(implicit, tuple):
            return COLLECTION
        return PLAIN if implicit[0] else QUOTED

    def descend_resolver(self, parent: Node | None, index: Node | None) -> None:
        """Called on the way into each node: how deep it stands, since composing recurses."""
        self.depth += 1
        if self.depth > DEEPEST + 1:
            raise _TooDeep

    def ascend_resolver(self) -> None:
        self.depth -= 1


def trees(file: str, text: str, problems: list[Problem]) -> Iterator[Tree]:
    """The documents of `text`. A broken one is reported and passed over; those around it are still read."""
    if len(text) > LARGEST:
        problems.append(Problem("text-too-large", Where(file), {"megabytes": LARGEST // 1_000_000}))
        return
    whole = _composed(file, text, 0)
    if not isinstance(whole, Problem):
        yield from whole
        return
    starts = [0, *(match.start() for match in DOCUMENT.finditer(text) if match.start())]
    offset = 0
    for start, end in zip(starts, [*starts[1:], len(text)], strict=True):
        chunk = text[start:end]
        found = _composed(file, chunk, offset)
        if isinstance(found, Problem):
            problems.append(found)
        else:
            yield from found
        offset += chunk.count("\n")


def _composed(file: str, text: str, offset: int) -> list[Tree] | Problem:
    """The documents of `text`, or what keeps it from being composed."""
    try:
        fault = _alias_fault(file, text, offset) if _ALIAS.search(text) else None
        return fault or _compose(text, offset)
    except _TooDeep:
        event = _deepest(text)
        return Problem("nested-too-deep", _where(file, event, offset), {"deepest": DEEPEST})
    except MarkedYAMLError as error:
        return _broken(file, text, offset, error)
    except YAMLError:
        found = _CONTROL.search(text)
        at = found.start() if found else 0
        line = text.count("\n", 0, at)
        col = at - (text.rfind("\n", 0, at) + 1)
        character = f"U+{ord(found.group()):04X}" if found else "?"
        return Problem("control-character", Where(file, offset + line + 1, col + 1), {"character": character})


def _compose(text: str, offset: int) -> list[Tree]:
    composer = _Composer(text)
    roots = []
    while composer.check_node():
        roots.append(composer.get_node())
    return [Tree(root, offset) for root in roots if root is not None]


def _deepest(text: str) -> Event:
    """The first event that stands too deep in a text where one does."""
    parser = CParser(text)
    depth = 0
    while depth <= DEEPEST:
        event = parser.get_event()
        depth += isinstance(event, CollectionStartEvent) - isinstance(event, (MappingEndEvent, SequenceEndEvent))
    assert event is not None
    return event


def has_references(text: str) -> bool:
    """Whether a text that can be composed holds anchors or aliases."""
    parser = CParser(text)
    while not isinstance(event := parser.get_event(), StreamEndEvent):
        if isinstance(event, NodeEvent) and event.anchor:
            return True
    return False


def _alias_fault(file: str, text: str, offset: int) -> Problem | None:
    """An alias without anchor, inside its own anchor, or one of so many that the document explodes."""
    parser = CParser(text)
    sizes: dict[str, int] = {}
    open_nodes: list[tuple[str | None, int]] = []
    total = 0
    while not isinstance(event := parser.get_event(), StreamEndEvent):
        if isinstance(event, DocumentStartEvent):
            sizes, total = {}, 0
        elif isinstance(event, AliasEvent):
            if event.anchor not in sizes:
                inside = any(anchor == event.anchor for anchor, _ in open_nodes)
                code = "alias-loop" if inside else "alias-unknown"
                return Problem(code, _where(file, event, offset), {"alias": event.anchor})
            total += sizes[event.anchor]
            if total > HEAVIEST:
                return Problem("alias-bomb", _where(file, event, offset), {"alias": event.anchor})
        elif isinstance(event, CollectionStartEvent):
            open_nodes.append((event.anchor, total))
            total += 1
        elif isinstance(event, (MappingEndEvent, SequenceEndEvent)):
            anchor, before = open_nodes.pop()
            if anchor:
                sizes[anchor] = total - before
        elif isinstance(event, NodeEvent):
            total += 1
            if event.anchor:
                sizes[event.anchor] = 1
    return None


def _where(file: str, event: Event, offset: int) -> Where:
    mark = event.start_mark
    if mark is None:
        return Where(file, offset + 1)
    return Where(file, mark.line + offset + 1, mark.column + 1)


def _broken(file: str, text: str, offset: int, error: MarkedYAMLError) -> Problem:
    """libyaml's complaint as ours; an unclosed quote or bracket is shown where it opens."""
    said = error.problem or ""
    code = next((code for part, code in _CODES if part in said), "yaml-broken")
    mark = error.problem_mark or error.context_mark
    if (code == "yaml-unclosed" or said.startswith("could not find")) and error.context_mark is not None:
        mark = error.context_mark
    line, column = (mark.line, mark.column) if mark else (0, 0)
    lines = text.split("\n")
    shown = lines[min(line, len(lines) - 1)]
    character = shown[column : column + 1]
    if code == "yaml-character" and character == "\t":
        code = "yaml-tab"
    if code in ("yaml-colon", "yaml-broken", "yaml-indentation") and _full_width(shown):
        code = "full-width-colon"
    facts = {"said": said, "character": character}
    return Problem(code, Where(file, offset + line + 1, column + 1), facts)


def _full_width(line: str) -> bool:
    """Whether the line's key ends in the full-width colon of a Chinese keyboard."""
    return re.match(r"\s*(- )?[\w.]+\s*：", line) is not None
