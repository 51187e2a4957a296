"""`make bench-scanning`: judge the labelled pairs, then scan so many definitions with every detector.

Making the definitions and loading them is told, not counted. The exit code says whether all that was planted was
found, the largest scan took less than a minute, and time grew no faster than the number of definitions (half as
much again is allowed for).
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

import hedu
from bench.scanning import pairs
from bench.scanning.world import TODAY, World, make
from hedu.alignment.conflict import Conflict, ConflictClass
from hedu.alignment.scan import DETECTORS, scan
from hedu.alignment.scene import Scene

MOST_SECONDS, MOST_GROWTH = 60.0, 1.5


def main() -> int:
    options = argparse.ArgumentParser(prog="bench.scanning", description=__doc__)
    options.add_argument("counts", nargs="*", type=int, default=[3000, 6000, 12000])
    counts = options.parse_args().counts
    seconds: list[float] = []
    is_whole = pairs.measure()
    for count in counts:
        with tempfile.TemporaryDirectory() as folder:
            took, missed = measure(count, Path(folder))
        seconds.append(took)
        is_whole = is_whole and not missed
    growth = (
        max((b / a) / (n / m) for a, b, m, n in zip(seconds, seconds[1:], counts, counts[1:], strict=False))
        if len(counts) > 1
        else 1.0
    )
    print(f"longest {max(seconds):.1f} s of {MOST_SECONDS:.0f}, growth {growth:.2f} of {MOST_GROWTH} for each doubling")
    return 0 if is_whole and max(seconds) < MOST_SECONDS and growth <= MOST_GROWTH else 1


def measure(count: int, folder: Path) -> tuple[float, int]:
    """The seconds of one scan and how many planted pairs it missed; prints both by class."""
    started = time.perf_counter()
    world = make(folder, count)
    made = time.perf_counter()
    workspace = hedu.load(folder, engine="duckdb://", strict=True)
    scene = Scene(workspace.model, workspace.look(), TODAY)
    loaded, worked = time.perf_counter(), time.process_time()
    found: dict[str, tuple[Conflict, ...]] = {}
    parts = []
    for kind, _ in DETECTORS:
        before = time.perf_counter()
        found[kind] = scan(scene, classes=(kind,))
        parts.append(f"{kind} {time.perf_counter() - before:.2f}")
    took = time.perf_counter() - loaded
    missed = _missed(world, "definition", found) + _missed(world, "duplicate", found)
    print(
        f"{world.metrics} definitions, {world.dimensions} dimensions: {took:.1f} s, "
        f"{time.process_time() - worked:.1f} s of processors "
        f"(made {made - started:.1f}, loaded {loaded - made:.1f}); missed {missed}"
    )
    print("  " + " · ".join(f"{part} ({len(found[part.split()[0]])})" for part in parts))
    workspace.close()
    return took, missed


def _missed(world: World, kind: ConflictClass, found: dict[str, tuple[Conflict, ...]]) -> int:
    planted = world.definition if kind == "definition" else world.duplicate
    return len(planted - {frozenset(one.metrics) for one in found[kind]})


if __name__ == "__main__":
    raise SystemExit(main())
