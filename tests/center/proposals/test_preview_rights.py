"""A preview shows everybody what is theirs to see, and nothing that nobody has signed for yet."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from importlib import import_module
from pathlib import Path

import pytest
from django.test import Client

from hedu.center.dashboards import actions as dashboards
from hedu.center.goals import actions as goals
from hedu.center.kernel.actor import SYSTEM, Actor
from hedu.center.kernel.models import User
from hedu.center.people import actions as people_actions
from hedu.center.proposals import actions, reads
from hedu.center.proposals.reads import flips, kept
from tests.center import signed
from tests.center.catalog.world import ORDERS, REVENUE

ONLINE = REVENUE.replace("'paid'\"", "'paid' and orders.channel = 'web'\"")
PAY = """version: 1
dataset: pay
owner: finance
file: FILE
time: day
dimensions: {name: {}, region: {}, day: {type: date}}
measures: {amount: {agg: sum, unit: CNY}}
"""
SELECTED = "version: 1\ndataset: kept\nowner: sales\nselect: SELECTED\nmeasures: {amount: {agg: sum}}\n"
TOTAL = "version: 1\nmetric: all_pay\nowner: sales\nsimple: kept.amount\n"
Act = Callable[[str], Actor]
preview = import_module("hedu.center.proposals.reads.preview")


def test_a_board_of_ones_own_is_not_shown_to_those_who_look_next(act: Act) -> None:
    board = dashboards.create_dashboard(act("sally"), name="SECRET BOARD")
    question = {"metrics": ["revenue"], "by": ["orders.region"]}
    dashboards.add_tile(act("sally"), board.pk, title="secret tile", question=question)
    row = actions.open_proposal(act("sally"), texts={"revenue.yml": ONLINE})
    assert [one.holder for one in reads.preview_on(act("sally"), row, "en").kept] == ["SECRET BOARD"]
    assert reads.preview_on(act("lian"), row, "en").kept == ()
    assert [one.holder for one in reads.preview_on(act("sally"), row, "en").kept] == ["SECRET BOARD"]


@pytest.fixture
def pay(act: Act, tmp_path: Path) -> str:
    """A file of pay that finance sees and nobody else, and a dataset of it under another name."""
    file = tmp_path / "pay.csv"
    file.write_text("name,region,amount,day\nann,east,100,2024-01-05\nbob,west,200,2024-01-09\n", encoding="utf-8")
    known = PAY.replace("FILE", str(file))
    signed.put({"pay.yml": known})
    people_actions.grant(act("root"), dataset="pay", effect="dataset", department="finance")
    return known.replace("dataset: pay", "dataset: kept")


def test_a_new_dataset_over_hidden_data_shows_nobody_its_numbers(act: Act, pay: str) -> None:
    row = actions.open_proposal(act("sally"), texts={"kept.yml": pay, "m.yml": TOTAL})
    for who in ("sally", "lian"):
        (course,) = reads.preview_on(act(who), row, "en").courses
        assert course.refused is not None and course.refused.code == "preview-unsigned"
        assert course.points == () and course.after is None
    (course,) = reads.preview_on(act("root"), row, "en").courses
    assert course.refused is not None and course.refused.code == "engine-broken-file", "asked of the warehouse"


def test_a_select_over_it_is_no_way_around(act: Act, pay: str) -> None:
    file = next(line for line in pay.splitlines() if line.startswith("file:")).removeprefix("file: ")
    for told in (f"select * from '{file}'", f"select * from read_csv('{file}')"):
        text = SELECTED.replace("SELECTED", told)
        row = actions.open_proposal(act("sally"), texts={"kept.yml": text, "m.yml": TOTAL})
        (course,) = reads.preview_on(act("sally"), row, "en").courses
        assert course.refused is not None and course.refused.code == "preview-unsigned"
        actions.withdraw(act("sally"), row.pk)


def test_no_dimension_is_bent_round_a_row_policy(act: Act, signed_in: Callable[[User], Client]) -> None:
    for place, where in (("sales", "region = 'east'"), ("finance", ""), ("company", "")):
        people_actions.grant(act("root"), dataset="orders", where=where, department=place, with_subtree=False)
    bent = ORDERS.replace("region: {label", "region: {expr: \"'east'\", label")
    row = actions.open_proposal(act("sally"), texts={"orders.yml": bent})
    dashboards.save_view(act("sally"), name="v", question={"metrics": ["revenue"]}, chart={"kind": "bar"})
    held = bent.replace("amount: {agg: sum", "amount: {agg: max")
    both = actions.open_proposal(act("sally"), texts={"orders.yml": held, "revenue.yml": ONLINE})
    for proposal in (row, both):
        preview = reads.preview_on(act("sally"), proposal, "en")
        assert all(one.refused and one.refused.code == "preview-unsigned" for one in preview.courses)
        assert all(one.refused for one in preview.kept) and preview.flips == ()
        page = signed_in(User.objects.get(username="sally")).get(f"/proposals/{proposal.pk}/preview/").content.decode()
        assert "preview-unsigned" not in page
    assert all(not one.refused for one in reads.preview_on(act("finn"), both, "en").courses)


def test_what_is_left_off_is_said(
    act: Act, signed_in: Callable[[User], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept, "QUESTIONS_MOST", 1)
    monkeypatch.setattr(kept, "OBJECTS_MOST", 1)
    monkeypatch.setattr(flips, "TARGETS_MOST", 1)
    question = {"metrics": ["revenue"], "by": ["orders.region"]}
    for who, name in (("sally", "a hidden"), ("finn", "b"), ("finn", "c")):
        dashboards.save_view(act(who), name=name, question=question, chart={"kind": "bar"})
    for code, period in (("T1", "2024-Q1"), ("T2", "2024")):
        goals.set_target(SYSTEM, code, metric="revenue", department="sales", period=period, value="420")
    row = actions.open_proposal(act("sally"), texts={"revenue.yml": ONLINE})
    shown = reads.preview_on(act("finn"), row, "en")
    assert [one.holder for one in shown.kept] == ["b"] and shown.kept_left_off == 1
    assert len(shown.flips) <= 1 and shown.flips_left_off == 1
    page = signed_in(User.objects.get(username="finn")).get(f"/proposals/{row.pk}/preview/").content.decode()
    assert "另有 1 个目标没有计算" in page and "另有 1 个图表或视图没有计算" in page
    told = reads.preview(act("finn"), row.pk)["not_computed"]
    assert {item["what"]: item["count"] for item in told} == {"targets": 1, "tiles and views": 1}
    assert all("not computed" in item["said"] for item in told)


def test_what_is_used_most_is_computed_first(
    act: Act, signed_in: Callable[[User], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = {f"{at}.yml": f"version: 1\nmetric: m{at}\nowner: sales\nderived: {{formula: revenue * {at}}}\n"
             for at in range(1, 6)}  # fmt: skip
    signed.put(texts)
    for at, times in ((4, 2), (2, 1)):
        for name in range(times):
            view = dashboards.save_view(act("sally"), name=f"{at}{name}", question={"metrics": [f"m{at}"]},
                                        chart={"kind": "bar"})  # fmt: skip
            assert view
    goals.set_target(SYSTEM, "T3", metric="m3", department="finance", period="2027", value="420")
    monkeypatch.setattr(preview, "METRICS_MOST", 4)
    row = actions.open_proposal(act("sally"), texts={"revenue.yml": ONLINE})
    shown = reads.preview_on(act("sally"), row, "en")
    assert {one.metric for one in shown.courses} == {"revenue", "m3", "m4", "m2"}
    assert shown.courses[0].metric == "revenue" and set(shown.not_computed) == {"basket", "m1", "m5"}
    page = signed_in(User.objects.get(username="sally")).get(f"/proposals/{row.pk}/preview/").content.decode()
    assert "另有 3 个指标没有计算" in page and "客单价" in page
    (told,) = [item for item in reads.preview(act("sally"), row.pk)["not_computed"] if item["what"] == "metrics"]
    assert told["count"] == 3 and set(told["names"]) == {"basket", "m1", "m5"}


def test_departments_beyond_the_slices_are_named(act: Act, monkeypatch: pytest.MonkeyPatch) -> None:
    people_actions.grant(SYSTEM, dataset="orders", where="region = 'east'", department="finance")
    people_actions.grant(SYSTEM, dataset="orders", where="region = 'west'", department="sales")
    people_actions.grant(SYSTEM, dataset="orders", where="", user="root")
    monkeypatch.setattr(preview, "SLICES_MOST", 1)
    row = actions.open_proposal(act("sally"), texts={"revenue.yml": ONLINE})
    shown = reads.preview_on(act("root"), row, "en")
    assert len({one.department for one in shown.slices}) == 1 and len(shown.slices_left_off) == 1


def test_targets_of_today_are_computed_before_those_of_other_years(act: Act, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flips, "TARGETS_MOST", 1)
    monkeypatch.setattr(flips.timezone, "localdate", lambda *_: date(2024, 2, 10))
    for code, period in (("OLD", "2023"), ("NOW", "2024"), ("FAR", "2030")):
        goals.set_target(SYSTEM, code, metric="revenue", department="sales", period=period, value="420")
    row = actions.open_proposal(act("sally"), texts={"revenue.yml": ONLINE})
    shown = reads.preview_on(act("sally"), row, "en")
    assert [one.target.code for one in shown.flips] == ["NOW"] and shown.flips_left_off == 2
