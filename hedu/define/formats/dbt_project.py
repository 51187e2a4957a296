"""A dbt project's own settings: which files it reads, what is switched off, what tables its models become."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from hedu.define.definitions import Label
from hedu.define.formats.loss import Loss
from hedu.errors import DefinitionError

FILE = "dbt_project.yml"
_READ = {
    "model-paths": "models",
    "seed-paths": "seeds",
    "snapshot-paths": "snapshots",
    "analysis-paths": "analyses",
    "macro-paths": "macros",
}
_PASSED_OVER = ("target", "logs")
_PACKAGES = ("dbt_packages", "dbt_modules")
_SEMANTIC = re.compile(r"^\s*(?:- *)?(semantic_models?|metrics?|saved_query|saved_queries)\s*:", re.MULTILINE)
_CONFIG = re.compile(r"\{\{-?\s*config\s*(\(.*?\))\s*-?\}\}", re.DOTALL)
_UNREAD = Label("不在 dbt 读取的路径里", "it lies outside the paths that dbt reads")
_PACKAGE = Label("依赖包只在编译后的清单里", "packages are in the compiled manifest only")
_FILLED = Label("要由 dbt 算出；请导入编译后的清单", "dbt works it out; import the compiled manifest")
_SCHEMA = Label(
    "dbt 会在前面加上目标的 schema，除非宏另有规定；请导入编译后的清单",
    "dbt puts its target's schema before it unless a macro says otherwise; import the compiled manifest",
)


@dataclass
class Project:
    """A folder, what its dbt_project.yml says (nothing where there is none), and what cannot be read of it."""

    root: Path
    settings: Mapping[str, Any]
    losses: list[Loss] = field(default_factory=list)
    models: dict[str, Mapping[str, Any]] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return str(self.settings.get("name") or self.root.name or "dbt")

    def files(self) -> Iterator[tuple[Path, tuple[str, ...]]]:
        """The YAML files that dbt reads, each with the folders it is in. Semantics in others are told."""
        for file in sorted([*self.root.rglob("*.yml"), *self.root.rglob("*.yaml")]):
            parts = file.relative_to(self.root).parts
            if any(part.startswith(".") or part in _PASSED_OVER for part in parts) or file.name == FILE:
                continue
            folders = self._folders(parts)
            if folders is not None:
                yield file, folders
            elif found := _SEMANTIC.findall(file.read_text(encoding="utf-8", errors="replace")):
                why = _PACKAGE if parts[0] in _PACKAGES else _UNREAD
                self.losses.append(Loss("/".join(parts), ", ".join(dict.fromkeys(found)), why))

    def _folders(self, parts: tuple[str, ...]) -> tuple[str, ...] | None:
        """The folders of a file below those that dbt reads; None where dbt reads none of them."""
        if any(part in _PACKAGES for part in parts):
            return None
        if not self.settings:
            return parts[:-1]
        for path in self._paths:
            if parts[: len(path)] == path:
                return parts[len(path) : -1]
        return None

    @cached_property
    def _paths(self) -> list[tuple[str, ...]]:
        found = []
        for key, usual in _READ.items():
            paths = self.settings.get(key)
            found += [Path(str(one)).parts for one in (paths if isinstance(paths, list) else [usual])]
        return found

    @cached_property
    def _sources(self) -> dict[str, tuple[Path, tuple[str, ...]]]:
        """The SQL of each model."""
        found = {}
        for file in sorted(self.root.rglob("*.sql")):
            folders = self._folders(file.relative_to(self.root).parts)
            if folders is not None:
                found[file.stem] = (file, folders)
        return found

    def stated(self, kind: str, folders: Sequence[str], name: str) -> dict[str, Any]:
        """What dbt_project.yml says of one thing: of its kind, of its folders, of itself; the closest counts."""
        found: dict[str, Any] = {}
        level = self.settings.get(kind)
        for part in (self.name, *folders, name, ""):
            if not isinstance(level, Mapping):
                break
            found |= {str(key).removeprefix("+"): one for key, one in level.items() if _is_setting(key, one)}
            level = level.get(part)
        return found

    def switched(self, kind: str, folders: Sequence[str], one: Mapping[str, Any]) -> dict[str, Any]:
        """The same thing, switched off where dbt_project.yml does so and it does not say otherwise itself."""
        config = one.get("config")
        config = dict(config) if isinstance(config, Mapping) else {}
        stated = self.stated(kind, folders, str(one.get("name"))).get("enabled")
        if stated in (None, True) or "enabled" in config:
            return dict(one)
        return {**one, "config": {**config, "enabled": stated}}

    def has(self, model: str) -> bool:
        """Whether the project makes a model of that name."""
        return model in self._sources or model in self.models

    def relation(self, name: str, version: object = None) -> dict[str, Any]:
        """The table that a model becomes, of its latest version where none is named."""
        model = self.models.get(name) or {}
        versions = [one for one in model.get("versions") or () if isinstance(one, Mapping) and "v" in one]
        config = _config(model)
        usual = name
        if versions:
            latest = model.get("latest_version") or max((one["v"] for one in versions), key=_version)
            wanted = str(latest if version is None else version)
            one = next((one for one in versions if str(one["v"]) == wanted), {})
            usual, config = f"{name}_v{wanted}", {**config, **_config(one)}
            written = self._written(str(one.get("defined_in") or usual), name)
            written = written or (self._written(name, name) if wanted == str(latest) else {})
        else:
            written = self._written(name, name)
        config |= written
        if config.get("schema"):
            self.losses.append(Loss(f"models.{name}.config.schema", str(config["schema"]), _SCHEMA))
        return {"alias": config.get("alias") or usual, "schema_name": config.get("schema")}

    def _written(self, stem: str, name: str) -> dict[str, Any]:
        """The alias and the schema that a model's SQL and dbt_project.yml give it."""
        file, folders = self._sources.get(stem, (None, ()))
        stated = self.stated("models", folders, stem) if file else {}
        yaml_ = _config(self.models.get(name) or {})
        usual = [key for key in ("alias", "schema") if key in stated and key not in yaml_]
        found: dict[str, Any] = {key: stated[key] for key in usual}
        text = file.read_text(encoding="utf-8", errors="replace") if file else ""
        for call in _CONFIG.findall(text):
            found |= self._literals(call, name)
        return found

    def _literals(self, call: str, name: str) -> dict[str, Any]:
        try:
            tree = ast.parse(f"config{call}", mode="eval").body
        except SyntaxError:
            tree = None
        found = {}
        for one in tree.keywords if isinstance(tree, ast.Call) else ():
            if one.arg in ("alias", "schema") and isinstance(one.value, ast.Constant):
                found[one.arg] = one.value.value
            elif one.arg in ("alias", "schema"):
                self.losses.append(Loss(f"models.{name}.config.{one.arg}", ast.unparse(one.value), _FILLED))
        return found


def project_of(root: Path) -> Project:
    """The project in a folder. Errors: DefinitionError yaml-broken, file-unreadable."""
    file = root / FILE
    data = next(iter(documents(file)), {}) if file.is_file() else {}
    return Project(root, data)


def documents(file: Path) -> Iterator[Mapping[str, Any]]:
    """The maps in a YAML file. Errors: DefinitionError yaml-broken, file-unreadable."""
    try:
        for document in yaml.load_all(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader):
            if isinstance(document, Mapping):
                yield document
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise DefinitionError("yaml-broken", said=f"{file.name}: {str(error).splitlines()[0]}") from error
    except OSError as error:
        raise DefinitionError("file-unreadable", path=str(file), reason=error.strerror or "") from error


def _is_setting(key: object, value: object) -> bool:
    return str(key).startswith("+") or not isinstance(value, Mapping)


def _config(one: Mapping[str, Any]) -> dict[str, Any]:
    config = one.get("config")
    return dict(config) if isinstance(config, Mapping) else {}


def _version(value: Any) -> tuple[bool, float, str]:
    """The order of versions: numbers by their size, then words."""
    try:
        return False, float(value), ""
    except (TypeError, ValueError):
        return True, 0.0, str(value)
