"""Joint feasibility: contradictions are minimal, identities count, rounding is none, room is exact."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hedu.alignment.goals.feasibility import Row, components, contradictions, is_feasible, minimal, rooms
from hedu.alignment.goals.phasing import nature_of
from hedu.alignment.goals.reach import percentile
from hedu.alignment.goals.sums import mismatches, sums
from hedu.alignment.goals.system import linear, system
from hedu.alignment.scene import Constraint, Target
from hedu.workspace import load

SALES, UNITS, STOCK = ("sales", "", "2027"), ("units", "", "2027"), ("stock", "", "2027")
GOAL = Row("T1", "target", {SALES: 1.0}, ">=", 130.0, "sales")
CAPACITY = Row("T2", "target", {UNITS: 1.0}, "<=", 11.2, "operations")
PRICE = Row("K1", "constraint", {SALES: 1.0, UNITS: -10.3}, "<=", 0.0, "product")

MODEL = """version: 1
dataset: t
select: select 1 as x, 2 as y, 'a' as r, date '2026-01-01' as d
time: d
dimensions: {d: {type: date}, r: {}}
measures:
  x: {agg: sum}
  y: {agg: sum}
  stock: {expr: x, agg: sum, semi_additive: {over: d, take: last}}
  heads: {expr: r, agg: count_distinct}
