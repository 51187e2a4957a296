"""The tree is the sentence of the architecture: nothing stands where it was not declared."""

from __future__ import annotations

import ast
import re
import subprocess

import pytest

import hedu
from tests.house.tree import ROOT, imports, library, modules, name, parsed, tracked

TOP = {
    ".ci", ".editorconfig", ".gitignore", "bench", "CHANGELOG.md", "docs", "examples", "frontend", "hedu",
    "LICENSE", "Makefile", "NOTICE", "pyproject.toml", "README.md", "README.en.md", "requirements.lock",
    "requirements-dev.lock", "tests",
}  # fmt: skip
PACKAGES = {
    "errors", "define", "query", "model", "plan", "sql", "engine", "intake", "analysis", "alignment", "center",
    "demo", "doors", "workspace.py", "version.py", "__init__.py", "py.typed",
}  # fmt: skip
KINDS = {"cases", "laws", "library", "engines", "center", "stories", "house", "conftest.py", "__init__.py", "data"}
VAGUE = {"utils", "util", "helpers", "helper", "common", "misc", "tools", "lib", "core", "base", "shared"}
VAGUE_CLASS = re.compile(r"(Manager|Helper|Util|Utils|Base|Impl)$")
DRIVERS = {"duckdb", "adbc_driver_manager", "adbc_driver_postgresql", "psycopg", "pyspark", "chdb", "trino"}
HEAVY = ("django", "duckdb", "pyarrow", "sqlglot", "scipy", "pandas", "polars", "numpy", "yaml")


@pytest.mark.parametrize(("folder", "declared"), [(".", TOP), ("hedu", PACKAGES), ("tests", KINDS)])
def test_no_undeclared_folder(folder: str, declared: set[str]) -> None:
    depth = 0 if folder == "." else 1
    there = {name(path).split("/")[depth] for path in tracked() if folder == "." or name(path).startswith(f"{folder}/")}
    assert there <= declared, f"undeclared in {folder}: {sorted(there - declared)}"


def test_nothing_is_called_vaguely() -> None:
    parts = {part.removesuffix(".py") for path in modules("hedu") for part in name(path).split("/")}
    classes = {
        f"{name(path)}: {node.name}"
        for path in modules("hedu")
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.ClassDef) and VAGUE_CLASS.search(node.name)
    }
    # Django reads its own word `objects = …Manager()`; a class that must be one says so in its name.
    classes -= {at for at in classes if at.endswith("UserManager")}
    assert not parts & VAGUE and not classes, f"say what they are: {sorted(parts & VAGUE)} {sorted(classes)}"


def test_the_import_contracts_hold() -> None:
    done = subprocess.run(
        [ROOT / ".venv/bin/lint-imports", "--no-logo", "--no-cache"], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_library_knows_nothing_of_django() -> None:
    found = [
        f"{name(path)}:{line} imports {module}"
        for path in library()
        for module, line in imports(path)
        if module.split(".")[0] in {"django", "ninja", "allauth"} or module.startswith("hedu.center")
    ]
    assert not found, found


def test_only_the_engine_imports_a_driver() -> None:
    found = [
        f"{name(path)}:{line} imports {module}"
        for path in modules("hedu")
        if not name(path).startswith("hedu/engine/")
        for module, line in imports(path)
        if module.split(".")[0] in DRIVERS
    ]
    assert not found, found


def test_completion_offers_what_is_imported_on_first_use() -> None:
    assert dir(hedu) == sorted(hedu.__all__)


def test_importing_hedu_is_light() -> None:
    script = "import sys, hedu; print(*{m.split('.')[0] for m in sys.modules})"
    loaded = subprocess.run(
        [ROOT / ".venv/bin/python", "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    assert not set(HEAVY) & set(loaded), f"`import hedu` loads {sorted(set(HEAVY) & set(loaded))}"


def test_every_module_says_which_arrow_it_is() -> None:
    silent = [
        name(path)
        for path in modules("hedu")
        if parsed(path).body and ast.get_docstring(parsed(path)) is None and path.name != "__init__.py"
    ]
    assert not silent, f"no module docstring: {silent}"


def test_no_import_by_asterisk() -> None:
    found = [
        f"{name(path)}:{node.lineno}"
        for path in modules("hedu")
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.ImportFrom) and any(alias.name == "*" for alias in node.names)
    ]
    assert not found, found
