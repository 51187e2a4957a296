"""Native definitions -> an Ossie document that comes back as it was, and what readers of its core will not see."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

from sqlglot import exp

from hedu.define.definitions import DatasetDef, Definitions, DimensionDef, Label, SettingsDef
from hedu.define.formats.loss import Loss
from hedu.define.layout import node_of, plain_scalar, rendered
from hedu.define.ossie.language import unsaid
from hedu.define.ossie.model import Expression
from hedu.define.ossie.own import core_digest, definition_data, extension, json_text
from hedu.define.ossie.spell import Refused, Spelling, depends_on_question, identifier, parsed, spelt
from hedu.define.ossie.sql import tree_of
from hedu.define.ossie.times import is_datatype, type_named

_TEXT = "tag:yaml.org,2002:str"
Spec = Literal["0.1.1", "0.2"]
VERSIONS: dict[Spec, str] = {"0.1.1": "0.1.1", "0.2": "0.2.0.dev0"}
_DATATYPES = {"boolean": "Boolean", "date": "Date", "timestamp": "DateTime"}
_BESIDE = Label("规范没有对应的写法；放在 HEDU 扩展里", "the core has no word for it; the HEDU extension holds it")
_FILE = Label("数据来自文件，规范只认表和查询", "it is read from a file; the core knows tables and queries")
_FOREIGN = Label(
    "规范的表达式语言里没有，其他工具可能读不懂",
    "the expression language of the specification has no such word; others may not read it",
)
_ASKED = Label("查询取决于提问时给出的参数", "the query depends on parameters of the question")
_SAID_DATASET = frozenset(
    {"version", "dataset", "source", "select", "file", "primary_key", "unique_keys", "entities", "dimensions"}
) | {"label", "meaning", "measures", "id", "x"}
_SAID_METRIC = frozenset({"version", "metric", "label", "meaning", "synonyms", "simple", "ratio", "derived", "id", "x"})
_SAID_DIMENSION = frozenset({"type", "expr", "label", "meaning", "synonyms"})


def document(definitions: Definitions, spec: Spec) -> tuple[dict[str, Any], tuple[Loss, ...]]:
    """The document as plain data, and every thing that stands in our extension only."""
    writing = _Writing(definitions, spec)
    return writing.document(), tuple(writing.losses)


def text_of(data: Mapping[str, Any], *, as_json: bool) -> str:
    """The text of a document, YAML or JSON."""
    if as_json:
        return json_text(data, indent=2) + "\n"
    node = node_of(data)
    _block(node)
    return rendered(node)


def _block(node: Any) -> None:
    """Each thing on its own line, lists of names on one; no text that other readers would take for something else."""
    if node.id == "scalar" and node.tag == _TEXT and node.style is None:
        node.style = None if plain_scalar(node.value).tag == _TEXT else "'"
    items = [value for _, value in node.value] if node.id == "mapping" else node.value if node.id == "sequence" else []
    for item in items:
        _block(item)
    if items:
        node.flow_style = node.id == "sequence" and all(item.id == "scalar" for item in items)


class _Writing:
    def __init__(self, definitions: Definitions, spec: Spec) -> None:
        self.definitions = definitions
        self.spec = spec
        self.spelling = Spelling(definitions)
        self.losses: list[Loss] = []
        self.named: set[str] = set()

    def document(self) -> dict[str, Any]:
        settings = self.definitions.settings
        told = _told(settings.x)
        metrics, beside = self._metrics()
        joins = {one.name: list(self._relationships(one)) for one in self.definitions.datasets}
        model: dict[str, Any] = {"name": settings.name}
        described = told.get("description") or _words(settings.label)
        if isinstance(described, str) and described:
            model["description"] = described
        model |= _context(told, ())
        model["datasets"] = [self._dataset(one, joins[one.name]) for one in self.definitions.datasets]
        if any(joins.values()):
            model["relationships"] = [join for items in joins.values() for join in items]
        if metrics:
            model["metrics"] = metrics
        own = {"settings": definition_data(settings)} | ({"beside": beside} if beside else {})
        model["custom_extensions"] = [*_others(told), extension(own)]
        self._lost_settings(settings)
        return {"version": VERSIONS[self.spec], "semantic_model": [model]}

    def _metrics(self) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        """Those the core can say, and the rest as they are."""
        core, beside = [], []
        for one in self.definitions.metrics:
            data = definition_data(one)
            try:
                tree = self.spelling.metric(one)
                expression = spelt(tree)
            except Refused as refused:
                beside.append(data)
                kind = next((key for key in data if key not in _SAID_METRIC and isinstance(data[key], dict)), "metric")
                self.losses.append(Loss(f"metrics.{one.name}", kind, refused.why, one.at))
                continue
            self._lost(f"metrics.{one.name}", data, _SAID_METRIC, one.at)
            self._foreign(f"metrics.{one.name}", tree, one.at)
            told = _told(one.x)
            made: dict[str, Any] = {"name": one.name, "expression": _in_dialects(expression, told)}
            described = _words(one.meaning) or _words(one.label)
            made |= {"description": described} if described else {}
            if self.spec == "0.2" and is_datatype(told.get("datatype")):
                made["datatype"] = told["datatype"]
            made |= _context(told, (one.label.zh, one.label.en, *one.synonyms))
            core.append(self._sealed(made, told, {"definition": data}, made))
        return core, beside

    def _dataset(self, one: DatasetDef, joins: list[dict[str, Any]]) -> dict[str, Any]:
        told = _told(one.x)
        data = definition_data(one)
        made: dict[str, Any] = {
            "name": one.name,
            "source": _source(one, told),
        }
        if one.source.file is not None:
            self.losses.append(Loss(f"datasets.{one.name}.file", one.source.file, _FILE, one.at))
        if depends_on_question(one.source.select or ""):
            self.losses.append(Loss(f"datasets.{one.name}.select", one.source.select or "", _ASKED, one.at))
        made |= {"primary_key": _columns(one.primary_key)} if one.primary_key else {}
        made |= {"unique_keys": [_columns(key) for key in one.unique_keys if key]} if any(one.unique_keys) else {}
        described = _words(one.meaning) or _words(one.label)
        made |= {"description": described} if described else {}
        made |= _context(told, (one.label.zh, one.label.en))
        fields = [*self._fields(one, told), *self._added(one)]
        made |= {"fields": fields} if fields else {}
        self._lost(f"datasets.{one.name}", data, _SAID_DATASET, one.at)
        self._lost_measures(one)
        helpers = list(self.spelling.datasets[one.name].added)
        notes = {"definition": data, "joins": core_digest(joins), "columns": helpers}
        return self._sealed(made, told, notes, {"dataset": made, "relationships": joins})

    def _sealed(
        self, made: dict[str, Any], told: Mapping[str, Any], notes: Mapping[str, Any], core: Any
    ) -> dict[str, Any]:
        """With its extensions; the digest is of all that stands there but ours."""
        others = _others(told)
        if others:
            made["custom_extensions"] = others
        own = extension({**notes, "core": core_digest(core)})
        return {**made, "custom_extensions": [*others, own]}

    def _fields(self, one: DatasetDef, told: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        inner = told.get("fields")
        for dimension in one.dimensions:
            path = f"datasets.{one.name}.dimensions.{dimension.name}"
            where = one.marks.get(f"dimensions.{dimension.name}", one.at)
            try:
                if dimension.metric is not None:
                    raise Refused("取值是一个指标", "its value is a metric's")
                tree = parsed(dimension.expr or identifier(dimension.name))
                expression = spelt(tree)
            except Refused as refused:
                self.losses.append(Loss(path, dimension.expr or dimension.metric or "", refused.why, where))
                continue
            extra = inner.get(dimension.name) if isinstance(inner, dict) else None
            yield self._field(dimension, expression, extra if isinstance(extra, dict) else {})
            self._foreign(path, tree, where)
            data = definition_data(one)["dimensions"][dimension.name]
            self._lost(path, data, _SAID_DIMENSION, where)

    def _field(self, one: DimensionDef, expression: str, told: Mapping[str, Any]) -> dict[str, Any]:
        made: dict[str, Any] = {"name": one.name, "expression": _in_dialects(expression, told)}
        made["dimension"] = {"is_time": one.type in ("date", "timestamp")}
        made |= {"label": told["label"]} if isinstance(told.get("label"), str) else {}
        described = _words(one.meaning) or _words(one.label)
        made |= {"description": described} if described else {}
        stated = told.get("datatype")
        stated = stated if is_datatype(stated) and type_named(stated) == one.type else _DATATYPES.get(one.type)
        if self.spec == "0.2" and stated is not None:
            made["datatype"] = stated
        made |= _context(told, (one.label.zh, one.label.en, *one.synonyms))
        others = _others(told)
        return made | ({"custom_extensions": others} if others else {})

    def _added(self, one: DatasetDef) -> list[dict[str, Any]]:
        """Fields for columns that metrics and relationships use and no dimension names."""
        added = self.spelling.datasets[one.name].added
        return [{"name": name, "expression": _ansi(column)} for name, column in added.items()]

    def _relationships(self, one: DatasetDef) -> Iterator[dict[str, Any]]:
        inner = _told(one.x).get("relationships")
        for own, far, key in self.spelling.joins[one.name]:
            extra = inner.get(own.name) if isinstance(inner, dict) else None
            told = extra if isinstance(extra, dict) else {}
            stated = told.get("name")
            name = stated if isinstance(stated, str) and stated else f"{one.name}_{own.name}_to_{far.name}"
            while name in self.named:
                name += "_again"
            self.named.add(name)
            made = {"name": name, "from": one.name, "to": far.name}
            columns = {"from_columns": _columns(own.key), "to_columns": _columns(key.key)}
            others = _others(told)
            yield {**made, **columns, **_context(told, ()), **({"custom_extensions": others} if others else {})}

    def _lost(self, path: str, data: Mapping[str, Any], said: frozenset[str], where: Any) -> None:
        for key, value in data.items():
            if key not in said:
                self.losses.append(Loss(f"{path}.{key}", _shown(value), _BESIDE, where))

    def _foreign(self, path: str, tree: exp.Expr, where: Any) -> None:
        words = unsaid(tree)
        if words:
            self.losses.append(Loss(f"{path}.expression", ", ".join(words), _FOREIGN, where))

    def _lost_measures(self, one: DatasetDef) -> None:
        """Units and times of measures; measures that no metric says in the core."""
        for measure in one.measures:
            where = one.marks.get(f"measures.{measure.name}", one.at)
            self.losses.append(Loss(f"datasets.{one.name}.measures.{measure.name}", measure.agg, _BESIDE, where))
        joined = {own.name for own, _, _ in self.spelling.joins[one.name]}
        for entity in one.entities:
            if entity.name not in joined and entity.key not in {one.primary_key, *one.unique_keys}:
                where = one.marks.get(f"entities.{entity.name}", one.at)
                self.losses.append(Loss(f"datasets.{one.name}.entities.{entity.name}", entity.entity, _BESIDE, where))

    def _lost_settings(self, settings: SettingsDef) -> None:
        said = frozenset({"version", "workspace", "label", "x"})
        self._lost("workspace", definition_data(settings), said, settings.at)


def _source(one: DatasetDef, told: Mapping[str, Any]) -> str:
    """A table, query or file; with the database that another Ossie document named, where it is still that table."""
    text = one.source.table or one.source.select or one.source.file or ""
    stated = told.get("source")
    return stated if isinstance(stated, str) and one.source.table and stated.endswith(f".{text}") else text


def _columns(key: Sequence[str]) -> list[str]:
    """The names of key columns, without the quotes that an expression has around them; an expression as it is."""
    return [_column(text) for text in key]


def _column(text: str) -> str:
    try:
        tree = parsed(text)
    except Refused:
        return text
    return tree.name if isinstance(tree, exp.Column) and not tree.table else text


def _ansi(expression: str) -> dict[str, Any]:
    return {"dialects": [{"dialect": "ANSI_SQL", "expression": expression}]}


def _in_dialects(expression: str, told: Mapping[str, Any]) -> dict[str, Any]:
    """In every dialect it came in, while it still says the same."""
    stated = told.get("dialects")
    several = stated if isinstance(stated, list) else []
    if not several or not all(isinstance(one, dict) and set(one) == {"dialect", "expression"} for one in several):
        return _ansi(expression)
    pairs = [(one["dialect"], one["expression"]) for one in several]
    if not all(isinstance(text, str) and text and text == text.strip() for pair in pairs for text in pair):
        return _ansi(expression)
    try:
        is_same = spelt(tree_of(Expression(tuple(pairs)))[0]) == spelt(parsed(expression))
    except Refused:
        is_same = False
    return {"dialects": several} if is_same else _ansi(expression)


def _words(label: Label) -> str:
    return label.text("zh")


def _told(x: Mapping[str, Any]) -> Mapping[str, Any]:
    """What another Ossie document said beside, kept under `x`."""
    told = x.get("ossie")
    return told if isinstance(told, dict) else {}


def _texts(value: Any) -> list[str]:
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []


def _context(told: Mapping[str, Any], synonyms: tuple[str, ...]) -> dict[str, Any]:
    context = told.get("ai_context")
    more = _texts(context.get("synonyms")) if isinstance(context, dict) else []
    names = [name for name in dict.fromkeys((*synonyms, *more)) if name]
    if isinstance(context, dict):
        made = {**context, "synonyms": names} if names else dict(context)
    elif isinstance(context, str) and context:
        made = {"instructions": context, "synonyms": names} if names else context  # type: ignore[assignment]
    else:
        made = {"synonyms": names} if names else {}
    return {"ai_context": made} if made else {}


def _others(told: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Extensions of other vendors, as they came; what is no text is one of JSON."""
    found = told.get("custom_extensions")
    every = found if isinstance(found, list) else []
    return [
        {"vendor_name": one["vendor_name"], "data": _text(one.get("data"))}
        for one in every
        if isinstance(one, dict) and isinstance(one.get("vendor_name"), str)
    ]


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _shown(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)[:200]
