"""A node of an Ossie text with its path -> values, each wrong one a problem at its place, none passed over."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from typing import Any

from yaml import MappingNode, Node, ScalarNode, SequenceNode

from hedu.define.definitions import Label
from hedu.define.fields import Flag
from hedu.define.formats.loss import Loss
from hedu.define.formats.reading import MISSING, Pair, Reading
from hedu.define.formats.values import READERS, is_null, pairs, read_free, read_text, read_texts
from hedu.define.ossie.model import VENDOR, Expression, Extras, Spot

UNKNOWN = Label("Ossie 规范里没有这个键", "the specification of Ossie has no such key")
_FLAG = READERS[Flag]


class Part:
    """A map at a dotted path. `close` reports what nobody took as lost."""

    def __init__(self, node: Node, path: str, r: Reading, losses: list[Loss]) -> None:
        self.node, self.path, self.r, self.losses = node, path, r, losses
        self._pairs: dict[str, Pair] = {pair.key: pair for pair in pairs(node, path, r, "expected-map")}

    @property
    def spot(self) -> Spot:
        return Spot(self.path, self.r.where(self.node))

    def __contains__(self, key: str) -> bool:
        return key in self._pairs

    def among(self, keys: Collection[str]) -> tuple[str, ...]:
        """Those of `keys` that stand here and nobody has taken."""
        return tuple(key for key in self._pairs if key in keys)

    def take(self, key: str) -> Node | None:
        """The node under `key`, None where nothing stands there."""
        pair = self._pairs.pop(key, None)
        return None if pair is None or is_null(pair.value) else pair.value

    def text(self, key: str) -> str | None:
        node = self.take(key)
        if node is None or (isinstance(node, ScalarNode) and not node.value.strip()):
            return None
        found = read_text(None, node, self.at(key), self.r)
        return None if found is MISSING else str(found)

    def needed(self, key: str) -> str:
        """A text that must be there; "" with a problem where it is not."""
        before = len(self.r.problems)
        found = self.text(key)
        if found is None and len(self.r.problems) == before:
            self.r.add("ossie-key-missing", self.node, path=self.path or "/", key=key)
        return found or ""

    def flag(self, key: str) -> bool | None:
        node = self.take(key)
        found = None if node is None else _FLAG(Flag(), node, self.at(key), self.r)
        return None if found is MISSING else found

    def texts(self, key: str) -> tuple[str, ...]:
        node = self.take(key)
        found = () if node is None else read_texts(None, node, self.at(key), self.r)
        return () if found is MISSING else found

    def keys(self, key: str) -> tuple[tuple[str, ...], ...]:
        """A list of lists of texts."""
        read = (read_texts(None, item, self.at(key), self.r) for item in self._items(key))
        return tuple(found for found in read if found is not MISSING and found)

    def each(self, key: str) -> Iterator[Part]:
        """The maps of the list under `key`, each under its name."""
        for number, node in enumerate(self._items(key)):
            one = Part(node, f"{self.at(key)}.{number}", self.r, self.losses)
            name = one._pairs.get("name")
            if name is not None and isinstance(name.value, ScalarNode):
                one.path = f"{self.at(key)}.{name.value.value}"
            yield one

    def inner(self, key: str) -> Part | None:
        node = self.take(key)
        return None if node is None else Part(node, self.at(key), self.r, self.losses)

    def free(self, key: str) -> Any:
        """Anything, by the rules of JSON; None where nothing stands there."""
        node = self.take(key)
        found = None if node is None else read_free(None, node, self.at(key), self.r)
        return None if found is MISSING else found

    def at(self, key: str) -> str:
        return f"{self.path}.{key}".lstrip(".")

    def close(self) -> None:
        """What nobody took is lost, and said so."""
        for key, pair in self._pairs.items():
            shown = read_free(None, pair.value, self.at(key), self.r)
            if shown is not MISSING and shown not in (None, "", [], {}):
                self.losses.append(Loss(self.at(key), str(shown)[:200], UNKNOWN, self.r.where(pair.at)))

    def _items(self, key: str) -> list[Node]:
        node = self.take(key)
        if node is None:
            return []
        if not isinstance(node, SequenceNode):
            self.r.add("expected-list", node, key=self.at(key))
            return []
        return list(node.value)


def raw(node: Node) -> Any:
    """What stands there, letter by letter: to tell later whether it is still what was written beside it."""
    if isinstance(node, MappingNode):
        return {key.value: raw(value) for key, value in node.value if isinstance(key, ScalarNode)}
    return [raw(item) for item in node.value] if isinstance(node, SequenceNode) else node.value


def extras_of(part: Part) -> Extras:
    """Context and extensions of any part of a document."""
    context = part.free("ai_context")
    synonyms: tuple[str, ...] = ()
    if isinstance(context, dict) and isinstance(context.get("synonyms"), list):
        texts = [str(one).strip() for one in context["synonyms"] if isinstance(one, (str, int, float))]
        synonyms = tuple(dict.fromkeys(text for text in texts if text))
        context = {key: value for key, value in context.items() if key != "synonyms"}
    others, own = [], None
    for extension in part.each("custom_extensions"):
        vendor, data = extension.needed("vendor_name"), extension.free("data")
        if vendor.upper() == VENDOR:
            own = data if isinstance(data, str) else json.dumps(data)
        elif vendor:
            others.append({"vendor_name": vendor, "data": "" if data is None else data})
        extension.close()
    return Extras(synonyms, context or None, tuple(others), own)


def expression_of(part: Part) -> Expression:
    """The expression of a field or metric: a text, or one a dialect."""
    node = part.take("expression")
    if isinstance(node, ScalarNode):
        found = read_text(None, node, part.at("expression"), part.r)
        return Expression((("ANSI_SQL", found),) if found is not MISSING else ())
    if node is None:
        part.r.add("ossie-key-missing", part.node, path=part.path, key="expression")
        return Expression(())
    return dialects_of(Part(node, part.at("expression"), part.r, part.losses))


def dialects_of(part: Part) -> Expression:
    found = []
    for one in part.each("dialects"):
        dialect, text = one.text("dialect") or "ANSI_SQL", one.needed("expression")
        if text:
            found.append((dialect.upper(), text))
        one.close()
    part.close()
    if not found and not part.r.problems:
        part.r.add("ossie-key-missing", part.node, path=part.path, key="dialects")
    return Expression(tuple(found))
