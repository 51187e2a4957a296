"""Misread metrics: every planted one and no decoy on several seeds, and each rule by itself."""

from __future__ import annotations

from datetime import date

import pytest

from hedu.alignment.classes import interpretation
from hedu.alignment.classes.interpretation import wilson
from hedu.alignment.scene import QuizAnswer, Scene, Version
from hedu.workspace import load
from tests.library.planted_papers import SEEDS, unmatched

WORLD = """version: 1
dataset: t
select: select 1 as x
measures: {x: {agg: sum}}
---
version: 1
metric: sales
simple: t.x
"""


def answers(people: int, wrong: float, version: int = 1, attempt: int = 1) -> tuple[QuizAnswer, ...]:
    return tuple(
        QuizAnswer("sales", version, f"p{at}", "marketing", 1, attempt, at >= round(people * wrong))
        for at in range(people)
    )


def found(quizzes, **more) -> list[str]:
    workspace = load({"m.yml": WORLD}, engine="duckdb://")
    scene = Scene(workspace.model, workspace.look(), date(2026, 10, 1), quizzes=quizzes, **more)
    return [conflict.code for conflict in interpretation.detect(scene)]


@pytest.mark.parametrize("seed", SEEDS)
def test_every_planted_one_is_found_and_no_decoy(seed):
    assert list(unmatched(seed, "interpretation")) == []


def test_a_rate_must_be_wrong_beyond_chance():
    assert found(answers(24, 0.62)) == ["misread"]
    assert found(answers(24, 0.18)) == []
    assert found(answers(6, 0.5)) == [], "six people prove little"
    assert found(answers(4, 1.0)) == [], "four people are no department's understanding"


def test_the_last_attempt_counts():
    assert found(answers(24, 0.62) + answers(24, 0.04, attempt=2)) == []


def test_answers_to_a_former_meaning_do_not_count():
    old, new = Version("sales", 1, date(2024, 1, 1), None, True), Version("sales", 2, date(2026, 1, 1), None, True)
    named = Version("sales", 2, date(2026, 1, 1), None, False)
    assert found(answers(24, 0.62), versions=(old, new)) == []
    assert found(answers(24, 0.62), versions=(old, named)) == ["misread"], "another name asks no new question"
    assert found(answers(24, 0.62) + answers(24, 0.1, version=2)) == []


def test_the_interval_of_a_share():
    """Wilson (1927), as worked out by hand for 8 of 10."""
    assert wilson(0.8, 10) == pytest.approx((0.4901625, 0.9433178), abs=1e-6)
