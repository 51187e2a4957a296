"""`make bench`: measure everything and print one table; the exit code says whether every promise holds."""

from __future__ import annotations

import argparse
import statistics
from collections.abc import Sequence

from bench.catalog import ALLOWED, growth
from bench.planning import planning
from bench.rollups.run import LEAST, board
from bench.starting import cold_query, import_time
from bench.tpch.run import Row, measure
from bench.tpch.storage import storage

MEDIAN = 1.02


def main() -> int:
    options = argparse.ArgumentParser(prog="bench", description=__doc__)
    options.add_argument("--scale", default="1", help="TPC-H scale factor")
    options.add_argument("--runs", type=int, default=21, help="interleaved pairs of runs a question")
    asked = options.parse_args()
    database = storage(asked.scale)
    rows = measure(database, asked.runs)
    print(f"{'':62}{'ours ms':>10}{'by hand':>10}{'ratio':>8}{'allowed':>9}")
    for row in rows:
        _print(row.name, row.ours, row.by_hand, row.ratio, row.most)
    median = statistics.median(row.ratio for row in rows)
    _print("median of the ratios", None, None, median, MEDIAN)
    kept = [row.ratio <= row.most for row in rows] + [median <= MEDIAN]
    return 0 if all([*kept, *_small(database), *_growth()]) else 1


def _growth() -> Sequence[bool]:
    """A catalog of 100, 1,000 and 12,000 metrics: every promise holds of the largest too."""
    kept = []
    for size, found in growth():
        for name, value in found.items():
            _print(f"{size:,} metrics: {name}", value, None, None, ALLOWED[name])
            kept.append(value <= ALLOWED[name])
    return kept


def _small(database: object) -> Sequence[bool]:
    cold, warm = planning()
    mine, bare, ratio = cold_query(database)  # type: ignore[arg-type]
    light = import_time()
    tiles = board(database)  # type: ignore[arg-type]
    _print("planning, not cached", cold, None, None, ALLOWED["planning, not cached"])
    _print("planning, cached", warm, None, None, ALLOWED["planning, cached"])
    _print("hedu query from cold, beside a bare script", mine, bare, ratio, 2.0)
    _print("import hedu", light, None, None, 100.0)
    _print(
        "twenty tiles from rollups, beside base tables", tiles.rolled, tiles.base, 1 / tiles.ratio, round(1 / LEAST, 3)
    )
    kept = [cold <= ALLOWED["planning, not cached"], warm <= ALLOWED["planning, cached"]]
    return [*kept, ratio <= 2.0, light <= 100.0, tiles.ratio >= LEAST]


def _print(name: str, ours: float | None, other: float | None, ratio: float | None, most: float) -> None:
    shown = [f"{value:.2f}" if value is not None else "" for value in (ours, other, ratio)]
    holds = (ratio if ratio is not None else ours or 0.0) <= most
    print(f"{name:62}{shown[0]:>10}{shown[1]:>10}{shown[2]:>8}{most:>9}  {'✓' if holds else '✗'}")


__all__ = ["Row", "main"]

if __name__ == "__main__":
    raise SystemExit(main())
