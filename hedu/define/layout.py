"""YAML nodes -> canonical text: keys in the order of the field table, short things on one line."""

from __future__ import annotations

import re
from typing import Any

import yaml
from yaml import MappingNode, Node, ScalarNode, SequenceNode
from yaml.resolver import Resolver

from hedu.define.fields import FieldKind, Named, One, Shape, Sql
from hedu.define.formats.values import reads_as_text

WIDTH = 96
_STR, _MAP, _SEQ = (f"tag:yaml.org,2002:{kind}" for kind in ("str", "map", "seq"))
_RESOLVER = Resolver()
_BEYOND = re.compile(r"\\U(000[1-9A-F][0-9A-F]{4}|0010[0-9A-F]{4})")
_AWKWARD_IN_SQL = frozenset("'#:,[]{}&*!|>%@`")


def scalar(value: str | bool | int | float | None) -> ScalarNode:
    """The node that reads back as `value`."""
    if isinstance(value, str):
        style = "|" if "\n" in value else None if reads_as_text(value) else "'"
        return ScalarNode(_STR, value, style=style)
    if value is None or isinstance(value, bool):
        return plain_scalar("null" if value is None else str(value).lower())
    return plain_scalar(repr(value))


def plain_scalar(text: str) -> ScalarNode:
    """A node that is written without quotes, whatever `text` looks like."""
    tag: str = _RESOLVER.resolve(ScalarNode, text, (True, False))  # type: ignore[no-untyped-call]
    return ScalarNode(tag, text)


def node_of(data: Any) -> Node:
    """The nodes of plain data."""
    if isinstance(data, dict):
        return mapping([(scalar(str(key)), node_of(value)) for key, value in data.items()])
    if isinstance(data, (list, tuple)):
        return SequenceNode(_SEQ, [node_of(item) for item in data], flow_style=True)
    return scalar(data)


def mapping(pairs: list[tuple[Node, Node]]) -> MappingNode:
    return MappingNode(_MAP, pairs, flow_style=True)


def arrange(shape: Shape, node: MappingNode) -> None:
    """Put the keys of `node` in order and choose a style for each value, in place."""
    places = {key: place for place, key in enumerate(shape.fields)}
    node.value.sort(key=lambda pair: places.get(pair[0].value, len(places)))
    for key, value in node.value:
        field = shape.fields.get(key.value)
        arrange_value(field.kind if field else None, value)
    node.flow_style = _fits(node)


def arrange_value(kind: FieldKind | None, node: Node) -> None:
    """Order and style of one value of a field of `kind` (None: of nothing we know), in place."""
    if isinstance(node, ScalarNode):
        if isinstance(kind, Sql) and node.style is None and _awkward(node.value):
            node.style = '"'
        return
    if isinstance(kind, One) and isinstance(node, MappingNode):
        arrange(kind.shape, node)
        return
    if isinstance(node, MappingNode) and isinstance(kind, Named):
        for _, value in node.value:
            arrange_value(One(kind.shape), value)
        node.flow_style = kind.pairs and _fits(node)
        return
    if isinstance(node, (MappingNode, SequenceNode)):
        for item in _children(node):
            arrange_value(None, item)
        node.flow_style = _fits(node)


def _awkward(sql: str) -> bool:
    """Whether an expression is safer and clearer inside double quotes."""
    return not _AWKWARD_IN_SQL.isdisjoint(sql) and not any(mark in sql for mark in ('"', "\\", "\n"))


def _children(node: Node) -> list[Node]:
    if isinstance(node, MappingNode):
        return [value for _, value in node.value]
    return list(node.value) if isinstance(node, SequenceNode) else []


def _fits(node: Node) -> bool:
    return _one_line(node) and _width(node) <= WIDTH


def _one_line(node: Node) -> bool:
    if isinstance(node, ScalarNode):
        return "\n" not in node.value
    if isinstance(node, MappingNode) and not node.value:
        return True
    return all(_one_line(item) and getattr(item, "flow_style", True) is not False for item in _children(node))


def _width(node: Node) -> int:
    if isinstance(node, ScalarNode):
        return len(node.value) + (2 if node.style else 0)
    if isinstance(node, MappingNode):
        return sum(len(key.value) + _width(value) + 4 for key, value in node.value) + 2
    return sum(_width(item) + 2 for item in node.value) + 2


def rendered(node: Node) -> str:
    """The text of `node`. The emitter escapes what lies beyond the basic plane (𠮷, emoji); that is undone."""
    text: str = yaml.serialize(node, Dumper=yaml.CSafeDumper, allow_unicode=True, width=10**9, indent=2)
    text = text.removesuffix("...\n")
    if "\\U" in text and not any("\\U" in held for held in _texts(node)):
        text = _BEYOND.sub(lambda escape: chr(int(escape.group(1), 16)), text)
    return text


def _texts(node: Node) -> list[str]:
    if isinstance(node, ScalarNode):
        return [node.value]
    keys = [key.value for key, _ in node.value] if isinstance(node, MappingNode) else []
    return keys + [text for item in _children(node) for text in _texts(item)]
