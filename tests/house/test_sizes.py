"""Files and functions stay small; what is over the soft cap is listed, and the list only shrinks."""

from __future__ import annotations

import tomllib
from pathlib import Path

from tests.house.tree import CODE, ROOT, functions, length, modules, name, tracked

FILE, FILE_HARD = 400, 500
FUNCTION, FUNCTION_HARD = 40, 60
OVERSIZED = tomllib.loads((Path(__file__).parent / "oversized.toml").read_text())


def file_sizes() -> dict[str, int]:
    files = {*modules(*CODE), *(path for path in tracked() if path.suffix == ".ts")}
    return {name(path): path.read_text(encoding="utf-8").count("\n") for path in files}


def function_sizes() -> dict[str, int]:
    return {f"{name(path)}::{function}": length(node) for path in modules(*CODE) for function, node in functions(path)}


def test_no_file_is_too_long() -> None:
    allowed: dict[str, int] = OVERSIZED["files"]
    long = {at: lines for at, lines in file_sizes().items() if lines > min(allowed.get(at, FILE), FILE_HARD)}
    assert not long, f"split these files by what they are about (cap {FILE} lines): {long}"


def test_no_function_is_too_long() -> None:
    allowed: dict[str, int] = OVERSIZED["functions"]
    sizes = function_sizes().items()
    long = {at: lines for at, lines in sizes if lines > min(allowed.get(at, FUNCTION), FUNCTION_HARD)}
    assert not long, f"give the steps of these functions names (cap {FUNCTION} lines): {long}"


def test_the_list_of_exceptions_only_shrinks() -> None:
    files, sizes = file_sizes(), function_sizes()
    stale = [at for at in OVERSIZED["files"] if files.get(at, 0) <= FILE]
    stale += [at for at in OVERSIZED["functions"] if sizes.get(at, 0) <= FUNCTION]
    assert not stale, f"these are within the caps now; take them off tests/house/oversized.toml: {stale}"
    assert (ROOT / "Makefile").is_file()
