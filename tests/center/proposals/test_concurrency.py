"""Signatures given at once: by threads, by two processes, against a revision, against a veto."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.center import databases

ROOT = Path(__file__).resolve().parents[3]


def started(home: Path, *parts: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.center.proposals.signing_site", *parts]
    return subprocess.Popen(command, env=databases.settings_of(home), cwd=ROOT, stderr=subprocess.PIPE, text=True)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = databases.new(tmp_path_factory.mktemp("site"))
    done = started(home, "make")
    _, told = done.communicate()
    assert done.returncode == 0, told
    return home


@pytest.fixture
def site(made: Path, tmp_path: Path) -> Path:
    """A site of one's own with an open proposal."""
    return databases.copied(made, tmp_path / "site")


@pytest.mark.parametrize("part", ["signed_by_all_at_once", "signed_and_revised_at_once", "vetoed_and_signed_at_once"])
def test_decisions_at_once_are_safe(part: str, site: Path) -> None:
    done = started(site, part)
    _, told = done.communicate()
    assert done.returncode == 0, told


def test_two_processes_sign_at_once(site: Path) -> None:
    both = [started(site, "sign_in_a_process") for _ in range(2)]
    for done in both:
        _, told = done.communicate()
        assert done.returncode == 0, told
    looked = started(site, "looked")
    _, told = looked.communicate()
    assert looked.returncode == 0, told
