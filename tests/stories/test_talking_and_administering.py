"""Somebody asks a colleague about a number; an administrator invites, assigns and sets who sees what."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_question_reaches_the_colleague_it_names(visit, lang):
    page = visit("admin", lang=lang)
    page.goto("/metrics/revenue/?tab=talk")
    box = page.locator(".house-say textarea")
    box.click()
    page.keyboard.type("@sales.liais")
    page.locator("#mentions [role=option]", has_text="sales.liaison").wait_for()
    page.keyboard.press("Enter")
    words = f"退款算在哪一天 {lang}"
    page.keyboard.type(words)
    page.locator(".house-say button.btn-primary").click()
    page.locator(".house-comment-text", has_text=words).wait_for()

    colleague = visit("sales.liaison", lang=lang)
    colleague.locator(".house-bell .badge").wait_for()
    colleague.wait_for_load_state("networkidle")
    colleague.locator(".house-bell").click()
    news = colleague.locator(".house-news a", has_text=words)
    assert ("mentioned you" if lang == "en" else "提到了您") in news.inner_text()
    news.click()
    colleague.wait_for_url(re.compile(r"/metrics/revenue/"))


@pytest.mark.parametrize("colleague", ["finance.liaison", "sales.liaison"])
@pytest.mark.parametrize("after", ["", "，退款算在哪一天？"])
def test_a_list_that_comes_late_chooses_for_what_is_typed(visit, colleague, after):
    """The first list holds eight: the finance colleague is among them, the sales colleague is not."""
    page = visit("admin")
    page.goto("/metrics/revenue/?tab=talk")
    page.evaluate("""() => {
        const now = window.fetch;
        const later = (...asked) => new Promise((done) => setTimeout(() => done(now(...asked)), 800));
        window.fetch = (...asked) => (/q=.$/.test(asked[0]) ? now(...asked) : later(...asked));
    }""")
    box = page.locator(".house-say textarea")
    box.click()
    page.keyboard.type(f"@{colleague[0]}")
    page.locator("#mentions [role=option]").first.wait_for()
    page.keyboard.type(colleague[1:])
    page.keyboard.press("Enter")
    page.keyboard.type(after)
    expect(box).to_have_value(f"@{colleague} {after}")
    page.keyboard.type("。")
    expect(box).to_have_value(f"@{colleague} {after}。")


def test_an_invited_colleague_chooses_a_password_and_signs_in(visit):
    page = visit("admin")
    page.goto("/admin/users/invite/")
    page.fill("#id_name", "新同事")
    page.fill("#id_username", "new.colleague")
    page.select_option("#id_department", "finance")
    page.locator("main form button.btn-primary").click()
    link = page.locator(".house-secret").inner_text()

    page.locator(".house-me").click()
    page.locator("form[action='/accounts/logout/'] button").click()
    page.goto(link)
    for field in ("#id_password1", "#id_password2"):
        page.fill(field, "a long enough secret")
    page.locator("main form button.btn-primary").click()
    page.locator(".house-me").wait_for()
    page.goto("/me/")
    assert page.locator("h1").inner_text() == "新同事"


def test_an_administrator_checks_what_a_salesperson_sees(visit):
    page = visit("admin")
    page.goto("/admin/policies/?user=sales.east1")
    seen = page.locator(".house-seen")
    assert "region = '华东'" in seen.inner_text()
    page.goto("/admin/policies/?user=finance.manager")
    assert "sales_orders" not in page.locator(".house-seen").inner_text()


def test_the_page_is_used_by_keyboard_alone(visit):
    page = visit("admin")
    page.goto("/departments/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip-link"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"


def test_the_side_bar_opens_and_closes_on_a_phone(visit):
    page = visit("admin", width=390)
    page.goto("/departments/")
    page.locator("[data-side-open]").click()
    page.locator("#side a", has_text="首页").wait_for(state="visible")
    page.keyboard.press("Escape")
    page.locator("#side a", has_text="首页").wait_for(state="hidden")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
