"""What an Ossie document says beside what native definitions hold -> `x.ossie`, from where it goes out again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from hedu.define.definitions import Definitions, DimensionDef, MetricDef, SettingsDef
from hedu.define.ossie.joins import Keyed
from hedu.define.ossie.meant import Refused
from hedu.define.ossie.model import Expression, Extras, OssieDataset, OssieField, OssieMetric, OssieModel, Relationship
from hedu.define.ossie.spell import Spelling, column_name, identifier, parsed, spelt
from hedu.define.ossie.sql import columns_of


def dataset_words(
    one: OssieDataset,
    source: str | None,
    dimensions: Mapping[str, DimensionDef],
    keys: Keyed,
) -> dict[str, Any]:
    """Of a dataset with its fields (native dimension by Ossie's name) and relationships."""
    pairs = [(item, dimensions[item.name]) for item in one.fields if item.name in dimensions]
    fields = {native.name: _of_field(item, native) for item, native in pairs}
    plain = [native.name for item, native in pairs if not item.is_dimension]
    found = {
        "source": source,
        **words(one.extras),
        "fields": {name: held for name, held in fields.items() if held},
        "no_dimensions": plain,
        "unread": [field_as_written(item) for item in one.fields if item.name not in dimensions],
        "unique_keys": [] if len(one.unique_keys) == len(keys.unique) else [list(key) for key in one.unique_keys],
        "relationships": {role: _of_join(item, keys.leads[role]) for role, item in keys.relationships.items()},
    }
    return {key: value for key, value in found.items() if value}


def metric_words(one: OssieMetric) -> dict[str, Any]:
    more = {"datatype": one.datatype, "dataset": one.dataset, **_dialects(one.expression), **_beside(one.extras)}
    return {key: value for key, value in more.items() if value}


def model_words(model: OssieModel) -> dict[str, Any]:
    carried = {"name": model.name, "version": model.version, "description": model.description}
    more = {**carried, **words(model.extras), "document": dict(model.document)}
    return {key: value for key, value in more.items() if value}


def members(definitions: Definitions) -> dict[str, list[str]]:
    """The names of what one of several models defines; what a metric is computed from goes with the metric."""
    metrics = [one.name for one in definitions.metrics if "part_of" not in told_of(one.x)]
    found = {"datasets": [one.name for one in definitions.datasets], "metrics": metrics}
    return {key: held for key, held in found.items() if held}


def told_of(x: Mapping[str, Any]) -> Mapping[str, Any]:
    """What another Ossie document said beside, kept under `x`."""
    told = x.get("ossie")
    return told if isinstance(told, dict) else {}


def without_needless(definitions: Definitions) -> Definitions:
    """Metrics keep their wording only where they would go out in another."""
    spelling = Spelling(definitions, {})

    def kept(one: MetricDef) -> MetricDef:
        told = dict(told_of(one.x))
        stated = told.pop("dialects", ())
        if len(stated) != 1 or not _is_needless(stated, spelling, one):
            return one
        rest = {key: value for key, value in one.x.items() if key != "ossie"}
        return replace(one, x=rest | ({"ossie": told} if told else {}))

    return replace(definitions, metrics=[kept(one) for one in definitions.metrics])


def _is_needless(stated: Sequence[Mapping[str, str]], spelling: Spelling, one: MetricDef) -> bool:
    try:
        tree = spelling.metric(one)
        is_of_fields = all(column.name not in spelling.datasets[column.table].added for column in columns_of(tree))
        return is_of_fields and stated == _ansi(spelt(tree))
    except Refused:
        return False


def beside(settings: SettingsDef, unread: Sequence[Any], others: Sequence[dict[str, Any]]) -> SettingsDef:
    """The settings with what of the first model could not be read, and the words of all models after it."""
    told = settings.x.get("ossie")
    kept = {key: value for key, value in told_of(settings.x).items() if key not in ("models", "unread")}
    made = kept | ({"unread": list(unread)} if unread else {}) | ({"models": list(others)} if others else {})
    return replace(settings, x={**settings.x, "ossie": made}) if made or told else settings


def words(extras: Extras) -> dict[str, Any]:
    """Context and extensions, with the synonyms, for what has none natively."""
    found = _beside(extras)
    if extras.synonyms:
        context = found.get("ai_context", {})
        context = context if isinstance(context, dict) else {"instructions": context}
        found["ai_context"] = {**context, "synonyms": list(extras.synonyms)}
    return found


def _beside(extras: Extras) -> dict[str, Any]:
    found = {"ai_context": extras.context, "custom_extensions": [dict(one) for one in extras.others]}
    return {key: value for key, value in found.items() if value}


def _of_field(field: OssieField, dimension: DimensionDef) -> dict[str, Any]:
    more = {"label": field.label, "datatype": field.datatype, **_dialects(field.expression), **_beside(field.extras)}
    found = {key: value for key, value in more.items() if value}
    if len(field.expression.dialects) == 1 and found["dialects"] == _ansi(_text(dimension)):
        del found["dialects"]
    if field.is_dimension and field.is_time != (dimension.type in ("date", "timestamp")):
        found["dimension"] = {} if field.is_time is None else {"is_time": field.is_time}
    return found


def _of_join(one: Relationship, key: Sequence[str]) -> dict[str, Any]:
    found = {"name": one.name, **words(one.extras)}
    if list(one.target_columns) != [column_name(text) for text in key]:
        found["columns"] = [list(one.source_columns), list(one.target_columns)]
    return found


def _text(one: DimensionDef) -> str:
    try:
        return spelt(parsed(one.expr or identifier(one.name)))
    except Refused:
        return ""


def _ansi(text: str) -> list[dict[str, str]]:
    return [{"dialect": "ANSI_SQL", "expression": text}]


def _dialects(expression: Expression) -> dict[str, Any]:
    """As it is written: for those who read other dialects, and to go out so again."""
    return {"dialects": [{"dialect": dialect, "expression": text} for dialect, text in expression.dialects]}


def owner_of(data: Mapping[str, Any]) -> str:
    """The metric that another, as data, was made for; else itself."""
    told = data.get("x", {}).get("ossie")
    owner = told.get("part_of") if isinstance(told, dict) else None
    return owner if isinstance(owner, str) else str(data["metric"])


def members_of(told: Mapping[str, Any]) -> list[str]:
    """The datasets and metrics of one of several models."""
    return [*texts(told.get("datasets")), *texts(told.get("metrics"))]


def texts(value: Any) -> list[str]:
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []


def metric_as_written(one: OssieMetric) -> dict[str, Any]:
    """A metric that cannot be read, to go out again."""
    found = {"description": one.description, "datatype": one.datatype, **words(one.extras)}
    held = {key: value for key, value in found.items() if value}
    return {"name": one.name, "expression": _dialects(one.expression), **held}


def field_as_written(one: OssieField) -> dict[str, Any]:
    """The same of a field."""
    is_time = {} if one.is_time is None else {"is_time": one.is_time}
    found = {"label": one.label, "description": one.description, "datatype": one.datatype, **words(one.extras)}
    held = {key: value for key, value in found.items() if value}
    role = {"dimension": is_time} if one.is_dimension else {}
    return {"name": one.name, "expression": _dialects(one.expression), **role, **held}


def unread_of(told: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """What of a model or dataset could not be read."""
    found = told.get("unread")
    every = found if isinstance(found, list) else []
    return [one for one in every if isinstance(one, dict) and isinstance(one.get("name"), str) and "expression" in one]
