"""Native YAML -> definitions, by the field table."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from yaml import MappingNode, Node, ScalarNode, SequenceNode

from hedu.define.fields import Either, Named, One, Shape
from hedu.define.formats.nodes import COLLECTION, Tree, trees
from hedu.define.formats.reading import MISSING, Pair, Reading
from hedu.define.formats.rules import RULES
from hedu.define.formats.values import READERS, check_name, is_null, pairs
from hedu.define.table import OBJECTS
from hedu.errors import Problem, Where, suggest


class Found(NamedTuple):
    """A definition with its kind, or only the name of one that could not be read (`definition` None)."""

    kind: str
    name: str
    definition: Any
    at: Where


def read_native(file: str, text: str, problems: list[Problem]) -> Iterator[Found]:
    """The objects of one file, in order."""
    for tree in trees(file, text, problems):
        found = _document(tree, Reading(file, tree.offset, problems))
        if found is not None:
            yield found


def _document(tree: Tree, r: Reading) -> Found | None:
    root = tree.root
    if is_null(root):
        return None
    if isinstance(root, ScalarNode) and "：" in root.value:
        r.add("full-width-colon", root)
        return None
    before = len(r.problems)
    stated = pairs(root, "", r, "document-not-a-map")
    if len(r.problems) > before:
        r.faults.append("")
    kinds = [pair for pair in stated if pair.key in OBJECTS]
    if len(kinds) == 1:
        return _object(kinds[0], stated, root, r)
    if kinds:
        r.add("object-twice", kinds[1].at, keys=[pair.key for pair in kinds])
    elif isinstance(root, MappingNode):
        known = {near: pair for pair in stated for near in suggest(pair.key, OBJECTS, 1)}
        near, pair = next(iter(known.items()), ("", None))
        if pair is not None:
            r.add("key-misspelt", pair.at, key=pair.key, near=near, object="document")
        else:
            r.add("object-missing", root, keys=list(OBJECTS))
    return None


def _object(kind: Pair, stated: list[Pair], root: Node, r: Reading) -> Found | None:
    shape = OBJECTS[kind.key]
    before = len(r.problems)
    definition = _from_pairs(shape, stated, root, "", r)
    name = kind.value.value.strip() if isinstance(kind.value, ScalarNode) else ""
    if definition is MISSING:
        return Found(kind.key, name, None, r.where(kind.value)) if name else None
    if len(r.problems) == before:
        for rule in RULES[kind.key]:
            rule(definition, r)
    return Found(kind.key, name, definition, r.where(kind.value))


def _from_pairs(shape: Shape, stated: list[Pair], node: Node, path: str, r: Reading, **given: Any) -> Any:
    """The dataclass of `shape`; MISSING when a required key is absent or wrong."""
    fields, alternatives, problems, faults = shape.fields, shape.alternatives, r.problems, r.faults
    values: dict[str, Any] = given
    chosen: dict[str, Pair] = {}
    whole = True
    for pair in stated:
        field = fields.get(pair.key)
        here = f"{path}{pair.key}"
        if field is None:
            _unknown(shape, pair, r)
            faults.append(here)
            continue
        r.mark(here, pair.value)
        either = alternatives.get(pair.key)
        if either is not None and either.attr in chosen:
            r.add("one-of-twice", pair.at, object=shape.name, keys=[chosen[either.attr].key, pair.key])
            faults.append(here)
            whole = False
            continue
        known, told = len(problems), len(faults)
        kind = field.kind
        value = _READERS[type(kind)](kind, pair.value, here, r)
        if value is MISSING or (len(problems) > known and len(faults) == told):
            faults.append(here)
        if either is not None:
            chosen[either.attr] = pair
            values[either.attr] = value if value is MISSING or not either.wrap else either.wrap(**{field.into: value})
            whole = whole and value is not MISSING
        elif value is not MISSING:
            values[field.attr or field.key] = value
        elif field.required:
            whole = False
    present = {pair.key for pair in stated}
    if not _complete(shape, present, chosen, node, r) or not whole:
        return MISSING
    return _made(shape, values, path, r)


def _made(shape: Shape, values: dict[str, Any], path: str, r: Reading) -> Any:
    if shape.name == "entity":
        values.setdefault("entity", values["name"])
    if not path and shape.name in OBJECTS:
        values.pop("version", None)
        values["marks"] = places = r.places()
        values["at"] = places[shape.name]
    return shape.make(**values)


def _complete(shape: Shape, present: set[str], chosen: dict[str, Pair], node: Node, r: Reading) -> bool:
    """Whether every required key stands. A lacking `version` is a problem, but no reason not to read on."""
    whole = True
    for field in shape.required:
        if field.key not in present:
            code = "version-missing" if field.key == "version" else "key-missing"
            r.add(code, node, key=field.key, object=shape.name)
            whole = whole and field.key == "version"
    for either in shape.eithers:
        if either.required and either.attr not in chosen:
            r.add("one-of-missing", node, object=shape.name, keys=_keys_of(either))
            whole = False
    return whole


def _keys_of(either: Either) -> list[str]:
    return [field.key for field in either.fields]


def _unknown(shape: Shape, pair: Pair, r: Reading) -> None:
    key = pair.key[:80]
    near = suggest(key, shape.fields, 1)
    if "：" in key:
        r.add("full-width-colon", pair.at)
    elif near:
        r.add("key-misspelt", pair.at, key=key, near=near[0], object=shape.name)
    else:
        r.add("key-unknown", pair.at, key=key, object=shape.name, known=list(shape.fields))


def _one(shape: Shape, node: Node, path: str, r: Reading, **given: Any) -> Any:
    if shape.empty and is_null(node):
        return shape.make(**given)
    short = shape.short
    if short is not None and isinstance(node, (ScalarNode, SequenceNode)):
        field = shape.fields[short]
        r.mark(f"{path}.{short}", node)
        value = _READERS[type(field.kind)](field.kind, node, path, r)
        if value is MISSING:
            return MISSING
        return _made(shape, {**given, field.into: value}, path, r)
    if not isinstance(node, MappingNode) or node.tag != COLLECTION:
        pairs(node, path, r, "expected-map")
        return MISSING
    stated = pairs(node, path, r, "expected-map")
    return _from_pairs(shape, stated, node, f"{path}.", r, **given)


def _named(kind: Named, node: Node, path: str, r: Reading) -> Any:
    """A tuple of objects, or of (name, object), in the order they stand."""
    found: list[Any] = []
    for pair in pairs(node, path, r, "expected-names"):
        here = f"{path}.{pair.key}"
        r.mark(here, pair.value if not is_null(pair.value) else pair.at)
        given = {"name": pair.key} if kind.shape.named else {}
        valid = check_name(pair.key, pair.at, r)
        value = _one(kind.shape, pair.value, here, r, **given)
        if value is MISSING or not valid:
            r.faults.append(here)
        else:
            found.append((pair.key, value) if kind.pairs else value)
    return tuple(found)


_READERS: dict[type, Callable[[Any, Node, str, Reading], Any]] = {
    **READERS,
    One: lambda kind, node, path, r: _one(kind.shape, node, path, r),
    Named: _named,
}
