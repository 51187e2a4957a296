"""Every step of a case: allowed, denied, out of turn, done twice, audited."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils.translation import override

from hedu.center.conflicts import actions, reads
from hedu.center.conflicts.models import Case, Paper, Position, Scan
from hedu.center.kernel.actor import SYSTEM
from hedu.center.kernel.job import work_off
from hedu.center.kernel.models import Audit, Notification, Task
from hedu.center.kernel.workdays import after_workdays
from hedu.errors import Conflict, Denied, HeduError, NotFound, QueryError


def refused(error: type[HeduError], code: str, call) -> None:
    with pytest.raises(error) as caught:
        call()
    assert caught.value.code == code


def deeds(name: str) -> int:
    return Audit.objects.filter(deed=f"conflicts.{name}", outcome="done").count()


def looked_again() -> Scan:
    actions.scan(SYSTEM)
    work_off()
    return Scan.objects.first()


# --- scans -----------------------------------------------------------------------------------------------


def test_a_scan_files_a_case_with_its_evidence_and_asks_those_who_speak_for_the_parties(case, sally, finn):
    assert (case.kind, case.state, case.names) == ("ownership", "detected", ["revenue"])
    assert {department.code for department in case.departments.all()} == {"sales", "finance"}
    finding = case.findings.get()
    assert finding.evidence[0]["facts"]["raci"][1] == {"letter": "A", "departments": ["sales", "finance"]}
    assert case.detector == "ownership/1"
    assert reads.words_for(case, "en") == "2 departments are accountable for Revenue at once: Sales and Finance"
    assert case.due_on > date.today()


def test_a_second_scan_finds_the_same_case_and_keeps_no_second_finding(case):
    before = Case.objects.count()
    scan = looked_again()
    assert scan.counts["opened" if "opened" in scan.counts else "known"] == before
    assert (Case.objects.count(), case.findings.count()) == (before, 1)


def test_only_administrators_and_speakers_may_ask_for_a_scan(person, act, published, sally):
    mei = person("mei", "sales")
    refused(Denied, "action-denied", lambda: actions.scan(act(mei)))
    row = actions.scan(act(sally), metrics=["revenue"])
    assert actions.scan(act(sally), metrics=["basket"]).pk == row.pk
    row.refresh_from_db()
    assert row.metrics == ["basket", "revenue"], "one waits at a time and looks at all that was asked for"


def test_the_worker_alone_files_what_was_found(ada, act, scanned):
    refused(Denied, "action-denied", lambda: actions.file_found(act(ada), scanned.pk, conflicts=()))
    refused(Denied, "action-denied", lambda: actions.begin_scan(act(ada), scanned.pk))
    refused(Denied, "action-denied", lambda: actions.tell_scan(act(ada), scanned.pk, done=1, note=""))
    refused(Denied, "action-denied", lambda: actions.fail_scan(act(ada), scanned.pk, code="x"))


def test_a_conflict_that_is_gone_is_marked_and_one_that_returns_is_unmarked(case):
    actions.file_found(SYSTEM, Scan.objects.create().pk, conflicts=())
    case.refresh_from_db()
    assert case.vanished_at is not None and case.state == "detected"
    looked_again()
    case.refresh_from_db()
    assert case.vanished_at is None


def test_a_partial_scan_says_nothing_about_what_it_did_not_look_at(case):
    other = Scan.objects.create(metrics=["basket"])
    actions.file_found(SYSTEM, other.pk, conflicts=())
    case.refresh_from_db()
    assert case.vanished_at is None


# --- steps -----------------------------------------------------------------------------------------------


def test_news_of_a_case_reads_in_the_readers_language_whoever_causes_it(case, sally, finn, mo, act):
    actions.assign_mediator(act(finn), case.pk, mediator="mo")
    with override("zh-hans"):
        actions.state_position(act(sally), case.pk, text="口径由销售定。")
        actions.decide(act(mo), case.pk, decision="fix_data", reason="财务负责，销售会签。")
    for topic, fact in (("position_stated", "department"), ("decided", "decision")):
        told = Notification.objects.filter(topic=f"conflicts.{topic}").first().facts
        assert told[fact] != told[f"{fact}_en"] and told[f"{fact}_en"].isascii(), told


def test_the_way_of_a_case(case, sally, finn, mo, act, monkeypatch):
    actions.triage(act(sally), case.pk, severity="high", note="谁说了算要定下来")
    actions.assign_mediator(act(finn), case.pk, mediator="mo")
    assert {task.user.username for task in Task.objects.filter(kind="answer", done_at=None)} == {"sally", "finn"}
    actions.state_position(act(sally), case.pk, text="口径由销售定。", prefers="fix_data")
    actions.state_position(act(finn), case.pk, text="应由财务负责。", prefers="fix_data")
    assert not Task.objects.filter(kind="answer", done_at=None).exists()
    actions.decide(act(mo), case.pk, decision="fix_data", reason="财务负责，销售会签。")
    case.refresh_from_db()
    assert (case.state, case.decision, case.severity) == ("decided", "fix_data", "high")

    actions.verify(act(sally), case.pk)
    work_off()
    case.refresh_from_db()
    assert case.state == "decided", "the detector still finds it"
    assert Audit.objects.filter(kind="case", deed="conflicts.file_check").first().after["news"] == "not_clean"

    monkeypatch.setattr("hedu.center.conflicts.jobs.scan", lambda *_, **__: ())
    actions.verify(act(sally), case.pk)
    work_off()
    case.refresh_from_db()
    assert (case.state, case.findings.first().is_clean) == ("verified", True)
    refused(Denied, "action-denied", lambda: actions.close(act(sally), case.pk))
    actions.close(act(mo), case.pk)
    case.refresh_from_db()
    assert (case.state, case.is_open, case.due_on) == ("closed", False, None)
    steps = [row.deed for row in reads.timeline(act(mo), case)]
    assert steps[0] == "conflicts.close" and steps[-1] == "conflicts.file_found"


def test_parties_cannot_decide_and_a_party_cannot_mediate(case, sally, finn, mo, act):
    refused(Denied, "action-denied", lambda: actions.decide(act(sally), case.pk, decision="fix_data", reason="x"))
    refused(Denied, "action-denied", lambda: actions.dismiss(act(sally), case.pk, reason="x"))
    refused(Conflict, "case-mediator-is-party", lambda: actions.assign_mediator(act(sally), case.pk, mediator="finn"))
    refused(Denied, "action-denied", lambda: actions.triage(act(mo), case.pk))
    refused(NotFound, "not-found", lambda: actions.assign_mediator(act(sally), case.pk, mediator="nobody"))


def test_steps_out_of_turn_are_refused_and_change_nothing(case, ada, act):
    me = act(ada)
    for call in (
        lambda: actions.verify(me, case.pk),
        lambda: actions.close(me, case.pk),
        lambda: actions.reopen(me, case.pk, reason="x"),
    ):
        refused(Conflict, "case-step-out-of-turn", call)
    actions.triage(me, case.pk)
    refused(Conflict, "case-step-out-of-turn", lambda: actions.triage(me, case.pk))


def test_a_decision_is_complete_or_refused(case, ada, act):
    me, pk = act(ada), case.pk
    decide = actions.decide
    refused(QueryError, "case-text-missing", lambda: decide(me, pk, decision="fix_data", reason=" "))
    refused(QueryError, "case-choice-unknown", lambda: decide(me, pk, decision="toss", reason="x"))
    refused(QueryError, "case-decision-needs-two", lambda: decide(me, pk, decision="adopt_a", reason="x"))
    refused(QueryError, "case-date-needed", lambda: decide(me, pk, decision="accept_until", reason="x", until="soon"))
    refused(
        QueryError,
        "case-date-needed",
        lambda: decide(me, pk, decision="accept_until", reason="x", until=date.today().isoformat()),
    )
    Case.objects.filter(pk=pk).update(names=["revenue", "basket"])
    refused(QueryError, "case-names-missing", lambda: decide(me, pk, decision="rename_both", reason="x"))
    same = {"revenue": "销售额", "basket": "销售额"}
    refused(QueryError, "case-names-equal", lambda: decide(me, pk, decision="rename_both", reason="x", names=same))
    case.refresh_from_db()
    assert (case.state, case.decision) == ("detected", "")


def test_what_is_accepted_returns_after_its_date(case, ada, act, at_work):
    until = date.today() + timedelta(days=30)
    actions.decide(act(ada), case.pk, decision="accept_until", reason="年底换系统。", until=until.isoformat())
    case.refresh_from_db()
    assert (case.state, case.accepted_until, case.is_open) == ("accepted", until, True)
    assert actions.sweep(SYSTEM) == {"escalated": 0, "returned": 0}
    Case.objects.filter(pk=case.pk).update(due_on=date.today() - timedelta(days=1))
    assert actions.sweep(SYSTEM)["returned"] == 1
    case.refresh_from_db()
    assert case.state == "triaged"


@pytest.fixture
def at_work(monkeypatch) -> None:
    """A working day, whenever these tests run."""
    monkeypatch.setattr("hedu.center.conflicts.actions.waiting.is_workday", lambda day: True)


def test_an_overdue_case_climbs_the_ladder_and_stops_at_its_top(case, person, ada, act, at_work):
    person("boss", "sales", "manager")
    Case.objects.filter(pk=case.pk).update(due_on=date.today() - timedelta(days=1))
    for rung in (1, 2, 3):
        assert actions.sweep(SYSTEM)["escalated"] == 1
        case.refresh_from_db()
        assert case.escalated == rung
        assert case.due_on > date.today() and actions.sweep(SYSTEM)["escalated"] == 0, "each rung has its time"
        Case.objects.filter(pk=case.pk).update(due_on=date.today() - timedelta(days=1))
    assert actions.sweep(SYSTEM)["escalated"] == 0
    told = {task.user.username for task in Task.objects.filter(topic="conflicts.escalated")}
    assert {"boss", "ada"} <= told
    refused(Conflict, "case-no-higher", lambda: actions.escalate(act(ada), case.pk))


@pytest.fixture
def on(monkeypatch):
    """on(day) makes it that day for cases."""

    def be(day: date) -> None:
        for module in ("settling", "waiting", "steps"):
            monkeypatch.setattr(f"hedu.center.conflicts.actions.{module}.today", lambda: day)

    return be


def test_deadlines_count_working_days_and_holidays_use_up_no_rung(case, ada, act, on):
    on(date(2026, 9, 29))
    Case.objects.update(severity="high")
    actions.decide(act(ada), case.pk, decision="fix_data", reason="补录。")
    case.refresh_from_db()
    assert case.due_on == after_workdays(date(2026, 9, 29), 3) > date(2026, 10, 7)
    Case.objects.update(due_on=date(2026, 9, 30))
    for day in (1, 2, 3, 7):
        on(date(2026, 10, day))
        assert actions.sweep(SYSTEM)["escalated"] == 0
    on(date(2026, 10, 8))
    assert actions.sweep(SYSTEM)["escalated"] == 1
    case.refresh_from_db()
    assert (case.escalated, case.due_on) == (1, after_workdays(date(2026, 10, 8), 3))


def test_a_dismissed_case_returns_only_when_a_digest_changed(case, ada, act):
    actions.dismiss(act(ada), case.pk, reason="两部门约定共同负责。")
    looked_again()
    case.refresh_from_db()
    assert (case.state, case.is_open) == ("dismissed", False)
    Case.objects.filter(pk=case.pk).update(digests={"paper": "another"})
    looked_again()
    case.refresh_from_db()
    assert (case.state, case.is_open) == ("detected", True)
    assert Case.objects.filter(fingerprint=case.fingerprint).count() == 1


def test_reopening_keeps_what_was(case, ada, act):
    me = act(ada)
    actions.dismiss(me, case.pk, reason="误报")
    actions.reopen(me, case.pk, reason="不是误报")
    case.refresh_from_db()
    assert (case.state, case.is_open, case.decision) == ("triaged", True, "")
    assert [row.note for row in reads.timeline(me, case)][:2] == ["不是误报", "误报"]
    actions.dismiss(me, case.pk, reason="误报")
    Case.objects.create(kind="ownership", code="x", fingerprint=case.fingerprint)
    refused(QueryError, "case-open-twin", lambda: actions.reopen(me, case.pk, reason="x"))


# --- by hand ---------------------------------------------------------------------------------------------


def test_anybody_may_say_that_a_number_looks_wrong(person, published, sally, act):
    mei = person("mei", "hr")
    question = {"metrics": ["revenue"], "by": ["region"], "where": []}
    case = actions.raise_by_hand(
        act(mei), text="华东少了一半。", metrics=["revenue"], question=question, value="150", expected="300", place="/x"
    )
    assert (case.state, case.raised["question"]) == ("detected", {"metrics": ["revenue"], "by": ["region"]})
    assert {department.code for department in case.departments.all()} == {"sales"}
    assert Task.objects.get(user=sally).topic == "conflicts.raised"
    assert reads.words_for(case, "zh") == "华东少了一半。"
    assert reads.live_exhibits(act(mei), case)[0].answer["rows"], "the question is asked again for whoever looks"


def test_what_is_raised_needs_words_and_a_metric(mo, act):
    refused(QueryError, "case-text-missing", lambda: actions.raise_by_hand(act(mo), text=" ", metrics=["revenue"]))
    refused(QueryError, "case-without-metric", lambda: actions.raise_by_hand(act(mo), text="x", metrics=["no"]))


def test_what_was_raised_by_hand_is_verified_by_whoever_raised_it(person, sally, ada, act):
    mei = person("mei", "hr")
    case = actions.raise_by_hand(act(mei), text="少了一半。", metrics=["revenue"])
    actions.decide(act(ada), case.pk, decision="fix_data", reason="补录。")
    refused(Conflict, "case-raiser-verifies", lambda: actions.verify(act(sally), case.pk))
    actions.verify(act(mei), case.pk)
    case.refresh_from_db()
    assert case.state == "verified"


def test_merging_joins_parties_metrics_and_history(case, person, ada, act):
    other = actions.raise_by_hand(act(ada), text="客单价也不对。", metrics=["basket"])
    actions.merge(act(ada), other.pk, into=case.pk, reason="同一件事")
    case.refresh_from_db()
    other.refresh_from_db()
    assert (other.state, other.merged_into_id, case.names) == ("merged", case.pk, ["revenue", "basket"])
    refused(Conflict, "case-merge-target", lambda: actions.merge(act(ada), case.pk, into=case.pk))


def test_one_states_a_position_for_ones_own_department_only(case, finn, mo, act, ada):
    refused(Denied, "action-denied", lambda: actions.state_position(act(mo), case.pk, text="x"))
    refused(
        Denied,
        "case-not-your-department",
        lambda: actions.state_position(act(finn), case.pk, text="x", department="sales"),
    )
    refused(Denied, "case-not-your-department", lambda: actions.state_position(act(ada), case.pk, text="x"))
    said = actions.state_position(act(finn), case.pk, text="财务负责。", prefers="fix_data")
    assert (said.department.code, Position.objects.count()) == ("finance", 1)


# --- papers ----------------------------------------------------------------------------------------------


def test_papers_are_filed_by_administrators_and_read_by_the_next_scan(ada, sally, act):
    rows = [{"metric": "revenue", "driver": "价格", "department": "finance", "share": 1.0}]
    refused(Denied, "action-denied", lambda: actions.file_papers(act(sally), kind="drivers", rows=rows))
    actions.file_papers(act(ada), kind="drivers", rows=rows)
    actions.file_papers(act(ada), kind="drivers", rows=rows)
    assert (Paper.objects.count(), deeds("file_papers")) == (1, 2)
    refused(QueryError, "paper-unknown", lambda: actions.file_papers(act(ada), kind="secrets", rows=[]))
    refused(QueryError, "paper-unreadable", lambda: actions.file_papers(act(ada), kind="drivers", rows=[{"x": 1}]))
    bad = [{"metric": "revenue", "number": 1, "valid_from": "soon", "valid_to": None, "meaning_changed": True}]
    refused(QueryError, "paper-unreadable", lambda: actions.file_papers(act(ada), kind="versions", rows=bad))


def test_strangers_see_no_cases(case):
    from hedu.center.kernel.actor import ANONYMOUS

    assert not reads.visible_to(ANONYMOUS).exists()
    assert not reads.scans_visible_to(ANONYMOUS).exists()
