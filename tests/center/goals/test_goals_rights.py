"""Values obey data rights: a part is never held against the whole, and one's own part is."""

from __future__ import annotations

from datetime import date

import pytest

from hedu.center.catalog import reads as catalog
from hedu.center.goals import actions, reads
from hedu.center.kernel.actor import SYSTEM
from hedu.center.people import actions as people

TODAY = date(2026, 6, 20)


@pytest.fixture
def narrowed(mem):
    """Members of sales see the east only; nobody in finance sees anything."""
    people.grant(SYSTEM, dataset="sales", where="region = 'east'", department="sales")
    rows = [
        {"code": "ALL", "metric": "revenue", "department": "sales", "period": "2026", "value": "21600"},
        {"code": "EAST", "metric": "revenue", "department": "sales", "period": "2026", "value": "14400",
         "scope": "region = 'east'", "parent": "ALL"},
        {"code": "WEST", "metric": "revenue", "department": "sales", "period": "2026", "value": "7200",
         "scope": "region = 'west'", "parent": "ALL"},
    ]  # fmt: skip
    actions.import_targets(SYSTEM, targets=rows)
    return {row.code: row for row in reads.targets_visible_to(SYSTEM).prefetch_related("phases")}


def stands(actor, rows):
    found = reads.standings(catalog.asker(actor), rows.values(), TODAY)
    return {row.target.code: row for row in found.by_target.values()}, found.questions


def test_the_system_sees_all_in_two_questions(narrowed):
    found, questions = stands(SYSTEM, narrowed)
    assert {code: row.value for code, row in found.items()} == {"ALL": 9_900, "EAST": 6_600, "WEST": 3_300}
    assert {row.status for row in found.values()} == {"on"}
    assert questions == 2, "one for the whole, one for all regions together"


def test_a_part_is_held_against_its_own_target_only(narrowed, mem):
    found, _ = stands(mem, narrowed)
    assert (found["EAST"].value, found["EAST"].status) == (6_600, "on")
    for code in ("ALL", "WEST"):
        assert (found[code].value, found[code].status, found[code].why) == (None, "none", "partial")


def test_whoever_may_see_nothing_is_told_so(narrowed, fin):
    found, _ = stands(fin, narrowed)
    assert {row.status for row in found.values()} == {"none"}
    assert {row.value for row in found.values()} == {None}
    assert {row.why for row in found.values()} <= {"partial", "refused"}


def test_months_are_not_shared_out_by_a_part(narrowed, sal):
    """The season of a part of the rows is not the season of the whole."""
    given = {"code": "N", "metric": "revenue", "department": "sales", "period": "2027", "value": "120"}
    (row,) = actions.apply_targets(sal, [reads_change(given)])
    assert row.phasing == "equal"


def reads_change(given):
    from hedu.center.goals.rules import change_of

    return change_of(given)
