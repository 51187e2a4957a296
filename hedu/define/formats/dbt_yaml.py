"""A dbt project's YAML files, in both spellings and mixed -> the form of the semantic manifest."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from hedu.define.formats.dbt_models import is_semantic, maps_of, metric_of_spec, metrics_of, semantic_model_of, unread
from hedu.define.formats.loss import Loss
from hedu.errors import DefinitionError

_REF = re.compile(r"(?:ref|source)\s*\((.*)\)", re.DOTALL)
_TEXT = re.compile(r"""['"]([^'"]+)['"]""")
_PASSED_OVER = ("target", "dbt_packages", "dbt_modules", "logs")
_KINDS = ("semantic_models", "metrics", "saved_queries")
_SINGLE = {"semantic_model": "semantic_models", "metric": "metrics", "saved_query": "saved_queries"}


def manifest_of(root: Path, losses: list[Loss] | None = None) -> dict[str, Any]:
    """Everything semantic in the YAML files below `root`; what of it could not be read is added to `losses`.

    Errors: DefinitionError yaml-broken, file-unreadable.
    """
    found: dict[str, list[Any]] = {kind: [] for kind in _KINDS}
    models: list[Mapping[str, Any]] = []
    project: dict[str, Any] = {"time_spines": []}
    for document in _documents(root):
        for kind in _KINDS:
            found[kind] += maps_of(document.get(kind))
        for single, kind in _SINGLE.items():
            if isinstance(document.get(single), Mapping):
                found[kind].append(document[single])
        models += maps_of(document.get("models"))
        stated = document.get("project_configuration")
        for key, value in stated.items() if isinstance(stated, Mapping) else ():
            project[key] = [*project.get(key, []), *value] if isinstance(value, list) else value
    configured = {str(model.get("name")): model for model in models}
    semantic = [_legacy(one, configured) for one in found["semantic_models"]]
    metrics = []
    for model in models:
        if isinstance(model.get("time_spine"), Mapping):
            project["time_spines"].append(_spine(model))
        if is_semantic(model) and model.get("name"):
            if losses is not None:
                losses += unread(model)
            made = semantic_model_of(model, _relation(str(model["name"]), configured))
            semantic.append(made)
            metrics += list(metrics_of(model, made["name"]))
    return {
        "semantic_models": semantic,
        "metrics": [*metrics, *(metric_of_spec(one) for one in found["metrics"])],
        "saved_queries": found["saved_queries"],
        "project_configuration": project,
    }


def _legacy(model: Mapping[str, Any], configured: Mapping[str, Any]) -> dict[str, Any]:
    """A semantic model whose relation is found by the model it refers to."""
    made = dict(model)
    referred = made.pop("model", None)
    if "node_relation" not in made and referred is not None:
        call = _REF.search(str(referred))
        names = _TEXT.findall(call.group(1)) if call else [str(referred)]
        if str(referred).lstrip("{ ").startswith("source") and len(names) > 1:
            made["node_relation"] = {"schema_name": names[0], "alias": names[1]}
        else:
            made["node_relation"] = _relation(names[-1], configured)
    return made


def _relation(name: str, configured: Mapping[str, Any]) -> dict[str, Any]:
    config = (configured.get(name) or {}).get("config")
    config = config if isinstance(config, Mapping) else {}
    return {"alias": config.get("alias") or name, "schema_name": config.get("schema")}


def _spine(model: Mapping[str, Any]) -> dict[str, Any]:
    """A time spine as the manifest has it: the grain stands at the column of the model."""
    spine = model["time_spine"]
    column = spine.get("standard_granularity_column")
    columns = maps_of(model.get("columns"))
    grain = next((one.get("granularity") for one in columns if one.get("name") == column), "day")
    return {
        "node_relation": _relation(str(model["name"]), {str(model["name"]): model}),
        "primary_column": {"name": column, "time_granularity": grain},
        "custom_granularities": spine.get("custom_granularities") or [],
    }


def _documents(root: Path) -> Iterator[Mapping[str, Any]]:
    for file in sorted([*root.rglob("*.yml"), *root.rglob("*.yaml")]):
        parts = file.relative_to(root).parts
        if any(part.startswith(".") or part in _PASSED_OVER for part in parts) or file.name == "dbt_project.yml":
            continue
        try:
            for document in yaml.load_all(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader):
                if isinstance(document, Mapping):
                    yield document
        except (yaml.YAMLError, UnicodeDecodeError) as error:
            raise DefinitionError("yaml-broken", said=f"{file.name}: {str(error).splitlines()[0]}") from error
        except OSError as error:
            raise DefinitionError("file-unreadable", path=str(file), reason=error.strerror or "") from error


def project_name(root: Path) -> str:
    """The name in dbt_project.yml, else the folder's."""
    file = root / "dbt_project.yml"
    if file.is_file():
        data = yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
        if isinstance(data, Mapping) and data.get("name"):
            return str(data["name"])
    return root.name or "dbt"
