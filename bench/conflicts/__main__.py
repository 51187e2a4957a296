"""`make bench-conflicts`: make the demo company, scan it, hold the conflicts against the truth.

The last line is `recall R false_alarms F`: the share of planted conflicts found, and the share of false alarms,
decoys included, among all that were raised. Only this benchmark reads truth.json.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import hedu
from bench.conflicts.match import Tally, tallies
from hedu.alignment.conflict import Conflict
from hedu.alignment.scan import DETECTORS, LEVELS, scan
from hedu.alignment.wording import CLASSES, sentence
from hedu.demo.command import demo
from hedu.demo.load import fill_warehouse
from hedu.demo.scene import demo_scene

RECALL, FALSE_ALARMS = 1.0, 0.10


def main() -> int:
    options = argparse.ArgumentParser(prog="bench.conflicts", description=__doc__)
    options.add_argument("seeds", nargs="*", type=int, default=[7], help="seeds of the demo company")
    options.add_argument("--all", action="store_true", help="print every conflict raised")
    asked = options.parse_args()
    every: list[Tally] = []
    for seed in asked.seeds:
        with tempfile.TemporaryDirectory() as folder:
            every += measure(seed, Path(folder), asked.all)
    true, found = sum(len(one.true) for one in every), sum(len(one.found) for one in every)
    raised, false = sum(one.raised for one in every), sum(len(one.false) for one in every)
    recall, alarms = found / max(true, 1), false / max(raised, 1)
    print(f"recall {recall:.4g} false_alarms {alarms:.4g}")
    return 0 if recall >= RECALL and alarms <= FALSE_ALARMS else 1


def measure(seed: int, folder: Path, is_full: bool) -> list[Tally]:
    """One seed: made, loaded, scanned class by class (so that each can be timed), printed."""
    started = time.perf_counter()
    company = demo(seed, folder)
    made = time.perf_counter()
    fill_warehouse(company, folder / "warehouse")
    loaded = time.perf_counter()
    workspace = hedu.load(company / "definitions", engine=f"duckdb:///{folder / 'warehouse'}")
    scene = demo_scene(company, workspace)
    raised: list[Conflict] = []
    seconds: dict[str, float] = {}
    for kind, _ in DETECTORS:
        before = time.perf_counter()
        raised += scan(scene, classes=(kind,))
        seconds[kind] = time.perf_counter() - before
    done = time.perf_counter()
    truth = json.loads((company.parent / "truth.json").read_text(encoding="utf-8"))
    counted = tallies(truth, raised, tuple(CLASSES))
    steps = f"made {made - started:.1f} s, loaded {loaded - made:.1f} s, scanned {done - loaded:.1f} s"
    print(f"seed {seed}: {len(workspace.model.metrics)} metrics; {steps}")
    _print(counted, seconds)
    levels = Counter(one.severity.level for one in raised)
    print("levels " + " ".join(f"{level} {levels[level]}" for level in LEVELS))
    _tell(counted, raised if is_full else (), workspace)
    workspace.close()
    return list(counted.values())


def _print(counted: dict[str, Tally], seconds: dict[str, float]) -> None:
    print(f"{'':16}{'true':>6}{'found':>7}{'raised':>8}{'false':>7}{'recall':>8}{'precision':>11}{'decoys':>8}{'s':>7}")
    for name, one in counted.items():
        recall = len(one.found) / len(one.true) if one.true else 1.0
        precision = 1 - len(one.false) / one.raised if one.raised else 1.0
        decoys = f"{len(one.taken)}/{len(one.decoys)}"
        print(
            f"{name:16}{len(one.true):6}{len(one.found):7}{one.raised:8}{len(one.false):7}"
            f"{recall:8.2f}{precision:11.2f}{decoys:>8}{seconds.get(name, 0.0):7.2f}"
        )


def _tell(counted: dict[str, Tally], raised: Sequence[Conflict], workspace: hedu.Workspace) -> None:
    """What was missed, what was raised for nothing, which decoys were taken."""
    for conflict in raised:
        print("  raised", conflict.kind, *conflict.metrics, "|", sentence(conflict, "zh", workspace.model))
    for name, one in counted.items():
        for item in one.missed:
            print("  missed", name, *item["metrics"], "|", item["why"])
        for conflict in one.false:
            print("  false ", name, *conflict.metrics, "|", sentence(conflict, "zh", workspace.model))
        for item in one.taken:
            print("  decoy ", name, *item["metrics"], "|", item["why"])


if __name__ == "__main__":
    raise SystemExit(main())
