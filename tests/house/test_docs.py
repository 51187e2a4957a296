"""The reference is what the code says now, and the words in it are complete in both languages."""

from __future__ import annotations

import re

import pytest

from hedu.center.catalog.glossary import TERMS
from hedu.doors.docs import PAGES, generated
from hedu.doors.docs.settings import SETTINGS
from hedu.errors.texts import TEXTS
from tests.house.tree import ROOT, modules

REFERENCE = ROOT / "docs" / "reference"
PARTS = ("learn", "do", "reference", "why")


@pytest.mark.parametrize("name", sorted(PAGES))
def test_the_reference_is_current(name: str) -> None:
    written = (REFERENCE / name).read_text(encoding="utf-8")
    assert written == generated()[name], "run `make docs` and commit what it writes"


def test_every_error_has_its_entry() -> None:
    entries = set(re.findall(r"^### (\S+)$", (REFERENCE / "errors.md").read_text(encoding="utf-8"), re.M))
    assert entries == set(TEXTS)


def test_every_setting_is_told() -> None:
    read = {
        match
        for path in modules("hedu", "tests")
        if path.parent.name not in ("docs", "house")
        for match in re.findall(
            r"""(?:env|claimed|listed|environ\.get|getenv)\(\s*"(HEDU_\w+)\"""", path.read_text(encoding="utf-8")
        )
    }
    assert read == set(SETTINGS), "describe each setting in hedu/doors/docs/settings.py, and none that is not read"


def test_a_term_stands_once() -> None:
    assert (
        len({term.key for term in TERMS})
        == len({term.zh for term in TERMS})
        == len({term.en for term in TERMS})
        == len(TERMS)
    )
    assert all((term.zh, term.en, term.means_zh, term.means_en) for term in TERMS)


@pytest.mark.parametrize("part", PARTS)
def test_every_part_of_the_docs_has_its_index(part: str) -> None:
    folder = ROOT / "docs" / part
    index = (folder / "README.md").read_text(encoding="utf-8")
    missing = [path.name for path in sorted(folder.glob("*.*")) if path.name not in index and path.name != "README.md"]
    assert not missing, f"docs/{part}/README.md does not lead to {missing}"
