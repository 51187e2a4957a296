"""Every metric kind is asked in every shape, by at least one case."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import duckdb
import pytest
import yaml

from tests.cases.grid import KINDS, REFUSED, SHAPES, marks_of
from tests.cases.test_cases import HERE, cases, world_database, world_workspace


def test_every_kind_in_every_shape(tmp_path_factory: pytest.TempPathFactory) -> None:
    seen = asked(tmp_path_factory.mktemp("worlds"))
    assert {kind for kind, _ in seen} == set(KINDS)
    missing = [f"{kind}: {shape}" for kind in KINDS for shape in SHAPES if not seen[kind, shape]]
    assert missing == [f"{kind}: {shape}" for kind, shape in REFUSED]


def test_refusals_are_cases() -> None:
    errors = {case.id for case in cases() if "error" in case.values[1]}
    assert errors >= set(REFUSED.values())


def asked(folder: Path) -> Counter[tuple[str, str]]:
    """How many cases ask a kind in a shape. MetricFlow's world has names and rules of its own."""
    seen: Counter[tuple[str, str]] = Counter()
    for path in sorted(HERE.glob("*.yaml")):
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        model = world_workspace(content["world"], folder).model
        with duckdb.connect(str(world_database(content["world"], folder)), read_only=True) as connection:
            for case in content["cases"] if model.settings.semantics != "metricflow" else ():
                if "oracle" in case and case["ask"].get("metrics"):
                    rows = connection.execute(case["oracle"]).to_arrow_table()
                    seen.update(marks_of(case["ask"], model, rows))
    return seen
