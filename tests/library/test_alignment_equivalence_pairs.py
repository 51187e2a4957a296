"""Labelled pairs: nothing different is called equal, nothing equal is called different, and little stays unproven."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

import hedu
from hedu.alignment.equivalence import TableKeys, Verdict, of_metrics, of_selects
from hedu.model.types import Model

HERE = Path(__file__).parent / "equivalence"
SELECTS: dict[str, Any] = yaml.safe_load((HERE / "selects.yml").read_text(encoding="utf-8"))
METRICS: dict[str, Any] = yaml.safe_load((HERE / "metrics.yml").read_text(encoding="utf-8"))
LEAST_PAIRS = 120
MOST_UNPROVEN = 0.15


def _keys() -> dict[str, TableKeys]:
    return {
        table: TableKeys(
            tuple(held.get("primary", ())),
            foreign=tuple((tuple(own), far, tuple(columns)) for own, far, columns in held.get("foreign", ())),
        )
        for table, held in SELECTS["keys"].items()
    }


@cache
def _model() -> Model:
    """One workspace with both sides of every pair, `pair_3_a` and `pair_3_b`."""
    made = [
        yaml.safe_dump({"version": 1, "metric": f"pair_{at}_{side}", **pair[side]}, allow_unicode=True)
        for at, pair in enumerate(METRICS["pairs"])
        for side in ("a", "b")
    ]
    workspace = hedu.load({"pairs.yml": "---\n".join([METRICS["definitions"], *made])}, engine="duckdb://", strict=True)
    return workspace.model


@cache
def _of_select(at: int) -> Verdict:
    pair = SELECTS["pairs"][at]
    return of_selects(pair["a"], pair["b"], SELECTS["schema"], _keys())


@cache
def _of_metric(at: int) -> Verdict:
    return of_metrics(_model(), f"pair_{at}_a", f"pair_{at}_b")


def _is_sound(verdict: Verdict, label: str) -> bool:
    return verdict.verdict in (label, "unproven") and (verdict.verdict == "different") == (verdict.witness is not None)


@pytest.mark.parametrize("at", range(len(SELECTS["pairs"])), ids=[pair["name"] for pair in SELECTS["pairs"]])
def test_selects_are_judged_soundly(at: int) -> None:
    assert _is_sound(_of_select(at), SELECTS["pairs"][at]["is"]), _of_select(at)


@pytest.mark.parametrize("at", range(len(METRICS["pairs"])), ids=[pair["name"] for pair in METRICS["pairs"]])
def test_metrics_are_judged_soundly(at: int) -> None:
    verdict, pair = _of_metric(at), METRICS["pairs"][at]
    assert _is_sound(verdict, pair["is"]), verdict
    if pair["is"] == "different":
        assert verdict.relation == pair.get("relation")


def test_most_equal_pairs_are_proved_and_every_different_pair_has_its_witness() -> None:
    verdicts = [(pair["is"], _of_select(at)) for at, pair in enumerate(SELECTS["pairs"])]
    verdicts += [(pair["is"], _of_metric(at)) for at, pair in enumerate(METRICS["pairs"])]
    equal = [verdict for label, verdict in verdicts if label == "equal"]
    different = [verdict for label, verdict in verdicts if label == "different"]
    assert len(verdicts) >= LEAST_PAIRS
    assert sum(verdict.verdict == "unproven" for verdict in equal) <= MOST_UNPROVEN * len(equal)
    assert all(verdict.verdict == "different" for verdict in different)


def test_an_unproven_pair_says_how_many_databases_agreed() -> None:
    found = [_of_select(at) for at, pair in enumerate(SELECTS["pairs"]) if pair["is"] == "equal"]
    unproven = [verdict for verdict in found if verdict.verdict == "unproven"]
    assert unproven
    assert all(verdict.tries > 0 for verdict in unproven)
