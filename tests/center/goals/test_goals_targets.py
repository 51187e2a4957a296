"""Targets: set, shared out over months, withdrawn, undone; one way in, all or nothing."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hedu.center.catalog.models import Usage
from hedu.center.goals import actions, reads
from hedu.center.goals.models import Target
from hedu.center.goals.rules import TargetChange, change_of
from hedu.center.kernel.actor import SYSTEM
from hedu.center.kernel.models import Audit, Notification
from hedu.errors import Conflict, Denied, HeduError, NotFound, QueryError

YEAR = {"metric": "revenue", "department": "finance", "period": "2027", "value": "120000.01", "goal": ""}


def change(code="T", **more):
    return change_of({"code": code, **YEAR, **more})


def test_a_target_is_stored_with_its_months_to_the_cent(fin):
    (row,) = actions.apply_targets(fin, [change()], approval="P-1")
    phases = {phase.month.month: phase.value for phase in row.phases.all()}
    assert len(phases) == 12 and sum(phases.values()) == Decimal("120000.01")
    # The world's seasons: month % 3 + 1 parts of 24.
    assert phases[3] == pytest.approx(Decimal("5000"), abs=Decimal("0.02"))
    assert phases[2] == pytest.approx(Decimal("15000"), abs=Decimal("0.02"))
    assert (row.metric_version, row.unit, row.approval, row.edits) == (1, "CNY", "P-1", 1)
    assert Usage.objects.filter(kind="target", metric__name="revenue", department__code="finance").exists()
    audit = Audit.objects.get(kind="target")
    assert audit.before is None and audit.after["value"] == "120000.01" and len(audit.after["phases"]) == 12


def batch(count, **more):
    """A file of targets: a company's year with one under it for every other row."""
    top = change("TOP", department="finance", **more)
    return [top, *(change(f"R{at}", parent="TOP", value=str(1000 + at), **more) for at in range(count - 1))]


def queries_of(changes):
    with CaptureQueriesContext(connection) as asked:
        actions.apply_targets(SYSTEM, changes, approval="P-9")
    return len(asked)


def test_a_file_of_many_rows_is_stored_in_few_queries(fin):
    assert queries_of(batch(500)) < 80
    assert Target.objects.count() == 500 and Target.objects.filter(parent__code="TOP").count() == 499
    assert Usage.objects.filter(kind="target").count() == 500
    row = Target.objects.get(code="R498")
    assert row.phases.count() == 12 and sum(phase.value for phase in row.phases.all()) == Decimal("1498")
    assert Audit.objects.filter(kind="target", object_name="R498").get().after["value"] == "1498"
    assert len(str(Audit.objects.filter(kind="target").first().inputs)) < 200, "no file in every row of the record"
    assert queries_of(batch(500, note="x")) < 80
    row.refresh_from_db()
    assert (row.edits, row.note, row.parent.code) == (2, "x", "TOP")
    assert Usage.objects.filter(kind="target").count() == 500
    withdrawn = [change_of({"code": one.code, "deed": "withdraw"}) for one in Target.objects.exclude(code="TOP")]
    assert queries_of(withdrawn) < 80
    assert Usage.objects.filter(kind="target").count() == 1 and Target.objects.filter(state="withdrawn").count() == 499


def test_many_targets_of_a_department_are_one_piece_of_news(fin, person):
    other = person("olga", "finance", "owner")
    actions.apply_targets(fin, batch(5))
    news = Notification.objects.get(user=other)
    assert (news.topic, news.facts["count"]) == ("goals.targets_changed", 5)


def test_the_same_twice_changes_nothing(fin):
    actions.apply_targets(fin, [change()])
    assert actions.apply_targets(fin, [change()]) == []
    assert Target.objects.get().edits == 1 and Audit.objects.filter(kind="target").count() == 1


