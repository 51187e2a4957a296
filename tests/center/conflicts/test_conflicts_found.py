"""Conflicts as detectors hand them over: what a case makes of finding them again, or of finding others."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hedu.alignment.conflict import Conflict as Found
from hedu.alignment.conflict import Evidence, Severity
from hedu.center.conflicts import actions, reads
from hedu.center.conflicts.models import Case, Scan
from hedu.center.conflicts.subjects import case_subject
from hedu.center.kernel.actor import SYSTEM
from hedu.center.kernel.models import User
from hedu.center.people import actions as people

FOUND = Found(
    kind="definition",
    code="x",
    metrics=("revenue", "basket"),
    departments=("sales", "finance"),
    facets=("filter",),
    severity=Severity("high", gap=0.5, amount=12345.0),
    facts={"total_a": 999},
    evidence=(Evidence("gap", {"a": 111}, None, ("orders",)),),
    detector="definition/1",
)
OTHER = replace(FOUND, facets=("time",))


def file(*conflicts: Found) -> Scan:
    return actions.file_found(SYSTEM, Scan.objects.create().pk, conflicts=conflicts)


@pytest.fixture
def filed(sally, finn, mo) -> Case:
    file(FOUND)
    return Case.objects.get()


# --- the same metrics, another difference ----------------------------------------------------------------


def test_metrics_that_differ_in_something_else_by_now_are_not_verified(filed, ada, act):
    actions.decide(act(ada), filed.pk, decision="fix_data", reason="补录。")
    actions.file_check(SYSTEM, filed.pk, conflicts=[OTHER])
    filed.refresh_from_db()
    assert (filed.state, filed.facets, filed.vanished_at) == ("decided", ["time"], None)
    assert not filed.findings.filter(is_clean=True).exists()
    assert file(OTHER).counts.get("known") == 1, "the next scan knows it as this case"
    actions.file_check(SYSTEM, filed.pk, conflicts=[])
    filed.refresh_from_db()
    assert filed.state == "verified"


def test_where_the_other_difference_has_a_case_neither_is_verified_before_both_are_gone(filed, ada, act):
    file(FOUND, OTHER)
    actions.decide(act(ada), filed.pk, decision="fix_data", reason="补录。")
    actions.file_check(SYSTEM, filed.pk, conflicts=[OTHER])
    filed.refresh_from_db()
    assert (filed.state, filed.facets, filed.fingerprint) == ("decided", ["filter"], FOUND.fingerprint)


def test_what_is_about_somebody_else_or_other_metrics_does_not_hold_a_case_up(filed, ada, act):
    actions.decide(act(ada), filed.pk, decision="fix_data", reason="补录。")
    others = [replace(OTHER, about="finance"), replace(OTHER, metrics=("revenue", "order_count"))]
    actions.file_check(SYSTEM, filed.pk, conflicts=others)
    filed.refresh_from_db()
    assert filed.state == "verified"


# --- numbers over data that is kept from some ------------------------------------------------------------


@pytest.fixture
def mark(person, department, ada, act, published) -> User:
    """Of neither party; orders are for sales alone."""
    department("marketing")
    people.grant(act(ada), dataset="orders", effect="dataset", department="sales")
    return person("mark", "marketing", "liaison")


def test_numbers_over_unseen_data_are_told_to_those_concerned_only(filed, sally, mark, act):
    for one in (reads.case(act(mark), filed.pk), *reads.cases(act(mark))):
        assert (one["facts"], one["gap"]) == ({}, None)
        assert one["metrics"] == ["revenue", "basket"]
    assert reads.case(act(sally), filed.pk)["facts"] == {"total_a": 999}
    assert reads.cases(act(sally))[0]["gap"] == 0.5


def test_a_sentence_holds_no_number_over_unseen_data(filed, sally, mark, act, signed_in):
    sides = {"metric_a": "revenue", "metric_b": "basket", "department_a": "sales", "department_b": "finance"}
    facts = {**sides, "name": "sales", "total": 0.4217, "compared": "above", "facets": ["filter"]}
    Case.objects.update(code="same_name_gap", facts=facts)
    filed.refresh_from_db()
    full, bare = (reads.words_told(act(who), [filed], "en")[filed.pk] for who in (sally, mark))
    assert "42" in full and "42" not in bare and "Revenue" in bare
    page = signed_in(mark).get(f"/conflicts/{filed.pk}/").content.decode()
    assert "42.2%" not in page
    assert case_subject(act(mark), str(filed.pk)).name == f"{filed.number} 同名不同义：销售额、客单价"


def test_the_value_somebody_raised_is_for_those_concerned_and_those_who_see_the_data(sally, mo, mark, act, signed_in):
    row = actions.raise_by_hand(
        act(sally),
        text="不对",
        metrics=["revenue"],
        value="420.17",
        expected="777.31",
        question={"metrics": ["revenue"]},
    )
    for who, is_shown in ((sally, True), (mark, False)):
        page = signed_in(who).get(f"/conflicts/{row.pk}/").content.decode()
        assert ("420.17" in page, "777.31" in page) == (is_shown, is_shown)
    assert not reads.may_see_raised(act(mo), row)


# --- merged ----------------------------------------------------------------------------------------------


def merged(act, ada) -> tuple[Case, Case]:
    """(a case, the one it was merged into)."""
    file(FOUND, OTHER)
    whole, part = Case.objects.order_by("pk")
    actions.merge(act(ada), part.pk, into=whole.pk)
    return part, whole


def test_a_merged_conflict_rests_while_its_whole_is_open_and_returns_after(filed, ada, act):
    part, whole = merged(act, ada)
    assert file(OTHER).counts["known"] == 1
    actions.decide(act(ada), whole.pk, decision="fix_data", reason="补录。")
    actions.file_check(SYSTEM, whole.pk, conflicts=[])
    actions.close(act(ada), whole.pk)
    assert file(OTHER).counts["returned"] == 1
    part.refresh_from_db()
    assert (part.state, part.is_open, part.merged_into) == ("detected", True, None)


def test_a_conflict_merged_into_a_dismissed_case_returns_only_when_something_changed(filed, ada, act):
    part, whole = merged(act, ada)
    actions.dismiss(act(ada), whole.pk, reason="误报")
    assert file(OTHER).counts["known"] == 1
    assert file(replace(OTHER, digests={"definition:revenue": "2"})).counts["returned"] == 1
    part.refresh_from_db()
    assert part.is_open
