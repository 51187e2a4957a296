"""Values and scores go up the tree: values through the metric's own arithmetic, scores along two edges only."""

from __future__ import annotations

from datetime import date

import duckdb
import pytest

from hedu.center.catalog import reads as catalog
from hedu.center.goals import actions, reads
from hedu.center.kernel.actor import SYSTEM, Actor
from tests.center.goals.conftest import DATASET

TODAY = date(2026, 6, 20)
ROWS = DATASET[DATASET.index("select m::date") : DATASET.index("time: sold_on")]


@pytest.fixture(autouse=True)
def in_june(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *_, **__: TODAY)


def counted(expression: str, where: str = "true") -> float:
    """Independent SQL over the base rows, January to May 2026."""
    sql = f"select {expression} from ({ROWS}) where sold_on between '2026-01-01' and '2026-05-31' and {where}"
    with duckdb.connect() as connection:
        return float(connection.execute(sql).fetchone()[0])  # type: ignore[index]


@pytest.mark.parametrize(
    ("metric", "expression"),
    [("revenue", "sum(amount)"), ("margin", "sum(amount) - sum(cost)"), ("cost_ratio", "sum(cost) * 1.0 / sum(amount)"),
     ("places", "count(distinct region)")],
)  # fmt: skip
def test_a_value_is_what_the_metric_makes_of_all_rows_below(fin: Actor, metric: str, expression: str) -> None:
    """Sums add up, ratios are one sum over the other, distinct counts are counted again: never the mean of parts."""
    places = {"W": "", "E": "region = 'east'", "S": "region = 'west'"}
    rows = [
        {"code": code, "metric": metric, "department": "sales", "period": "2026", "value": "1", "scope": scope}
        | ({"parent": "W"} if scope else {})
        for code, scope in places.items()
    ]
    actions.import_targets(SYSTEM, targets=rows)
    targets = reads.targets_visible_to(SYSTEM).prefetch_related("phases")
    found = reads.standings(catalog.asker(fin), targets, TODAY).by_target.values()
    told = {one.target.code: one.value for one in found}
    assert told == {code: pytest.approx(counted(expression, scope or "true")) for code, scope in places.items()}


@pytest.mark.parametrize(
    ("edge", "mean"),
    [("decomposes", 5.0), ("contributes", 5.0), ("supports", 10.0), ("guards", 10.0), ("trades_off", 10.0)],
)
def test_only_two_kinds_of_edge_hand_scores_up(fin: Actor, edge: str, mean: float) -> None:
    """One child has a full score, the other none; the weights are equal."""
    actions.create_goal(SYSTEM, "TOP", metric="margin", department="finance")
    actions.create_goal(SYSTEM, "GOOD", metric="revenue", department="sales", parent="TOP", edge="contributes")
    actions.create_goal(SYSTEM, "BAD", metric="cost", department="finance", parent="TOP", edge=edge)
    base = {"period": "2026", "department": "sales"}
    rows = [{**base, "code": "T1", "metric": "revenue", "value": "100", "goal": "GOOD"},
            {**base, "code": "T2", "metric": "cost", "value": "1", "operator": "<=", "goal": "BAD"}]  # fmt: skip
    actions.import_targets(SYSTEM, targets=rows)
    nodes = {node.goal.code: node for node in reads.tree_of(fin, "2026").nodes.values()}
    assert (nodes["GOOD"].scored.own, nodes["BAD"].scored.own) == (10.0, 0.0)
    below = nodes["TOP"].scored.below
    assert below.mean == mean and nodes["TOP"].scored.own is None
    weakest = nodes["TOP"].weakest
    assert weakest is not None and weakest.code == ("BAD" if mean == 5.0 else "GOOD")


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({"value": "9000"}, "on"),
        ({"value": "25000", "green": "24000", "amber": "20000"}, "watch"),
        ({"value": "40000"}, "off"),
        ({"operator": "=", "value": "21600", "tolerance": "2%"}, "on"),
        ({"operator": "=", "value": "24000", "tolerance": "1%"}, "off"),
        ({"operator": "<=", "value": "30000"}, "on"),
        ({"operator": "<=", "value": "9000"}, "off"),
    ],
)
def test_bands_and_thresholds_of_a_target_decide_its_status(fin: Actor, more: dict[str, str], status: str) -> None:
    """9 900 were sold by the end of May, of 21 600 in the year before's season: a target of V is due by V * 9900 / 21600
    then, and bounds shrink along."""
    given = {"code": "T", "metric": "revenue", "department": "sales", "period": "2026", **more}
    actions.import_targets(SYSTEM, targets=[given])
    stands = reads.standings(catalog.asker(fin), reads.targets_visible_to(SYSTEM).prefetch_related("phases"), TODAY)
    (row,) = stands.by_target.values()
    assert row.value == counted("sum(amount)") == 9_900
    assert row.due == pytest.approx(float(more["value"]) * 9_900 / 21_600, rel=1e-4)
    assert row.status == status
