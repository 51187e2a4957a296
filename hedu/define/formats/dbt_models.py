"""dbt's newer YAML, where models hold their semantics and metrics have no measures -> the manifest's form."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from hedu.define.formats.given import SHAPE, UNKNOWN
from hedu.define.formats.loss import Loss

_PARAMS = ("expr", "numerator", "denominator", "fill_nulls_with", "join_to_timespine")
_AGGREGATED = ("agg", "agg_time_dimension", "non_additive_dimension")
_CUMULATIVE = ("window", "grain_to_date", "period_agg")
_CONVERSION = ("base_metric", "conversion_metric", "entity", "window", "calculation", "constant_properties")
_OF_A_MODEL = ("label", "config", "primary_entity")
_OF_DBT = frozenset(
    {
        *("name", "description", "config", "docs", "group", "access", "contract", "constraints", "latest_version"),
        *("deprecation_date", "versions", "defined_in", "meta", "tags", "tests", "data_tests", "unit_tests"),
        *("data_type", "quote", "policy_tags", "columns", "freshness"),
    }
)
"""What dbt says of any model or column, semantic or not: how it is built, tested and shown."""
_OF_A_SEMANTIC_MODEL = _OF_DBT | {
    *("semantic_model", "derived_semantics", "agg_time_dimension", "primary_entity", "label", "metrics", "time_spine")
}
_OF_A_COLUMN = _OF_DBT | {"entity", "entities", "dimension", "dimensions", "granularity"}


def is_semantic(model: Mapping[str, Any]) -> bool:
    """Whether a model of a project declares its semantics."""
    block = model.get("semantic_model")
    return bool(block.get("enabled", True)) if isinstance(block, Mapping) else bool(block)


def semantic_model_of(model: Mapping[str, Any], relation: Mapping[str, Any]) -> dict[str, Any]:
    """The entry of the manifest for a model with a `semantic_model` block."""
    block = model["semantic_model"] if isinstance(model["semantic_model"], Mapping) else {}
    derived = model.get("derived_semantics")
    derived = derived if isinstance(derived, Mapping) else {}
    entities, dimensions = maps_of(derived.get("entities")), []
    for column in maps_of(model.get("columns")):
        entities += [_of_column(column, held, {"type": "foreign"}) for held in _held(column, "entity", "entities")]
        for held in _held(column, "dimension", "dimensions"):
            dimensions.append(_dimension(_of_column(column, held, {"type": "categorical"}), column))
    dimensions += [_dimension(dict(one), one) for one in maps_of(derived.get("dimensions"))]
    made = {
        **{key: model[key] for key in _OF_A_MODEL if key in model and key != "config"},
        **{key: value for key, value in block.items() if key not in ("enabled", "metrics")},
        "name": block.get("name") or model["name"],
        "description": block.get("description") or model.get("description"),
        "node_relation": relation,
        "entities": entities,
        "dimensions": dimensions,
        "measures": [],
    }
    switch = _switch(model, block)
    if switch not in (None, True):
        made["config"] = {**(made.get("config") or {}), "enabled": switch}
    if model.get("agg_time_dimension"):
        made["defaults"] = {"agg_time_dimension": model["agg_time_dimension"]}
    return made


def maps_of(value: Any) -> list[Mapping[str, Any]]:
    """The maps of a list; of anything else none."""
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []


def _switch(model: Mapping[str, Any], block: Mapping[str, Any]) -> Any:
    """What says whether a model is enabled: as a whole, then its semantics; a template where dbt has to fill it in."""
    config = model.get("config")
    whole = config.get("enabled") if isinstance(config, Mapping) else None
    return block.get("enabled") if whole in (None, True) else whole


def unread(model: Mapping[str, Any]) -> Iterator[Loss]:
    """What stands in a semantic model's file where nothing is looked for."""
    path = f"models.{model.get('name')}"
    for key, value in model.items():
        if key not in _OF_A_SEMANTIC_MODEL:
            yield Loss(f"{path}.{key}", str(value)[:200], UNKNOWN)
    derived = model.get("derived_semantics")
    lists = {"columns": model.get("columns"), "metrics": model.get("metrics")}
    if isinstance(derived, Mapping):
        lists |= {f"derived_semantics.{key}": value for key, value in derived.items()}
    elif derived is not None:
        yield Loss(f"{path}.derived_semantics", str(derived)[:200], SHAPE)
    for key, value in lists.items():
        yield from _no_maps(f"{path}.{key}", value)
        if key.partition(".")[2] not in ("", "entities", "dimensions"):
            yield Loss(f"{path}.{key}", str(value)[:200], UNKNOWN)
    for column in maps_of(model.get("columns")):
        for key in column:
            if key not in _OF_A_COLUMN:
                yield Loss(f"{path}.columns.{column.get('name')}.{key}", str(column[key])[:200], UNKNOWN)


def _no_maps(path: str, value: Any) -> Iterator[Loss]:
    if value is not None and not isinstance(value, list):
        yield Loss(path, str(value)[:200], SHAPE)
    for one in value if isinstance(value, list) else ():
        if not isinstance(one, Mapping):
            yield Loss(path, str(one)[:200], SHAPE)


def _held(column: Mapping[str, Any], one: str, several: str) -> list[Any]:
    """What a column is: one entity or dimension, or a list of them."""
    found = [column[one]] if column.get(one) else []
    return [*found, *(column[several] if isinstance(column.get(several), list) else ())]


def _of_column(column: Mapping[str, Any], held: Any, default: Mapping[str, Any]) -> dict[str, Any]:
    """An entity or a dimension that stands in a column; it bears the column's name unless it has its own."""
    given = held if isinstance(held, Mapping) else {"type": held} if isinstance(held, str) else {}
    made = {**default, **given}
    made["name"] = made.get("name") or column.get("name")
    if made["name"] != column.get("name") and not made.get("expr"):
        made["expr"] = column.get("name")
    made.setdefault("description", column.get("description"))
    return made


def _dimension(made: dict[str, Any], held: Mapping[str, Any]) -> dict[str, Any]:
    """A dimension with what the manifest keeps among its parameters."""
    params = made.pop("type_params", None)
    params = dict(params) if isinstance(params, Mapping) else {}
    grain = made.pop("granularity", None) or held.get("granularity")
    if grain and str(made.get("type")) == "time":
        params.setdefault("time_granularity", grain)
    validity = made.pop("validity_params", None)
    if validity:
        params["validity_params"] = validity
    return {**made, **({"type_params": params} if params else {})}


def metrics_of(model: Mapping[str, Any], name: str) -> Iterator[dict[str, Any]]:
    """The metrics that stand in a model, in the manifest's form."""
    block = model.get("semantic_model")
    nested = block.get("metrics") if isinstance(block, Mapping) else None
    for metric in (*maps_of(model.get("metrics")), *maps_of(nested)):
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
    if isinstance(found.get("non_additive_dimension"), Mapping):
        held = dict(found["non_additive_dimension"])
        if "window_agg" in held:
            held["window_choice"] = held.pop("window_agg")
        if "group_by" in held:
            held["window_groupings"] = held.pop("group_by")
        found["non_additive_dimension"] = held
    if "percentile" in rest:
        at = rest.pop("percentile")
        kind = str(rest.pop("percentile_type", "continuous")).lower()
        found["agg_params"] = {
            "percentile": at / 100 if isinstance(at, (int, float)) and at > 1 else at,
            "use_discrete_percentile": kind == "discrete",
        }
    return found
