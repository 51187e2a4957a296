"""Trade-offs: independent series are left alone however much inertia they have; planted ones are found."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from hedu.alignment.classes import trade_off
from hedu.alignment.scene import Scene
from hedu.alignment.statistics import correlations, deseasoned, discovered, links, newey_west_p, p_values, prewhitened
from hedu.alignment.wording import sentence
from tests.library.scenes import pairs, reported, scene_of

DRAWS, SERIES, WEEKS = 100, 20, 52


def autoregressive(random: np.random.Generator, rows: int, count: int, inertia: float) -> np.ndarray:
    values = np.zeros((rows, count + 100))
    for at in range(1, count + 100):
        values[:, at] = inertia * values[:, at - 1] + random.normal(size=rows)
    return values[:, 100:]


def test_independent_series_with_inertia_are_not_linked() -> None:
    """20 series, AR(.85), 52 weeks: raw p < .05 flags some 76 of 190 pairs, Benjamini-Hochberg 57, ours less than one."""
    random = np.random.default_rng(20)
    naive, controlled, ours = [], [], []
    upper = np.triu_indices(SERIES, 1)
    for _ in range(DRAWS):
        rows = autoregressive(random, SERIES, WEEKS, 0.85)
        p = p_values(correlations(rows)[upper], WEEKS)
        naive.append((p < 0.05).sum())
        controlled.append(discovered(p, 0.05).sum())
        ours.append(len(links(rows)))
    assert 60 < np.mean(naive) < 95
    assert 40 < np.mean(controlled) < 75
    assert np.mean(ours) < 1


def test_the_floors_of_the_detector_leave_even_less() -> None:
    random = np.random.default_rng(21)
    floors = {"rate": trade_off.RATE, "least": trade_off.LEAST, "least_half": trade_off.LEAST_HALF}
    counts = [len(links(autoregressive(random, SERIES, WEEKS, 0.85), **floors)) for _ in range(DRAWS)]
    assert np.mean(counts) < 0.1


def test_prewhitening_takes_out_what_the_past_foretells() -> None:
    rows = autoregressive(np.random.default_rng(1), 30, 300, 0.85)
    white = prewhitened(rows)
    left = [np.corrcoef(row[1:], row[:-1])[0, 1] for row in white]
    assert abs(np.mean(left)) < 0.03 and white.shape == (30, 297)


def test_season_and_trend_are_taken_out() -> None:
    months = np.arange(36)
    season = np.sin(2 * np.pi * months / 12)
    rows = np.stack([3 * season + 0.5 * months, np.cos(2 * np.pi * months / 12) - months])
    assert np.abs(deseasoned(rows, months % 12)).max() < 1.0
    assert np.abs(deseasoned(season[None, :], months % 12)).max() < 0.2


def test_tests_agree_with_their_published_form() -> None:
    random = np.random.default_rng(3)
    a, b = random.normal(size=(2, 200))
    assert float(p_values(np.array([np.corrcoef(a, b)[0, 1]]), 200)[0]) == pytest.approx(stats.pearsonr(a, b).pvalue)
    assert newey_west_p(a, b + 0.5 * a) < 1e-6 < 0.01 < newey_west_p(a, b)
    p = np.array([0.01, 0.02, 0.03, 0.04, 0.05])
    assert discovered(p, 0.05).all() and not discovered(p, 0.009).any()
    assert discovered(p, 0.05).tolist() == (stats.false_discovery_control(p) <= 0.05).tolist()


METRIC = """
metric: {name}
label: {{zh: {name}, en: {name}}}
owner: {owner}
direction: {direction}
unit: {unit}
reported: {{grain: month, agg: none, source: {name}}}
"""
MONTHS = [date(2023 + at // 12, at % 12 + 1, 1) for at in range(36)]


def world(
    folder: Path, a: np.ndarray, b: np.ndarray, directions: tuple[str, str] = ("up", "up"), unit: str = "ratio"
) -> Scene:
    sides = (("speed", "operations", directions[0], a), ("quality", "service", directions[1], b))
    text = "\n---\n".join(METRIC.format(name=n, owner=o, direction=d, unit=unit) for n, o, d, _ in sides)
    return scene_of(folder, {name: reported(values, MONTHS) for name, _, _, values in sides}, text)


random = np.random.default_rng(12)
WAVE = autoregressive(random, 1, 36, 0.2)[0]
NOISE = random.normal(size=(2, 36))
SPEED = 0.8 + 0.03 * WAVE + 0.004 * NOISE[0]


def test_a_planted_trade_off_is_found(tmp_path: Path) -> None:
    scene = world(tmp_path, SPEED, 0.9 - 0.02 * WAVE + 0.004 * NOISE[1])
    (conflict,) = trade_off.detect(scene)
    assert pairs([conflict]) == [frozenset({"speed", "quality"})]
    assert conflict.departments == ("operations", "service")
    estimate = conflict.evidence[0].facts
    assert estimate["elasticity"] == pytest.approx(-0.02 / 0.9 / (0.03 / 0.8), rel=0.25)
    assert all(half < -0.5 for half in estimate["halves"])
    assert "降低" in sentence(conflict, "zh", scene.model) and "goes down" in sentence(conflict, "en", scene.model)


def test_what_moves_together_and_should_is_none(tmp_path: Path) -> None:
    together = 0.9 + 0.02 * WAVE + 0.004 * NOISE[1]
    assert list(trade_off.detect(world(tmp_path, SPEED, together))) == []
    assert len(list(trade_off.detect(world(tmp_path, SPEED, together, ("up", "down"))))) == 1
    assert list(trade_off.detect(world(tmp_path, SPEED, together, ("up", "none")))) == []


def test_amounts_of_money_grow_with_size_and_do_not_count(tmp_path: Path) -> None:
    assert list(trade_off.detect(world(tmp_path, SPEED, 0.9 - 0.02 * WAVE, unit="CNY"))) == []


def decoys() -> dict[str, tuple[np.ndarray, np.ndarray]]:
    line, season = np.linspace(-1, 1, 36), np.sin(2 * np.pi * np.arange(36) / 12)
    half = np.where(np.arange(36) < 18, WAVE, random.normal(size=36))
    return {
        "trend": (0.8 + 0.1 * line + 0.01 * NOISE[0], 0.9 - 0.1 * line + 0.01 * NOISE[1]),
        "season": (0.8 + 0.05 * season + 0.02 * NOISE[0], 0.9 - 0.05 * season + 0.02 * NOISE[1]),
        "half": (SPEED, 0.9 - 0.02 * half),
        "effect": (SPEED, 0.9 - 0.0004 * WAVE),
    }


@pytest.mark.parametrize("name", ["trend", "season", "half", "effect"])
def test_decoys_are_left_alone(tmp_path: Path, name: str) -> None:
    assert list(trade_off.detect(world(tmp_path, *decoys()[name]))) == []


def test_a_short_history_says_nothing(tmp_path: Path) -> None:
    start = MONTHS[-1] - timedelta(400)
    kept = np.array([month >= start for month in MONTHS])
    scene = world(tmp_path, SPEED, 0.9 - 0.02 * WAVE)
    tables = {name: reported(values[kept], [m for m, k in zip(MONTHS, kept, strict=True) if k])
              for name, values in (("speed", SPEED), ("quality", 0.9 - 0.02 * WAVE))}  # fmt: skip
    text = "\n---\n".join(METRIC.format(name=n, owner="o", direction="up", unit="ratio") for n in tables)
    assert len(list(trade_off.detect(scene))) == 1
    assert list(trade_off.detect(scene_of(tmp_path, tables, text))) == []


def test_a_few_missing_periods_do_not_hide_a_trade_off(tmp_path: Path) -> None:
    missing = np.isin(np.arange(36), (8, 17, 29))
    scene = world(tmp_path, np.where(missing, np.nan, SPEED), 0.9 - 0.02 * WAVE + 0.004 * NOISE[1])
    (conflict,) = trade_off.detect(scene)
    assert conflict.metrics == ("speed", "quality")
    shown = conflict.evidence[1].facts["rows"]
    assert [row["a"] for row in shown] == pytest.approx(list(SPEED[~missing])), "what was filled in is not shown"
