"""What is recommended for the questions people ask, from Python and from the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from hedu.define.plain import plain
from hedu.define.table import ROLLUP
from hedu.doors.cli import main
from hedu.engine.warehouse import Warehouse
from hedu.query import question_of
from tests.laws.rolled import rolled_shop, shop_texts, shop_warehouse
from tests.library.test_rollups import DAYS, built


@pytest.fixture
def warehouse(tmp_path: Path) -> Warehouse:
    return shop_warehouse(tmp_path)


ASKED = [
    ({"metrics": ["sales"], "by": ["metric_time.month", "order.customer.region"]}, 40),
    ({"metrics": ["sales", "units"], "by": ["product.category"], "since": "2024-01"}, 10),
    ({"metrics": ["paid_share"], "by": ["metric_time.quarter"], "where": ["customer.region = '华东'"]}, 5),
    ({"metrics": ["stock"], "by": ["metric_time.month"]}, 3),
    ({"metrics": ["middle_price"], "by": ["metric_time.month"]}, 99),
]


def test_what_is_recommended_serves_what_was_asked(warehouse: Warehouse) -> None:
    workspace = rolled_shop(warehouse)
    found = workspace.recommend_rollups([(question_of(**asked), times) for asked, times in ASKED])
    assert found[0].askings == 40
    assert all(one.rows < one.base_rows and one.spared > 0 for one in found)
    assert workspace.recommend_rollups([ASKED[-1][0]]) == ()
    declared = {one.rollup.name: plain(ROLLUP, one.rollup) for one in found}
    accepted = built(warehouse, declared)
    assert {one.name: one.rows for one in accepted.rollups()} == {one.rollup.name: one.rows for one in found}
    for asked, times in ASKED[:-1]:
        answer = accepted.ask(**asked)
        assert answer.receipt.rollups, (asked, times)
        assert answer.rows() == workspace.ask(**asked).rows()


def test_the_most_useful_for_its_size_comes_first(warehouse: Warehouse) -> None:
    workspace = rolled_shop(warehouse)
    months, regions = {"metrics": "orders", "by": "metric_time.month"}, {"metrics": "orders", "by": "customer.region"}
    first = workspace.recommend_rollups([months, regions], most=1)
    assert [one.rollup.dimensions for one in first] == [("customer.region",)]
    often = workspace.recommend_rollups([(question_of(**months), 1_000), (question_of(**regions), 1)], most=1)
    assert [one.rollup.time for one in often] == ["month"]


def test_the_command_line_builds_lists_and_recommends(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shop_warehouse(tmp_path)
    for name, text in shop_texts(DAYS).items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    questions = tmp_path / "questions.json"
    questions.write_text(json.dumps([{**asked, "times": times} for asked, times in ASKED]), encoding="utf-8")

    def ran(*words: str) -> str:
        with pytest.raises(SystemExit) as over:
            main([*words, "-w", str(tmp_path)])
        assert over.value.code == 0
        return capsys.readouterr().out

    at = f"duckdb:///{tmp_path / 'warehouse'}"
    assert json.loads(ran("rollup", "list", "--json", "--engine", at)) == [{"name": "orders", "rows": None}]
    assert [one["done"] for one in json.loads(ran("rollup", "build", "--json"))] == ["filled"]
    assert "orders" in ran("rollup", "build")
    assert json.loads(ran("rollup", "list", "--json", "--engine", at)) == [{"name": "orders", "rows": 72}]
    assert yaml.safe_load(ran("rollup", "recommend", str(questions), "--engine", at))["rollups"]
    asked = ("query", "orders", "--by", "metric_time.month", "--json", "--engine", at)
    assert json.loads(ran(*asked))["receipt"]["rollups"] == ["orders"]
    assert json.loads(ran(*asked, "--no-rollups"))["receipt"]["rollups"] == []
