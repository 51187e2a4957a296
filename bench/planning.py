"""How long it takes to turn a question into SQL, with and without the plan in the cache."""

from __future__ import annotations

import statistics
import time
from pathlib import Path

import hedu
from bench.tpch.questions import QUESTIONS

DEFINITIONS = Path(__file__).parent / "tpch"


def planning(rounds: int = 40) -> tuple[float, float]:
    """Median milliseconds uncached and cached, over the eight questions."""
    cold: list[float] = []
    warm: list[float] = []
    for _ in range(rounds):
        workspace = hedu.load(DEFINITIONS, engine="duckdb://")
        for question in QUESTIONS:
            cold.append(_timed(workspace, question.ask))
            warm.append(_timed(workspace, question.ask))
    settled = len(QUESTIONS) * 2
    return statistics.median(cold[settled:]), statistics.median(warm[settled:])


def _timed(workspace: hedu.Workspace, ask: object) -> float:
    started = time.perf_counter()
    workspace.explain(**ask)  # type: ignore[arg-type]
    return (time.perf_counter() - started) * 1000
