"""References are proved of the data or not at all; a proof turns outer joins into inner ones and no number changes."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest

import hedu
from hedu.engine import connect
from hedu.engine.warehouse import Warehouse
from hedu.intake import load_file
from hedu.intake.integrity import holds, prove_references, references_of

REFERENCE = ("sales", ("shop",), "erp.shops", ("id",))
PAIR = ("sales", ("shop", "year"), "erp.shops", ("id", "since"))


def warehouse(folder: Path, shops: list[int | None], sales: list[int | None]) -> Warehouse:
    made = Warehouse(folder)
    with made.writing() as batch:
        batch.put("erp.shops", pa.table({"id": pa.array(shops, pa.int64()), "since": [2020] * len(shops)}))
        batch.put("sales", pa.table({"shop": pa.array(sales, pa.int64()), "year": [2020] * len(sales)}))
    return made


@pytest.mark.parametrize(
    ("shops", "sales", "is_held"),
    [
        ([1, 2, 3], [1, 1, 2], True),
        ([1, 2], [], True),
        ([1, 2, 2], [1, 1], True),
        ([1, 2, 2], [1, 2], False),
        ([1, 2], [1, 3], False),
        ([1, 2], [1, None], False),
        ([1, None], [1, None], False),
        ([], [1], False),
    ],
)
def test_every_row_has_exactly_one_match(
    tmp_path: Path, shops: list[int | None], sales: list[int | None], is_held: bool
) -> None:
    made = warehouse(tmp_path, shops, sales)
    engine = connect(f"duckdb:///{tmp_path}")
    assert holds(engine.query, REFERENCE) is is_held
    assert holds(engine.query, PAIR) is is_held
    assert prove_references(made, [REFERENCE, PAIR]) == ({REFERENCE, PAIR} if is_held else frozenset())
    assert engine.integrity() == ({REFERENCE, PAIR} if is_held else frozenset())


def test_a_reference_to_nothing_does_not_hold(tmp_path: Path) -> None:
    made = warehouse(tmp_path, [1], [1])
    assert (
        prove_references(made, [("sales", ("shop",), "nowhere", ("id",)), ("sales", ("x",), "erp.shops", ("id",))])
        == frozenset()
    )


def test_a_later_load_is_proved_anew(tmp_path: Path) -> None:
    made = warehouse(tmp_path / "w", [1, 2], [1, 2])
    prove_references(made, [REFERENCE])
    engine = connect("duckdb:///w", root=tmp_path)
    file = tmp_path / "sales.csv"
    file.write_text("shop,year\n2,2021\n1,2021\n", encoding="utf-8")
    load_file(made, file, "sales")
    assert engine.integrity() == {REFERENCE}
    file.write_text("shop,year\n2,2021\n7,2021\n", encoding="utf-8")
    report = load_file(made, file, "sales", {"references": {"shop": "erp.shops.id"}})
    assert engine.integrity() == frozenset() and report.unproved == (REFERENCE,)


DEFINITIONS = """
version: 1
dataset: sales
source: sales
entities: {shop: shop}
measures: {lines: {agg: count}}
---
version: 1
dataset: shops
source: erp.shops
primary_key: id
entities: {shop: id}
dimensions: {since: {type: number}}
---
version: 1
dataset: stands
select: select id, since from erp.shops
primary_key: id
entities: {stand: id}
---
version: 1
metric: lines
simple: {measure: sales.lines}
"""


def test_a_workspaces_joins_are_what_is_worth_proving(tmp_path: Path) -> None:
    made = warehouse(tmp_path / "warehouse", [1, 2], [1, 2, 2])
    ws = hedu.load({"m.yml": DEFINITIONS}, engine=f"duckdb:///{tmp_path}/warehouse")
    assert references_of(ws.model) == {REFERENCE}
    before = ws.ask("lines", by="shop.since")
    assert "LEFT JOIN" in before.receipt.sql
    prove_references(made, references_of(ws.model))
    after = ws.ask("lines", by="shop.since")
    assert "LEFT JOIN" not in after.receipt.sql and after.rows() == before.rows() == [{"shop.since": 2020, "lines": 3}]
