"""Pages of goals: who may open them, what they show, forms that keep what was typed, files that are looked at first."""

from __future__ import annotations

import io
from datetime import date

import pytest
import xlsxwriter
from django.urls import reverse

from hedu.center.goals import actions, reads
from hedu.center.goals.models import CheckIn, Goal, Target
from hedu.center.kernel.actor import SYSTEM
from hedu.center.kernel.models import User

TODAY = date(2026, 6, 20)


@pytest.fixture(autouse=True)
def in_june(monkeypatch):
    """The world's last whole month is May 2026."""
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *_, **__: TODAY)


@pytest.fixture
def aims(fin, sal):
    actions.create_goal(SYSTEM, "G0", metric="margin", department="finance", edge="decomposes")
    actions.create_goal(
        SYSTEM,
        "G1",
        metric="revenue",
        department="sales",
        parent="G0",
        owner="sal",
        raci={"R": ["sales"], "A": ["sales"]},
    )
    actions.create_goal(SYSTEM, "G2", metric="cost_ratio", department="finance", parent="G0", edge="supports")
    rows = [
        {"code": "T0", "metric": "margin", "department": "finance", "period": "2026", "value": "19000", "goal": "G0"},
        {"code": "T1", "metric": "revenue", "department": "sales", "period": "2026", "value": "21600", "goal": "G1"},
        {"code": "T2", "metric": "cost_ratio", "department": "finance", "period": "2026", "value": "1%",
         "operator": "<=", "goal": "G2"},
        {"code": "T3", "metric": "revenue", "department": "sales", "period": "2026", "value": "14400",
         "scope": "region = 'east'", "parent": "T1"},
        {"code": "T9", "metric": "revenue", "department": "sales", "period": "2027", "value": "30000", "goal": "G1"},
    ]  # fmt: skip
    actions.import_targets(SYSTEM, targets=rows)
    actions.pair_guardrail(SYSTEM, "revenue", guardrail="cost_ratio")


def page(client, name, *args, **query):
    return client.get(reverse(f"goals:{name}", args=args), query)


def text_of(response) -> str:
    assert response.status_code == 200, response.status_code
    return response.content.decode()


def test_everybody_reads_the_tree_and_its_statuses(aims, mem, signed_in):
    client = signed_in(User.objects.get(username="mem"))
    text = text_of(page(client, "tree"))
    assert text.index("/goals/G0/") < text.index("/goals/G1/") and "支撑" in text and "下级均分" in text
    assert 'role="img"' in text and "新建目标" not in text
    narrowed = text_of(page(client, "tree", department="sales"))
    assert "goal-aside" in narrowed and "/goals/G2/" not in narrowed


def test_counters_of_the_scorecard_filter(aims, mem, signed_in):
    client = signed_in(User.objects.get(username="mem"))
    everything = page(client, "scorecard", cycle="2026").context["card"]
    assert {row.target.code: row.status for row in everything.rows} == {"T0": "on", "T1": "on", "T2": "off"}
    assert dict(everything.counts) == {"on": 2, "watch": 0, "off": 1, "none": 0}
    only = page(client, "scorecard", cycle="2026", status="off").context["card"]
    assert [row.target.code for row in only.rows] == ["T2"] and only.counts == everything.counts
    assert page(client, "scorecard", department="sales").context["card"].counts["on"] == 1
    assert "没有这种状态的目标" in text_of(page(client, "scorecard", cycle="2026", status="watch"))
    assert page(client, "scorecard", cycle="2027").context["card"].rows[0].why == "coming"


def test_a_goal_tells_how_it_stands(aims, fin, signed_in):
    client = signed_in(User.objects.get(username="fin"))
    response = page(client, "goal", "G1")
    text = text_of(response)
    stands = response.context["stands"]
    # Two regions: 100 * 3 * (1 + m % 3) * 3 in month m of 2026, so January to May make 900 * (2+3+1+2+3).
    assert (stands.value, stands.until, stands.status) == (9_900, date(2026, 5, 1), "on")
    assert stands.due == pytest.approx(9_900)
    assert stands.expected.low <= stands.expected.value <= stands.expected.high
    assert response.context["chart"]["data"]["columns"][1]["label"] == "累计实际" and "护栏" in text and "T3" in text
    guard = response.context["page"].guards[0]
    assert guard.status == "on" and guard.change < 0
    assert "更新进展" not in text, "finance does not lead sales"


