"""How targets are written: numbers, months by hand, what a file leaves unsaid, what goes and what stays."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from types import SimpleNamespace

import pytest

from hedu.center.goals import actions, reads, sheets
from hedu.center.goals.exporting import template_xlsx
from hedu.center.goals.models import Goal, Target, TargetPhase
from hedu.center.goals.reads.standing import _aim
from hedu.center.goals.rules import change_of
from hedu.center.kernel.actor import SYSTEM
from hedu.center.kernel.models import Task
from hedu.errors import HeduError, QueryError

YEAR = {"metric": "revenue", "department": "finance", "period": "2027", "value": "120000"}
ALIKE = {f"2027-{month:02}": "10,000" for month in range(1, 13)}


def put(actor, code="T", **more):
    return actions.apply_targets(actor, [change_of({"code": code, **YEAR, **more})])


def phases(code="T"):
    return [phase.value for phase in TargetPhase.objects.filter(target__code=code)]


def refusal(call):
    with pytest.raises(HeduError) as refused:
        call()
    return refused.value.problem.code


# --- months by hand --------------------------------------------------------------------------------------


def test_months_by_hand_are_written_as_numbers_are(fin):
    put(fin)
    actions.phase_target(fin, "T", method="manual", months=ALIKE)
    assert phases() == [10_000] * 12
    spaced = {f" {month} ": "10000" for month in ALIKE}
    assert actions.phase_target(fin, "T", method="manual", months=spaced) and phases() == [10_000] * 12


def test_months_by_hand_stay_when_something_else_changes(fin):
    put(fin)
    by_hand = {**dict.fromkeys(ALIKE, "5000"), "2027-12": "65000"}
    actions.phase_target(fin, "T", method="manual", months=by_hand)
    actions.set_target(fin, "T", **YEAR, phasing="manual", note="as agreed")
    assert phases() == [5_000] * 11 + [65_000] and Target.objects.get().note == "as agreed"
    actions.set_target(fin, "T", **{**YEAR, "value": "240000.01"}, phasing="manual")
    assert sum(phases()) == Decimal("240000.01") and phases()[11] == pytest.approx(130_000, abs=0.02)
    told = {**YEAR, "period": "2028"}
    assert refusal(lambda: actions.set_target(fin, "T", **told, phasing="manual")) == "phases-not-the-total"


def test_amounts_are_never_as_high_every_month_as_the_whole(fin):
    put(fin, phasing="level")
    put(fin, code="EMPTY", phasing="")
    assert sum(phases()) == sum(phases("EMPTY")) == 120_000


def test_levels_by_hand_keep_within_the_period(fin):
    level = {"metric": "cost_ratio", "value": "0.2", "phasing": "manual"}
    put(fin, **level, phases=[["2027-01", "20%"], ["2027-02", "0.21"]])
    assert phases() == [Decimal("0.2"), Decimal("0.21")]
    assert refusal(lambda: put(fin, "L", **level, phases=[["1999-01", "5"]])) == "target-period-unreadable"


# --- numbers ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["1,5", "12,34", "1,2345", "1_000", "12%%", "%", ",5", "1,000,00"])
def test_what_reads_in_two_ways_is_no_number(fin, text):
    assert refusal(lambda: put(fin, value=text)) == "target-value-unreadable"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1，000", "1000"),
        ("１２．５％", "0.125"),
        ("-1,234,567.8", "-1234567.8"),
        ("0.33333333333333333", "0.3333333333"),
    ],
)
def test_a_number_is_what_is_kept(fin, text, value):
    put(fin, value=text)
    assert Target.objects.get().value == Decimal(value) == sum(phases())
    (diff,) = reads.plan_targets(fin, [change_of({"code": "T", **YEAR, "value": text})])
    assert not diff.is_change, "the same again changes nothing"


def test_bounds_lie_on_their_side_of_what_is_due():
    """A year of 100 that begins with a loss of 20: its stricter and its laxer line stay that, a fifth as far away."""
    row = SimpleNamespace(value=Decimal(100), green=Decimal(120), amber=Decimal(90), tolerance=None, operator=">=")
    aim = _aim(row, -20.0)
    assert (aim.goal, aim.line) == (pytest.approx(-16), pytest.approx(-22))
    aim = _aim(row, 50.0)
    assert (aim.goal, aim.line) == (pytest.approx(60), pytest.approx(45))


# --- what goes and what stays ----------------------------------------------------------------------------


def test_a_file_takes_no_parent_from_below_its_parts(fin):
    put(fin)
    put(fin, code="PART", parent="T")
    gone = {"code": "T", "deed": "withdraw"}
    assert refusal(lambda: actions.import_targets(fin, targets=[gone])) == "target-has-children"
    late = {"code": "LATE", **YEAR, "parent": "T"}
    both = [gone, {"code": "PART", "deed": "withdraw"}]
    assert refusal(lambda: actions.import_targets(fin, targets=[*both, late])) == "target-unknown"
    actions.import_targets(fin, targets=both)
    assert set(Target.objects.values_list("state", flat=True)) == {"withdrawn"}


def test_parts_hung_elsewhere_let_their_parent_go(fin):
    put(fin)
    put(fin, code="PART", parent="T")
    put(fin, code="OTHER")
    moved = {"code": "PART", **YEAR, "parent": "OTHER"}
    actions.import_targets(fin, targets=[{"code": "T", "deed": "withdraw"}, moved])
    assert Target.objects.get(code="PART").parent.code == "OTHER"


def test_the_target_of_an_archived_goal_can_still_be_changed(fin):
    actions.create_goal(fin, "G", metric="revenue", department="finance")
    put(fin, goal="G")
    actions.archive_goal(fin, "G")
    actions.phase_target(fin, "T", method="equal")
    assert set(phases()) == {10_000} and Target.objects.get().goal.code == "G"
    assert refusal(lambda: put(fin, code="NEW", goal="G")) == "goal-unknown"


def test_nobody_is_asked_to_check_in_on_what_was_put_away(fin):
    actions.create_goal(fin, "G", metric="revenue", department="finance")
    put(fin, goal="G")
    Goal.objects.update(created_at="2026-01-01T00:00:00Z")
    assert actions.remind_check_ins(SYSTEM) == 1
    actions.archive_goal(fin, "G")
    assert Task.objects.get().outcome == "archived" and not Task.objects.filter(done_at=None).exists()


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"raci": {"R": ["nowhere"]}}, "target-department-unknown"),
        ({"weight": float("nan")}, "number-not-finite"),
        ({"weight": float("inf")}, "number-not-finite"),
    ],
)
def test_a_goal_holds_what_can_be_held(fin, told, code):
    assert refusal(lambda: actions.create_goal(fin, "G", metric="revenue", department="finance", **told)) == code


@pytest.mark.parametrize("code", ["", "C" * 41, "a b"])
def test_a_constraint_has_a_code_like_any_other(fin, code):
    told = {"department": "finance", "period": "2027", "terms": {"revenue": 1.0}, "bound": "5"}
    assert refusal(lambda: actions.set_constraint(fin, code, **told)) == "code-unreadable"
    endless = {**told, "terms": {"revenue": float("inf")}}
    assert refusal(lambda: actions.set_constraint(fin, "C", **endless)) == "number-not-finite"


# --- files -----------------------------------------------------------------------------------------------


def test_the_sheet_to_fill_in_brought_back_changes_nothing(fin):
    put(fin, "LINES", green="130000", amber="100000", tolerance="0.2", scope="region = 'east'", note="n")
    put(fin, "EQUAL", phasing="equal")
    put(fin, "CEILING", metric="cost", operator="<=")
    put(fin, "HAND")
    actions.phase_target(fin, "HAND", method="manual", months={"2027-01": "120000"})
    held = [{**reads.fields_of(row), "code": row.code} for row in reads.targets_visible_to(fin)]
    plan = reads.import_plan(fin, "targets.xlsx", template_xlsx(sheets.HEADS, held))
    assert len(plan.lines) == 4 and not plan.problems and not plan.changing


def test_a_file_says_only_what_it_has_columns_for(fin):
    put(fin, "COST", metric="cost", operator="<=", amber="150000", note="agreed", phasing="equal")
    plan = reads.import_plan(
        fin,
        "t.csv",
        "code,metric,department,period,value\nCOST,cost,finance,2027,90000\nNEW,成本,finance,2027,5\n".encode(),
    )
    changed, made = (line.diff for line in plan.lines)
    assert changed.changed == ("value",) and changed.after["operator"] == "<=" and changed.after["amber"] == "150000"
    assert made.after["operator"] == "<=", "of costs less is better"
    emptied = reads.import_plan(
        fin, "t.csv", b"code,metric,department,period,value,amber\nCOST,cost,finance,2027,120000,\n"
    )
    assert emptied.lines[0].diff.changed == ("amber",), "an empty cell under a head says: none"
    assert date(2027, 1, 1) == Target.objects.get(code="COST").since


def test_a_file_still_names_what_cannot_be_compared(fin):
    plan = reads.import_plan(
        fin, "t.csv", "code,metric,department,period,value,比较\nA,cost,finance,2027,9,差不多\n".encode()
    )
    assert plan.problems[0].diff.problems[0].code == "target-operator-unknown"
    with pytest.raises(QueryError, match="target-operator-unknown"):
        actions.import_targets(fin, targets=[{"code": "A", **YEAR, "operator": "~"}])
