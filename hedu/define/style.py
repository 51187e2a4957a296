"""Text -> the same definitions in canonical style, comments kept: what `hedu fmt` does.

Works on the lines: a key moves together with the comments above and beside it. What holds comments or
anchors that cannot be placed is left as it was written.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from yaml import MappingNode, Node, ScalarNode, SequenceNode

from hedu.define.fields import FieldKind, Named, One, Wording
from hedu.define.formats.nodes import DOCUMENT, PLAIN, has_references, trees
from hedu.define.formats.values import is_null
from hedu.define.layout import arrange_value, mapping, plain_scalar, rendered, scalar
from hedu.define.read import read
from hedu.define.table import OBJECTS
from hedu.errors import Problem

_COMMENT = re.compile(r"(?:^|(?<=\s))#")
_OTHER_BREAKS = re.compile("[\r\x85\u2028\u2029]")


@dataclass(frozen=True, slots=True)
class _Comment:
    line: int
    col: int
    text: str


@dataclass(frozen=True, slots=True)
class _Entry:
    """A key with its value, the lines above it, and the line its value ends on."""

    key: ScalarNode
    value: Node
    above: tuple[str, ...]
    last: int


def restyle(file: str, content: str | bytes) -> tuple[str, tuple[Problem, ...]]:
    """The canonical text, or the problems that keep it from being read (then the text is as it was).

    >>> restyle("a.yml", "metric: m  # mine\\nversion: 1\\nsimple:\\n  measure: o.n\\n")[0]
    'version: 1\\nmetric: m  # mine\\nsimple: {measure: o.n}\\n'
    """
    before, problems = read({file: content})
    text = content if isinstance(content, str) else content.decode("utf-8", "replace")
    text = text.lstrip("\ufeff")
    if problems:
        return text, problems
    lined = text.replace("\r\n", "\n")
    if _OTHER_BREAKS.search(lined):
        return text, ()
    starts = [0, *(match.start() for match in DOCUMENT.finditer(lined) if match.start())]
    chunks = [lined[start:end] for start, end in zip(starts, [*starts[1:], len(lined)], strict=True)]
    styled = "".join(_chunk(file, chunk) for chunk in chunks if chunk.strip())
    kept = read({file: styled})[0] == before and _all_comments(styled) == _all_comments(lined)
    return (styled if kept else text), ()


def _all_comments(text: str) -> Counter[str]:
    documents = list(trees("", text, []))
    lines = text.split("\n")
    spans = [span for tree in documents for span in _spans(tree.root)]
    return Counter(comment.text for comment in _comments(lines, spans))


def _chunk(file: str, text: str) -> str:
    """One document with its `---`."""
    lines = text.rstrip("\n").split("\n")
    found = list(trees(file, text, []))
    separator = [lines[0].rstrip()] if DOCUMENT.match(text) else []
    root = found[0].root if len(found) == 1 else None
    if not isinstance(root, MappingNode) or (separator and not _bare(separator[0])) or has_references(text):
        return "\n".join(lines) + "\n"
    body = _Document(lines, root).styled(len(separator))
    return "\n".join([*separator, *body]) + "\n"


def _bare(separator: str) -> bool:
    return separator == "---" or separator[3:].lstrip().startswith("#")


def _spans(node: Node) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    """Where scalars stand: a `#` in there is no comment."""
    if isinstance(node, ScalarNode):
        start = (node.start_mark.line, node.start_mark.column)
        if node.style in ("|", ">"):
            start = (start[0] + 1, 0)
        yield start, (node.end_mark.line, node.end_mark.column)
    elif isinstance(node, MappingNode):
        for key, value in node.value:
            yield from _spans(key)
            yield from _spans(value)
    else:
        for item in node.value:
            yield from _spans(item)


def _comments(lines: list[str], spans: list[tuple[tuple[int, int], tuple[int, int]]]) -> Iterator[_Comment]:
    for number, line in enumerate(lines):
        for match in _COMMENT.finditer(line) if "#" in line else ():
            place = (number, match.start())
            if not any(start <= place < end for start, end in spans):
                yield _Comment(number, match.start(), line[match.start() :].rstrip())
                break


class _Document:
    """The lines of one document with its comments, while it is being restyled."""

    def __init__(self, lines: list[str], root: MappingNode) -> None:
        self.lines = lines
        self.root = root
        self.comments = list(_comments(lines, list(_spans(root))))

    def styled(self, first: int) -> list[str]:
        """The lines from `first` on, in style."""
        root = self.root
        if root.flow_style and self.comments:
            return self.lines[first:]
        shape = next(OBJECTS[key.value] for key, _ in root.value if key.value in OBJECTS)
        if root.flow_style:
            node = _copied(One(shape), root)
            arrange_value(One(shape), node)
            setattr(node, "flow_style", False)  # noqa: B010
            return rendered(node).rstrip("\n").split("\n")
        body = self._map(One(shape), root, first, top=True)
        tail = _tidy(self.lines[self._last(root) + 1 :])
        return [*body, *tail]

    def _map(self, kind: FieldKind | None, node: MappingNode, first: int, *, top: bool = False) -> list[str]:
        """A block map: its entries in canonical order, each with its comments."""
        entries = list(self._entries(node, first))
        header, entries[0] = _parted(entries[0])
        if isinstance(kind, One):
            places = {key: place for place, key in enumerate(kind.shape.fields)}
            entries.sort(key=lambda entry: places.get(entry.key.value, len(places)))
        found = list(header)
        for entry in entries:
            found += [*entry.above, *self._entry(_kind_of(kind, entry.key.value), entry)]
        while found and top and not found[0]:
            del found[0]
        return found

    def _entries(self, node: MappingNode, first: int) -> Iterator[_Entry]:
        for key, value in node.value:
            line = key.start_mark.line
            last = max(self._last(value), line)
            yield _Entry(key, value, tuple(_tidy(self.lines[first:line])), last)
            first = last + 1

    def _entry(self, kind: FieldKind | None, entry: _Entry) -> list[str]:
        line, value = entry.key.start_mark.line, entry.value
        start, end = value.start_mark, (entry.last, value.end_mark.column)
        here = [comment for comment in self.comments if line <= comment.line <= entry.last]
        beside_key = [c for c in here if c.line == line and start.line > line]
        block = isinstance(value, MappingNode) and not value.flow_style
        within = [c for c in here if c not in beside_key and (block or (c.line, c.col) < end)]
        beside = [c.text for c in here if c not in within]
        if within and isinstance(value, MappingNode) and block:
            inner = ["  " + text if text else "" for text in self._map(kind, value, line + 1)]
            return [f"{rendered(scalar(entry.key.value)).strip()}:{_trailing(beside)}", *inner]
        if within or len(beside) > 1:
            indent = entry.key.start_mark.column
            return [text[indent:] if not text[:indent].strip() else text for text in self.lines[line : entry.last + 1]]
        copy = _copied(kind, value)
        arrange_value(kind, copy)
        pair = mapping([(scalar(entry.key.value), copy)])
        pair.flow_style = False
        text = rendered(pair).rstrip("\n").split("\n")
        literal = isinstance(value, ScalarNode) and len(text) > 1
        return [*beside, *text] if literal else [text[0] + _trailing(beside), *text[1:]]

    def _last(self, node: Node) -> int:
        """The last line that belongs to `node`."""
        if isinstance(node, (MappingNode, SequenceNode)) and not node.flow_style and node.value:
            last = node.value[-1]
            return max(self._last(item) for item in (last if isinstance(last, tuple) else (last,)))
        end = node.end_mark
        if not isinstance(node, ScalarNode) or node.style not in ("|", ">") or end.column:
            return int(end.line)
        line = int(end.line) - 1
        while line > node.start_mark.line and not self.lines[min(line, len(self.lines) - 1)].strip():
            line -= 1
        return line


def _kind_of(kind: FieldKind | None, key: str) -> FieldKind | None:
    if isinstance(kind, One):
        field = kind.shape.fields.get(key)
        return field.kind if field else None
    return One(kind.shape) if isinstance(kind, Named) else None


def _parted(entry: _Entry) -> tuple[tuple[str, ...], _Entry]:
    """What stands above the first key, parted from it by an empty line, stays on top."""
    if "" not in entry.above:
        return (), entry
    cut = len(entry.above) - entry.above[::-1].index("")
    return entry.above[:cut], _Entry(entry.key, entry.value, entry.above[cut:], entry.last)


def _tidy(lines: list[str]) -> list[str]:
    """Comments without indentation, and one empty line where there were some."""
    found: list[str] = []
    for line in lines:
        text = line.strip()
        if text or (found and found[-1]) or not found:
            found.append(text)
    while found and not found[-1] and not any(found):
        del found[-1]
    return found


def _trailing(comments: list[str]) -> str:
    return f"  {comments[0]}" if comments else ""


def _copied(kind: FieldKind | None, node: Node) -> Node:
    """The nodes to write for nodes that were read."""
    if isinstance(kind, One) and kind.shape.empty and is_null(node):
        return mapping([])
    if isinstance(node, ScalarNode):
        if node.tag == PLAIN:
            return plain_scalar(node.value or "null")
        return scalar(node.value if kind is None else node.value.strip())
    if isinstance(node, SequenceNode):
        return SequenceNode("tag:yaml.org,2002:seq", [_copied(None, item) for item in node.value])
    if isinstance(kind, Wording):
        return mapping(_worded(node))
    return mapping([(scalar(key.value), _copied(_kind_of(kind, key.value), value)) for key, value in node.value])


def _worded(node: Node) -> list[tuple[Node, Node]]:
    """A wording whose text an unquoted comma had split, in one piece again."""
    found: list[tuple[str, str]] = []
    for key, value in node.value:
        if is_null(value) and found:
            found[-1] = (found[-1][0], f"{found[-1][1]}, {key.value}")
        else:
            found.append((key.value, value.value.strip()))
    return [(scalar(lang), scalar(text)) for lang, text in found]
