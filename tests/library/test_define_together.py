"""Definitions that do not fit together: every problem is found, at its place, and nothing else breaks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from hedu.define.read import read
from hedu.model.resolve import resolve

FILE = Path(__file__).parent / "broken" / "together" / "model.yaml"
CASES: list[dict[str, Any]] = yaml.safe_load(FILE.read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_every_problem_is_found_in_its_place(case: dict[str, Any]) -> None:
    definitions, read_problems = read({"a.yml": case["text"]})
    problems = (*read_problems, *resolve(definitions)[1])
    found = [f"{one.code} {one.where.line}:{one.where.col}" for one in problems if one.where]
    assert found == case["finds"]
    assert all(problem.what(lang) and problem.hint(lang) for problem in problems for lang in ("zh", "en"))
