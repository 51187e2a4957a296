"""Small made-up companies for detectors: Arrow tables in a database file, definitions as text, papers as values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

import hedu
from hedu.alignment.conflict import Conflict
from hedu.alignment.scene import Scene

START, TODAY = date(2024, 1, 1), date(2026, 1, 1)
DAYS = (TODAY - START).days
MONTHS = [date(2024 + at // 12, at % 12 + 1, 1) for at in range(24)]


def scene_of(folder: Path, tables: Mapping[str, pa.Table], definitions: str, **papers: Any) -> Scene:
    """A scene over `tables`; definitions go without `version: 1` and are parted by lines of dashes."""
    place = folder / f"data{len(list(folder.glob('*.duckdb')))}.duckdb"
    with duckdb.connect(str(place)) as base:
        for name, rows in tables.items():
            base.from_arrow(rows).create(name)
    text = "\n---\n".join(f"version: 1\n{part.strip()}" for part in definitions.split("\n---\n"))
    workspace = hedu.load({"all.yml": text}, engine=f"duckdb:///{place}", strict=True)
    return Scene(workspace.model, workspace.look(), papers.pop("today", TODAY), **papers)


def days(count: int, seed: int = 1) -> list[date]:
    """Days of the two years, ascending, some more than once."""
    drawn = np.sort(np.random.default_rng(seed).integers(0, DAYS, count))
    return [START + timedelta(int(day)) for day in drawn]


def reported(values: Sequence[float], starts: Sequence[date] = MONTHS) -> pa.Table:
    """A sheet of period and value."""
    return pa.table({"period": list(starts), "value": [float(value) for value in values]})


def monthly(on: Sequence[date], values: Sequence[float]) -> list[float]:
    """Sums by the 24 months."""
    sums = [0.0] * 24
    for day, value in zip(on, values, strict=True):
        sums[(day.year - 2024) * 12 + day.month - 1] += float(value)
    return sums


def pairs(found: Sequence[Conflict]) -> list[frozenset[str]]:
    """The metrics of each conflict."""
    return [frozenset(conflict.metrics) for conflict in found]