---
version: 1
metric: x
simple: t.x
---
version: 1
metric: y
simple: t.y
---
version: 1
metric: gain
derived: {formula: 2 * x - (y + 1) / 4}
---
version: 1
metric: product
derived: {formula: x * y}
---
version: 1
metric: share
ratio: {numerator: x, denominator: y}
---
version: 1
metric: stock
simple: t.stock
---
version: 1
metric: heads
simple: t.heads
---
version: 1
metric: per_head
ratio: {numerator: x, denominator: stock}
---
version: 1
metric: both
derived: {formula: x - y}
---
version: 1
metric: quotient
derived: {formula: (x - y) / y * 100}
---
version: 1
metric: scaled
derived: {formula: 100.0 * (x - 2 * y) / (x / 4)}
"""


@pytest.fixture(scope="module")
def model():
    return load({"m.yml": MODEL}, engine="duckdb://", strict=True).model


def test_the_departments_that_must_talk_are_just_those():
    free = Row("T3", "target", {UNITS: 1.0}, ">=", 1.0, "hr")
    (found,) = contradictions([free, GOAL, CAPACITY, PRICE])
    assert {row.name for row in found.parties} == {"T1", "T2", "K1"}
    assert {row.department for row in found.parties} == {"sales", "operations", "product"}
    assert found.gives["T1"] == pytest.approx(11.2 * 10.3, rel=1e-4)
    assert found.gives["T2"] == pytest.approx(130 / 10.3, rel=1e-4)


def test_just_enough_is_enough():
    rows = [
        Row("LEADS", "target", {("leads", "", "2027"): 1.0}, ">=", 5000.0),
        Row("SPEND", "target", {("spend", "", "2027"): 1.0}, "<=", 8_500_000.0),
        Row("COST", "constraint", {("spend", "", "2027"): 1.0, ("leads", "", "2027"): -1700.0}, ">=", 0.0),
    ]
    assert not contradictions(rows)
    assert rooms(rows)["LEADS"].slack == 0
    tight = [rows[0], Row("SPEND", "target", rows[1].terms, "<=", 8_499_000.0), rows[2]]
    assert len(contradictions(tight)) == 1


def test_two_contradictions_are_two():
    up, down = Row("A", "target", {STOCK: 1.0}, ">=", 2.0), Row("B", "target", {STOCK: 1.0}, "<=", 1.0)
    found = contradictions([up, GOAL, down, CAPACITY, PRICE])
    assert sorted(sorted(row.name for row in one.rows) for one in found) == [["A", "B"], ["K1", "T1", "T2"]]
    assert len(components([up, GOAL, down, CAPACITY, PRICE])) == 2


def test_equal_targets_bind_from_both_sides():
    fixed = Row("E", "target", {STOCK: 1.0}, "=", 3.0)
    assert is_feasible([fixed, Row("F", "target", {STOCK: 1.0}, ">=", 2.0)])
    (found,) = contradictions([fixed, Row("F", "target", {STOCK: 1.0}, ">=", 4.0)])
    assert found.gives == {"E": pytest.approx(4.0, rel=1e-5), "F": pytest.approx(3.0, rel=1e-5)}


@given(
    st.lists(
        st.tuples(st.sampled_from([SALES, UNITS, STOCK]), st.sampled_from([">=", "<="]), st.integers(-5, 5)),
        min_size=2, max_size=9,
    )
)  # fmt: skip
def test_one_number_at_a_time_contradicts_when_a_floor_is_above_a_ceiling(bounds):
    rows = [Row(f"T{at}", "target", {name: 1.0}, op, float(bound)) for at, (name, op, bound) in enumerate(bounds)]
    broken = any(
        max((b for n, op, b in bounds if n == name and op == ">="), default=-9)
        > min((b for n, op, b in bounds if n == name and op == "<="), default=9)
        for name in (SALES, UNITS, STOCK)
    )
    assert is_feasible(rows) is not broken
    for found in contradictions(rows):
        assert not is_feasible(found.rows)
        assert all(is_feasible([other for other in found.rows if other is not row]) for row in found.rows)


def test_the_filter_keeps_what_people_set_rather_than_what_history_allows():
    bound = Row("sales ≤", "bound", {SALES: 1.0}, "<=", 100.0)
    assert {row.name for row in minimal([bound, GOAL, CAPACITY, PRICE])} == {"T1", "T2", "K1"}
    assert {row.name for row in minimal([bound, GOAL])} == {"sales ≤", "T1"}


def test_room_is_none_where_nothing_limits():
    found = rooms([GOAL, Row("S", "target", {STOCK: 1.0}, "<=", 5.0)])
    assert found["T1"].slack is None and found["S"].slack is None
    held = rooms([Row("T1", "target", {SALES: 1.0}, ">=", 100.0), CAPACITY, PRICE])
    assert held["T1"].slack == pytest.approx(15.36, rel=1e-3)
    assert held["T2"].slack == pytest.approx(11.2 - 100 / 10.3, rel=1e-3)


def test_formulas_that_are_linear_are_identities(model):
    assert linear(model, "gain") == ({"x": 2.0, "y": -0.25}, -0.25)
    assert linear(model, "product") is None and linear(model, "x") is None
    targets = (
        Target("G", "gain", "a", "2027", ">=", 100.0),
        Target("X", "x", "b", "2027", "<=", 50.0),
        Target("Y", "y", "c", "2027", ">=", 10.0),
    )
    (found,) = contradictions(system(model, targets))
    assert {row.name for row in found.parties} == {"G", "X", "Y"}
    assert any(row.kind == "identity" for row in found.rows)
    assert found.gives["G"] == pytest.approx(2 * 50 - 10 / 4 - 0.25, rel=1e-3)


def test_how_months_make_a_year(model):
    found = {name: nature_of(model, name) for name in model.metrics}
    assert found == {
        "x": "flow", "y": "flow", "gain": "uneven", "product": "uneven", "share": "level", "stock": "level",
        "heads": "uneven", "per_head": "uneven", "both": "flow", "quotient": "level", "scaled": "level",
    }  # fmt: skip


def test_the_target_of_a_ratio_binds_its_two_sides(model):
    targets = (
        Target("S", "share", "a", "2027", ">=", 0.5),
        Target("X", "x", "b", "2027", "<=", 40.0),
        Target("Y", "y", "c", "2027", ">=", 100.0),
    )
    (found,) = contradictions(system(model, targets))
    assert {row.name for row in found.parties} == {"S", "X", "Y"}
    assert not contradictions(system(model, (targets[0], targets[1])))


def test_parts_that_cover_the_whole_make_it_up(model):
    targets = (
        Target("W", "x", "a", "2027", "<=", 10.0),
        Target("P1", "x", "b", "2027", ">=", 6.0, scope="r = 'a'", parent="W"),
        Target("P2", "x", "b", "2027", ">=", 5.0, scope="r = 'b'", parent="W"),
    )
    assert not contradictions(system(model, targets))
    (found,) = contradictions(system(model, targets, covered={"W"}))
    assert {row.name for row in found.parties} == {"W", "P1", "P2"}


def test_what_the_model_does_not_know_is_left_out(model):
    strange = Constraint("K", "a", "2027", {"nothing": 1.0}, "<=", 1.0)
    rows = system(model, (Target("T", "nothing", "a", "2027", ">=", 1.0),), (strange,))
    assert rows == ()
    bounds = {("x", "", "2027"): (0.0, 5.0), ("y", "", "2027"): (0.0, 5.0)}
    rows = system(model, (Target("T", "x", "a", "2027", ">=", 6.0),), bounds=bounds)
    assert [row.name for row in rows] == ["T", "x ≥", "x ≤"]
    (found,) = contradictions(rows)
    assert {row.kind for row in found.rows} == {"target", "bound"}


def test_percentile_between_values():
    assert percentile([0, 10], 0.99) == pytest.approx(9.9) and percentile([7], 0.99) == 7


def target(name: str, metric: str, period: str, value: float, **more: str) -> Target:
    given = {"department": "a", "operator": ">=", **more}
    return Target(name, metric, given.pop("department"), period, given.pop("operator"), value, **given)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, 9), max_size=6), st.lists(st.integers(0, 9), max_size=6))
def test_side_by_side_there_are_as_many_as_can_be_paired(floors, ceilings):
    """One number: sets of two. The most floors that can each be paired with a lower ceiling, worked out by pairing the
    lowest floors with the lowest ceilings."""
    rows = [Row(f"F{at}", "target", {SALES: 1.0}, ">=", float(one)) for at, one in enumerate(floors)]
    rows += [Row(f"C{at}", "target", {SALES: 1.0}, "<=", float(one)) for at, one in enumerate(ceilings)]
    lows, pairs = sorted(ceilings), 0
    for floor in sorted(floors):
        if pairs < len(lows) and lows[pairs] < floor:
            pairs += 1
    found = contradictions(rows)
    assert len(found) == pairs
    names = [row.name for one in found for row in one.rows]
    assert len(names) == len(set(names)) == 2 * pairs


def test_a_set_in_the_middle_does_not_hide_the_two_beside_it():
    """s <= 3, s >= 5, s <= u, u <= 2, s >= u + 1. A with C, B with E, and A with B and D cannot hold: at most two apart."""
    rows = [
        Row("C", "target", {SALES: 1.0}, "<=", 3.0), Row("A", "target", {SALES: 1.0}, ">=", 5.0),
        Row("B", "target", {SALES: 1.0, UNITS: -1.0}, "<=", 0.0), Row("D", "target", {UNITS: 1.0}, "<=", 2.0),
        Row("E", "target", {SALES: 1.0, UNITS: -1.0}, ">=", 1.0),
    ]  # fmt: skip
    found = {frozenset(row.name for row in one.rows) for one in contradictions(rows)}
    assert found == {frozenset("AC"), frozenset("BE")}


def test_a_whole_is_held_against_the_parts_of_its_goal(model):
    whole = target("W", "x", "2027", 100)
    parts = (target("P", "x", "2027", 55, department="b"), target("Q", "x", "2027", 35, department="c"))
    (found,) = mismatches(list(sums(model, (whole, *parts), {"P": "W", "Q": "W"})))
    assert {row.name for row in found.parties} == {"W", "P", "Q"}
    assert found.gives == {"W": 90, "P": 65, "Q": 45}
    assert not mismatches(list(sums(model, (whole, *parts, target("R", "x", "2027", 10.4)), dict.fromkeys("PQR", "W"))))
    assert not list(sums(model, (whole, *parts), {})), "nobody says that these are its parts"


@pytest.mark.parametrize(
    ("metric", "more"), [("share", {}), ("heads", {}), ("stock", {}), ("x", {"operator": "<="}), ("x", {"unit": "kg"})]
)
def test_what_does_not_add_up_is_not_added(model, metric, more):
    found = sums(model, (target("W", metric, "2027", 9), target("P", metric, "2027", 1, **more)), {"P": "W"})
    assert more == {} or not list(found)
    assert metric == "x" or not list(sums(model, (target("W", metric, "2027", 9), *quarters(metric, 1, 1, 1, 1)), {}))


@pytest.mark.parametrize(("operator", "total", "is_missed"), [
    (">=", 104, False), (">=", 96, True), ("<=", 96, False), ("<=", 104, True), ("=", 104, True), ("=", 96, True),
    ("=", 100.3, False),
])  # fmt: skip
def test_parts_that_keep_more_than_the_whole_asks_are_at_odds_with_nothing(model, operator, total, is_missed):
    whole = target("W", "x", "2027", 100, operator=operator)
    parts = [target(name, "x", "2027", total / 2, operator=operator, department=name) for name in "PQ"]
    assert bool(mismatches(list(sums(model, (whole, *parts), dict.fromkeys("PQ", "W"))))) is is_missed


def quarters(metric: str, *values: float, **more: str) -> list[Target]:
    return [target(f"Q{at}", metric, f"2027-Q{at}", value, **more) for at, value in enumerate(values, 1)]


def test_a_year_is_the_sum_of_its_quarters_and_of_its_months(model):
    year = target("Y", "x", "2027", 100)
    (found,) = mismatches(list(sums(model, (year, *quarters("x", 20, 20, 20, 30)), {})))
    assert found.gives == {"Y": 90, "Q1": 30, "Q2": 30, "Q3": 30, "Q4": 40}
    assert not mismatches(list(sums(model, (year, *quarters("x", 20, 20, 30, 30)), {})))
    assert not list(sums(model, (year, *quarters("x", 20, 20, 30)), {})), "a quarter is missing"
    assert not list(sums(model, (year, *quarters("x", 1, 1, 1, 1, scope="r = 'a'")), {})), "another scope"
    months = [target(f"M{at:02}", "x", f"2027-{at:02}", 8) for at in range(1, 13)]
    cuts = list(sums(model, (year, *quarters("x", 24, 24, 24, 28), *months), {}))
    assert sorted((one.whole.id, len(one.parts)) for one in cuts) == [
        ("Q1", 3), ("Q2", 3), ("Q3", 3), ("Q4", 3), ("Y", 4), ("Y", 12),
    ]  # fmt: skip
    wrong = {one.rows[0].name: one.gives[one.rows[0].name] for one in mismatches(cuts)}
    assert wrong == {"Q4": 24, "Y": 96}


def test_ceilings_on_the_quarters_keep_the_year_from_its_floor(model):
    aims = (target("Y", "x", "2027", 100), *quarters("x", 20, 20, 20, 30, operator="<="))
    assert not list(sums(model, aims, {})), "they pull different ways: nothing to add up"
    (found,) = contradictions(system(model, aims))
    assert not contradictions(system(model, aims[:-1]))
    assert {row.name for row in found.parties} == {"Y", "Q1", "Q2", "Q3", "Q4"}
    assert found.gives["Y"] == pytest.approx(90, rel=1e-4) and found.gives["Q1"] == pytest.approx(30, rel=1e-4)


def can_hold(rows: list[tuple[list[Fraction], Fraction]]) -> bool:
    """Whether all of coefficients·x <= bound can hold, by eliminating one unknown after the other, in fractions."""
    for _ in range(3):
        above = [row for row in rows if row[0][0] > 0]
        below = [row for row in rows if row[0][0] < 0]
        paired = [
            ([a / up[0][0] - b / low[0][0] for a, b in zip(up[0][1:], low[0][1:], strict=True)],
             up[1] / up[0][0] - low[1] / low[0][0])
            for up in above for low in below
        ]  # fmt: skip
        rows = [(line[1:], bound) for line, bound in rows if line[0] == 0] + paired
    return all(bound >= 0 for _, bound in rows)


def written(row: Row) -> list[tuple[list[Fraction], Fraction]]:
    line = [Fraction(row.terms.get(name, 0)) for name in (SALES, UNITS, STOCK)]
    lower = [([-one for one in line], -Fraction(row.bound))] if row.operator != "<=" else []
    return lower + ([(line, Fraction(row.bound))] if row.operator != ">=" else [])


@settings(max_examples=80, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.dictionaries(st.sampled_from([SALES, UNITS, STOCK]), st.sampled_from([-2.0, -1.0, 1.0, 3.0]), min_size=1),
            st.sampled_from([">=", "<=", "="]), st.integers(-6, 6), st.sampled_from(["target", "constraint", "bound"]),
        ),
        min_size=2, max_size=6,
    )
)  # fmt: skip
def test_sums_of_several_numbers_contradict_when_elimination_says_so(told):
    rows = [Row(f"T{at}", kind, terms, op, float(bound)) for at, (terms, op, bound, kind) in enumerate(told)]
    assert is_feasible(rows) is can_hold([line for row in rows for line in written(row)])
    for found in contradictions(rows):
        assert not can_hold([line for row in found.rows for line in written(row)]), "it does contradict itself"
        for row in found.rows:
            others = [line for other in found.rows if other is not row for line in written(other)]
            assert can_hold(others), "and nothing in it is idle"
            given_way = found.gives.get(row.name)
            if given_way is not None and row.operator != "=":
                slack = 1e-4 * max(1.0, abs(given_way))
                ease = -slack if row.operator == ">=" else slack
                at_ease, beyond = replace(row, bound=given_way + ease), replace(row, bound=given_way - ease)
                assert can_hold(others + written(at_ease)) and not can_hold(others + written(beyond))
