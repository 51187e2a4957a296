"""Broken definitions: every problem is found, at its place, with a hint in both languages.

A new case is an entry in broken/*.yaml: a text and, for each problem, `code line:col`.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
import yaml

from hedu.define.folder import folder
from hedu.define.formats import nodes
from hedu.define.read import read
from hedu.errors import DefinitionError, Problem

CASES: list[dict[str, Any]] = [
    case
    for file in sorted((Path(__file__).parent / "broken").glob("*.yaml"))
    for case in yaml.safe_load(file.read_text(encoding="utf-8"))
]


def places(problems: tuple[Problem, ...]) -> list[str]:
    assert all(problem.where for problem in problems)
    return [f"{problem.code} {problem.where.line}:{problem.where.col}" for problem in problems if problem.where]


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_every_problem_is_found_in_its_place(case: dict[str, Any]) -> None:
    definitions, problems = read({"a.yml": case["text"]})
    assert places(problems) == case["finds"]
    assert all(problem.what(lang) and problem.hint(lang) for problem in problems for lang in ("zh", "en"))
    if "metrics" in case:
        assert [metric.name for metric in definitions.metrics] == case["metrics"]


def test_there_are_plenty() -> None:
    assert len(CASES) >= 60


def test_what_cannot_be_read_is_known_as_broken() -> None:
    definitions, problems = read({"a.yml": "version: 1\nmetric: m\nsimple: amount\n"})
    assert definitions.metrics == ()
    assert definitions.broken == (("metric", "m"),)
    assert len(problems) == 1


def test_a_misspelt_key_names_the_one_that_was_meant() -> None:
    _, problems = read({"a.yml": "version: 1\nmetric: m\ndirectoin: up\nsimple: o.n\n"})
    assert "`direction`" in problems[0].hint("zh") and "`direction`" in problems[0].hint("en")


def test_a_name_taken_in_another_file_names_both_places() -> None:
    text = "version: 1\nmetric: m\nsimple: o.n\n"
    _, (problem,) = read({"a.yml": text, "b.yml": "# again\n" + text})
    assert str(problem.where) == "b.yml:3:9"
    assert "a.yml:2:9" in problem.what("zh")


@pytest.mark.parametrize(
    ("content", "looks"),
    [
        ("version: 1\nmetric: m\nowner: 财务部\nsimple: o.n\n".encode("gb18030"), "GB18030"),
        ("version: 1\nmetric: m\n".encode("utf-16"), "UTF-16"),
        (b"version: 1\nmetric: m\nowner: \xff\xff\xff\n", "?"),
    ],
)
def test_other_encodings_are_named_with_their_line(content: bytes, looks: str) -> None:
    good = b"version: 1\nmetric: n\nsimple: o.n\n"
    definitions, (problem,) = read({"a.yml": content, "b.yml": good})
    assert problem.code == "not-utf8"
    assert looks in problem.what("en")
    assert problem.where and problem.where.line == (1 if looks == "UTF-16" else 3)
    assert [metric.name for metric in definitions.metrics] == ["n"]


def test_a_byte_order_mark_does_no_harm() -> None:
    definitions, problems = read({"a.yml": b"\xef\xbb\xbfversion: 1\r\nmetric: m\r\nsimple: o.n\r\n"})
    assert problems == ()
    assert definitions.metrics[0].name == "m"


@pytest.mark.parametrize("text", ["[" * 100_000, "{a: " * 100_000, "- " * 50_000, "? " * 50_000, "a: " * 50_000])
def test_deep_nesting_is_refused_at_once(text: str) -> None:
    _, problems = read({"a.yml": text})
    assert [problem.code for problem in problems] in (["nested-too-deep"], ["yaml-colon"])


def test_a_huge_text_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nodes, "LARGEST", 1000)
    definitions, problems = read({"a.yml": "# " + "x" * 1001, "b.yml": "version: 1\nmetric: m\nsimple: o.n\n"})
    assert [problem.code for problem in problems] == ["text-too-large"]
    assert len(definitions.metrics) == 1


def test_a_missing_folder_is_a_typed_error(tmp_path: Path) -> None:
    with pytest.raises(DefinitionError) as caught:
        folder(tmp_path / "nowhere")
    assert caught.value.code == "folder-missing"


def test_an_empty_folder_is_a_typed_error(tmp_path: Path) -> None:
    (tmp_path / ".hidden").mkdir()
    (tmp_path / ".hidden" / "a.yml").write_text("version: 1\n")
    (tmp_path / "notes.txt").write_text("no definitions")
    with pytest.raises(DefinitionError) as caught:
        folder(tmp_path)
    assert caught.value.code == "folder-empty"


def test_a_file_that_cannot_be_read_is_a_typed_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.yml").write_text("version: 1\n")

    def refused(path: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", refused)
    with pytest.raises(DefinitionError) as caught:
        folder(tmp_path)
    assert caught.value.code == "file-unreadable"
    assert "Permission denied" in caught.value.problem.what("en")


def test_a_link_that_leads_nowhere_is_not_passed_over(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text("version: 1\nmetric: m\nsimple: d.m\n")
    (tmp_path / "b.yml").symlink_to(tmp_path / "moved.yml")
    with pytest.raises(DefinitionError, match="file-unreadable"):
        folder(tmp_path)


def test_a_folder_that_may_not_be_opened_is_not_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inner = tmp_path / "inner"
    inner.mkdir()
    (inner / "a.yml").write_text("version: 1\nmetric: m\nsimple: d.m\n")
    (tmp_path / ".hidden").mkdir()
    (tmp_path / ".hidden" / "b.yml").write_text("not: read")
    assert list(folder(tmp_path)) == ["inner/a.yml"]
    opened = os.scandir

    def refusing(place: Path) -> object:
        if Path(place) == inner:
            raise PermissionError(13, "Permission denied", str(place))
        return opened(place)

    monkeypatch.setattr(os, "scandir", refusing)
    with pytest.raises(DefinitionError, match="file-unreadable"):
        folder(tmp_path)


def test_a_folder_is_read_by_relative_names(tmp_path: Path) -> None:
    (tmp_path / "sales").mkdir()
    (tmp_path / "sales" / "orders.yaml").write_bytes(b"version: 1\n")
    (tmp_path / "a.yml").write_bytes(b"version: 1\n")
    assert list(folder(tmp_path)) == ["a.yml", "sales/orders.yaml"]
    assert list(folder(tmp_path / "a.yml")) == ["a.yml"]
