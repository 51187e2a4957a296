"""The demo company's papers on several seeds, without its data: what detectors of papers find against the truth."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from hedu.alignment.conflict import Conflict
from hedu.alignment.scan import scan
from hedu.alignment.scene import Scene
from hedu.demo.command import demo
from hedu.demo.scene import demo_scene
from hedu.workspace import load

SEEDS = (7, 11)
MORE_SEEDS = (42, 101)


@cache
def papers(seed: int) -> tuple[Scene, list[dict[str, Any]]]:
    """The scene and the truth of one company. Nothing is asked of its data."""
    home = Path(mkdtemp(prefix="hedu-papers-", dir=os.environ["HEDU_HOME"]))
    company = demo(seed, home)
    scene = demo_scene(company, load(company / "definitions", engine="duckdb://"))
    return scene, json.loads((home / "truth.json").read_text(encoding="utf-8"))


def found(seed: int, kind: Any) -> tuple[Conflict, ...]:
    return scan(papers(seed)[0], classes=(kind,))


def unmatched(seed: int, kind: str) -> Iterator[str]:
    """What was planted and not found, and what was found and not planted."""
    conflicts, truth = found(seed, kind), papers(seed)[1]
    left = list(conflicts)
    for plant in truth:
        if plant["class"] != kind or plant["decoy"]:
            continue
        metrics = [set(names) for names in (plant["metrics"], *plant.get("also", ()))]
        hit = next(
            (c for c in left if set(c.metrics) in metrics and set(c.departments) == set(plant["departments"])), None
        )
        if hit is None:
            yield f"missed: {plant['metrics']} {plant['why']}"
        else:
            left.remove(hit)
    yield from (f"false alarm: {conflict.metrics} {conflict.code}" for conflict in left)
