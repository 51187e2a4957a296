"""A dbt project's YAML files, in both spellings and mixed -> the form of the semantic manifest."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hedu.define.formats.dbt_models import is_semantic, maps_of, metric_of_spec, metrics_of, semantic_model_of, unread
from hedu.define.formats.dbt_project import Project, documents, project_of
from hedu.define.formats.loss import Loss

_REF = re.compile(r"(?:ref|source)\s*\((.*)\)", re.DOTALL)
_TEXT = re.compile(r"""['"]([^'"]+)['"]""")
_VERSION = re.compile(r"""\bv(?:ersion)?\s*=\s*['"]?([\w.]+)['"]?""")
_SPINE = "metricflow_time_spine"
_KINDS = {"semantic_models": "semantic-models", "metrics": "metrics", "saved_queries": "saved-queries"}
_SINGLE = {"semantic_model": "semantic_models", "metric": "metrics", "saved_query": "saved_queries"}


def manifest_of(root: Path, losses: list[Loss] | None = None) -> dict[str, Any]:
    """Everything semantic in the YAML files below `root`; what of it could not be read is added to `losses`.

    Errors: DefinitionError yaml-broken, file-unreadable.
    """
    project = project_of(root)
    found: dict[str, list[Any]] = {kind: [] for kind in _KINDS}
    models: list[tuple[Mapping[str, Any], tuple[str, ...]]] = []
    stated: dict[str, Any] = {"time_spines": []}
    for file, folders in project.files():
        for document in documents(file):
            for kind, held in _of_kinds(document).items():
                found[kind] += [project.switched(_KINDS[kind], folders, one) for one in held]
            models += [(one, folders) for one in maps_of(document.get("models"))]
            more = document.get("project_configuration")
            for key, value in more.items() if isinstance(more, Mapping) else ():
                stated[key] = [*stated.get(key, []), *value] if isinstance(value, list) else value
    project.models = {str(model.get("name")): model for model, _ in models}
    semantic = [_legacy(one, project) for one in found["semantic_models"]]
    metrics = []
    for model, folders in models:
        if isinstance(model.get("time_spine"), Mapping):
            stated["time_spines"].append(_spine(model, project))
        if is_semantic(model) and model.get("name"):
            project.losses += unread(model)
            made = semantic_model_of(model, project.relation(str(model["name"])))
            semantic.append(project.switched("semantic-models", folders, made))
            metrics += [project.switched("metrics", folders, one) for one in metrics_of(model, made["name"])]
    stated.update(_usual_spine(project))
    if losses is not None:
        losses += dict.fromkeys(project.losses)
    return {
        "semantic_models": semantic,
        "metrics": [*metrics, *(metric_of_spec(one) for one in found["metrics"])],
        "saved_queries": found["saved_queries"],
        "project_configuration": stated,
    }


def _usual_spine(project: Project) -> dict[str, Any]:
    """The spine of days that dbt takes from a model of a certain name which does not say that it is one."""
    if not project.has(_SPINE) or (project.models.get(_SPINE) or {}).get("time_spine"):
        return {}
    relation = project.relation(_SPINE)
    location = ".".join(part for part in (relation["schema_name"], relation["alias"]) if part)
    return {"time_spine_table_configurations": [{"location": location, "column_name": "date_day", "grain": "day"}]}


def _of_kinds(document: Mapping[str, Any]) -> dict[str, list[Mapping[str, Any]]]:
    found = {kind: maps_of(document.get(kind)) for kind in _KINDS}
    for single, kind in _SINGLE.items():
        if isinstance(document.get(single), Mapping):
            found[kind].append(document[single])
    return found


def _legacy(model: Mapping[str, Any], project: Project) -> dict[str, Any]:
    """A semantic model whose relation is found by the model it refers to."""
    made = dict(model)
    referred = made.pop("model", None)
    if "node_relation" not in made and referred is not None:
        call = _REF.search(str(referred))
        names = _TEXT.findall(_VERSION.sub("", call.group(1))) if call else [str(referred)]
        if str(referred).lstrip("{ ").startswith("source") and len(names) > 1:
            made["node_relation"] = {"schema_name": names[0], "alias": names[1]}
        else:
            version = _VERSION.search(call.group(1)) if call else None
            made["node_relation"] = project.relation(names[-1], version.group(1) if version else None)
    return made


def _spine(model: Mapping[str, Any], project: Project) -> dict[str, Any]:
    """A time spine as the manifest has it: the grain stands at the column of the model."""
    spine = model["time_spine"]
    column = spine.get("standard_granularity_column")
    columns = maps_of(model.get("columns"))
    grain = next((one.get("granularity") for one in columns if one.get("name") == column), "day")
    return {
        "node_relation": project.relation(str(model["name"])),
        "primary_column": {"name": column, "time_granularity": grain},
        "custom_granularities": spine.get("custom_granularities") or [],
    }
