"""The goal tree: put in, changed, moved, put away; check-ins asked for and given; guardrails; constraints; programs."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from hedu.center.catalog.models import Usage
from hedu.center.goals import actions, reads
from hedu.center.goals.actions import goals as rights
from hedu.center.goals.models import CheckIn, Goal
from hedu.center.goals.rules import is_under_itself
from hedu.center.kernel.actor import ANONYMOUS, SYSTEM
from hedu.center.kernel.job import work_off
from hedu.center.kernel.models import Audit, Notification, Task
from hedu.errors import Conflict, Denied, HeduError, NotFound, QueryError


@pytest.fixture
def top(fin):
    return actions.create_goal(fin, "G0", metric="revenue", department="finance", edge="decomposes", name_zh="多挣")


@pytest.fixture
def below(top, sal):
    return actions.create_goal(sal, "G1", metric="places", department="sales", parent="G0", owner="sal")


def test_a_goal_is_registered_audited_and_read_by_all(top, mem):
    assert Usage.objects.filter(kind="goal", metric__name="revenue", url="/goals/G0/").exists()
    assert Audit.objects.get(deed="goals.create_goal").after["metric"] == "revenue"
    assert reads.visible_to(mem).get().label("en") == "多挣"
    assert not reads.visible_to(ANONYMOUS).exists() and not reads.targets_visible_to(ANONYMOUS).exists()


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"code": "a b"}, "code-unreadable"),
        ({"code": "G0"}, "goal-code-taken"),
        ({"parent": "G7"}, "not-found"),
        ({"metric": "nothing"}, "not-found"),
        ({"edge": "because"}, "field-invalid"),
        ({"weight": -1.0}, "field-invalid"),
        ({"owner": "nobody"}, "goal-owner-unknown"),
        ({"scope": "planet = 'Mars'"}, "metric-has-no-dimension"),
        ({"raci": {"X": ["sales"]}}, "raci-letter-unknown"),
    ],
)
def test_what_cannot_be_a_goal(top, wrong, code):
    given = {"code": "G5", "metric": "revenue", "department": "sales", **wrong}
    with pytest.raises(HeduError) as refused:
        actions.create_goal(SYSTEM, given.pop("code"), **given)
    assert refused.value.code == code and Goal.objects.count() == 1


def test_only_those_who_lead_or_own_change_a_goal(below, fin, mem, sal):
    for actor in (mem, fin):
        with pytest.raises(Denied):
            actions.edit_goal(actor, "G1", name_zh="别的")
    with pytest.raises(Denied):
        actions.edit_goal(sal, "G1", department="finance")
    assert actions.edit_goal(sal, "G1", name_zh="铺开", edits=1).edits == 2
    with pytest.raises(Conflict, match="changed-meanwhile"):
        actions.edit_goal(sal, "G1", name_zh="再改", edits=1)
    assert not rights.may_change(sal, "G7")


def test_no_goal_hangs_under_itself(below, top):
    with pytest.raises(Conflict, match="goal-under-itself"):
        actions.move_goal(SYSTEM, "G0", parent="G1")
    assert is_under_itself({1: None, 2: 1, 3: 2}, 1, 3) and not is_under_itself({1: None, 2: 1}, 2, 1)
    assert not is_under_itself({1: 2, 2: 1}, 3, 1), "a ring in the data ends"
    moved = actions.move_goal(SYSTEM, "G1", parent="")
    assert moved.parent is None


def test_archiving_waits_for_what_stands_below(below, sal):
    with pytest.raises(Conflict, match="goal-has-children"):
        actions.archive_goal(SYSTEM, "G0")
    actions.archive_goal(sal, "G1")
    assert not Usage.objects.filter(kind="goal", url="/goals/G1/").exists()
    actions.archive_goal(SYSTEM, "G0")
    back = actions.restore_goal(sal, "G1")
    assert back.parent is None, "what stood above is still away"
    assert Usage.objects.filter(kind="goal", url="/goals/G1/").exists()


def test_a_check_in_needs_a_number_and_a_word(below, sal, mem):
    with pytest.raises(QueryError, match="confidence-out-of-range"):
        actions.check_in(sal, "G1", confidence=11, note="x")
    with pytest.raises(QueryError, match="check-in-empty"):
        actions.check_in(sal, "G1", confidence=5, note="  ")
    with pytest.raises(Denied):
        actions.check_in(mem, "G1", confidence=5, note="x")
    with pytest.raises(NotFound):
        actions.check_in(SYSTEM, "G7", confidence=5, note="x")
    actions.check_in(sal, "G1", confidence=9, note="很稳")
    assert not Notification.objects.exists()


def test_doubt_is_heard_above(below, sal, fin):
    actions.check_in(sal, "G1", confidence=3, note="缺人")
    news = Notification.objects.get()
    assert news.user.username == "fin" and news.topic == "goals.doubted" and news.facts["text"] == "缺人"


def test_check_ins_are_asked_for_once_and_settled(below, sal, fin):
    actions.import_targets(
        SYSTEM,
        targets=[
            {"code": "T", "metric": "places", "department": "sales", "period": "2027", "value": "3", "goal": "G1"}
        ],
    )
    assert actions.remind_check_ins(SYSTEM) == 0, "not due yet"
    Goal.objects.update(created_at=timezone.now() - timedelta(days=40))
    assert actions.remind_check_ins(SYSTEM) == 1
    actions.remind_check_ins(SYSTEM)
    task = Task.objects.get()
    assert task.user.username == "sal" and task.topic == "goals.check_in_due" and task.facts["days"] == 40
    actions.check_in(sal, "G1", confidence=8, note="好")
    assert Task.objects.get().done_at is not None
    assert actions.remind_check_ins(SYSTEM) == 0
    CheckIn.objects.update(at=timezone.now() - timedelta(days=31))
    assert actions.remind_check_ins(SYSTEM) == 1
    with pytest.raises(Denied):
        actions.remind_check_ins(fin)


def test_the_reminder_is_a_job(below):
    from hedu.center.kernel.job import enqueue

    enqueue("goals.remind", {})
    work_off()
    assert Audit.objects.filter(deed="goals.remind_check_ins").exists()


def test_guardrails_need_a_direction_and_another_metric(fin, sal):
    with pytest.raises(QueryError, match="guardrail-is-the-metric"):
        actions.pair_guardrail(fin, "revenue", guardrail="revenue")
    with pytest.raises(Denied):
        actions.pair_guardrail(sal, "revenue", guardrail="cost")
    row = actions.pair_guardrail(fin, "revenue", guardrail="cost", tolerance=3)
    assert row.tolerance == 1.0 and actions.pair_guardrail(fin, "revenue", guardrail="cost").pk == row.pk
    assert Usage.objects.filter(kind="guardrail").count() == 2
    actions.unpair_guardrail(fin, "revenue", guardrail="cost")
    assert not Usage.objects.filter(kind="guardrail").exists()


def test_a_guardrail_without_direction_guards_nothing(fin):
    with pytest.raises(QueryError, match="guardrail-without-direction"):
        actions.pair_guardrail(fin, "revenue", guardrail="neutral")


def test_constraints_are_kept_changed_and_dropped(fin, sal):
    given = {"department": "finance", "period": "2027", "terms": {"revenue": 1, "cost": -2}, "bound": "1,000"}
    row = actions.set_constraint(fin, "K1", **given)
    assert row.bound == 1000 and actions.set_constraint(fin, "K1", **{**given, "bound": "5"}).pk == row.pk
    with pytest.raises(Conflict, match="goal-code-taken"):
        actions.set_constraint(sal, "K1", **{**given, "department": "sales"})
    wrongs = (
        ({"terms": {"nothing": 1}}, "target-metric-unknown"), ({"terms": {}}, "target-metric-unknown"),
        ({"period": "soon"}, "target-period-unreadable"), ({"operator": "!"}, "target-operator-unknown"),
        ({"bound": "much"}, "target-value-unreadable"),
    )  # fmt: skip
    for wrong, code in wrongs:
        with pytest.raises(QueryError, match=code):
            actions.set_constraint(fin, "K2", **{**given, **wrong})
    actions.drop_constraint(fin, "K1", department="finance")
    assert not reads.constraints_visible_to(fin).exists()


def test_programs_read_the_same(below, sal):
    actions.import_targets(
        SYSTEM,
        targets=[
            {"code": "T", "metric": "places", "department": "sales", "period": "2026", "value": "2", "goal": "G1"}
        ],
    )
    actions.check_in(sal, "G1", confidence=8, note="好")
    tree = {row["code"]: row for row in reads.goals(sal, cycle="2026")}
    assert tree["G1"]["standing"]["target"] == "T" and tree["G1"]["depth"] == 1
    assert tree["G0"]["weakest"] in (None, "G1")
    card = reads.scorecard(sal, cycle="2026")
    assert [row["target"] for row in card["targets"]] == ["T"] and sum(card["counts"].values()) == 1
    assert reads.targets(sal, period="2026")[0]["code"] == "T" and reads.targets(sal, metric="cost") == []
    assert reads.check_ins(sal, "G1")[0]["confidence"] == 8
    assert reads.feasible(sal, "2026") == {"clashes": [], "rooms": {"T": None}}
    assert reads.guardrails(sal) == [] and reads.constraints(sal) == []


def test_what_is_decomposed_and_cut_into_quarters_must_add_up(fin):
    """80 + 15 of 100; 20 + 20 + 20 + 30 of 100: worked out by hand."""
    actions.create_goal(SYSTEM, "G", metric="revenue", department="finance", edge="decomposes")
    for code in ("GA", "GB"):
        actions.create_goal(SYSTEM, code, metric="revenue", department="sales", parent="G", edge="decomposes")
    base = {"metric": "revenue", "period": "2026"}
    rows = [
        {**base, "code": "W", "department": "finance", "value": "100", "goal": "G"},
        {**base, "code": "A", "department": "sales", "value": "80", "goal": "GA", "scope": "region = 'east'"},
        {**base, "code": "B", "department": "sales", "value": "15", "goal": "GB", "scope": "region = 'west'"},
        *(
            {**base, "code": f"Q{at}", "department": "finance", "period": f"2026-Q{at}", "value": value}
            for at, value in enumerate(("20", "20", "20", "30"), 1)
        ),
        *({**base, "code": f"N{at}", "metric": "cost_ratio", "department": "finance", "period": f"2026-Q{at}", "value": "9"}
          for at in range(1, 5)),
        {**base, "code": "N", "metric": "cost_ratio", "department": "finance", "value": "1"},
    ]  # fmt: skip
    actions.import_targets(SYSTEM, targets=rows[:2])
    assert reads.feasibility(fin, "2026").clashes == [], "not every part has a target"
    actions.import_targets(SYSTEM, targets=rows)
    found = {frozenset(row.code for row, _ in one.targets): one for one in reads.feasibility(fin, "2026").clashes}
    assert set(found) == {frozenset("WAB"), frozenset(("W", "Q1", "Q2", "Q3", "Q4"))}
    assert all(one.is_sum for one in found.values())
    assert {row.code: gives for row, gives in found[frozenset("WAB")].targets} == {"W": 95, "A": 85, "B": 20}
    assert {one.code for one in found[frozenset("WAB")].departments} == {"finance", "sales"}
    (quarterly,) = reads.feasibility(fin, "2026-Q4").clashes
    assert {row.code: gives for row, gives in quarterly.targets}["Q4"] == 40
    assert reads.feasibility(fin, "2027").clashes == []


def test_targets_set_as_parts_count_once_they_made_up_the_whole(fin):
    """East and west were all there was; east alone was not."""
    base = {"metric": "revenue", "period": "2026", "department": "sales"}
    rows = [{**base, "code": "W", "value": "100"},
            {**base, "code": "E", "value": "60", "scope": "region = 'east'", "parent": "W"}]  # fmt: skip
    actions.import_targets(SYSTEM, targets=rows)
    assert reads.feasibility(fin, "2026").clashes == []
    other = {**base, "code": "S", "value": "20", "scope": "region = 'west'", "parent": "W"}
    actions.import_targets(SYSTEM, targets=[other])
    (found,) = reads.feasibility(fin, "2026").clashes
    assert found.is_sum and {row.code: gives for row, gives in found.targets} == {"W": 80, "E": 80, "S": 40}
    actions.import_targets(SYSTEM, targets=[{**other, "value": "40"}])
    assert reads.feasibility(fin, "2026").clashes == []