def test_only_values_at_the_end_are_foreseen_of_balances(sal, signed_in):
    common = {"department": "sales", "period": "2026", "value": "60"}
    actions.import_targets(SYSTEM, targets=[{"code": name, "metric": name, **common} for name in ("latest", "peak")])
    client = signed_in(User.objects.get(username="sal"))
    stands = {row.target.code: row for row in page(client, "scorecard", cycle="2026").context["card"].rows}
    assert {code: row.value for code, row in stands.items()} == {"latest": 150, "peak": 150}
    assert stands["latest"].expected is not None and stands["peak"].expected is None


def test_checking_in(aims, sal, signed_in):
    client = signed_in(User.objects.get(username="sal"))
    empty = client.post(reverse("goals:check_in", args=["G1"]), {"confidence": "11", "note": "很好"})
    assert "很好" in text_of(empty) and not CheckIn.objects.exists()
    client.post(reverse("goals:check_in", args=["G1"]), {"confidence": "7", "note": "大单在谈"})
    assert CheckIn.objects.get().confidence == 7
    assert "大单在谈" in text_of(page(client, "goal", "G1"))


def test_goals_are_made_changed_moved_and_put_away(aims, sal, signed_in):
    client = signed_in(User.objects.get(username="sal"))
    given = {
        "code": "G5",
        "metric": "places",
        "department": "sales",
        "parent": "G1",
        "edge": "contributes",
        "weight": "2",
    }
    assert client.post(reverse("goals:add_goal"), {**given, "raci_R": ["sales"]}).status_code == 302
    assert "已被使用" in text_of(client.post(reverse("goals:add_goal"), given))
    changed = {**given, "name_zh": "铺得更广", "edits": "1"}
    assert client.post(reverse("goals:edit_goal", args=["G5"]), changed).status_code == 302
    stale = client.post(reverse("goals:edit_goal", args=["G5"]), changed)
    assert stale.status_code == 200 and stale.context["form"].errors, "seen before somebody changed it"
    client.post(reverse("goals:move_goal", args=["G5"]), {"parent": "G0", "edge": "supports"})
    row = Goal.objects.get(code="G5")
    assert (row.parent.code, row.edge, row.name_zh, row.raci) == ("G0", "supports", "铺得更广", {})
    client.post(reverse("goals:archive_goal", args=["G5"]))
    assert page(client, "goal", "G5").status_code == 404
    client.post(reverse("goals:restore_goal", args=["G5"]))
    assert page(client, "goal", "G5").status_code == 200
    client.post(reverse("goals:move_goal", args=["G0"]), {"parent": "G1"})
    assert Goal.objects.get(code="G0").parent is None


def test_guardrails_from_the_goal(aims, fin, signed_in):
    client = signed_in(User.objects.get(username="fin"))
    address = reverse("goals:guard", args=["G1"])
    client.post(address, {"away": "cost_ratio"})
    assert not reads.guardrails_visible_to(SYSTEM).exists()
    client.post(address, {"guardrail": "cost", "tolerance": "0.1"})
    assert reads.guardrails_visible_to(SYSTEM).get().tolerance == 0.1


def test_targets_page_names_who_must_talk(aims, fin, signed_in):
    actions.set_constraint(
        SYSTEM, "K", department="finance", period="2026", terms={"revenue": 1.0}, operator="<=", bound="20000",
        text_zh="市场就这么大", text_en="The market is no larger",
    )  # fmt: skip
    client = signed_in(User.objects.get(username="fin"))
    text = text_of(page(client, "targets", cycle="2026"))
    assert "这些目标不能同时达成" in text and "市场就这么大" in text
    assert "这些目标不能同时达成" in text_of(page(client, "goal", "G1"))
    assert "可以同时达成" in text_of(page(client, "targets", cycle="2027"))
    assert "T3" in text_of(page(client, "targets", cycle="2026", q="region"))
    assert "没有找到" in text_of(page(client, "targets", cycle="2026", q="nothing like it"))


