"""A time that is a path: what it must lead to, and that the kept model knows it as well."""

from __future__ import annotations

from pathlib import Path

import pytest

import hedu
from hedu.define.read import read
from hedu.model.resolve import resolve

TEXT = """\
version: 1
dataset: orders
source: orders
primary_key: order_id
entities: {order: order_id}
time: ordered_on
dimensions: {ordered_on: {type: date}, channel: }
measures: {orders: {agg: count}}
---
version: 1
dataset: lines
source: order_lines
primary_key: line_id
entities: {line: line_id, order: order_id}
time: TIME
measures:
  lines: {agg: count}
  left: {agg: sum, expr: quantitySEMI}
"""


def codes(time: str, semi: str = "") -> list[str]:
    definitions, problems = read({"a.yml": TEXT.replace("TIME", time).replace("SEMI", semi)})
    return [problem.code for problem in (*problems, *resolve(definitions)[1])]


def test_a_path_to_a_time_is_sound() -> None:
    assert codes("order.ordered_on") == []


@pytest.mark.parametrize("time", ["order.channel", "order.none", "customer.ordered_on", "order.line.ordered_on"])
def test_a_path_to_anything_else_is_a_problem_in_its_place(time: str) -> None:
    assert codes(time) == ["dataset-time-unknown"]


def test_balances_need_a_time_of_their_own() -> None:
    assert codes("order.ordered_on", ", time: order.ordered_on, semi_additive: day") == [
        "measure-time-unknown",
        "balance-time-elsewhere",
    ]


def test_the_kept_model_knows_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEDU_CACHE", str(tmp_path / "kept"))
    folder = tmp_path / "shop"
    folder.mkdir()
    metric = "---\nversion: 1\nmetric: lines\nsimple: lines.lines\n"
    (folder / "a.yml").write_text(TEXT.replace("TIME", "order.ordered_on").replace("SEMI", "") + metric)
    asked = [hedu.load(folder, "duckdb://").compile("lines", by="metric_time.month") for _ in range(2)]
    assert asked[0] == asked[1] and '"order"."ordered_on"' in asked[0]
