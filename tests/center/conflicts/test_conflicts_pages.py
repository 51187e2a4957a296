"""Pages of cases: lists, one case for each kind of person, raising, scans, and evidence under one's own rights."""

from __future__ import annotations

import json

import pytest
from django.utils import timezone

from hedu.center.conflicts import actions, reads
from hedu.center.conflicts.models import CAUSES, Case, Finding, Scan
from hedu.center.conflicts.views.showing import Table
from hedu.center.people.models import Policy
from hedu.errors.texts import TEXTS

BRIDGE = {
    "kind": "bridge",
    "datasets": ["orders"],
    "question": {"metrics": ["revenue"], "by": ["region"]},
    "facts": {
        "total_a": "450", "total_b": "420", "gap": "30", "since": "2024-01", "until": "2024-03-31",
        "buckets": [
            {"bucket": "only_a", "rows": 1, "amount": "50", "samples": [{"key_0": "SO-SECRET", "value_a": 50.0}]},
            {"bucket": "only_b", "rows": 1, "amount": "-20", "samples": []},
            {"bucket": "both_differ", "rows": 0, "amount": "0", "samples": []},
        ],
    },
}  # fmt: skip


@pytest.fixture
def bridged(case: Case) -> Case:
    Case.objects.filter(pk=case.pk).update(names=["revenue", "basket"])
    Finding.objects.create(case=case, evidence=[BRIDGE], detector="source/1", snapshot="other")
    case.refresh_from_db()
    return case


def test_the_list_narrows_by_every_filter(case, sally, signed_in):
    client = signed_in(sally)
    for query in ("", "?severity=" + case.severity, "?kind=ownership&department=sales", "?metric=revenue&mine=1",
                  "?q=revenue", f"?q={case.number}", "?state=all"):  # fmt: skip
        assert case.number in client.get(f"/conflicts/{query}").content.decode(), query
    for query in ("?state=late", "?state=ended", "?kind=target", "?department=hr", "?q=nothing-like-it", "?q=%00'"):
        assert case.number not in client.get(f"/conflicts/{query}").content.decode(), query


def test_the_board_has_a_column_for_each_state(case, sally, signed_in):
    page = signed_in(sally).get("/conflicts/board/").content.decode()
    assert page.count('class="case-column"') == 6
    assert reads.words_for(case, "zh") in page


def test_a_full_column_of_the_board_folds(case, sally, signed_in):
    for at in range(14):
        Case.objects.create(kind="source", code=case.code, fingerprint=f"more-{at}", names=case.names, facts=case.facts)
    page = signed_in(sally).get("/conflicts/board/").content.decode()
    assert page.count("case-card") == 12 and "还有 3 条" in page


def test_a_case_page_offers_what_its_reader_may_do(case, sally, mo, ada, signed_in):
    deeds = {"sally": (True, True, False), "mo": (False, False, False), "ada": (True, False, True)}
    for user in (sally, mo, ada):
        page = signed_in(user).get(f"/conflicts/{case.pk}/").content.decode()
        assert reads.words_for(case, "zh") in page
        offered = tuple(f"/{case.pk}/{step}/" in page for step in ("triage", "position", "decide"))
        assert offered == deeds[user.username]


def test_steps_by_form_move_the_case(case, sally, mo, signed_in):
    client, at = signed_in(sally), f"/conflicts/{case.pk}/"
    assert client.post(at + "triage/", {"severity": "high"}).status_code == 302
    assert client.post(at + "mediator/", {"mediator": "mo"}).status_code == 302
    assert client.post(at + "position/", {"text": "由销售定。", "prefers": "fix_data"}).status_code == 302
    assert client.post(at + "decide/", {"decision": "fix_data", "reason": "x"}).status_code == 403
    client = signed_in(mo)
    assert client.post(at + "decide/", {"decision": "fix_data", "reason": "财务负责。"}).status_code == 302
    case.refresh_from_db()
    assert (case.state, case.mediator.username) == ("decided", "mo")
    assert client.post(at + "nonsense/").status_code == 404
    page = client.get(at).content.decode()
    assert "由销售定。" in page and "财务负责。" in page


def test_frozen_rows_are_shown_to_those_who_may_see_them_all(bridged, sally, signed_in):
    page = signed_in(sally).get(f"/conflicts/{bridged.pk}/").content.decode()
    assert "SO-SECRET" in page
    assert "取证之后数据已更新" in page


def test_rows_of_a_dataset_one_sees_in_part_are_left_out_and_its_totals_stay(bridged, mo, department, signed_in):
    Policy.objects.create(dataset="orders", where="region = 'east'", department=department("hr"))
    page = signed_in(mo).get(f"/conflicts/{bridged.pk}/").content.decode()
    assert "SO-SECRET" not in page
    assert "最多显示汇总" in page
    assert "30" in page
    case = signed_in(mo).get(f"/api/conflicts/case?id={bridged.pk}").json()
    assert "SO-SECRET" not in json.dumps(case)
    live = signed_in(mo).get(f"/conflicts/{bridged.pk}/live/").content.decode()
    assert "west" not in live and "east" in live


def test_whoever_sees_nothing_of_the_data_sees_no_numbers_of_others_cases(bridged, mo, sally, department, signed_in):
    Policy.objects.create(dataset="orders", where="", department=department("finance"))
    stranger = signed_in(mo).get(f"/conflicts/{bridged.pk}/").content.decode()
    assert "450元" not in stranger and "450" not in stranger.split("取证时的证据")[1].split("现在的数")[0]
    party = signed_in(sally).get(f"/conflicts/{bridged.pk}/").content.decode()
    assert "450" in party and "SO-SECRET" not in party, "a party sees agreed totals, not rows"


