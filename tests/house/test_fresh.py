"""A fresh clone prepares itself, and does nothing the second time."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.house.tree import ROOT

PARTS = ("python", "front", "wordings")


@pytest.mark.slow
def test_a_fresh_clone_prepares_itself(tmp_path: Path) -> None:
    clone = tmp_path / "hedu"
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
    first = subprocess.run([".ci/prepare", *PARTS], cwd=clone, capture_output=True, text=True, timeout=900)
    assert first.returncode == 0, first.stderr
    again = subprocess.run([".ci/prepare", *PARTS], cwd=clone, capture_output=True, text=True, check=True)
    assert not again.stderr
    version = subprocess.run([".venv/bin/hedu", "--version"], cwd=clone, capture_output=True, text=True, check=True)
    assert version.stdout.strip()
    assert (clone / "hedu/center/static/built/manifest.json").is_file()
    assert not subprocess.run(["git", "status", "--porcelain"], cwd=clone, capture_output=True, text=True).stdout


def test_help_lists_every_target() -> None:
    shown = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for target in ("run", "test", "check", "bench", "docs", "help"):
        assert f"make {target} " in shown
