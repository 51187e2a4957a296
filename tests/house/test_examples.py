"""The examples run, and so does every block of Python in the texts and in docstrings."""

from __future__ import annotations

import doctest
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

from tests.house.tree import ROOT, modules, name, tracked

BLOCK = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)
EXAMPLES = sorted(ROOT.glob("examples/*.py"))


def texts() -> Iterator[tuple[str, str]]:
    for path in tracked():
        if path.suffix == ".md":
            for at, block in enumerate(BLOCK.findall(path.read_text(encoding="utf-8"))):
                yield f"{name(path)}#{at + 1}", block


BLOCKS = dict(texts())
SHOWN = sorted(name(path) for path in modules("hedu") if ">>> " in path.read_text(encoding="utf-8"))


def run(*command: str | Path) -> str:
    done = subprocess.run([sys.executable, *command], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.name)
def test_the_example_runs(example: Path) -> None:
    assert run(example).strip()


@pytest.mark.parametrize("block", sorted(BLOCKS))
def test_the_block_runs(block: str) -> None:
    run("-c", BLOCKS[block])


@pytest.mark.parametrize("module", SHOWN)
def test_the_examples_of_a_docstring_hold(module: str) -> None:
    found = doctest.testmod(import_module(module.removesuffix(".py").removesuffix("/__init__").replace("/", ".")))
    assert found.attempted and not found.failed


def test_the_shop_has_no_problems() -> None:
    import hedu

    shop = hedu.load(ROOT / "examples" / "shop", strict=True)
    assert len(shop.model.metrics) == 8
