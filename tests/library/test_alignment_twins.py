"""One name with two meanings, one meaning kept twice: what is raised, what is not, and what is shown for it."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest
import yaml

from hedu import load
from hedu.alignment.classes import definition, duplicate
from hedu.alignment.conflict import Conflict
from hedu.alignment.equivalence.facets import differing, facets_of
from hedu.alignment.equivalence.names import called_alike, root_of
from hedu.alignment.scene import Scene
from hedu.alignment.wording import sentence
from hedu.demo.command import demo
from hedu.demo.load import fill_warehouse
from hedu.demo.scene import demo_scene
from hedu.workspace import Workspace

MONTHS = [f"{2023 + at // 12}-{at % 12 + 1:02d}-01" for at in range(24)]
SOLD = [1200.5 + 37 * (at * 7 % 11) + at * 13.25 for at in range(24)]
ORDERS = """
version: 1
dataset: orders
label: {zh: 订单, en: Orders}
file: orders.csv
time: ordered_on
dimensions: {ordered_on: {type: date, label: {zh: 下单日期, en: Order date}}, grade: {}}
measures: {amount: {agg: sum, unit: CNY}, orders: {agg: count}, held: {agg: sum}}
"""


@pytest.fixture
def workspace_of(tmp_path: Path) -> Callable[..., Workspace]:
    """Orders by month, and metrics over them; `reported` are handed-in metrics by name, valued by month."""

    def made(*metrics: dict[str, Any], reported: dict[str, Iterable[float]] | None = None) -> Workspace:
        rows = [
            (month, value * share, grade, held)
            for at, (month, value) in enumerate(zip(MONTHS, SOLD, strict=True))
            for share, grade, held in ((0.75, "A", at % 2), (0.25, "B", 1))
        ]
        _write(tmp_path / "orders.csv", ("ordered_on", "amount", "grade", "held"), rows)
        parts = [ORDERS, *(yaml.safe_dump({"version": 1, **one}, allow_unicode=True) for one in metrics)]
        for name, values in (reported or {}).items():
            _write(tmp_path / f"{name}.csv", ("period", "value"), zip(MONTHS, values, strict=True))
            body = {"grain": "month", "agg": "sum", "file": f"{name}.csv"}
            parts.append(yaml.safe_dump({"version": 1, "metric": name, "unit": "CNY", "reported": body}))
        (tmp_path / "m.yml").write_text("---\n".join(parts), encoding="utf-8")
        return load(tmp_path, engine="duckdb://", strict=True)

    return made


def _write(path: Path, heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([heads, *rows])


def scene_of(workspace: Workspace) -> Scene:
    return Scene(workspace.model, workspace.look(), date(2025, 1, 15))


def metric(name: str, label: str, measure: str, where: str = "", **more: Any) -> dict[str, Any]:
    body = {"measure": measure, "where": where} if where else measure
    return {"metric": name, "label": {"zh": label}, "simple": body, **more}


def pairs(found: Iterable[Conflict]) -> set[frozenset[str]]:
    return {frozenset(one.metrics) for one in found}


def test_one_name_two_filters(workspace_of: Callable[..., Workspace]) -> None:
    workspace = workspace_of(
        metric("sales_a", "销售额", "orders.amount", "grade = 'A'", owner="sales"),
        metric("sales_all", "销售金额", "orders.amount", owner="finance"),
    )
    (found,) = definition.detect(scene_of(workspace))
    assert (found.metrics, found.facets, found.departments) == (
        ("sales_a", "sales_all"),
        ("filter",),
        ("sales", "finance"),
    )
    facets, witness, gap = (one.facts for one in found.evidence)
    assert facets["rows"] == [
        {"facet": "filter", "a": {"zh": "grade = 'A'", "en": "grade = 'A'"}, "b": {"zh": "无", "en": "none"}}
    ]
    assert sum(len(rows) for rows in witness["tables"].values()) == 1
    assert witness["answer_a"] != witness["answer_b"]
    assert gap["gap"] == pytest.approx(-0.25)
    assert len(gap["gaps"]) == 24
    assert "少 25.0%" in sentence(found, "zh", workspace.model)
    assert "25.0% below" in sentence(found, "en", workspace.model)
    json.dumps([one.facts for one in found.evidence])


def test_what_other_classes_prove_by_numbers_is_left_to_them(workspace_of: Callable[..., Workspace]) -> None:
    workspace = workspace_of(
        metric("sales", "销售额", "orders.amount"),
        {"metric": "sales_again", "label": {"zh": "销售额"}, "derived": {"formula": "sales * 1"}},
    )
    assert not list(definition.detect(scene_of(workspace)))
    assert pairs(duplicate.detect(scene_of(workspace))) == {frozenset({"sales", "sales_again"})}


@pytest.mark.parametrize(
    ("one", "other", "is_one"),
    [("订单数量", "订单数", True), ("Ｏrders", "order count", True), ("退款额", "退款率", False), ("Sales (finance)", "sales", True),
     ("全部订单数", "订单数", False)],
)  # fmt: skip
def test_names_by_their_root(one: str, other: str, is_one: bool) -> None:
    assert (root_of(one) == root_of(other)) is is_one


def test_a_name_of_many_is_not_compared_pair_by_pair(workspace_of: Callable[..., Workspace]) -> None:
    workspace = workspace_of(*(metric(f"m{at}", "销售额", "orders.amount") for at in range(40)))
    assert len(list(called_alike(workspace.model))) == 39


def test_values_handed_in_again_are_probably_one_number(workspace_of: Callable[..., Workspace]) -> None:
    late = [*SOLD[:23], SOLD[23] + 5]
    apart = [*SOLD[:20], *(value + 3 for value in SOLD[20:])]
    workspace = workspace_of(
        metric("sales", "销售额", "orders.amount", unit="CNY"), reported={"handed_in": late, "close": apart}
    )
    (found,) = duplicate.detect(scene_of(workspace))
    assert (found.metrics, found.facets) == (("sales", "handed_in"), ("name", "source"))
    assert (found.facts["equal"], found.facts["periods"]) == (23, 24)
    assert "24 期里有 23 期相等" in sentence(found, "zh", workspace.model)


def test_the_unit_decides_what_equal_values_are(workspace_of: Callable[..., Workspace]) -> None:
    workspace = workspace_of(metric("sales", "销售额", "orders.amount", unit="CNY"), reported={"handed_in": SOLD})
    definitions = workspace.model.metrics
    in_wan = {**definitions, "handed_in": replace(definitions["handed_in"], unit="万元")}
    scene = scene_of(workspace)
    assert pairs(duplicate.detect(scene)) == {frozenset({"sales", "handed_in"})}
    assert not list(duplicate.detect(replace(scene, model=replace(workspace.model, metrics=in_wan), kept={})))


def test_small_numbers_that_meet_by_chance_are_not_one(workspace_of: Callable[..., Workspace]) -> None:
    rare = {"falls": [0.0] * 22 + [1, 2], "failures": [0.0] * 23 + [2], "names": [1.0] * 24, "owners": [1.0] * 24}
    assert not list(duplicate.detect(scene_of(workspace_of(reported=rare))))


def test_a_special_case_is_no_duplicate(workspace_of: Callable[..., Workspace]) -> None:
    workspace = workspace_of(
        metric("sales", "销售额", "orders.amount", unit="CNY"),
        metric("graded", "分级销售额", "orders.amount", "grade IN ('A', 'B')", unit="CNY"),
    )
    assert not list(duplicate.detect(scene_of(workspace)))


def test_ratios_are_one_only_by_both_their_sides(workspace_of: Callable[..., Workspace]) -> None:
    twice = [{"metric": f"{name}_{side}", "label": {"zh": f"{name}{side}"}, "derived": {"formula": f"{name} * {factor}"}}
             for name in ("amount", "orders") for side, factor in (("x", 1), ("y", 2))]  # fmt: skip
    ratios = [{"metric": f"rate_{side}", "label": {"zh": f"率{side}"},
               "ratio": {"numerator": f"amount_{side}", "denominator": f"orders_{side}"}} for side in "xy"]  # fmt: skip
    base = (metric("amount", "金额", "orders.amount"), metric("orders", "单数", "orders.orders"))
    workspace = workspace_of(*base, *twice, *ratios)
    assert frozenset({"rate_x", "rate_y"}) not in pairs(duplicate.detect(scene_of(workspace)))


def test_a_scan_of_some_metrics_raises_only_theirs(workspace_of: Callable[..., Workspace]) -> None:
    workspace = workspace_of(
        *(metric(f"m{at}", f"指标{at // 2}", "orders.amount", f"grade = '{at // 2}'") for at in range(6))
    )
    scene = replace(scene_of(workspace), focus=frozenset({"m2"}))
    assert pairs(duplicate.detect(scene)) == {frozenset({"m2", "m3"})}


def test_where_no_database_can_be_made_up_real_data_tell(workspace_of: Callable[..., Workspace]) -> None:
    constant = {"version": 1, "dataset": "fixed", "time": "d", "dimensions": {"d": {"type": "date"}, "grade": {}},
                "select": "SELECT DATE '2024-01-01' AS d, unnest(['A', 'B']) AS grade, 5 AS amount",
                "measures": {"amount": {"agg": "sum"}}}  # fmt: skip
    workspace = workspace_of(
        metric("part", "合计", "fixed.amount", "grade = 'A'"),
        metric("whole", "合计", "fixed.amount"),
        metric("whole_too", "合计", "fixed.amount", "grade LIKE '%'"),
        constant,
    )
    found = {frozenset(one.metrics): one for one in definition.detect(scene_of(workspace))}
    assert set(found) == {frozenset({"part", "whole"}), frozenset({"part", "whole_too"})}
    assert [one.kind for one in found[frozenset({"part", "whole"})].evidence] == ["facets", "gap"]


def test_windows_of_one_name(workspace_of: Callable[..., Workspace]) -> None:
    workspace = workspace_of(
        metric("sales", "月销售", "orders.amount"),
        {
            "metric": "to_date",
            "label": {"zh": "累计销售额"},
            "cumulative": {"metric": "sales", "grain_to_date": "year"},
        },
        {
            "metric": "so_far",
            "label": {"zh": "累计销售额"},
            "cumulative": {"metric": "sales", "grain_to_date": "quarter"},
        },
    )
    (found,) = definition.detect(scene_of(workspace))
    assert (set(found.metrics), found.facets) == ({"to_date", "so_far"}, ("window",))


def test_facets_say_what_differs_in_both_languages(workspace_of: Callable[..., Workspace]) -> None:
    told = {"x": {"facets": {"tax": "included"}}}, {"x": {"facets": {"tax": "excluded"}}}
    workspace = workspace_of(
        metric("gross", "销售额", "orders.amount", **told[0]), metric("net", "销售额", "orders.held", **told[1])
    )
    facets = {one.facet: one for one in differing(workspace.model, "gross", "net")}
    assert set(facets) == {"measure", "tax", "unit"} or set(facets) == {"measure", "tax"}
    assert (facets["tax"].a.zh, facets["tax"].b.en) == ("含税", "net of tax")
    assert facets_of(workspace.model, "gross")["time"].label.zh == "下单日期"


@cache
def _demo(seed: int) -> tuple[Scene, list[dict[str, Any]]]:
    home = Path(mkdtemp(prefix="hedu-twins-", dir=os.environ["HEDU_HOME"]))
    company = demo(seed, home)
    fill_warehouse(company, home / "warehouse")
    workspace = load(company / "definitions", engine=f"duckdb:///{home / 'warehouse'}")
    return demo_scene(company, workspace), json.loads((home / "truth.json").read_text(encoding="utf-8"))


SEEDS = [7, *(pytest.param(seed, marks=pytest.mark.slow) for seed in (3, 19, 101))]


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("detector", [definition, duplicate], ids=["definition", "duplicate"])
def test_all_that_the_demo_company_plants_is_found_and_no_decoy(detector: Any, seed: int) -> None:
    scene, truth = _demo(seed)
    kind = detector.__name__.rpartition(".")[2]
    items = [one for one in truth if one["class"] == kind]
    raised = pairs(detector.detect(scene))
    planted = [[frozenset(one["metrics"]), *map(frozenset, one.get("also", ()))] for one in items if not one["decoy"]]
    assert all(raised & set(ways) for ways in planted)
    assert raised <= {way for ways in planted for way in ways}


def _indicators(test_data: Path) -> Iterator[tuple[str, str, str, str]]:
    """(metric, agency, name, written definition) of each indicator of each agency, its latest."""
    path = test_data / "mta" / "indicators.csv"
    if not path.is_file():
        pytest.skip(f"no transit indicators in {path.parent}")
    with path.open(encoding="utf-8-sig", newline="") as file:
        latest = {row["indicator_seq"]: row for row in csv.DictReader(file)}
    for number, row in latest.items():
        yield f"i{number}", row["agency_name"], row["indicator_name"], row["description"]


def test_transit_mta_indicators_of_one_name_defined_otherwise_are_raised(test_data: Path) -> None:
    rows = list(_indicators(test_data))
    texts = [
        yaml.safe_dump({"version": 1, "metric": number, "label": {"en": name}, "meaning": {"en": meaning or "-"},
                        "owner": agency, "reported": {"grain": "month", "source": f"mta.{number}"}})
        for number, agency, name, meaning in rows
    ]  # fmt: skip
    workspace = load({"mta.yml": "---\n".join(texts)}, engine="duckdb://")
    assert len(workspace.model.metrics) == 147
    named = {number: (agency, name, meaning) for number, agency, name, meaning in rows}
    raised = list(definition.detect(scene_of(workspace)))
    told = {(*sorted(named[one][1] for one in found.metrics),) for found in raised}
    bus, subway = "Mean Distance Between Failures - LI Bus", "Mean Distance Between Failures - Subways"
    assert (bus, subway) in told
    assert ("Elevator Availability", "Elevator Availability") in told
    assert ("Mean Distance Between Failures", "Mean Distance Between Failures") not in told, "apart by a full stop only"
    for found in raised:
        sides = [named[one] for one in found.metrics]
        assert sides[0][0] != sides[1][0]
        assert sides[0][2] != sides[1][2]
        assert root_of(sides[0][1].split(" - ")[0]) == root_of(sides[1][1].split(" - ")[0])
