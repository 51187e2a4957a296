"""The texts of Ossie documents -> their models, with every problem and everything that no model can hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from yaml import MappingNode, Node, ScalarNode

from hedu.define.definitions import Label
from hedu.define.formats.loss import Loss
from hedu.define.formats.nodes import trees
from hedu.define.formats.reading import Reading
from hedu.define.formats.values import is_null, read_text
from hedu.define.ossie.model import (
    OssieDataset,
    OssieField,
    OssieMetric,
    OssieModel,
    Relationship,
)
from hedu.define.ossie.parts import Part, dialects_of, expression_of, extras_of, raw
from hedu.errors import Problem, Where

KNOWN = ("0.1", "0.2")
_NO_MODEL = Label("这份文件里没有 Ossie 模型", "this document holds no Ossie model")
_FILES = Label("文件要先载入，这里读同名的表", "files are loaded first; the table of the dataset's name is read")
_OTHER_JOIN = Label("这里只按相等的列关联，不带过来", "only equal columns join here; it is left out")
_OF_ROWS = frozenset({"filter", "filters", "where", "query_filter", "condition"})
_OF_VALUES = _OF_ROWS | {
    *("grain", "joins", "using_relationships", "semi_additive", "non_additive_dimension", "window", "having"),
    *("partition_by", "fixed", "include", "exclude", "reset"),
}
_OF_JOINS = frozenset({"condition", "on", "asof", "range", "operator", "filter", "where"})
WORDS_OF_MODEL = frozenset({"name", "description", "ai_context", "custom_extensions"})
_MODEL_KEYS = ("semantic_model", "datasets")


def read_texts_of(texts: Mapping[str, str], losses: list[Loss], problems: list[Problem]) -> tuple[OssieModel, ...]:
    """Every model in `texts` (name -> text), in the order they stand; other documents beside them are lost."""
    found: list[OssieModel] = []
    others: list[Problem] = []
    for file, text in texts.items():
        here: list[Problem] = []
        for tree in trees(file, text, here):
            if not is_null(tree.root):
                found.extend(_document(tree.root, Reading(file, tree.offset, here), losses))
        others += [one for one in here if one.code == "ossie-no-model"]
        problems += [one for one in here if one.code != "ossie-no-model"]
    if not found and not problems:
        problems += others or [Problem("ossie-no-model", Where(next(iter(texts), "?")))]
    losses += [Loss(one.where.file, "document", _NO_MODEL, one.where) for one in others if one.where]
    return tuple(found)


def _document(root: Node, r: Reading, losses: list[Loss]) -> Iterator[OssieModel]:
    whole = Part(root, "", r, losses)
    if not any(key in whole for key in _MODEL_KEYS):
        if isinstance(root, MappingNode):
            r.add("ossie-no-model", root)
        return
    stated = whole.take("version") or whole.take("osi_version")
    version = "" if stated is None else str(read_text(None, stated, "version", r))
    if stated is not None and not version.startswith(KNOWN):
        r.add("ossie-version-unknown", stated, version=version[:40], known=["0.1.1", "0.2"])
    keys = ("dialects", "vendors", *(("ai_context",) if "semantic_model" in whole else ()))
    document = {key: found for key in keys if (found := whole.free(key))}
    if "semantic_model" in whole:
        for part in whole.each("semantic_model"):
            yield _model(part, version, document)
            part.close()
    else:
        yield _model(whole, version, document)
    whole.close()


def _model(part: Part, version: str, document: Mapping[str, Any]) -> OssieModel:
    part.path = part.path.removeprefix("semantic_model.")
    said = raw(part.node)
    core = {key: value for key, value in said.items() if key in WORDS_OF_MODEL} if isinstance(said, dict) else {}
    name, at = part.needed("name"), part.spot
    datasets = tuple(_dataset(one) for one in part.each("datasets"))
    if not datasets and not part.r.problems:
        part.r.add("ossie-key-missing", part.node, path=part.path or "/", key="datasets")
    relationships = tuple(made for one in part.each("relationships") if (made := _relationship(one)) is not None)
    metrics = tuple(_metric(one, None) for one in part.each("metrics"))
    for kind, items in (("dataset", datasets), ("relationship", relationships), ("metric", metrics)):
        _once(kind, items, part.r)
    known = {one.name.casefold() for one in datasets}
    for one in relationships:
        _sound(one, known, part.r)
    description, extras = part.text("description"), extras_of(part)
    return OssieModel(name, at, datasets, relationships, metrics, description, extras, version, document, core)


def _dataset(part: Part) -> OssieDataset:
    core, at = raw(part.node), part.spot
    name = part.needed("name")
    source = _source(part, name)
    primary, unique = part.texts("primary_key"), part.keys("unique_keys")
    description = part.text("description")
    fields = tuple(_field(one) for one in part.each("fields"))
    metrics = tuple(_metric(one, name) for one in part.each("metrics"))
    _once("field", fields, part.r)
    _once("metric", metrics, part.r)
    changed = part.among(_OF_ROWS)
    extras = extras_of(part)
    made = OssieDataset(name, source, at, primary, unique, description, fields, metrics, extras, core, changed)
    part.close()
    return made


def _source(part: Part, name: str) -> str:
    """A table or a query: as text, or as a map that says which of them, or which files, it is."""
    node = part.take("source")
    if node is None:
        part.r.add("ossie-key-missing", part.node, path=part.path, key="source")
        return ""
    if isinstance(node, ScalarNode):
        return str(read_text(None, node, part.at("source"), part.r))
    inner = Part(node, part.at("source"), part.r, part.losses)
    found = _structured(inner, name)
    inner.close()
    return found


def _structured(inner: Part, name: str) -> str:
    kind, files = (inner.text("kind") or "").casefold(), inner.texts("locations")
    inner.take("format")
    if files:
        inner.losses.append(Loss(inner.at("locations"), ", ".join(files)[:200], _FILES, inner.spot.where))
        return name
    if kind == "query":
        query = inner.inner("object")
        found = dialects_of(query).dialects if query is not None else ()
        return found[0][1] if found else ""
    stated = [text for key in ("query", "identifier") if (text := inner.text(key))]
    return stated[0] if stated else inner.needed("object")


def _field(part: Part) -> OssieField:
    name, at, expression = part.needed("name"), part.spot, expression_of(part)
    dimension = part.inner("dimension")
    is_time = dimension.flag("is_time") if dimension is not None else None
    if dimension is not None:
        dimension.close()
    made = OssieField(
        name,
        expression,
        at,
        is_time,
        dimension is not None,
        part.text("datatype") or part.text("data_type"),
        part.text("label"),
        part.text("description"),
        extras_of(part),
    )
    part.close()
    return made


def _metric(part: Part, dataset: str | None) -> OssieMetric:
    core, at = raw(part.node), part.spot
    name, expression = part.needed("name"), expression_of(part)
    datatype, changed = part.text("datatype"), part.among(_OF_VALUES)
    description, extras = part.text("description"), extras_of(part)
    made = OssieMetric(name, expression, at, datatype, description, dataset, extras, core, changed)
    part.close()
    return made


def _relationship(part: Part) -> Relationship | None:
    """None where it joins by something else than equal columns; by those alone it would find other rows."""
    core, at = raw(part.node), part.spot
    others = part.among(_OF_JOINS)
    if others:
        part.losses.append(Loss(at.path, ", ".join(others), _OTHER_JOIN, at.where))
        return None
    name, source, target = part.needed("name"), part.needed("from"), part.needed("to")
    here, there = part.texts("from_columns"), part.texts("to_columns")
    description = part.text("description")
    extras = extras_of(part)
    if description:
        context = extras.context if isinstance(extras.context, dict) else {}
        extras = type(extras)(extras.synonyms, {**context, "description": description}, extras.others, extras.own)
    part.close()
    return Relationship(name, source, target, here, there, at, extras, core)


def _sound(one: Relationship, known: set[str], r: Reading) -> None:
    """A relationship joins datasets that are there, by as many columns on either side."""
    for name in (one.source, one.target):
        if name and name.casefold() not in known:
            r.problems.append(Problem("ossie-dataset-unknown", one.at.where, {"name": name, "relationship": one.name}))
    counts = len(one.source_columns), len(one.target_columns)
    if one.source and one.target and (counts[0] != counts[1] or not counts[0]):
        facts = {"relationship": one.name, "here": counts[0], "there": counts[1]}
        r.problems.append(Problem("ossie-columns-uneven", one.at.where, facts))


def _once(kind: str, items: Sequence[Any], r: Reading) -> None:
    """Names do not repeat; case does not tell them apart."""
    first: dict[str, Any] = {}
    for one in items:
        before = first.setdefault(one.name.casefold(), one)
        if before is not one and one.name:
            facts = {"kind": kind, "name": one.name, "first": str(before.at.where)}
            r.problems.append(Problem("ossie-name-twice", one.at.where, facts))
