"""Conflicts as detectors hand them over: what a case makes of finding them again, or of finding others."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hedu.alignment.conflict import Conflict as Found
from hedu.alignment.conflict import Evidence, Severity
from hedu.center.conflicts import actions
from hedu.center.conflicts.models import Case, Scan
from hedu.center.kernel.actor import SYSTEM

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
