"""Each kind of decision, from the decision to what it changes: proposals with its texts, or none."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from hedu.center.catalog import serving
from hedu.center.conflicts import actions, reads
from hedu.center.conflicts.models import Case
from hedu.center.proposals import actions as proposals
from hedu.center.proposals import reads as proposal_reads
from hedu.center.proposals.models import Proposal
from hedu.define.definitions import Derived
from hedu.errors import Conflict

NAMES = {"revenue": "销售额（付款） / Revenue (paid)", "order_count": "订单数（全部） / Orders (all)"}
PURPOSES = {"revenue": "考核 / Scoring", "order_count": "运营 / Operations"}


@pytest.fixture
def two(case: Case, person) -> Case:
    """A case between two metrics; sales has an owner beside its liaison, so that somebody else can sign."""
    Case.objects.filter(pk=case.pk).update(names=["revenue", "order_count"])
    person("olga", "sales", "owner")
    case.refresh_from_db()
    return case


def settled(case: Case, sally, mo, act, decision: str, **more) -> Proposal:
    """Decided by the mediator, proposed by a party, signed by whoever must."""
    actions.assign_mediator(act(sally), case.pk, mediator="mo")
    actions.decide(act(mo), case.pk, decision=decision, reason="定了。", **more)
    actions.apply(act(sally), case.pk)
    case.refresh_from_db()
    (number,) = case.proposals
    row = Proposal.objects.get(pk=number)
    for user in proposal_reads.asked_people(proposal_reads.waiting_departments(row), row.level):
        row.refresh_from_db()
        if row.state == "open":
            proposals.sign(act(user), row.pk, digest=proposal_reads.latest(row).digest)
    row.refresh_from_db()
    return row


def definition(name: str):
    return serving.served().workspace.model.metrics[name].definition


@pytest.mark.parametrize(("decision", "stays", "follows"), [
    ("adopt_a", "revenue", "order_count"), ("adopt_b", "order_count", "revenue"),
])  # fmt: skip
def test_adopting_makes_the_other_another_name_of_it(two, sally, finn, mo, act, decision, stays, follows):
    before = definition(stays).body
    row = settled(two, sally, mo, act, decision)
    assert row.state == "published" and row.title == f"{two.number} {two.get_decision_display()}"
    assert definition(follows).body == Derived(stays) and definition(stays).body == before


def test_renaming_both_changes_names_and_no_number(two, sally, finn, mo, act):
    before = definition("revenue").body
    row = settled(two, sally, mo, act, "rename_both", names=NAMES)
    assert row.state == "published" and row.risk == "safe"
    assert [definition(name).label.zh for name in NAMES] == ["销售额（付款）", "订单数（全部）"]
    assert definition("revenue").label.en == "Revenue (paid)" and definition("revenue").body == before


def test_a_purpose_is_written_into_name_and_meaning(two, sally, finn, mo, act):
    row = settled(two, sally, mo, act, "scope_by_purpose", names=PURPOSES)
    assert row.state == "published"
    told = definition("order_count")
    assert told.label.zh == "订单数（运营）" and "用途：运营。" in told.meaning.zh and "Operations" in told.meaning.en


@pytest.mark.parametrize(("decision", "more"), [
    ("fix_data", {}), ("accept_until", {"until": (date.today() + timedelta(days=30)).isoformat()}),
])  # fmt: skip
def test_what_changes_no_definition_proposes_nothing(two, sally, mo, act, decision, more):
    actions.assign_mediator(act(sally), two.pk, mediator="mo")
    actions.decide(act(mo), two.pk, decision=decision, reason="定了。", **more)
    with pytest.raises(Conflict):
        actions.apply(act(sally), two.pk)
    assert not Proposal.objects.exists()


def test_until_its_proposal_is_published_a_case_is_not_verified(two, sally, finn, mo, act):
    actions.assign_mediator(act(sally), two.pk, mediator="mo")
    actions.decide(act(mo), two.pk, decision="adopt_b", reason="定了。")
    actions.apply(act(sally), two.pk)
    two.refresh_from_db()
    proposals.veto(act(finn), two.proposals[0], digest=_digest(two.proposals[0]), reason="不同意")
    with pytest.raises(Conflict) as refused:
        actions.verify(act(sally), two.pk)
    assert refused.value.code == "case-not-applied"
    assert reads.ready_to_verify(act(sally)) == []
    actions.reopen(act(sally), two.pk, reason="提案被否决，重新裁定")
    actions.decide(act(mo), two.pk, decision="fix_data", reason="补录。")
    two.refresh_from_db()
    assert (two.state, two.proposals) == ("decided", [])


def _digest(proposal: int) -> str:
    return proposal_reads.latest(Proposal.objects.get(pk=proposal)).digest
