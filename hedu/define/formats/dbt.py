"""A dbt project or its semantic_manifest.json -> definitions, and what could not be carried over."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hedu.define.formats.dbt_manifest import carried_from
from hedu.define.formats.dbt_project import project_of
from hedu.define.formats.dbt_yaml import manifest_of
from hedu.define.formats.loss import Carried, Loss
from hedu.errors import DefinitionError

MANIFEST = "semantic_manifest.json"


def read_dbt(path: Path) -> Carried:
    """What a manifest file or a project folder defines; of a folder its YAML, else the manifest it was compiled to.

    Errors: DefinitionError folder-missing, file-unreadable, dbt-manifest-broken, dbt-nothing-semantic, yaml-broken.
    """
    if path.is_file():
        home = path.parent.resolve()
        return carried_from(_manifest(path), project_of(home.parent if home.name == "target" else home).name)
    if not path.is_dir():
        raise DefinitionError("folder-missing", path=str(path))
    losses: list[Loss] = []
    found = manifest_of(path, losses)
    if found["semantic_models"]:
        carried = carried_from(found, project_of(path).name)
        return Carried(carried.definitions, (*losses, *carried.losses))
    for place in (path / MANIFEST, path / "target" / MANIFEST):
        if place.is_file():
            return carried_from(_manifest(place), project_of(path).name)
    raise DefinitionError("dbt-nothing-semantic", path=str(path))


def _manifest(path: Path) -> Mapping[str, Any]:
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise DefinitionError("file-unreadable", path=str(path), reason=error.strerror or "") from error
    except (ValueError, RecursionError) as error:
        raise DefinitionError("dbt-manifest-broken", path=str(path), reason=str(error)) from error
    models = data.get("semantic_models") if isinstance(data, Mapping) else None
    if not isinstance(data, Mapping) or not isinstance(models, list) or not models:
        raise DefinitionError("dbt-nothing-semantic", path=str(path))
    return data
