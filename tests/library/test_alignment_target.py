"""Targets that contradict: every planted one found on several seeds, no decoy raised; and each rule by itself."""

from __future__ import annotations

import json
import os
from datetime import date
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import pytest

from hedu.alignment.classes import target as detector
from hedu.alignment.scan import scan
from hedu.alignment.scene import Constraint, Scene, Target
from hedu.alignment.wording import sentence
from hedu.define.definitions import Label
from hedu.demo.command import demo
from hedu.demo.load import fill_warehouse
from hedu.demo.scene import demo_scene
from hedu.workspace import load

SEEDS = (7, 11)
WORLD = """version: 1
dataset: t
select: |
  select m::date as d, r.region, r.size * (100 + 10 * (year(m) - 2024)) as amount, r.size as bought, 10 as answered
  from generate_series(date '2024-01-01', date '2026-09-01', interval 1 month) as s(m),
    (values ('east', 6), ('west', 3), ('north', 1)) as r(region, size)
time: d
dimensions: {d: {type: date}, region: {}}
measures: {amount: {agg: sum, unit: CNY}, bought: {agg: sum}, answered: {agg: sum}}
---
version: 1
metric: sales
label: {zh: 销售额, en: Sales}
simple: t.amount
---
version: 1
metric: bought
simple: t.bought
---
version: 1
metric: answered
simple: t.answered
---
version: 1
metric: rate
unit: ratio
ratio: {numerator: bought, denominator: answered}
"""


@cache
def company(seed: int):
    home = Path(mkdtemp(prefix="hedu-target-", dir=os.environ["HEDU_HOME"]))
    made = demo(seed, home)
    fill_warehouse(made, home / "warehouse")
    workspace = load(made / "definitions", engine=f"duckdb:///{home / 'warehouse'}")
    truth = json.loads((home / "truth.json").read_text(encoding="utf-8"))
    return demo_scene(made, workspace), [one for one in truth if one["class"] == "target"]


@pytest.mark.parametrize("seed", SEEDS)
def test_all_that_is_planted_is_found_and_no_decoy(seed):
    scene, truth = company(seed)
    found = list(detector.detect(scene))
    codes = {(frozenset(one.metrics), one.facets) for one in found}
    planted = {(frozenset(one["metrics"]), tuple(one["facets"])) for one in truth if not one["decoy"]}
    assert codes == planted and len(found) == len(planted) == 4
    for one in truth:
        if not one["decoy"]:
            (match,) = [c for c in found if c.facets == tuple(one["facets"])]
            assert set(match.departments) == set(one["departments"])
            assert set(match.about.split()) == set(one["targets"])


def test_sentences_say_it_in_both_languages():
    scene, _ = company(7)
    labels = {"sales": Label("销售部", "Sales dept")}
    for conflict in scan(scene, classes=("target",)):
        zh, en = (sentence(conflict, lang, scene.model, labels) for lang in ("zh", "en"))
        assert "{" not in zh + en and "None" not in zh + en and zh != en
        assert conflict.severity.level == "high" and conflict.digests["paper"]


@pytest.fixture(scope="module")
def world():
    return load({"m.yml": WORLD}, engine="duckdb://", strict=True)


def scene_of(world, *targets: Target, constraints: tuple[Constraint, ...] = ()) -> Scene:
    return Scene(world.model, world.look(), date(2026, 10, 9), targets=targets, constraints=constraints)


def aim(code: str, value: float, *, metric="sales", operator=">=", period="2027", scope="", parent=None, at="sales"):
    return Target(code, metric, at, period, operator, value, None, scope, parent)


def raised(world, *targets, **more):
    return [(one.code, one.about) for one in detector.detect(scene_of(world, *targets, **more))]


def found(world, *targets, **more):
    """Without those that are only out of reach: this world's figures hardly move."""
    return [one for one in raised(world, *targets, **more) if one[0] != "reach"]


def split(*values, metric="sales", operator=">="):
    names = ("east", "west", "north")
    return [
        aim(f"P{at}", value, scope=f"region = '{names[at]}'", parent="P", metric=metric, operator=operator)
        for at, value in enumerate(values)
    ]


def test_parts_must_make_up_the_whole_they_cover(world):
    whole = aim("P", 15_000)
    assert found(world, whole, *split(9_000, 4_500, 1_500)) == []
    assert found(world, whole, *split(9_000, 4_500, 1_450)) == [], "rounding"
    assert found(world, whole, *split(9_000, 4_500, 1_800)) == [], "headroom"
    assert found(world, whole, *split(9_000, 4_500, 1_000)) == [("roll_up", "P P0 P1 P2")]


def test_parts_of_a_part_owe_only_their_share(world):
    """East and west were nine tenths of last year's sales: they owe nine tenths of the target."""
    whole = aim("P", 15_000)
    assert found(world, whole, *split(9_000, 4_500)) == []
    assert found(world, whole, *split(9_000, 4_000)) == [("roll_up", "P P0 P1")]


