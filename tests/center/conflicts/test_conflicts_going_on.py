"""A case always has a way on, and whoever it has come to concern walks it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from hedu.alignment.scan import scan
from hedu.center.catalog.models import Metric
from hedu.center.conflicts import actions, reads
from hedu.center.conflicts.models import Case
from hedu.center.conflicts.scene import site_scene
from hedu.center.kernel.actor import SYSTEM
from hedu.center.kernel.job import work_off
from hedu.center.kernel.models import Task
from hedu.center.people.models import Membership
from hedu.center.proposals import actions as proposals
from hedu.center.proposals import reads as proposal_reads
from hedu.center.proposals.models import Proposal
from hedu.errors import Conflict
from tests.center.catalog.world import ORDER_COUNT, REVENUE
from tests.center.signed import put


@pytest.fixture
def two(case: Case, person) -> Case:
    """A case between two metrics; sales has an owner beside its liaison, so that somebody else can sign."""
    Case.objects.filter(pk=case.pk).update(names=["revenue", "order_count"])
    person("olga", "sales", "owner")
    case.refresh_from_db()
    return case


def waiting(case: Case) -> dict[str, set[str]]:
    """Who has which tasks about the case."""
    found: dict[str, set[str]] = {}
    for task in Task.objects.filter(about="case", object_id=str(case.pk), done_at=None).select_related("user"):
        found.setdefault(task.user.username, set()).add(task.topic.partition(".")[2])
    return found


def decided(case: Case, sally, mo, act, decision: str = "adopt_a", **more: Any) -> None:
    actions.assign_mediator(act(sally), case.pk, mediator="mo")
    actions.decide(act(mo), case.pk, decision=decision, reason="定了。", **more)


def applied(case: Case, sally, mo, act) -> Proposal:
    decided(case, sally, mo, act)
    actions.apply(act(sally), case.pk)
    case.refresh_from_db()
    return Proposal.objects.get(pk=case.proposals[-1])


def text_of(row: Proposal) -> str:
    return proposal_reads.change_of(proposal_reads.latest(row)).items[0].text


def signed(row: Proposal, act) -> None:
    for user in proposal_reads.asked_people(proposal_reads.waiting_departments(row), row.level):
        row.refresh_from_db()
        if row.state == "open":
            proposals.sign(act(user), row.pk, digest=proposal_reads.latest(row).digest)
    row.refresh_from_db()
    assert row.state == "published"


def test_what_came_into_force_otherwise_is_verified(two, sally, finn, mo, act):
    row = applied(two, sally, mo, act)
    put({"orders.yml": text_of(row)})
    with pytest.raises(Conflict, match="case-not-applied"):
        actions.verify(act(sally), two.pk)
    proposals.rebase(SYSTEM, row.pk)
    assert Proposal.objects.get(pk=row.pk).state == "withdrawn"
    assert reads.ready_to_verify(SYSTEM) == [two.pk]
    actions.verify(act(sally), two.pk)


def test_nothing_left_to_propose_is_no_dead_end(two, sally, finn, mo, act):
    decided(two, sally, mo, act)
    put({"orders.yml": next(iter(reads.texts_of(Case.objects.get(pk=two.pk)).values()))})
    actions.apply(act(sally), two.pk)
    two.refresh_from_db()
    assert (two.state, two.proposals, two.check_state) == ("applied", [], "waiting")
    work_off()
    two.refresh_from_db()
    assert two.check_state == "" and two.findings.first().scan is None


def test_a_purpose_already_written_is_not_written_twice(two, sally, finn, mo, act):
    purposes = {"revenue": "考核 / Scoring", "order_count": "运营 / Operations"}
    decided(two, sally, mo, act, "scope_by_purpose", names=purposes)
    two.refresh_from_db()
    texts = reads.texts_of(two)
    assert not reads.is_in_force(two)
    put(texts)
    assert reads.is_in_force(two) and reads.texts_of(two) == texts


def test_the_proposal_in_place_of_its_own_carries_the_decision_out(two, sally, finn, mo, act):
    row = applied(two, sally, mo, act)
    other = proposals.open_proposal(act(sally), texts={"a.yml": text_of(row).replace("Orders", "All orders")})
    proposals.supersede(act(sally), row.pk, by=other.pk)
    assert reads.proposal_states(two) == {other.pk: "open"}
    signed(other, act)
    assert reads.ready_to_verify(SYSTEM) == [two.pk]


def test_taking_a_case_up_again_ends_what_was_proposed(two, sally, finn, mo, act):
    row = applied(two, sally, mo, act)
    actions.reopen(act(finn), two.pk, reason="口径不对")
    row.refresh_from_db()
    assert row.state == "withdrawn"


def test_who_has_come_to_be_a_party_is_asked(case, sally, finn, mo, ada, person, act):
    hana = person("hana", "hr", "liaison")
    actions.assign_mediator(act(ada), case.pk, mediator="ada")
    put({"r.yml": REVENUE.replace("A: sales, C: [finance]", "A: [sales, hr]")})
    actions.scan(SYSTEM)
    work_off()
    case.refresh_from_db()
    assert {place.code for place in case.departments.all()} == {"sales", "hr"}
    assert waiting(case)["hana"] == {"position_asked"}
    assert actions.state_position(act(hana), case.pk, text="人事认。").department.code == "hr"
    assert any(step.news == "当事部门有变化" for step in reads.timeline_told(act(sally), case))


def test_what_was_merged_is_looked_for_too(case, sally, finn, mo, ada, act):
    raised = actions.raise_by_hand(act(sally), text="不对", metrics=["revenue"])
    for pk in (case.pk, raised.pk):
        actions.assign_mediator(act(ada), pk, mediator="mo")
    actions.merge(act(mo), case.pk, into=raised.pk)
    actions.decide(act(mo), raised.pk, decision="fix_data", reason="补录")
    actions.verify(act(sally), raised.pk)
    work_off()
    raised.refresh_from_db()
    assert raised.state == "decided" and raised.findings.first().is_clean is False
    put({"r.yml": REVENUE})
    actions.verify(act(sally), raised.pk)
    work_off()
    raised.refresh_from_db()
    assert raised.state == "verified"


def test_a_number_of_nobody_reaches_administrators(published, sally, ada, act):
    Metric.objects.filter(name="order_count").update(department=None)
    row = actions.raise_by_hand(act(sally), text="不对", metrics=["order_count"])
    assert waiting(row) == {"ada": {"raised"}}


def test_whoever_is_asked_for_a_department_without_posts_may_speak(case, sally, finn, person, act):
    boss = person("boss", "company", "manager")
    assert not reads.standing_of(act(boss), case).is_party
    Membership.objects.filter(user=finn).delete()
    assert boss in reads.speakers_of(case) and reads.standing_of(act(boss), case).is_party


def test_a_grave_conflict_that_returns_is_told(case, scanned, sally, finn):
    Case.objects.filter(pk=case.pk).update(state="closed", is_open=False)
    found = [
        replace(one, severity=replace(one.severity, level="high"))
        for one in scan(site_scene(), classes=("ownership",))
        if one.code == "several_accountable"
    ]
    actions.file_found(SYSTEM, scanned.pk, conflicts=found)
    case.refresh_from_db()
    assert case.state == "detected" and waiting(case) == {"sally": {"opened"}, "finn": {"opened"}}


def test_the_mediator_is_asked_to_decide(case, sally, finn, mo, act):
    actions.assign_mediator(act(sally), case.pk, mediator="mo")
    assert waiting(case)["mo"] == {"mediate_asked"}
    actions.decide(act(mo), case.pk, decision="fix_data", reason="补录")
    assert waiting(case)["mo"] == {"apply_asked"}


@pytest.mark.parametrize("question", [
    {"foo": 1}, {"metrics": 5}, {"metrics": [["revenue"]]}, {"metrics": ["revenue"], "actor": 1, "workspace": 2},
    {"metrics": ["revenue"], "access": {}, "by": 3},
])  # fmt: skip
def test_a_strange_question_breaks_no_page(published, sally, finn, act, signed_in, question):
    row = actions.raise_by_hand(act(sally), text="不对", metrics=["revenue"], question=question)
    assert not {"foo", "actor", "workspace", "access"} & set(row.raised["question"])
    Case.objects.filter(pk=row.pk).update(raised={**row.raised, "question": question})
    assert signed_in(sally).get(f"/conflicts/{row.pk}/live/").status_code == 200


def test_the_answer_of_a_deed_tells_no_numbers(case):
    assert not {"facts", "gap"} & set(case.as_json())


def test_the_daily_look_leaves_what_was_decided_meanwhile(case, sally, finn, mo, act, monkeypatch):
    from hedu.center.conflicts.actions import waiting as daily

    Case.objects.filter(pk=case.pk).update(due_on=date(2020, 1, 1))
    monkeypatch.setattr(daily, "is_workday", lambda day: True)
    found = daily.for_change

    def late(actor, pk):
        Case.objects.filter(pk=pk).update(state="closed", is_open=False)
        return found(actor, pk)

    monkeypatch.setattr(daily, "for_change", late)
    assert actions.sweep(SYSTEM) == {"escalated": 0, "returned": 0}
    case.refresh_from_db()
    assert case.state == "closed" and case.escalated == 0


def test_whoever_writes_it_in_other_words_puts_it_in_force(two, sally, finn, mo, act):
    decided(two, sally, mo, act)
    two.refresh_from_db()
    assert not reads.is_in_force(two)
    put({"o.yml": ORDER_COUNT.replace("simple: {measure: orders.lines}", "derived: revenue")})
    assert reads.is_in_force(two)
