"""The repository as the house tests see it: tracked files, parsed modules, functions."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LIBRARY = (
    "errors", "define", "query", "model", "plan", "sql", "engine", "intake", "analysis", "alignment", "workspace",
)  # fmt: skip
CODE = ("hedu", "tests", "bench", "examples")


@cache
def tracked() -> tuple[Path, ...]:
    """Files of the project: committed ones and new ones that are not ignored."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, check=True,
    ).stdout.decode()  # fmt: skip
    return tuple(sorted(ROOT / name for name in set(listed.split("\0")) if name and (ROOT / name).is_file()))


def name(path: Path) -> str:
    """The path as people write it, from the root of the repository."""
    return path.relative_to(ROOT).as_posix()


def modules(*tops: str) -> Iterator[Path]:
    """Tracked Python files below `tops` ("hedu/center", "hedu/workspace.py"), migrations left out."""
    for path in tracked():
        place = name(path)
        below = any(place == top or place.startswith(f"{top}/") for top in tops)
        if below and path.suffix == ".py" and "/migrations/" not in place:
            yield path


def library() -> Iterator[Path]:
    """The Python files that must live without the site."""
    return modules(*(f"hedu/{part}" for part in LIBRARY), "hedu/workspace.py", "hedu/__init__.py")


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=name(path))


def functions(path: Path) -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    """Each function of a module with its dotted name; nested ones count in the outer one only."""

    def walk(node: ast.AST, prefix: str) -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
                yield f"{prefix}{child.name}", child
            elif isinstance(child, ast.ClassDef):
                yield from walk(child, f"{prefix}{child.name}.")
            elif isinstance(child, ast.If | ast.Try | ast.With):
                yield from walk(child, prefix)

    return walk(parsed(path), "")


def length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines from `def` to the end, the docstring not counted: a promise may be as long as it must."""
    lines = (function.end_lineno or function.lineno) - function.lineno + 1
    first = function.body[0]
    if ast.get_docstring(function) is not None:
        lines -= (first.end_lineno or first.lineno) - first.lineno + 1
    return lines


def imports(path: Path) -> Iterator[tuple[str, int]]:
    """Every module name imported anywhere in the file, with its line."""
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module, node.lineno
