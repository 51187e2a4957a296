"""From a decision to its proposal: who signs it, what ends it, who may not decide, and texts that load."""

from __future__ import annotations

from datetime import date

import pytest

from hedu.alignment.scan import scan
from hedu.alignment.scene import Scene
from hedu.center.catalog import serving
from hedu.center.conflicts import actions, reads
from hedu.center.conflicts.models import Case
from hedu.center.conflicts.preparing import texts_for
from hedu.center.kernel.models import Audit
from hedu.center.proposals import actions as proposal_actions
from hedu.center.proposals import reads as proposal_reads
from hedu.center.proposals.models import Proposal
from hedu.errors import Conflict, Denied, HeduError
from hedu.workspace import load
from tests.center.catalog.world import TEXTS


def refused(error: type[HeduError], code: str, call) -> None:
    with pytest.raises(error) as caught:
        call()
    assert caught.value.code == code


def test_a_decision_opens_a_proposal_and_its_publication_has_the_case_checked(case, person, ada, sally, finn, mo, act):
    Case.objects.filter(pk=case.pk).update(names=["revenue", "order_count"])
    person("olga", "sales", "owner")
    actions.assign_mediator(act(sally), case.pk, mediator="mo")
    actions.decide(act(mo), case.pk, decision="adopt_b", reason="以订单数为准。")
    refused(Conflict, "case-not-applied", lambda: actions.verify(act(sally), case.pk))
    actions.apply(act(sally), case.pk)
    case.refresh_from_db()
    proposal = Proposal.objects.get(pk=case.proposals[0])
    assert (case.state, proposal.origin_kind, proposal.origin_id) == ("applied", "case", str(case.pk))
    refused(Conflict, "case-step-out-of-turn", lambda: actions.apply(act(sally), case.pk))
    assert reads.proposals_of(act(mo), case) == [proposal]


def applied(case, person, sally, act, mo) -> Proposal:
    Case.objects.filter(pk=case.pk).update(names=["revenue", "order_count"])
    person("olga", "sales", "owner")
    actions.assign_mediator(act(sally), case.pk, mediator="mo")
    actions.decide(act(mo), case.pk, decision="adopt_b", reason="以订单数为准。")
    actions.apply(act(sally), case.pk)
    case.refresh_from_db()
    return Proposal.objects.get(pk=case.proposals[-1])


def test_both_parties_sign_what_was_settled_between_them(case, person, sally, finn, mo, act):
    """Whoever's definition stands signs as well as whoever's gives way, in every revision."""
    row = applied(case, person, sally, act, mo)

    def required() -> set[str]:
        waiting = proposal_reads.affected_of(proposal_reads.latest(row))
        return {item.department.code for item in waiting if item.part == "must_sign"}

    assert required() == {"sales", "finance"}
    sales = [why["kind"] for item in proposal_reads.affected_of(proposal_reads.latest(row)) for why in item.why]
    assert "case" in sales
    text = TEXTS["metrics/order_count.yml"].replace(
        "simple: {measure: orders.lines}", "derived: {formula: revenue * 2}"
    )
    proposal_actions.revise(act(sally), row.pk, texts={"a.yml": text})
    row.refresh_from_db()
    assert row.revision_number == 2 and required() == {"sales", "finance"}


def test_a_decision_taken_back_ends_what_it_proposed(case, person, sally, mo, act):
    former = applied(case, person, sally, act, mo)
    actions.reopen(act(sally), case.pk, reason="再议")
    former.refresh_from_db()
    assert former.state == "withdrawn", "nobody signs for a decision that is taken back"
    actions.decide(act(mo), case.pk, decision="adopt_a", reason="以销售额为准。")
    former.refresh_from_db()
    assert former.state == "withdrawn"
    ended = Audit.objects.filter(kind="proposal", object_id=str(former.pk), deed="proposals.withdraw").get()
    assert case.number in ended.note
    actions.apply(act(sally), case.pk)
    case.refresh_from_db()
    assert [Proposal.objects.get(pk=pk).state for pk in case.proposals] == ["open"]
    assert len(reads.proposals_of(act(mo), case)) == 2, "both are told on its page"


def test_dismissing_ends_what_was_proposed(case, person, sally, mo, act):
    former = applied(case, person, sally, act, mo)
    actions.reopen(act(sally), case.pk, reason="再议")
    actions.dismiss(act(mo), case.pk, reason="并不矛盾。")
    former.refresh_from_db()
    assert former.state == "withdrawn"


def test_nobody_mediates_between_themselves_and_another(case, person, department, ada, mo, act):
    """A merge must not make a party of the mediator, nor a new post one who decides."""
    other = actions.raise_by_hand(act(ada), text="人力的数也不对。", metrics=["staff"])
    other.departments.add(department("hr"))
    actions.assign_mediator(act(ada), case.pk, mediator="mo")
    refused(Conflict, "case-mediator-is-party", lambda: actions.merge(act(ada), other.pk, into=case.pk))
    other.refresh_from_db()
    assert other.is_open and not case.departments.filter(code="hr").exists()
    person("mo", "sales")
    refused(Denied, "action-denied", lambda: actions.decide(act(mo), case.pk, decision="fix_data", reason="x"))
    neo = person("neo", "hr")
    actions.assign_mediator(act(ada), case.pk, mediator="neo")
    assert actions.decide(act(neo), case.pk, decision="fix_data", reason="补录。").state == "decided"


def test_what_changes_no_definition_opens_no_proposal(case, ada, act):
    actions.decide(act(ada), case.pk, decision="fix_data", reason="补录。")
    refused(Conflict, "case-nothing-to-propose", lambda: actions.apply(act(ada), case.pk))


def test_the_prepared_texts_of_each_decision_load(case):
    one, other = (serving.served().workspace.model.metrics[name].definition for name in ("revenue", "order_count"))
    adopted = texts_for("adopt_a", (one, other), {})
    assert list(adopted) == ["order_count"] and "derived: {formula: revenue}" in adopted["order_count"]
    names = {"revenue": "销售额（开票） / Sales (invoiced)", "order_count": "订单数"}
    renamed = texts_for("rename_both", (one, other), names)
    assert "zh: 销售额（开票）" in renamed["revenue"] and "en: 订单数" in renamed["order_count"]
    scoped = texts_for("scope_by_purpose", (one, other), {"revenue": "考核 / Scoring", "order_count": "运营"})
    assert "销售额（考核）" in scoped["revenue"] and "用途：运营。" in scoped["order_count"]
    assert texts_for("fix_data", (one, other), {}) == {}


def test_an_adopted_definition_is_no_new_duplicate(case):
    """Two metrics of one form are twins, until one says that it is another name of the other."""
    twin = TEXTS["metrics/revenue.yml"].replace("metric: revenue", "metric: turnover").replace("[营收, GMV]", "[]")
    texts = {**TEXTS, "metrics/turnover.yml": twin}
    before = load(texts, engine="duckdb://")
    assert duplicates(before) == {("revenue", "turnover")}
    both = tuple(before.model.metrics[name].definition for name in ("revenue", "turnover"))
    adopted = {f"metrics/{name}.yml": text for name, text in texts_for("adopt_a", both, {}).items()}
    assert duplicates(load({**texts, **adopted}, engine="duckdb://")) == set()


def duplicates(workspace) -> set[tuple[str, ...]]:
    scene = Scene(workspace.model, workspace.look(), date(2024, 4, 1))
    return {tuple(sorted(found.metrics)) for found in scan(scene, classes=("duplicate",))}