def test_ceilings_add_up_the_other_way(world):
    whole = aim("P", 15_000, operator="<=")
    assert found(world, whole, *split(9_000, 4_500, 1_000, operator="<=")) == []
    assert found(world, whole, *split(9_000, 5_500, 1_500, operator="<=")) == [("roll_up", "P P0 P1 P2")]


def test_a_mean_lies_among_its_parts(world):
    whole = aim("P", 0.34, metric="rate")
    assert found(world, whole, *split(0.2, 0.35, metric="rate")) == []
    assert found(world, whole, *split(0.2, 0.3, metric="rate")) == [("roll_up", "P P0 P1")]


def test_opposite_targets_for_one_number_pull_apart(world):
    pair = aim("UP", 15_000, at="a"), aim("DOWN", 14_000, operator="<=", at="b")
    (conflict,) = detector.detect(scene_of(world, *pair))
    assert (conflict.code, conflict.departments, conflict.facets) == ("direction", ("a", "b"), ("direction",))
    assert found(world, pair[0], aim("DOWN", 16_000, operator="<=")) == [], "a corridor is no contradiction"
    assert found(world, pair[0], aim("DOWN", 100, operator="<=", scope="region = 'north'")) == []
    assert found(world, pair[0], aim("DOWN", 100, operator="<=", period="2028")) == []


def test_a_chain_through_a_constraint_names_all_who_must_talk(world):
    price = Constraint("K", "product", "2027", {"sales": 1.0, "answered": -30.0}, "<=", 0.0, "价格", "Price")
    targets = aim("S", 15_000), aim("A", 400, metric="answered", operator="<=", at="operations")
    (conflict,) = detector.detect(scene_of(world, *targets, constraints=(price,)))
    assert conflict.code == "infeasible" and set(conflict.departments) == {"sales", "operations", "product"}
    rows = {row["id"]: row for row in conflict.evidence[0].facts["rows"]}
    assert rows["S"]["gives"] == pytest.approx(12_000, rel=1e-4)
    assert rows["A"]["gives"] == pytest.approx(500, rel=1e-4)


def test_constraints_alone_may_contradict(world):
    low = Constraint("K1", "a", "2027", {"sales": 1.0}, ">=", 2.0)
    high = Constraint("K2", "b", "2027", {"sales": 1.0}, "<=", 1.0)
    (conflict,) = detector.detect(scene_of(world, aim("T", 5.0, metric="bought"), constraints=(low, high)))
    assert conflict.code == "infeasible_chain" and conflict.departments == ("a", "b")


def test_beyond_reach_is_faster_and_higher_than_ever(world):
    """Sales grow by a tenth a year, month by month: 12,000 last year."""
    assert raised(world, aim("T", 15_000)) == []
    assert raised(world, aim("T", 24_000)) == [("reach", "T")]
    assert raised(world, aim("T", 6_000, period="2027-Q1")) == [("reach", "T")]
    assert raised(world, aim("T", 3_600, period="2027-Q1")) == []
    assert raised(world, aim("T", 2_000, operator="<=")) == [("reach", "T")]
    assert raised(world, aim("T", 99.0, metric="rate")) == [("reach", "T")]


def test_a_scan_of_other_metrics_asks_nothing_of_these(world):
    scene = scene_of(world, aim("T", 24_000))
    assert scan(scene, classes=("target",), metrics=("rate",)) == ()
    assert [one.code for one in scan(scene_of(world, aim("T", 24_000)), classes=("target",))] == ["reach"]


def test_targets_of_unknown_metrics_and_periods_are_passed_over(world):
    assert raised(world, aim("T", 1, metric="nothing"), aim("U", 1, period="soon")) == []
    assert raised(world) == []


LOST = """
---
version: 1
dataset: o
select: |
  select m::date + n::int as d, m::text || '-' || n as no from generate_series(date '2023-10-01', date '2026-09-01', interval 1 month) as s(m),
    generate_series(1, 25) as t(n) where m not in (date '2024-12-01', date '2026-03-01', date '2026-06-01')
time: d
dimensions: {d: {type: date}}
measures: {orders: {expr: no, agg: count_distinct}}
---
version: 1
metric: orders
simple: o.orders
"""


def test_months_whose_rows_are_lost_lower_no_ones_last_year():
    """25 a month, 300 a year, of which two months are lost: 300 is what a whole year holds."""
    world = load({"m.yml": WORLD + LOST}, engine="duckdb://", strict=True)
    assert raised(world, aim("T", 303, metric="orders"), aim("S", 14_000)) == []
    assert raised(world, aim("T", 450, metric="orders"), aim("S", 14_000)) == [("reach", "T")]