def test_a_target_is_set_changed_shared_out_and_taken_back(aims, sal, signed_in):
    client = signed_in(User.objects.get(username="sal"))
    given = {"code": "N1", "metric": "revenue", "department": "sales", "period": "2027-Q1", "operator": ">=",
             "value": "lots", "phasing": "seasonal"}  # fmt: skip
    assert "不是数" in text_of(client.post(reverse("goals:add_target"), given))
    assert client.post(reverse("goals:add_target"), {**given, "value": "300"}).status_code == 302
    assert (
        client.post(reverse("goals:edit_target", args=["N1"]), {**given, "value": "330", "edits": "1"}).status_code
        == 302
    )
    client.post(
        reverse("goals:phase_target", args=["N1"]),
        {"method": "manual", "month-2027-01": "330", "month-2027-02": "0", "month-2027-03": "0"},
    )
    row = Target.objects.get(code="N1")
    assert [int(phase.value) for phase in row.phases.all()] == [330, 0, 0]
    assert "330" in text_of(page(client, "target", "N1"))
    client.post(reverse("goals:undo_target", args=["N1"]))
    assert Target.objects.get(code="N1").phasing == "seasonal"
    client.post(reverse("goals:withdraw_target", args=["N1"]))
    assert "已撤回" in text_of(page(client, "target", "N1"))
    assert page(client, "edit_target", "T0").status_code == 403
    prefilled = page(client, "add_target", goal="G1").context["form"].initial
    assert (prefilled["metric"], prefilled["department"]) == ("revenue", "sales")


def sheet(*rows) -> io.BytesIO:
    held = io.BytesIO()
    book = xlsxwriter.Workbook(held, {"in_memory": True})
    page_ = book.add_worksheet()
    for at, row in enumerate(rows):
        page_.write_row(at, 0, row)
    book.close()
    held.seek(0)
    held.name = "targets.xlsx"
    return held


HEAD = ("编号", "指标", "部门", "期间", "比较", "目标值", "范围")


def test_a_file_is_looked_at_first_and_taken_whole_or_not_at_all(aims, sal, signed_in):
    client = signed_in(User.objects.get(username="sal"))
    bad = sheet(HEAD, ("I1", "收入", "sales", 2027, "不低于", 500, ""), ("I2", "收人", "sales", "明年", ">=", "x", ""))
    response = client.post(reverse("goals:import_targets"), {"file": bad})
    text = text_of(response)
    assert "1 行不能写入" in text and "收人" in text and "明年" in text and not response.context["kept"]
    assert {line for line, _, _ in response.context["problems"]} == {3}
    good = sheet(
        HEAD, ("I1", "收入", "sales", 2027, "不低于", 500, ""), ("T1", "revenue", "sales", "2026", "≥", 21600, "")
    )
    response = client.post(reverse("goals:import_targets"), {"file": good})
    assert response.context["same"] == 1 and len(response.context["changing"]) == 1
    assert "不低于 500" in text_of(response) and "<td>收入</td>" in text_of(response)
    kept = response.context["kept"]
    client.post(reverse("goals:take_targets"), {"kept": kept})
    assert reads.target_coded(SYSTEM, "I1").value == 500
    assert Target.objects.get(code="T1").goal.code == "G1", "what the file does not speak of is kept"
    before = Target.objects.get(code="I1").edits
    client.post(reverse("goals:take_targets"), {"kept": kept})
    assert Target.objects.get(code="I1").edits == before, "twice is once"
    assert client.post(reverse("goals:take_targets"), {"kept": "made up"}).status_code == 400
    assert client.post(reverse("goals:import_targets"), {}).status_code == 400


