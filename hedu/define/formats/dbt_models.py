"""dbt's newer YAML, where models hold their semantics and metrics have no measures -> the manifest's form."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

_PARAMS = ("expr", "numerator", "denominator", "fill_nulls_with", "join_to_timespine")
_AGGREGATED = ("agg", "agg_time_dimension", "non_additive_dimension")
_CUMULATIVE = ("window", "grain_to_date", "period_agg")
_CONVERSION = ("base_metric", "conversion_metric", "entity", "window", "calculation", "constant_properties")
_OF_A_MODEL = ("label", "config", "primary_entity")


def is_semantic(model: Mapping[str, Any]) -> bool:
    """Whether a model of a project declares its semantics."""
    block = model.get("semantic_model")
    return bool(block.get("enabled", True)) if isinstance(block, Mapping) else bool(block)


def semantic_model_of(model: Mapping[str, Any], relation: Mapping[str, Any]) -> dict[str, Any]:
    """The entry of the manifest for a model with a `semantic_model` block."""
    block = model["semantic_model"] if isinstance(model["semantic_model"], Mapping) else {}
    derived = model.get("derived_semantics") or {}
    entities, dimensions = list(derived.get("entities") or ()), []
    for column in model.get("columns") or ():
        if column.get("entity"):
            entities.append(_of_column(column, "entity", {"type": "foreign"}))
        if column.get("dimension"):
            dimensions.append(_dimension(_of_column(column, "dimension", {"type": "categorical"}), column))
    dimensions += [_dimension(dict(one), one) for one in derived.get("dimensions") or ()]
    made = {
        **{key: model[key] for key in _OF_A_MODEL if key in model and key != "config"},
        **{key: value for key, value in block.items() if key != "enabled"},
        "name": block.get("name") or model["name"],
        "description": block.get("description") or model.get("description"),
        "node_relation": relation,
        "entities": entities,
        "dimensions": dimensions,
        "measures": [],
    }
    if (model.get("config") or {}).get("enabled") is False:
        made["config"] = {**(made.get("config") or {}), "enabled": False}
    if model.get("agg_time_dimension"):
        made["defaults"] = {"agg_time_dimension": model["agg_time_dimension"]}
    return made


def _of_column(column: Mapping[str, Any], key: str, default: Mapping[str, Any]) -> dict[str, Any]:
    """An entity or a dimension that stands in a column; it bears the column's name unless it has its own."""
    held = column[key]
    given = held if isinstance(held, Mapping) else {"type": held} if isinstance(held, str) else {}
    made = {**default, **given}
    made["name"] = made.get("name") or column["name"]
    if made["name"] != column["name"] and not made.get("expr"):
        made["expr"] = column["name"]
    made.setdefault("description", column.get("description"))
    return made


def _dimension(made: dict[str, Any], held: Mapping[str, Any]) -> dict[str, Any]:
    """A dimension with what the manifest keeps among its parameters."""
    params = dict(made.pop("type_params", None) or {})
    grain = made.pop("granularity", None) or held.get("granularity")
    if grain and str(made.get("type")) == "time":
        params.setdefault("time_granularity", grain)
    validity = made.pop("validity_params", None)
    if validity:
        params["validity_params"] = validity
    return {**made, **({"type_params": params} if params else {})}


def metrics_of(model: Mapping[str, Any], name: str) -> Iterator[dict[str, Any]]:
    """The metrics that stand in a model, in the manifest's form."""
    for metric in model.get("metrics") or ():
        yield metric_of_spec(metric, name)


def metric_of_spec(metric: Mapping[str, Any], model: str = "") -> dict[str, Any]:
    """A metric without measures in the manifest's form; one that has `type_params` is so already."""
    if "type_params" in metric:
        return dict(metric)
    rest = dict(metric)
    kind = str(rest.get("type", "simple")).lower()
    params: dict[str, Any] = {key: rest.pop(key) for key in _PARAMS if key in rest}
    if "input_metrics" in rest:
        params["metrics"] = rest.pop("input_metrics")
    if kind == "simple":
        params["metric_aggregation_params"] = _aggregated(rest, model)
    elif kind == "cumulative":
        held = {key: rest.pop(key) for key in _CUMULATIVE if key in rest}
        params["cumulative_type_params"] = {**held, "metric": rest.pop("input_metric", None)}
    elif kind == "conversion":
        params["conversion_type_params"] = {key: rest.pop(key) for key in _CONVERSION if key in rest}
    return {**rest, "type": kind, "type_params": params}


def _aggregated(rest: dict[str, Any], model: str) -> dict[str, Any]:
    found: dict[str, Any] = {"semantic_model": model, **{key: rest.pop(key) for key in _AGGREGATED if key in rest}}
    if found.get("non_additive_dimension"):
        held = dict(found["non_additive_dimension"])
        if "window_agg" in held:
            held["window_choice"] = held.pop("window_agg")
        if "group_by" in held:
            held["window_groupings"] = held.pop("group_by")
        found["non_additive_dimension"] = held
    if "percentile" in rest:
        at = float(rest.pop("percentile"))
        kind = str(rest.pop("percentile_type", "continuous")).lower()
        found["agg_params"] = {
            "percentile": at / 100 if at > 1 else at,
            "use_discrete_percentile": kind == "discrete",
        }
    return found
