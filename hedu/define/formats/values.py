"""Node -> value, by the kind of its field. Each wrong value is a problem at its place; reading goes on."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from typing import Any
from zoneinfo import ZoneInfo

from yaml import MappingNode, Node, ScalarNode, SequenceNode

from hedu.define.definitions import Label
from hedu.define.fields import (
    Band,
    Choice,
    Flag,
    Free,
    Keys,
    Member,
    Name,
    Number,
    Span,
    Sql,
    Text,
    Texts,
    Version,
    Wording,
    Zone,
)
from hedu.define.formats.nodes import COLLECTION, PLAIN, QUOTED
from hedu.define.formats.reading import MISSING, Pair, Reading, pair_of
from hedu.define.names import fault_of, proposal
from hedu.define.spans import span_of
from hedu.errors import suggest

NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_NUMBER = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?")
_INTEGER = re.compile(r"[-+]?\d+")
_NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_FLAGS = {word: word.lower() == "true" for word in ("true", "True", "TRUE", "false", "False", "FALSE")}
_MEMBER = re.compile(r"[^\W\d]\w*\.[^\W\d]\w*")
_HIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069]")
"""What an escape can put into a text and nobody sees: controls, halves of characters, marks that turn the reading."""
_IDEOGRAPH = re.compile("[\u2e80-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")


def is_null(node: Node) -> bool:
    """Whether nothing stands there: an empty plain value, `~` or `null`."""
    return isinstance(node, ScalarNode) and node.tag == PLAIN and node.value in NULLS


def reads_as_text(text: str) -> bool:
    """Whether `text` without quotes is a text wherever it stands."""
    taken = text in NULLS or text in _FLAGS or _NUMBER.fullmatch(text) or _NOT_FINITE.fullmatch(text)
    return not taken and text != "<<"


def read_text(kind: object, node: Node, path: str, r: Reading) -> Any:
    """The text; every plain scalar is one (no surprise from `no`, `on` or `2024`)."""
    if not isinstance(node, ScalarNode):
        return r.wrong("expected-text", node, path)
    if node.tag != PLAIN and node.tag != QUOTED:
        return r.wrong("tag-refused", node, path, tag=node.tag)
    text = node.value.strip()
    if not text or (node.tag == PLAIN and text in NULLS):
        return r.wrong("value-missing", node, path)
    hidden = None if text.isprintable() else _HIDDEN.search(text)
    if hidden:
        return r.wrong("control-character", node, path, character=f"U+{ord(hidden.group()):04X}")
    return text


def read_name(kind: object, node: Node, path: str, r: Reading) -> Any:
    """An identifier."""
    text = read_text(kind, node, path, r)
    return text if text is MISSING or check_name(text, node, r) else MISSING


def check_name(name: str, node: Node, r: Reading) -> bool:
    """Whether `name` is an identifier; reports it if not."""
    fault = fault_of(name)
    if fault:
        r.add(fault, node, name=name[:80], proposal=proposal(name))
    return fault is None


def _member(kind: object, node: Node, path: str, r: Reading) -> Any:
    text = read_text(kind, node, path, r)
    if text is MISSING or _MEMBER.fullmatch(text):
        return text
    return r.wrong("measure-unqualified", node, path, measure=text[:80])


def _zone(kind: object, node: Node, path: str, r: Reading) -> Any:
    text = read_text(kind, node, path, r)
    if text is MISSING or _zone_exists(text) or not _zone_exists("Asia/Shanghai"):
        return text
    return r.wrong("time-zone-unknown", node, path, zone=text[:80])


def _zone_exists(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        return False
    return True


def _version(kind: object, node: Node, path: str, r: Reading) -> Any:
    text = read_text(kind, node, path, r)
    if text is MISSING or text == "1":
        return text
    return r.wrong("version-unknown", node, path, version=text[:80])


def _flag(kind: object, node: Node, path: str, r: Reading) -> Any:
    if isinstance(node, ScalarNode) and node.tag == PLAIN and node.value in _FLAGS:
        return _FLAGS[node.value]
    return r.wrong("expected-flag", node, path, found=_shown(node))


def _choice(kind: Choice, node: Node, path: str, r: Reading) -> Any:
    text = read_text(kind, node, path, r)
    if text is MISSING or text in kind.values:
        return text
    near = suggest(text, kind.values, 1)
    return r.wrong("choice-unknown", node, path, found=text[:80], choices=kind.values, near=near)


def read_texts(kind: object, node: Node, path: str, r: Reading) -> Any:
    """A tuple of texts, each once."""
    if isinstance(node, ScalarNode):
        text = read_text(kind, node, path, r)
        return text if text is MISSING else (text,)
    if not isinstance(node, SequenceNode):
        return r.wrong("expected-list", node, path)
    if node.tag != COLLECTION:
        return r.wrong("tag-refused", node, path, tag=node.tag)
    found: dict[str, None] = {}
    for item in node.value:
        text = read_text(kind, item, path, r)
        if text in found:
            r.add("item-twice", item, key=path, item=text)
        elif text is not MISSING:
            found[text] = None
    return tuple(found)


def _keys(kind: object, node: Node, path: str, r: Reading) -> Any:
    if not isinstance(node, SequenceNode):
        return r.wrong("expected-keys", node, path)
    keys = [read_texts(kind, item, path, r) for item in node.value]
    return tuple(key for key in keys if key is not MISSING and key)


def label_of(text: str) -> Label:
    """A bare text as a label: Chinese if it holds an ideograph."""
    return Label(zh=text) if _IDEOGRAPH.search(text) else Label(en=text)


def _wording(kind: object, node: Node, path: str, r: Reading) -> Any:
    """A Label; a bare text counts as Chinese if it holds an ideograph.

    `{zh: 已付款, 按付款日期计}` is two keys to YAML, the second without value; to people it is one text.
    """
    if isinstance(node, ScalarNode):
        text = read_text(kind, node, path, r)
        if text is MISSING:
            return text
        return label_of(text)
    found: dict[str, str] = {}
    for pair in pairs(node, path, r, "expected-wording"):
        if found and pair.key not in ("zh", "en") and is_null(pair.value):
            found[next(reversed(found))] += f", {pair.key}"
        elif pair.key not in ("zh", "en"):
            r.add("language-unknown", pair.at, key=path, language=pair.key)
        elif not (isinstance(pair.value, ScalarNode) and pair.value.tag == QUOTED and not pair.value.value):
            text = read_text(kind, pair.value, f"{path}.{pair.key}", r)
            if text is not MISSING:
                found[pair.key] = text
    return Label(**found)


def _band(kind: object, node: Node, path: str, r: Reading) -> Any:
    items = node.value if isinstance(node, SequenceNode) else ()
    if len(items) != 2:
        return r.wrong("expected-band", node, path)
    numbers = [_number(item, path, r) for item in items]
    if MISSING in numbers:
        return MISSING
    low, high = numbers
    return (low, high) if low <= high else r.wrong("band-backwards", node, path, low=low, high=high)


def _number(node: Node, path: str, r: Reading) -> Any:
    if not isinstance(node, ScalarNode) or node.tag != PLAIN or not _NUMBER.fullmatch(node.value):
        return r.wrong("expected-number", node, path, found=_shown(node))
    number = float(node.value)
    return number if math.isfinite(number) else r.wrong("expected-number", node, path, found=node.value[:80])


def _bounded(kind: Number, node: Node, path: str, r: Reading) -> Any:
    number = _number(node, path, r)
    if number is MISSING:
        return MISSING
    if (kind.low is not None and number < kind.low) or (kind.high is not None and number > kind.high):
        return r.wrong("number-out-of-bounds", node, path, found=number, low=kind.low, high=kind.high)
    return int(number) if number == int(number) else number


def _span(kind: Span, node: Node, path: str, r: Reading) -> Any:
    """A length of time in one spelling."""
    text = read_text(kind, node, path, r)
    span = text if text is MISSING else span_of(text, custom=kind.custom)
    return r.wrong("expected-span", node, path, found=text[:80]) if span is None else span


def read_free(kind: object, node: Node, path: str, r: Reading) -> Any:
    """Plain data by the rules of JSON."""
    if isinstance(node, MappingNode):
        return {pair.key: value for pair, value in _free_pairs(kind, node, path, r) if value is not MISSING}
    if isinstance(node, SequenceNode):
        values = [read_free(kind, item, path, r) for item in node.value]
        return [value for value in values if value is not MISSING]
    if node.tag == QUOTED:
        return node.value
    if not isinstance(node, ScalarNode) or node.tag != PLAIN:
        return r.wrong("tag-refused", node, path, tag=node.tag)
    return _plain(node, path, r)


def _free_pairs(kind: object, node: Node, path: str, r: Reading) -> Iterator[tuple[Pair, Any]]:
    for pair in pairs(node, path, r, "expected-map"):
        yield pair, read_free(kind, pair.value, path, r)


def _plain(node: ScalarNode, path: str, r: Reading) -> Any:
    text = node.value
    if text in NULLS:
        return None
    if text in _FLAGS:
        return _FLAGS[text]
    if _NOT_FINITE.fullmatch(text):
        return r.wrong("expected-number", node, path, found=text)
    if _INTEGER.fullmatch(text) and len(text) < 40:
        return int(text)
    return _number(node, path, r) if _NUMBER.fullmatch(text) else text


def _extension(kind: object, node: Node, path: str, r: Reading) -> Any:
    return read_free(kind, node, path, r) if isinstance(node, MappingNode) else r.wrong("expected-map", node, path)


def pairs(node: Node, path: str, r: Reading, code: str) -> list[Pair]:
    """The pairs of a map, `<<` merged in, each key once; `code` is what to report of anything else."""
    if not isinstance(node, MappingNode):
        r.wrong(code, node, path)
        return []
    if node.tag != COLLECTION:
        r.wrong("tag-refused", node, path, tag=node.tag)
        return []
    found: dict[str, Pair] = {}
    merged: list[Node] = []
    for key, value in node.value:
        if not isinstance(key, ScalarNode) or (key.tag != PLAIN and key.tag != QUOTED):
            r.add("key-not-text", key, key=path)
        elif key.value == "<<" and key.tag == PLAIN:
            merged.extend(value.value if isinstance(value, SequenceNode) else [value])
        elif key.value in found:
            first = r.where(found[key.value].at)
            r.add("key-twice", key, key=key.value[:80], first=str(first))
        else:
            found[key.value] = pair_of((key.value, key, value))
    for other in merged:
        for pair in pairs(other, path, r, "expected-map"):
            found.setdefault(pair.key, pair)
    return list(found.values())


def _shown(node: Node) -> str:
    return node.value[:80] if isinstance(node, ScalarNode) else "[…]" if isinstance(node, SequenceNode) else "{…}"


READERS: dict[type, Callable[[Any, Node, str, Reading], Any]] = {
    Text: read_text,
    Sql: read_text,
    Name: read_name,
    Member: _member,
    Zone: _zone,
    Version: _version,
    Flag: _flag,
    Choice: _choice,
    Texts: read_texts,
    Keys: _keys,
    Wording: _wording,
    Band: _band,
    Number: _bounded,
    Span: _span,
    Free: _extension,
}
