"""A semantic manifest without what several bear one name for: none of them can be meant by it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from hedu.define.definitions import Label
from hedu.define.formats.loss import Loss

_SEVERAL = Label("有几个同名的，都不导入", "several bear this name; none of them is carried over")
_KINDS = ("semantic_models", "metrics", "saved_queries")
_PARTS = ("entities", "dimensions", "measures")


def told_apart(manifest: Mapping[str, Any], losses: list[Loss]) -> Mapping[str, Any]:
    """The manifest with one thing of each name. What is the same word for word counts once."""
    found = {**manifest, **{kind: _unlike(manifest[kind], kind, losses) for kind in _KINDS if kind in manifest}}
    models = found.get("semantic_models")
    if not isinstance(models, list):
        return found
    measures = Counter(name for one in models if _is_on(one) for name in dict.fromkeys(_names(one.get("measures"))))
    several = {name for name, count in measures.items() if count > 1}
    return {**found, "semantic_models": [_model(one, several, losses) for one in models]}


def _model(model: Any, several: set[str], losses: list[Loss]) -> Any:
    """A semantic model without parts of one name, and without measures that others have, too."""
    if not _is_on(model):
        return model
    path = f"semantic_models.{model.get('name')}"
    made = {**model, **{kind: _unlike(model[kind], f"{path}.{kind}", losses) for kind in _PARTS if kind in model}}
    if not several.intersection(_names(made.get("measures"))):
        return made
    kept = []
    for one in made["measures"]:
        if several.intersection(_names([one])):
            losses.append(Loss(f"{path}.measures.{one['name']}", str(one["name"]), _SEVERAL))
        else:
            kept.append(one)
    return {**made, "measures": kept}


def _unlike(items: Any, path: str, losses: list[Loss]) -> Any:
    """The items of a list whose names are their own."""
    if not isinstance(items, list):
        return items
    by_name: dict[str, list[Any]] = {}
    for one in items:
        alike = by_name.setdefault(one["name"], []) if _names([one]) and _is_on(one) else []
        if one not in alike:
            alike.append(one)
    several = {name for name, alike in by_name.items() if len(alike) > 1}
    losses += [Loss(f"{path}.{name}", name, _SEVERAL) for name in sorted(several)]
    firsts = {id(alike[0]) for name, alike in by_name.items() if name not in several}
    kept = {id(one): one for one in items if not (_names([one]) and _is_on(one)) or id(one) in firsts}
    return list(kept.values())


def _names(items: Any) -> list[str]:
    held = items if isinstance(items, list) else []
    return [one["name"] for one in held if isinstance(one, Mapping) and isinstance(one.get("name"), str)]


def _is_on(one: Any) -> bool:
    config = one.get("config") if isinstance(one, Mapping) else None
    return isinstance(one, Mapping) and not (isinstance(config, Mapping) and config.get("enabled") not in (None, True))