def test_a_plan_shows_before_and_after_without_storing(fin):
    actions.apply_targets(fin, [change()])
    (diff,) = reads.plan_targets(fin, [change(value="1.3e5", department="sales")])
    assert diff.before["value"] == "120000.01" and diff.after["value"] == "130000"
    assert diff.changed == ("department", "value") and diff.departments == ("finance", "sales")
    assert Target.objects.get().value == Decimal("120000.01")


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"metric": "revenu"}, "target-metric-unknown"),
        ({"department": "legal"}, "target-department-unknown"),
        ({"period": "next year"}, "target-period-unreadable"),
        ({"operator": "~"}, "target-operator-unknown"),
        ({"value": "lots"}, "target-value-unreadable"),
        ({"value": ""}, "target-field-missing"),
        ({"goal": "G9"}, "goal-unknown"),
        ({"parent": "T9"}, "target-unknown"),
        ({"parent": "T"}, "target-under-itself"),
        ({"phasing": "astral"}, "target-phasing-unknown"),
        ({"scope": "planet = 'Mars'"}, "metric-has-no-dimension"),
        ({"phasing": "manual", "phases": [["2027-01", "5"]]}, "phases-not-the-total"),
    ],
)
def test_what_cannot_be_is_refused_whole(wrong, code):
    with pytest.raises(HeduError) as refused:
        actions.apply_targets(SYSTEM, [change("GOOD"), change(**wrong)])
    assert code in {problem.code for problem in refused.value.problems}
    assert not Target.objects.exists()


def test_a_version_nobody_published_is_refused(fin):
    with pytest.raises(QueryError, match="target-version-unknown"):
        actions.apply_targets(fin, [change(metric_version=7)])
    (row,) = actions.apply_targets(SYSTEM, [change(metric_version=7)])
    assert row.metric_version == 7, "papers may speak of versions kept elsewhere"


def test_a_code_stands_once_in_a_batch(fin):
    with pytest.raises(QueryError, match="target-twice"):
        actions.apply_targets(fin, [change(), change()])


def test_a_batch_has_an_end(fin, monkeypatch):
    monkeypatch.setattr("hedu.center.goals.reads.planning.CHANGES_MOST", 1)
    with pytest.raises(QueryError, match="targets-too-many"):
        actions.apply_targets(fin, [change(), change("T2")])


def test_only_those_who_lead_set_targets(fin, sal, mem):
    with pytest.raises(Denied):
        actions.apply_targets(mem, [change(department="sales")])
    with pytest.raises(Denied):
        actions.apply_targets(sal, [change()])
    actions.apply_targets(fin, [change()])
    with pytest.raises(Denied):
        actions.apply_targets(sal, [change(department="sales")])
    assert Target.objects.get().department.code == "finance"
    assert Audit.objects.filter(outcome="denied").count() == 3


def test_children_may_come_in_the_same_batch(fin):
    rows = actions.apply_targets(fin, [change("T-1", parent="T", scope="region = 'east'"), change()])
    assert {row.code: row.parent and row.parent.code for row in rows} == {"T-1": "T", "T": None}
    with pytest.raises(Conflict, match="target-has-children"):
        actions.withdraw_target(fin, "T")
    with pytest.raises(HeduError, match="target-under-itself"):
        actions.apply_targets(fin, [change(parent="T-1")])


def test_levels_and_overlapping_counts_are_not_shared_out(fin):
    ratio = change("R", metric="cost_ratio", value="10%", operator="<=")
    count = change("D", metric="places", value="3", department="finance")
    rows = {row.code: row for row in actions.apply_targets(fin, [ratio, count])}
    assert {phase.value for phase in rows["R"].phases.all()} == {Decimal("0.1")} and rows["R"].phasing == "level"
    assert not rows["D"].phases.exists()


def test_a_target_without_history_is_shared_alike(fin):
    (row,) = actions.apply_targets(fin, [change(scope="region = 'north'", value="120")])
    assert row.phasing == "equal" and {phase.value for phase in row.phases.all()} == {Decimal(10)}


def test_less_than_a_year_of_history_makes_no_season_for_a_year(fin, monkeypatch):
    """A year back from November the world knows November to June."""
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *_, **__: date(2026, 11, 5))
    monkeypatch.setattr("hedu.center.goals.reads.planning.YEARS_BACK", 1)
    year, spring = change(value="120"), change("S", value="120", period="2027-Q1")
    rows = {row.code: row for row in actions.apply_targets(fin, [year, spring])}
    assert rows["T"].phasing == "equal" and rows["S"].phasing == "seasonal"


