"""People find what they are asked in the inbox, answer it, mark and undo; somebody stands in for a colleague away."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest

ASKED = {"zh": "请您确认理解“毛利率”", "en": "confirm that you understand version 1 of “Gross margin”"}


@pytest.mark.parametrize(("lang", "who"), [("zh", "sales.liaison"), ("en", "sales.deputy")])
def test_somebody_asked_confirms_what_a_metric_means(visit, lang, who):
    page = visit(who, lang=lang)
    page.locator(".house-nav-count").wait_for()
    before = int(page.locator(".house-nav-count").inner_text())
    page.locator(".house-nav a[href='/inbox/']").click()
    page.wait_for_url("**/inbox/")
    page.wait_for_load_state()
    asked = page.locator("[data-task-link]", has_text=ASKED[lang])
    asked.wait_for()
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.matches('[data-task-link]')"), "j goes to the first"
    asked.focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/metrics/gross_margin/understanding/"))
    questions = page.locator(".quiz-question")
    assert questions.count() == 2
    questions.nth(0).locator("input").nth(0).check()
    questions.nth(1).locator("input").nth(0).check()
    page.locator("form[action$='/confirm/'] button.btn-primary").click()
    page.locator(".quiz-question.is-wrong").wait_for()
    assert page.locator(".quiz-question.is-wrong").count() == 1
    page.locator(".quiz-question").nth(0).locator("input").nth(1).check()
    page.locator("form[action$='/confirm/'] button.btn-primary").click()
    page.locator(".card .alert-success").wait_for()
    page.goto("/inbox/")
    after = page.locator(".house-nav-count")
    assert (int(after.inner_text()) if after.count() else 0) == before - 1
    page.goto("/inbox/?show=done")
    done = page.locator("main table").inner_text()
    # Another story may have signed the same person in, in another language, meanwhile.
    assert any(words in done for words in ASKED.values())


def test_the_owner_asks_departments_and_sees_how_far_it_is_understood(visit):
    page = visit("finance.owner")
    page.goto("/metrics/revenue/understanding/")
    page.locator(".quiz-edit summary").click()
    page.fill("#q1_zh", "收入含税吗？")
    page.fill("[name=q1_0_zh]", "含")
    page.fill("[name=q1_1_zh]", "不含")
    page.locator("[name=q1_right]").nth(1).check()
    page.locator(".quiz-edit button").click()
    page.locator(".quiz-question", has_text="收入含税吗？").wait_for()
    ticked = page.locator(".quiz-places input:checked")
    while ticked.count():
        ticked.first.uncheck()
    page.locator(".quiz-places label", has_text="研发").locator("input").check()
    page.locator("form[action$='/ask/'] button").click()
    page.locator("main table td", has_text="研发").wait_for()

    asked = visit("rnd.manager")
    asked.goto("/inbox/?kind=read")
    asked.locator("[data-task-link]", has_text="收入").click()
    asked.locator(".quiz-question input").nth(1).check()
    asked.locator("form[action$='/confirm/'] button.btn-primary").click()
    row = asked.locator("main table tr", has_text="研发")
    assert re.search(r"1 / \d", row.inner_text())


def test_a_stand_in_sees_the_tasks_of_a_colleague_away(visit):
    away = visit("service.liaison")
    away.goto("/people/service.liaison/")
    away.fill("#id_since", date.today().isoformat())
    away.fill("#id_until", (date.today() + timedelta(days=7)).isoformat())
    away.select_option("#id_delegate", "hr.analyst")
    away.locator("main form.house-filters button").click()
    away.locator(".house-chip", has_text="代理人").wait_for()
    name = away.locator("h1").inner_text()

    stand_in = visit("hr.analyst")
    stand_in.goto("/inbox/")
    assert f"代 {name} 办理" in stand_in.locator("main").inner_text()
    away.goto("/people/service.liaison/")
    away.locator(".house-chip .btn-close").first.click()
    away.locator(".house-chip", has_text="代理人").wait_for(state="detached")
    stand_in.goto("/inbox/")
    assert f"代 {name} 办理" not in stand_in.locator("main").inner_text()


def test_how_one_hears_is_kept(visit):
    page = visit("marketing.analyst")
    page.goto("/me/hearing/")
    page.select_option("#id_way_news", "now")
    page.fill("#id_digest_at", "18:30")
    page.locator("main form button.btn-primary").click()
    page.wait_for_load_state()
    page.goto("/me/hearing/")
    assert page.input_value("#id_way_news") == "now" and page.input_value("#id_digest_at") == "18:30"


def test_an_administrator_watches_jobs_and_adds_a_channel(visit):
    page = visit("admin")
    page.goto("/admin/jobs/")
    assert page.locator("main").inner_text().count("kernel.tidy") >= 1, "the timetable"
    page.goto("/admin/channels/")
    page.fill("#id_name", "网络钩子")
    page.fill("#id_url", "json://127.0.0.1:9/{username}?cto=0.3&rto=0.3")
    page.locator("main .card .btn-primary").click()
    row = page.locator("main table tr", has_text="网络钩子")
    row.wait_for()
    assert "127.0.0.1" not in row.inner_text()
    row.locator("button[formaction$='/try/']").click()
    page.locator(".house-toast", has_text="没有接收").wait_for()
    page.locator("main table tr", has_text="网络钩子").locator("button[formaction$='/remove/']").click()
    page.locator("main table tr", has_text="网络钩子").wait_for(state="detached")
