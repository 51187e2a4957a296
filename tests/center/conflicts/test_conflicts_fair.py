"""Nobody gets round the way of a case: by a new name, another mediator, a merge, a rejected proposal, or a search."""

from __future__ import annotations

import pytest

from hedu.center.conflicts import actions, reads
from hedu.center.conflicts.models import Case
from hedu.center.kernel.job import work_off
from hedu.center.people import actions as people
from hedu.center.people.models import Department
from hedu.center.proposals import actions as proposals
from hedu.center.proposals import reads as proposal_reads
from hedu.center.proposals.models import Proposal
from hedu.errors import Conflict, Denied


def renamed(ada, sally, finn, act, django_capture_on_commit_callbacks) -> None:
    """revenue is called turnover from now on."""
    with django_capture_on_commit_callbacks(execute=True):
        row = proposals.propose_rename(act(ada), "revenue", name="turnover")
        for user in (sally, finn):
            row.refresh_from_db()
            if row.state == "open":
                proposals.sign(act(user), row.pk, digest=proposal_reads.latest(row).digest)
    row.refresh_from_db()
    assert row.state == "published"
    work_off()


def test_another_name_ends_no_conflict(case, sally, finn, mo, ada, act, django_capture_on_commit_callbacks):
    actions.assign_mediator(act(sally), case.pk, mediator="mo")
    actions.decide(act(mo), case.pk, decision="fix_data", reason="补录")
    renamed(ada, sally, finn, act, django_capture_on_commit_callbacks)
    case.refresh_from_db()
    assert case.names == ["turnover"] and case.state == "decided" and case.vanished_at is None
    actions.verify(act(mo), case.pk)
    work_off()
    case.refresh_from_db()
    assert case.state == "decided" and case.findings.first().is_clean is False
    assert Case.objects.filter(code="several_accountable").count() == 1


def test_what_was_dismissed_stays_so_under_another_name(
    case, sally, finn, mo, ada, act, django_capture_on_commit_callbacks
):
    actions.assign_mediator(act(sally), case.pk, mediator="mo")
    actions.dismiss(act(mo), case.pk, reason="两边都认。")
    renamed(ada, sally, finn, act, django_capture_on_commit_callbacks)
    (row,) = Case.objects.filter(code="several_accountable")
    assert row.pk == case.pk and row.state == "dismissed" and row.names == ["turnover"]


def test_a_metric_that_does_not_answer_is_not_clean(case, mo, sally, act):
    actions.assign_mediator(act(sally), case.pk, mediator="mo")
    actions.decide(act(mo), case.pk, decision="fix_data", reason="补录")
    Case.objects.filter(pk=case.pk).update(names=["no_such_metric"])
    actions.verify(act(mo), case.pk)
    work_off()
    case.refresh_from_db()
    assert case.state == "decided" and case.check_state == "" and not case.findings.filter(is_clean=True).exists()


def test_a_party_replaces_no_mediator(case, sally, finn, mo, ada, act, person):
    person("zed", "hr")
    actions.assign_mediator(act(sally), case.pk, mediator="mo")
    with pytest.raises(Denied):
        actions.assign_mediator(act(finn), case.pk, mediator="zed")
    actions.assign_mediator(act(mo), case.pk, mediator="zed")
    actions.assign_mediator(act(ada), case.pk, mediator="mo")
    actions.decide(act(mo), case.pk, decision="fix_data", reason="补录")
    for actor in (finn, mo, ada):
        with pytest.raises((Denied, Conflict)):
            actions.assign_mediator(act(actor), case.pk, mediator="zed")
    case.refresh_from_db()
    assert (case.state, case.decision, case.mediator) == ("decided", "fix_data", mo)


def test_whoever_belongs_below_a_party_does_not_mediate(case, sally, finn, mo, ada, act, person):
    sales = Department.objects.get(code="sales")
    Department.objects.create(code="east", name_zh="华东", name_en="East", parent=sales)
    eve = person("eve", "east", "liaison")
    assert eve not in reads.mediators_for(act(sally), case) and mo in reads.mediators_for(act(sally), case)
    with pytest.raises(Conflict) as caught:
        actions.assign_mediator(act(finn), case.pk, mediator="eve")
    assert caught.value.code == "case-mediator-is-party"
    actions.assign_mediator(act(finn), case.pk, mediator="mo")
    person("mo", "east")
    with pytest.raises(Denied):
        actions.decide(act(mo), case.pk, decision="fix_data", reason="x")


def test_nothing_is_merged_into_a_case_past_mediation(case, sally, mo, ada, act):
    other = actions.raise_by_hand(act(sally), text="数不对", metrics=["revenue"])
    actions.assign_mediator(act(ada), other.pk, mediator="mo")
    assert other in reads.similar_to(act(ada), case)
    actions.decide(act(mo), other.pk, decision="fix_data", reason="补录")
    assert other not in reads.similar_to(act(ada), case)
    with pytest.raises(Conflict) as caught:
        actions.merge(act(ada), case.pk, into=other.pk)
    assert caught.value.code == "case-merge-target"
    case.refresh_from_db()
    assert case.is_open and case.state == "detected"


def test_a_rejected_proposal_verifies_nothing(sally, finn, mo, ada, act):
    row = actions.raise_by_hand(act(sally), text="数不对", metrics=["revenue", "basket"])
    actions.assign_mediator(act(ada), row.pk, mediator="mo")
    actions.decide(act(mo), row.pk, decision="adopt_a", reason="以销售额为准")
    with pytest.raises(Conflict) as caught:
        actions.verify(act(sally), row.pk)
    assert caught.value.code == "case-not-applied"
    actions.apply(act(ada), row.pk)
    row.refresh_from_db()
    proposal = Proposal.objects.get(pk=row.proposals[0])
    proposals.veto(act(finn), proposal.pk, digest=proposal_reads.latest(proposal).digest, reason="不同意")
    with pytest.raises(Conflict) as caught:
        actions.verify(act(sally), row.pk)
    assert caught.value.code == "case-not-applied"
    row.refresh_from_db()
    assert row.state == "applied"


def test_a_search_reads_out_no_raised_number(sally, ada, act, person):
    spy = person("spy", "hr")
    people.grant(act(ada), dataset="orders", effect="dataset", department="sales")
    row = actions.raise_by_hand(
        act(sally), text="华东少了一截", metrics=["revenue"], value="98765.43", expected="12000", place="/boards/7"
    )
    for word in ("98765", "12000", "boards/7"):
        assert not reads.listed(act(spy), {"q": word}).exists()
    assert list(reads.listed(act(spy), {"q": "华东"})) == [row]


def test_the_board_goes_by_its_english_name(case, finn, signed_in):
    finn.language = "en"
    finn.save()
    client = signed_in(finn)
    for path in ("/conflicts/", "/conflicts/board/"):
        shown = client.get(path).content.decode()
        tabs = shown[shown.index('href="/conflicts/board/"') :][:200]
        assert "Board" in tabs and "Dashboards" not in tabs
    assert "Dashboards" not in client.get("/conflicts/board/").content.decode().split("breadcrumb-item active")[1][:60]
    page = client.get(f"/conflicts/{case.pk}/").content.decode()
    assert "· Hedu</p>" in page and "· 合度" not in page
