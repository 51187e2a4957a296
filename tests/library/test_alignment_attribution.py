"""What each facet adds to a gap: exact parts, by Shapley over what can be carried from one definition to the other."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from hedu.alignment.attribution import parts_of
from hedu.alignment.scene import Scene
from tests.library.scenes import days, scene_of

ROWS = 2_000
DEFINITIONS = """
dataset: crm
source: crm
time: ordered
dimensions: {ordered: {type: date}, status: {}}
measures: {gross: {agg: sum, unit: CNY}, units: {agg: sum, unit: CNY}}
---
dataset: erp
source: erp
time: paid
dimensions: {ordered: {type: date}, paid: {type: date}, status: {}}
measures: {net: {agg: sum, unit: CNY}, back: {agg: sum, unit: CNY}, pieces: {agg: count, unit: 件}}
---
metric: sales
unit: CNY
simple: {measure: crm.gross, where: "status != 'void'"}
---
metric: sales_all
unit: CNY
simple: crm.gross
---
metric: sales_units
unit: CNY
simple: {measure: crm.units, where: "status = 'done'"}
---
metric: paid
unit: CNY
simple: erp.net
---
metric: refunds
unit: CNY
simple: erp.back
---
metric: finance_sales
unit: CNY
derived: {formula: paid - refunds}
---
metric: per_done
ratio: {numerator: sales_units, denominator: sales_all}
---
metric: per_void
ratio: {numerator: sales, denominator: paid}
---
metric: pieces
simple: erp.pieces
---
metric: per_piece
ratio: {numerator: paid, denominator: pieces}
"""


@pytest.fixture()
def scene(tmp_path: Path) -> Scene:
    random = np.random.default_rng(1)
    on, gross = days(ROWS, 1), np.round(random.gamma(2, 500, ROWS), 2)
    status = np.array(["done", "open", "void"])[random.choice(3, ROWS, p=[0.7, 0.2, 0.1])]
    net = np.round(gross / 1.13, 2)
    crm = {"ordered": on, "status": status, "gross": gross, "units": random.integers(1, 50, ROWS)}
    kept = status != "void"
    erp = {
        "ordered": [day for day, keep in zip(on, kept, strict=True) if keep],
        "paid": [day + timedelta(20) for day, keep in zip(on, kept, strict=True) if keep],
        "status": status[kept], "net": net[kept], "back": np.where(random.random(kept.sum()) < 0.05, net[kept], 0),
    }  # fmt: skip
    return scene_of(tmp_path, {"crm": pa.table(crm), "erp": pa.table(erp)}, DEFINITIONS)


def relative(scene: Scene, a: str, b: str) -> float:
    row = scene.look.ask([a, b]).rows()[0]
    return (float(row[a]) - float(row[b])) / abs(float(row[b]))


def test_finance_against_sales_is_tax_and_refunds(scene: Scene) -> None:
    row = scene.look.ask(["sales", "finance_sales", "refunds"]).rows()[0]
    for a, b in (("finance_sales", "sales"), ("sales", "finance_sales")):
        parts = {part.facet: part.share for part in parts_of(scene, a, b)}
        assert sum(parts.values()) == pytest.approx(relative(scene, a, b))
        sign, whole = (-1, float(row["sales"])) if a == "finance_sales" else (1, float(row["finance_sales"]))
        assert parts["refunds"] == pytest.approx(sign * float(row["refunds"]) / whole)
        assert set(parts) >= {"tax", "refunds"} and abs(parts.get("source", 0.0)) < 1e-4


def test_filter_and_measure_of_one_source_leave_nothing_to_it(scene: Scene) -> None:
    parts = parts_of(scene, "sales", "sales_units")
    assert {part.facet for part in parts} == {"filter", "measure"}
    assert sum(part.share for part in parts) == pytest.approx(relative(scene, "sales", "sales_units"))


def test_ratios_are_parted_by_numerator_and_denominator(scene: Scene) -> None:
    parts = parts_of(scene, "per_done", "per_void")
    assert {part.facet for part in parts} == {"numerator", "denominator"}
    assert sum(part.share for part in parts) == pytest.approx(relative(scene, "per_done", "per_void"))


@pytest.mark.parametrize(("a", "b"), [("sales", "sales_all"), ("per_done", "per_piece"), ("sales", "per_done")])
def test_one_difference_or_none_to_carry_over_is_not_parted(scene: Scene, a: str, b: str) -> None:
    assert parts_of(scene, a, b) == ()