def test_one_target_through_its_own_deed(fin, sal):
    given = {"metric": "revenue", "department": "finance", "period": "2027-Q1", "value": "300"}
    assert actions.set_target(fin, "Q1", **given) == {"url": "/targets/Q1/"}
    told = reads.target_json(reads.target_coded(fin, "Q1"))
    assert told["value"] == 300 and sum(phase["value"] for phase in told["phases"]) == 300
    with pytest.raises(Conflict, match="changed-meanwhile"):
        actions.set_target(fin, "Q1", **given, edits=7)
    with pytest.raises(Denied):
        actions.set_target(sal, "Q1", **given)


def test_months_by_hand_and_back_again(fin):
    actions.apply_targets(fin, [change(value="300", period="2027-Q1")])
    before = reads.fields_of(Target.objects.get())
    with pytest.raises(QueryError, match="phases-not-the-total"):
        actions.phase_target(fin, "T", method="manual", months={"2027-01": "299"})
    actions.phase_target(fin, "T", method="manual", months={"2027-01": "200", "2027-03": "100"})
    told = reads.target_json(reads.target_coded(fin, "T"))
    assert [phase["value"] for phase in told["phases"]] == [200, 0, 100] and told["phasing"] == "manual"
    actions.undo_target(fin, "T")
    assert reads.fields_of(Target.objects.get()) == before


def test_undoing_the_first_deed_takes_the_target_away_and_again_brings_it_back(fin):
    with pytest.raises(Conflict, match="nothing-to-undo"):
        actions.undo_target(SYSTEM, "T")
    actions.apply_targets(fin, [change()])
    actions.undo_target(fin, "T")
    assert Target.objects.get().state == "withdrawn"
    assert not Usage.objects.filter(kind="target").exists()
    with pytest.raises(NotFound):
        reads.target_coded(fin, "T")
    actions.undo_target(fin, "T")
    assert reads.target_coded(fin, "T").value == Decimal("120000.01")


def test_those_who_lead_the_department_hear_of_it(fin, person):
    other = person("olga", "finance", "owner")
    actions.apply_targets(fin, [change()])
    assert [news.topic for news in Notification.objects.filter(user=other)] == ["goals.target_changed"]
    assert not Notification.objects.filter(user__username="fin").exists()


def test_a_change_is_plain_data_and_back():
    made = TargetChange("T", metric="revenue", phases=(("2027-01", "1"),), metric_version=2)
    assert change_of(made.as_json()) == made


def codes_of(*changes):
    return [problem.code for diff in reads.plan_targets(SYSTEM, changes) for problem in diff.problems]


def test_a_target_in_another_unit_of_the_same_kind_is_kept_in_the_metric_s(fin):
    given = change(value="1.2", green="1.1", amber="5%", unit="万元", phasing="equal")
    (row,) = actions.apply_targets(SYSTEM, [given], approval="P-1")
    assert (row.value, row.green, row.unit) == (Decimal("12000"), Decimal("11000"), "CNY")
    assert row.amber == Decimal("0.05") and sum(phase.value for phase in row.phases.all()) == Decimal("12000")
    assert actions.apply_targets(SYSTEM, [given], approval="P-1") == [], "the same again changes nothing"


def test_what_a_target_cannot_mean_is_refused():
    assert codes_of(change(unit="USD")) == ["target-unit-differs"]
    assert codes_of(change(unit="人")) == ["target-unit-differs"]
    assert codes_of(change(tolerance="-0.5")) == codes_of(change(tolerance="5")) == ["target-tolerance-unfit"]
    assert codes_of(change(tolerance="5%")) == []


def test_versions_are_read_as_pages_write_them():
    assert change(metric_version="v1").metric_version == change(metric_version=1).metric_version == 1
    assert change(metric_version="").metric_version is None and change(metric_version="newest").metric_version == 0


def test_a_ring_within_one_batch_is_refused(fin):
    assert codes_of(change("C", parent="D"), change("D", parent="C")) == ["target-under-itself"] * 2
    actions.apply_targets(SYSTEM, [change("C"), change("D", parent="C")], approval="P-1")
    assert codes_of(change("C", parent="D")) == ["target-under-itself"]
    assert codes_of(change("C", parent="D"), change("D")) == []