def test_a_file_without_its_columns_leads_back_and_names_them_as_the_sheet_does(aims, sal, signed_in):
    client = signed_in(User.objects.get(username="sal"))
    sent = {"file": sheet(HEAD[:3], ("I1", "收入", "sales"))}
    came = "http://testserver/targets/?cycle=2026"
    response = client.post(reverse("goals:import_targets"), sent, headers={"Referer": came})
    text = response.content.decode()
    assert response.status_code == 400 and "期间 (period)" in text and 'href="/targets/?cycle=2026"' in text
    for elsewhere in ("https://other.example/targets/", ""):
        again = client.post(reverse("goals:import_targets"), {}, headers={"Referer": elsewhere})
        assert again.context["back"] == ""


def test_scopes_are_read_in_words(aims, sal, signed_in):
    client = signed_in(User.objects.get(username="sal"))
    for name, args in (("targets", ()), ("target", ("T1",)), ("target", ("T3",)), ("goal", ("G1",))):
        text = text_of(page(client, name, *args, cycle="2026"))
        assert "是“east”" in text and "region =" not in text, name


def test_a_file_for_another_department_is_refused_when_taken(aims, sal, signed_in):
    client = signed_in(User.objects.get(username="sal"))
    file = sheet(HEAD, ("X1", "revenue", "finance", "2027", ">=", 5, ""))
    kept = client.post(reverse("goals:import_targets"), {"file": file}).context["kept"]
    assert client.post(reverse("goals:take_targets"), {"kept": kept}).status_code == 403
    assert not Target.objects.filter(code="X1").exists()


def test_the_sheet_to_fill_in_comes_back_unchanged(aims, fin, signed_in):
    client = signed_in(User.objects.get(username="fin"))
    content = page(client, "template").content
    plan = reads.import_plan(SYSTEM, "targets.xlsx", content)
    assert len(plan.lines) == 5 and not plan.problems and not plan.changing


@pytest.mark.parametrize("name", ["tree", "scorecard", "targets"])
def test_pages_without_anything_say_what_to_do(name, fin, signed_in):
    assert "house-empty" in text_of(page(signed_in(User.objects.get(username="fin")), name))


def test_english_pages_hold_no_chinese_words(aims, fin, signed_in):
    import re

    user = User.objects.get(username="fin")
    user.language = "en"
    user.save()
    client = signed_in(user)
    for name, args in (("tree", ()), ("scorecard", ()), ("goal", ("G1",)), ("targets", ()), ("target", ("T1",)),
                       ("add_goal", ()), ("add_target", ())):  # fmt: skip
        found = re.findall(
            r"[\u4e00-\u9fff]+", re.sub(r"合度|切换为中文|中文|简体|>\s*中\s*<", "", text_of(page(client, name, *args)))
        )
        assert not found, (name, found[:8])


@pytest.mark.parametrize("name", ["tree", "scorecard", "targets"])
def test_lists_ask_the_database_no_more_for_more_rows(name, aims, fin, signed_in):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def more(start: int, end: int) -> None:
        for at in range(start, end):
            actions.create_goal(SYSTEM, f"M{at}", metric="revenue", department="sales", parent="G1", owner="sal")
            actions.check_in(SYSTEM, f"M{at}", confidence=5, note="x")
        rows = [
            {
                "code": f"M{at}",
                "metric": "cost",
                "department": "finance",
                "period": "2026",
                "value": "1",
                "goal": f"M{at}",
            }
            for at in range(start, end)
        ]
        actions.import_targets(SYSTEM, targets=rows)

    client = signed_in(User.objects.get(username="fin"))
    counted = []
    for start, end in ((0, 3), (3, 12)):
        more(start, end)
        page(client, name, cycle="2026")
        with CaptureQueriesContext(
            connection,
        ) as asked:
            text_of(page(client, name, cycle="2026"))
        counted.append(len(asked))
    assert counted[1] <= counted[0] + 2, counted