def test_a_masked_column_is_masked_in_evidence(bridged, mo, department, signed_in):
    Policy.objects.create(dataset="orders", effect="column", column="key_0", department=department("sales"))
    page = signed_in(mo).get(f"/conflicts/{bridged.pk}/").content.decode()
    assert "SO-SECRET" not in page and "•••" in page


def test_raising_from_a_number_carries_its_question(published, mo, signed_in):
    client = signed_in(mo)
    question = json.dumps({"metrics": ["revenue"], "by": ["region"]})
    page = client.get("/conflicts/raise/", {"question": question, "value": "150", "place": "/metrics/revenue/"})
    assert "销售额" in page.content.decode()
    sent = {"question": question, "value": "150", "expected": "300", "text": "少了一半", "place": "/metrics/revenue/"}
    answer = client.post("/conflicts/raise/", sent)
    case = Case.objects.get(kind="hand")
    assert answer["Location"] == f"/conflicts/{case.pk}/"
    assert case.raised["place"] == "/metrics/revenue/"
    assert "少了一半" in client.get("/conflicts/raise/?metric=revenue").content.decode(), "open cases are shown first"


@pytest.mark.parametrize("question", ["[]", "{", '{"metrics": "x"}', '{"metrics": [1]}', "null"])
def test_a_question_that_is_none_is_left_out(published, mo, signed_in, question):
    page = signed_in(mo).get("/conflicts/raise/", {"question": question})
    assert page.status_code == 200
    assert 'id="raise-metric"' in page.content.decode()


def test_what_stopped_a_scan_is_said_in_words(scanned, sally, signed_in):
    """Every code a scan can end with: no reader meets a bare one."""
    client = signed_in(sally)
    codes = [*TEXTS, "RuntimeError"]
    for language in ("zh-hans", "en"):
        sally.language = language
        sally.save()
        Scan.objects.all().delete()
        now = timezone.now()
        rows = [Scan(state="failed", error_code=code, finished_at=now, started_at=now) for code in codes]
        Scan.objects.bulk_create(rows)
        lang = "en" if language == "en" else "zh"
        for row in Scan.objects.all():
            assert row.fault is not None and row.fault.what(lang) and row.fault.hint(lang), row.error_code
            assert row.error_code not in row.fault.what(lang) or row.error_code == "RuntimeError"
        Scan.objects.exclude(error_code__in=["scan-overtaken", "job-lost-its-worker", "RuntimeError"]).delete()
        page = client.get("/conflicts/scans/").content.decode()
        assert Scan.objects.get(error_code="RuntimeError").fault.code == "scan-broke"
        assert "scan-overtaken" not in page and "job-lost-its-worker" not in page and "(RuntimeError)" in page.replace(
            "（", "(").replace("）", ")")  # fmt: skip
        asked = {
            "hand": "有人要求",
            "publish": "口径发布",
            "data": "数据更新",
            "night": "每晚例行",
            "first": "首次建站",
        }
        for why, words in asked.items():
            Scan.objects.update(why=why)
            assert (words in client.get("/conflicts/scans/").content.decode()) is (language != "en")
    assert set(CAUSES) == set(asked)


def test_scans_are_told_with_what_came_of_them(scanned, sally, mo, person, signed_in):
    client = signed_in(sally)
    assert "立即扫描" in client.get("/conflicts/scans/").content.decode()
    assert client.post("/conflicts/scans/new/").status_code == 302
    assert "扫描在排队" in client.get("/conflicts/scans/latest/").content.decode()
    mei = person("mei", "sales")
    assert signed_in(mei).post("/conflicts/scans/new/").status_code == 403


def test_a_case_reads_in_english(case, sally, signed_in):
    sally.language = "en"
    sally.save()
    page = signed_in(sally).get(f"/conflicts/{case.pk}/").content.decode()
    assert "2 departments are accountable for Revenue at once" in page
    assert "State the position" in page


def test_programs_read_cases_and_scans(case, sally, signed_in):
    client = signed_in(sally)
    listed = client.get("/api/conflicts/cases?kind=ownership").json()
    assert any(row["number"] == case.number for row in (listed["rows"] if isinstance(listed, dict) else listed))
    assert client.get("/api/conflicts/scans").status_code == 200


def test_the_check_is_waited_for_on_the_page(case, ada, acting, signed_in):
    actions.decide(acting(ada), case.pk, decision="fix_data", reason="x")
    actions.verify(acting(ada), case.pk)
    client = signed_in(ada)
    assert "正在用同一检测器复核" in client.get(f"/conflicts/{case.pk}/").content.decode()
    assert "HX-Refresh" not in client.get(f"/conflicts/{case.pk}/check/")
    Case.objects.filter(pk=case.pk).update(check_state="")
    assert client.get(f"/conflicts/{case.pk}/check/")["HX-Refresh"] == "true"


def test_columns_of_numbers_are_told_from_columns_of_words():
    rows = (("a2", "−¥1,200.5", "2026-09", "–"), ("b", "12,615元", "3", "4.2%"))
    table = Table(("key", "amount", "period", "share"), rows)
    assert [is_number for _, is_number in table.heads] == [False, True, False, True]
    assert table.lines[0] == [("a2", False), ("−¥1,200.5", True), ("2026-09", False), ("–", True)]


def test_next_steps_stand_before_the_evidence_and_fields_with_the_decisions_they_belong_to(case, sally, mo, signed_in):
    signed_in(sally).post(f"/conflicts/{case.pk}/mediator/", {"mediator": "mo"})
    page = signed_in(mo).get(f"/conflicts/{case.pk}/").content.decode()
    assert page.index('class="case-next"') < page.index("case-main") < page.index("case-side")
    assert 'data-with="decision" data-choices="accept_until"' in page
