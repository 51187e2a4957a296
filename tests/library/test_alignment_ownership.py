"""Gaps of ownership: every planted one and no decoy on several seeds, and each rule by itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from hedu.alignment.classes import ownership
from hedu.alignment.scene import Approval, Department, DriverShare, Person, Scene, Use
from hedu.alignment.wording import sentence
from hedu.workspace import load
from tests.library.planted_papers import MORE_SEEDS, SEEDS, papers, unmatched

WORLD = """version: 1
dataset: t
select: select 1 as x
measures: {x: {agg: sum}}
---
version: 1
metric: sales
label: {zh: 销售额, en: Sales}
owner: sales
person: wu
raci: {A: sales, C: [finance]}
simple: t.x
"""
DEPARTMENTS = (
    Department("company"),
    Department("sales", "company", owner="wu", liaison="li"),
    Department("finance", "company", liaison="fan", deputy="dai"),
)


def world(text: str = WORLD, **more) -> Scene:
    workspace = load({"m.yml": text}, engine="duckdb://")
    return Scene(workspace.model, workspace.look(), date(2026, 10, 1), **{"departments": DEPARTMENTS, **more})


def codes(scene: Scene) -> list[str]:
    return [conflict.code for conflict in ownership.detect(scene)]


@pytest.mark.parametrize("seed", SEEDS)
def test_every_planted_gap_is_found_and_no_decoy(seed):
    assert list(unmatched(seed, "ownership")) == []


@pytest.mark.parametrize("seed", MORE_SEEDS)
def test_so_it_is_on_more_seeds(seed, thorough):
    if not thorough:
        pytest.skip("at length only")
    assert [
        line for kind in ("ownership", "version", "access", "interpretation") for line in unmatched(seed, kind)
    ] == []


def test_exactly_one_department_is_accountable():
    assert codes(world()) == []
    assert codes(world(WORLD.replace("A: sales, ", ""))) == ["no_accountable"]
    assert codes(world(WORLD.replace("A: sales", "A: [sales, finance]"))) == ["several_accountable"]


def test_an_owner_answers_where_no_letters_are_written():
    assert codes(world(WORLD.replace("raci: {A: sales, C: [finance]}\n", ""))) == []
    assert codes(world(WORLD.replace("raci: {A: sales, C: [finance]}\n", "").replace("owner: sales\n", ""))) == [
        "no_accountable"
    ]


def test_without_departments_on_paper_nothing_is_said():
    assert codes(world(WORLD.replace("A: sales, ", ""), departments=())) == []


@pytest.mark.parametrize(
    ("people", "expected"),
    [
        ((Person("wu", "sales"),), []),
        ((Person("wu", "sales", status="on_leave"),), []),
        ((Person("wu", "sales", status="left"),), ["accountable_left"]),
        ((Person("wu", "sales", status="left", delegate="li"), Person("li", "sales")), []),
        (
            (Person("wu", "sales", status="left", delegate="li"), Person("li", "sales", status="left")),
            ["accountable_left"],
        ),
        ((Person("wu", "sales", status="left", delegate="wu"),), ["accountable_left"]),
    ],
)
def test_who_answered_has_left_and_nobody_took_over(people, expected):
    assert codes(world(people=people)) == expected


def test_a_proposer_who_alone_approves():
    def signed(*approvers):
        return tuple(Approval("P-1", "sales", "wu", name, date(2026, 1, 1)) for name in approvers)

    assert codes(world(approvals=signed("wu"))) == ["self_approved"]
    assert codes(world(approvals=signed("wu", "fan"))) == []
    assert codes(world(approvals=signed("fan"))) == []


def test_a_department_that_looks_on_needs_somebody_to_ask():
    gone = (Person("fan", "finance", status="left"), Person("dai", "finance", status="left"))
    looked = (Use("finance", "sales", 40),)
    assert codes(world(people=gone, uses=looked)) == ["no_liaison"]
    assert codes(world(people=gone[:1], uses=looked)) == [], "the deputy stands in"
    assert codes(world(people=gone)) == [], "whoever looks at nothing is asked nothing"


def test_whoever_is_held_to_a_metric_can_move_half_of_it():
    def shares(own):
        return (DriverShare("sales", "price", "sales", own), DriverShare("sales", "market", "finance", 1 - own))

    assert codes(world(drivers=shares(0.49))) == ["not_controllable"]
    assert codes(world(drivers=shares(0.5))) == []


def test_the_sentence_names_people_and_shares():
    scene = papers(7)[0]
    told = {conflict.code: conflict for conflict in ownership.detect(scene)}
    assert sentence(told["not_controllable"], "zh", scene.model) == "客服对“客户留存率”负责，但能影响的部分只占 28%"
    assert "Service and Sales" in sentence(told["several_accountable"], "en", scene.model)


def test_a_digest_changes_with_what_it_rests_on():
    one = next(ownership.detect(world(people=(Person("wu", "sales", status="left"),))))
    other = next(ownership.detect(world(people=(Person("wu", "sales", status="left", left_on=date(2026, 5, 1)),))))
    assert one.fingerprint == other.fingerprint and one.digests != other.digests
    assert replace(one, about="x").fingerprint != one.fingerprint
