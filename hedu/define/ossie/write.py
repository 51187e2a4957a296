"""Native definitions -> an Ossie document that comes back as it was, and what readers of its core will not see."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Literal

from sqlglot import exp

from hedu.define.definitions import DatasetDef, Definitions, DimensionDef, EntityDef, Label, MetricDef, SettingsDef
from hedu.define.formats.loss import Loss
from hedu.define.layout import node_of, plain_scalar, rendered
from hedu.define.names import proposal
from hedu.define.ossie.again import Key, changed, stated_in
from hedu.define.ossie.language import unsaid
from hedu.define.ossie.meant import Refused
from hedu.define.ossie.model import Expression
from hedu.define.ossie.own import core_digest, definition_data, extension, json_text
from hedu.define.ossie.spell import Resolved, Spelling, column_name, depends_on_question, identifier, parsed, spelt
from hedu.define.ossie.sql import tree_of
from hedu.define.ossie.text import WORDS_OF_MODEL
from hedu.define.ossie.times import is_datatype, type_named
from hedu.define.ossie.told import members_of, owner_of, texts, told_of, unread_of

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


def document(
    definitions: Definitions, spec: Spec, resolved: Resolved = MappingProxyType({})
) -> tuple[dict[str, Any], tuple[Loss, ...]]:
    """The document as plain data, and every thing that stands in our extension only.

    A metric with a unit of its own is said in the core if it is among the `resolved`, which tell its multiple.
    """
    as_stated = stated_in(definitions)
    while True:
        writing = _Writing(definitions, spec, as_stated, resolved)
        made = writing.document()
        wrong = changed(as_stated, definitions, resolved, made) if as_stated else frozenset()
        if not wrong:
            return made, tuple(writing.losses)
        as_stated -= wrong


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
    def __init__(self, definitions: Definitions, spec: Spec, as_stated: frozenset[Key], resolved: Resolved) -> None:
        self.definitions = definitions
        self.spec = spec
        self.as_stated = as_stated
        self.spelling = Spelling(definitions, resolved)
        self.losses: list[Loss] = []
        self.named: set[str] = set()

    def document(self) -> dict[str, Any]:
        told = told_of(self.definitions.settings.x)
        stated = told.get("models")
        others = [one for one in stated if isinstance(one, dict)] if isinstance(stated, list) else []
        apart = {name for one in others for name in members_of(one)}
        metrics, beside = self._metrics()
        joins = {one.name: list(self._relationships(one)) for one in self.definitions.datasets}
        datasets = {one.name: self._dataset(one, joins[one.name]) for one in self.definitions.datasets}
        models = []
        for number, words in enumerate([told, *others]):
            here = set(members_of(words))

            def stands(name: str, here: set[str] = here, is_first: bool = number == 0) -> bool:
                return name in here or (is_first and name not in apart)

            model = self._model(words, is_first=number == 0)
            model["datasets"] = [made for name, made in datasets.items() if stands(name)]
            links = [join for name, items in joins.items() if stands(name) for join in items]
            model |= {"relationships": links} if links else {}
            core = [one for one in metrics if stands(one["name"])]
            core += self._unread(words, {one["name"] for one in core})
            model |= {"metrics": core} if core else {}
            hidden = [one for one in beside if stands(owner_of(one))]
            models.append(self._with_own(model, words, hidden, is_first=number == 0))
        self._lost_settings(self.definitions.settings)
        stated = told.get("document")
        return {
            "version": VERSIONS[self.spec],
            **(stated if isinstance(stated, dict) else {}),
            "semantic_model": models,
        }

    def _model(self, told: Mapping[str, Any], *, is_first: bool) -> dict[str, Any]:
        """The words of a model."""
        settings = self.definitions.settings
        name = told.get("name")
        if not isinstance(name, str) or (is_first and settings.name not in (name, proposal(name))):
            name = settings.name
        model: dict[str, Any] = {"name": name}
        described = told.get("description") or (_words(settings.label) if is_first else "")
        if isinstance(described, str) and described:
            model["description"] = described
        return model | _context(told, ())

    def _with_own(
        self, model: dict[str, Any], told: Mapping[str, Any], beside: list[dict[str, Any]], *, is_first: bool
    ) -> dict[str, Any]:
        others = _others(told)
        core = {key: value for key, value in model.items() if key in WORDS_OF_MODEL}
        core |= {"custom_extensions": others} if others else {}
        own: dict[str, Any] = {"beside": beside} if beside else {}
        own |= {"settings": definition_data(self.definitions.settings), "core": core_digest(core)} if is_first else {}
        extensions = [*others, *([extension(own)] if own else [])]
        return model | ({"custom_extensions": extensions} if extensions else {})

    def _metrics(self) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        """Those the core can say, and the rest as they are."""
        core, beside = [], []
        for one in self.definitions.metrics:
            data = definition_data(one)
            if told_of(one.x).get("part_of") in self.spelling.metrics:
                beside.append(data)
                continue
            if ("metric", one.name) in self.as_stated:
                core.append(self._metric(one, data, ""))
                continue
            try:
                tree = self.spelling.metric(one)
                expression = spelt(tree)
            except Refused as refused:
                beside.append(data)
                kind = next((key for key in data if key not in _SAID_METRIC and isinstance(data[key], dict)), "metric")
                self.losses.append(Loss(f"metrics.{one.name}", kind, refused.why, one.at))
                continue
            self._foreign(f"metrics.{one.name}", tree, one.at)
            core.append(self._metric(one, data, expression))
        return core, beside

    def _metric(self, one: MetricDef, data: dict[str, Any], expression: str) -> dict[str, Any]:
        said = _SAID_METRIC | ({"rank"} if ("metric", one.name) in self.as_stated else set())
        self._lost(f"metrics.{one.name}", data, said, one.at)
        told = told_of(one.x)
        as_stated = ("metric", one.name) in self.as_stated
        made: dict[str, Any] = {"name": one.name, "expression": _in_dialects(expression, told, as_stated=as_stated)}
        described = _words(one.meaning) or _words(one.label)
        made |= {"description": described} if described else {}
        if self.spec == "0.2" and is_datatype(told.get("datatype")):
            made["datatype"] = told["datatype"]
        made |= _context(told, (one.label.zh, one.label.en, *one.synonyms))
        return self._sealed(made, told, {"definition": data}, made)

    def _dataset(self, one: DatasetDef, joins: list[dict[str, Any]]) -> dict[str, Any]:
        told = told_of(one.x)
        data = definition_data(one)
        as_stated = ("dataset", one.name) in self.as_stated
        made: dict[str, Any] = {"name": one.name, "source": _source(one, told, as_stated=as_stated)}
        if one.source.file is not None:
            self.losses.append(Loss(f"datasets.{one.name}.file", one.source.file, _FILE, one.at))
        if depends_on_question(one.source.select or ""):
            self.losses.append(Loss(f"datasets.{one.name}.select", one.source.select or "", _ASKED, one.at))
        made |= {"primary_key": _columns(one.primary_key)} if one.primary_key else {}
        unique = told.get("unique_keys") if as_stated else None
        unique = unique or [_columns(key) for key in one.unique_keys if key]
        made |= {"unique_keys": unique} if unique else {}
        described = _words(one.meaning) or _words(one.label)
        made |= {"description": described} if described else {}
        made |= _context(told, (one.label.zh, one.label.en))
        fields = [*self._fields(one, told), *self._added(one)]
        fields += self._unread(told, {item["name"] for item in fields}) if as_stated else []
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
            extra = inner.get(dimension.name) if isinstance(inner, dict) else None
            extra = extra if isinstance(extra, dict) else {}
            data = definition_data(one)["dimensions"][dimension.name]
            if ("dataset", one.name) in self.as_stated and extra.get("dialects"):
                self._lost(path, data, _SAID_DIMENSION, where)
                yield self._field(one, dimension, "", extra)
                continue
            try:
                if dimension.metric is not None:
                    raise Refused("取值是一个指标", "its value is a metric's")
                tree = parsed(dimension.expr or identifier(dimension.name))
                expression = spelt(tree)
            except Refused as refused:
                self.losses.append(Loss(path, dimension.expr or dimension.metric or "", refused.why, where))
                continue
            made = self._field(one, dimension, expression, extra)
            self._foreign(path, tree, where)
            if dimension.type not in ("text", "timestamp") and "datatype" not in made:
                self.losses.append(Loss(f"{path}.type", dimension.type, _BESIDE, where))
            yield made
            self._lost(path, data, _SAID_DIMENSION, where)

    def _field(
        self, dataset: DatasetDef, one: DimensionDef, expression: str, told: Mapping[str, Any]
    ) -> dict[str, Any]:
        as_stated = ("dataset", dataset.name) in self.as_stated
        made: dict[str, Any] = {"name": one.name, "expression": _in_dialects(expression, told, as_stated=as_stated)}
        if not as_stated or one.name not in texts(told_of(dataset.x).get("no_dimensions")):
            made["dimension"] = {"is_time": one.type in ("date", "timestamp")}
        if as_stated and isinstance(told.get("dimension"), dict):
            made["dimension"] = told["dimension"]
        made |= {"label": told["label"]} if isinstance(told.get("label"), str) else {}
        described = _words(one.meaning) or _words(one.label)
        made |= {"description": described} if described else {}
        stated = told.get("datatype")
        guessed = None if as_stated and one.type == "timestamp" else _DATATYPES.get(one.type)
        stated = stated if is_datatype(stated) and type_named(stated) == one.type else guessed
        if self.spec == "0.2" and stated is not None:
            made["datatype"] = stated
        made |= _context(told, (one.label.zh, one.label.en, *one.synonyms))
        others = _others(told)
        return made | ({"custom_extensions": others} if others else {})

    def _unread(self, told: Mapping[str, Any], names: Collection[str]) -> list[dict[str, Any]]:
        """What could not be read goes out as it came."""
        kept = [one for one in unread_of(told) if one["name"] not in names]
        return [{key: held for key, held in one.items() if key != "datatype" or self.spec == "0.2"} for one in kept]

    def _added(self, one: DatasetDef) -> list[dict[str, Any]]:
        """Fields for columns that metrics and relationships use and no dimension names."""
        added = self.spelling.datasets[one.name].added
        return [{"name": name, "expression": _ansi(column)} for name, column in added.items()]

    def _relationships(self, one: DatasetDef) -> Iterator[dict[str, Any]]:
        for own, far, key in self.spelling.joins[one.name]:
            told = _of_join(one, own)
            if not told and any(
                _of_join(far, back) for back, there, _ in self.spelling.joins[far.name] if there is one
            ):
                continue
            stated = told.get("name")
            name = stated if isinstance(stated, str) and stated else f"{one.name}_{own.name}_to_{far.name}"
            while name in self.named:
                name += "_again"
            self.named.add(name)
            made = {"name": name, "from": one.name, "to": far.name}
            here, there = _columns(own.key), _columns(key.key)
            pairs = told.get("columns")
            if isinstance(pairs, list) and [sorted(map(str, one)) for one in pairs] == [sorted(here), sorted(there)]:
                ways = {tuple(pair) for pair in zip(*pairs, strict=True)}
                here, there = pairs if ways == set(zip(here, there, strict=True)) else (here, there)
            columns = {"from_columns": here, "to_columns": there}
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


def _of_join(one: DatasetDef, own: EntityDef) -> Mapping[str, Any]:
    """What a relationship of Ossie said, of which the entity was made."""
    inner = told_of(one.x).get("relationships")
    extra = inner.get(own.name) if isinstance(inner, dict) else None
    return extra if isinstance(extra, dict) else {}


def _source(one: DatasetDef, told: Mapping[str, Any], *, as_stated: bool) -> str:
    """A table, query or file; with the database that another Ossie document named, where it is still that table."""
    text = one.source.table or one.source.select or one.source.file or ""
    stated = told.get("source")
    if as_stated and isinstance(stated, str):
        return stated
    return stated if isinstance(stated, str) and one.source.table and stated.endswith(f".{text}") else text


def _columns(key: Sequence[str]) -> list[str]:
    """The names of key columns, without the quotes that an expression has around them; an expression as it is."""
    return [column_name(text) for text in key]


def _ansi(expression: str) -> dict[str, Any]:
    return {"dialects": [{"dialect": "ANSI_SQL", "expression": expression}]}


def _in_dialects(expression: str, told: Mapping[str, Any], *, as_stated: bool) -> dict[str, Any]:
    """In every dialect it came in, while it still says the same."""
    stated = told.get("dialects")
    several = stated if isinstance(stated, list) else []
    if not several or not all(isinstance(one, dict) and set(one) == {"dialect", "expression"} for one in several):
        return _ansi(expression)
    pairs = [(one["dialect"], one["expression"]) for one in several]
    if not all(isinstance(text, str) and text and text == text.strip() for pair in pairs for text in pair):
        return _ansi(expression)
    if as_stated:
        return {"dialects": several}
    try:
        is_same = spelt(tree_of(Expression(tuple(pairs)))[0]) == spelt(parsed(expression))
    except Refused:
        is_same = False
    return {"dialects": several} if is_same else _ansi(expression)


def _words(label: Label) -> str:
    return label.text("zh")


def _context(told: Mapping[str, Any], synonyms: tuple[str, ...]) -> dict[str, Any]:
    context = told.get("ai_context")
    more = texts(context.get("synonyms")) if isinstance(context, dict) else []
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
