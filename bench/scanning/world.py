"""A number of definitions -> a workspace folder of so many, with data: datasets of 60 metrics and 20 dimensions each.

Planted: every hundredth metric bears the name of another and filters otherwise; every hundredth is another written
otherwise; every hundredth repeats another's values as a department would hand them in.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import yaml

METRICS, DIMENSIONS, MEASURES, MONTHS, ROWS = 60, 20, 24, 24, 240
TODAY = date(2026, 1, 1)
GRADES, REGIONS = ("A", "B", "C"), ("华东", "华南", "华北", "西部")
DEPARTMENTS = ("sales", "finance", "marketing", "operations", "service", "product", "hr", "rnd")
THINGS = (
    "订单",
    "客户",
    "合同",
    "发货",
    "回款",
    "工单",
    "线索",
    "库存",
    "采购",
    "退货",
    "拜访",
    "产线",
    "质检",
    "培训",
    "门店",
    "渠道",
)
Pair = frozenset[str]


@dataclass
class World:
    """What was planted, by class: the pairs of metrics a scan must raise."""

    definition: set[Pair] = field(default_factory=set)
    duplicate: set[Pair] = field(default_factory=set)
    metrics: int = 0
    dimensions: int = 0


def make(folder: Path, count: int, seed: int = 7) -> World:
    """Write `count` definitions and their data into `folder`; the same for the same seed."""
    chance, noise, world = random.Random(seed), np.random.default_rng(seed), World()
    for number in range(count // METRICS):
        name = f"d{number:04d}"
        values = _rows(noise)
        pq.write_table(values, folder / f"{name}.parquet")
        parts = [_dataset(name, number), *_metrics(name, number, chance, world, folder, values)]
        world.metrics += len(parts) - 1
        world.dimensions += DIMENSIONS
        text = yaml.dump_all(
            [{"version": 1, **part} for part in parts], allow_unicode=True, sort_keys=False, Dumper=yaml.CSafeDumper
        )
        (folder / f"{name}.yml").write_text(text, encoding="utf-8")
    return world


def _rows(noise: np.random.Generator) -> pa.Table:
    months = np.datetime64("2024-01") + np.arange(ROWS) % MONTHS
    columns: dict[str, Any] = {
        "id": np.arange(ROWS),
        "happened_on": months.astype("M8[D]"),
        "posted_on": months.astype("M8[D]") + 5,
    }
    columns["grade"] = np.array(GRADES)[noise.integers(0, 3, ROWS)]
    columns["region"] = np.array(REGIONS)[noise.integers(0, 4, ROWS)]
    for at in range(DIMENSIONS - 4):
        columns[f"k{at}"] = noise.integers(0, 50, ROWS).astype(str)
    for at in range(MEASURES):
        columns[f"v{at}"] = np.round(noise.lognormal(6, 1, ROWS), 2)
    return pa.table(columns)


def _dataset(name: str, number: int) -> dict[str, Any]:
    times = {one: {"type": "date"} for one in ("happened_on", "posted_on")}
    texts = {one: {} for one in ("grade", "region", *(f"k{at}" for at in range(DIMENSIONS - 4)))}
    measures = {f"v{at}": {"agg": "sum", "unit": "CNY"} for at in range(MEASURES)}
    return {
        "dataset": name, "file": f"{name}.parquet", "primary_key": "id", "time": "happened_on",
        "label": {"zh": f"{THINGS[number % len(THINGS)]}{number}", "en": f"Things {number}"},
        "dimensions": {**times, **texts}, "measures": {**measures, "rows": {"agg": "count"}},
    }  # fmt: skip


def _metrics(
    dataset: str, number: int, chance: random.Random, world: World, folder: Path, values: pa.Table
) -> Iterator[dict[str, Any]]:
    for at in range(METRICS):
        name = f"m{number:04d}_{at:02d}"
        yield {
            "metric": name,
            "label": {"zh": f"{THINGS[at % len(THINGS)]}{number}之{at}", "en": f"Thing {number} no {at}"},
            "unit": "CNY",
            "owner": chance.choice(DEPARTMENTS),
            "direction": chance.choice(("up", "down")),
            **_body(dataset, number, at, name, world, folder, values),
        }


def _body(
    dataset: str, number: int, at: int, name: str, world: World, folder: Path, values: pa.Table
) -> dict[str, Any]:
    first = f"m{number:04d}_"
    key = at % (DIMENSIONS - 4)
    match at:
        case 57:
            world.definition.add(frozenset({f"{first}01", name}))
            same = {"zh": f"{THINGS[1]}{number}之1", "en": f"Thing {number} no 1"}
            return {"label": same, "simple": {"measure": f"{dataset}.v1", "where": "k1 <> '7' AND region = '华东'"}}
        case 58:
            world.duplicate.add(frozenset({f"{first}02", name}))
            return {"simple": {"measure": f"{dataset}.v2", "where": "NOT (k2 = '7')"}}
        case 59:
            world.duplicate.add(frozenset({f"{first}03", name}))
            pq.write_table(_handed_in(values, "v3", "k3"), folder / f"{name}.parquet")
            return {"reported": {"grain": "month", "agg": "sum", "file": f"{name}.parquet"}}
    if at % 6 == 4:
        return {"ratio": {"numerator": f"{first}{at - 1:02d}", "denominator": f"{first}{at - 2:02d}"}}
    if at % 6 == 5:
        return {"derived": {"formula": f"{first}{at - 2:02d} - {first}{at - 3:02d} * 0.{at:02d}"}}
    if at < MEASURES:
        return {"simple": {"measure": f"{dataset}.v{at}", "where": f"k{key} <> '7'"}}
    where = (
        f"grade IN ('A', 'B') AND k{key} <> '{at}'" if at % 2 else f"region = '{REGIONS[at % 4]}' OR k{key} = '{at}'"
    )
    return {"simple": {"measure": f"{dataset}.v{at % MEASURES}", "where": where}}


def _handed_in(values: pa.Table, column: str, key: str) -> pa.Table:
    """The monthly sums of a column, as a report would state them."""
    months = values["happened_on"].to_numpy()
    kept = values[key].to_numpy(zero_copy_only=False) != "7"
    starts = np.unique(months)
    sums = [float(values[column].to_numpy()[kept & (months == start)].sum()) for start in starts]
    return pa.table({"period": starts, "value": np.round(sums, 2)})
