"""Several publish at once; a process dies while it publishes: the catalog stays whole."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.center import databases

ROOT = Path(__file__).resolve().parents[3]


def run(home: Path, *parts: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.center.catalog.concurrent_site", *parts]
    told = databases.settings_of(home)
    return subprocess.run(command, env=told, cwd=ROOT, check=False, capture_output=True, text=True)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = databases.new(tmp_path_factory.mktemp("site"))
    done = run(home, "make")
    assert done.returncode == 0, done.stderr
    return home


@pytest.fixture
def site(made: Path, tmp_path: Path) -> Path:
    """A site of one's own with the published world in it."""
    return databases.copied(made, tmp_path / "site")


@pytest.mark.parametrize("part", ["one_of_three", "all_of_four", "once_of_twice"])
def test_publishing_at_once_is_safe(part: str, site: Path) -> None:
    done = run(site, part)
    assert done.returncode == 0, done.stderr


def test_a_process_killed_while_publishing_leaves_nothing_half_done(site: Path) -> None:
    assert run(site, "die").returncode == -signal.SIGKILL
    looked = run(site, "look")
    assert looked.returncode == 0, looked.stderr
