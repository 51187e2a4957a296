"""Files that leave the site: whatever data and names begin with, nothing in them runs."""

from __future__ import annotations

import csv
import io

import pytest

import hedu
from hedu.center.catalog import exporting

TEXT = """
version: 1
dataset: t
select: select {value} as d, 1 as x
dimensions: {{d: {{label: {{zh: {name}}}}}}}
measures: {{x: {{agg: sum}}}}
---
version: 1
metric: total
label: {{zh: {name}}}
simple: {{measure: t.x}}
"""


@pytest.mark.parametrize("begin", list("=+-@＝＋－＠"))
def test_neither_names_nor_values_become_formulas(begin: str) -> None:
    harm = f"{begin}cmd|' /C calc'!A0"
    quoted = harm.replace("'", "''")
    text = TEXT.format(value=f"'{quoted}'", name=f'"{harm}"')
    result = hedu.load({"t.yml": text}, engine="duckdb://").ask("total", by="d")
    rows = list(csv.reader(io.StringIO(exporting.as_csv(result, "zh").decode("utf-8-sig"))))
    assert rows == [[f"'{harm}", f"'{harm}"], [f"'{harm}", "1"]]
    assert exporting.plain_csv([[f"\n{harm}"]]).decode("utf-8-sig").startswith("\"'\n")


def test_sums_of_floats_leave_their_noise_behind() -> None:
    text = TEXT.format(value="'a'", name="x").replace("1 as x", "cast(9000787.830000002 as double) as x")
    result = hedu.load({"t.yml": text}, engine="duckdb://").ask("total", by="d")
    assert result.rows()[0]["total"] == 9000787.830000002
    assert exporting.as_csv(result, "zh").decode("utf-8-sig").splitlines()[1] == "a,9000787.83"
