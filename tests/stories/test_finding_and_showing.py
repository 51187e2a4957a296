"""Somebody looks for a metric, reads it, takes it apart, keeps what they see and lays it out for others."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

WORDS = {
    "zh": {"metric": "订单数", "save": "保存视图", "add": "加入看板", "new": "新建看板…"},
    "en": {"metric": "Orders", "save": "Save view", "add": "Add to dashboard", "new": "New dashboard…"},
}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_metric_is_found_by_pinyin_and_read(visit, lang):
    page: Page = visit("sales.liaison", lang)
    page.locator("[data-search]").fill("dingdanshu")
    page.keyboard.press("Enter")
    page.locator('#cat-body a[href="/metrics/order_count/"]').first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(WORDS[lang]["metric"])
    expect(page.locator('[data-island="chart"][data-ready="true"]').first).to_be_visible()
    expect(page.locator('[data-island="chart"] canvas').first).to_be_visible()
    page.goto("/metrics/order_count/?tab=definition")
    expect(page.get_by_role("main")).to_contain_text("v1")
    page.goto("/")
    expect(page.get_by_role("main")).to_contain_text(WORDS[lang]["metric"])


def test_the_initials_are_enough(visit):
    page: Page = visit("sales.liaison")
    page.goto("/metrics/")
    page.locator("#cat-q").fill("dds")
    expect(page.locator('#cat-body a[href="/metrics/order_count/"]').first).to_be_visible()
    expect(page).to_have_url(re.compile("q=dds"))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_explore_drill_save_and_lay_out(visit, lang):
    page: Page = visit("sales.liaison", lang)
    page.goto("/explore/")
    page.locator("#hedu-metric-search").fill("order_count")
    page.locator(".hedu-explorer-side .hedu-choice", has_text=WORDS[lang]["metric"]).first.click()
    table = page.locator(".hedu-explorer-table table")
    expect(table.locator("tbody tr").first).to_be_visible()
    split_by_the_first_dimension(page)
    expect(page).to_have_url(re.compile(r"by=(?!metric_time)"))
    drill_into_the_first_row(page)
    expect(page).to_have_url(re.compile("where="))
    address = page.url
    name = keep_as_view(page, lang)
    page.goto(address)
    expect(page.locator(".hedu-explorer-table tbody tr").first).to_be_visible()
    put_on_a_new_board(page, lang, name)
    expect(page.get_by_role("heading", level=1)).to_contain_text(name)
    expect(page.locator(".hedu-tile canvas, .hedu-tile table").first).to_be_visible()


def split_by_the_first_dimension(page: Page) -> None:
    time, other = page.locator(".hedu-explorer-side .hedu-choice-row .hedu-choice").all()[:2]
    other.click()
    if time.get_attribute("aria-pressed") == "true":
        time.click()
    name = other.locator(".hedu-choice-name").inner_text()
    expect(page.locator(".hedu-explorer-table thead th").first).to_contain_text(name)


def drill_into_the_first_row(page: Page) -> None:
    """Through the keyboard-reachable way: a cell of the table."""
    page.locator(".hedu-explorer-table tbody button").first.click()
    page.get_by_role("menu").get_by_role("menuitem").first.click()


def keep_as_view(page: Page, lang: str) -> str:
    name = f"故事 {lang}"
    page.get_by_role("button", name=WORDS[lang]["save"]).click()
    dialog = page.get_by_role("dialog")
    dialog.locator("input").fill(name)
    with page.expect_response("**/explore/save/**"):
        dialog.locator("button[type=submit]").click()
    page.goto("/views/")
    page.get_by_role("link", name=name).first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(name)
    expect(page.locator(".hedu-explorer-table tbody tr, .hedu-explorer-chart canvas").first).to_be_visible()
    return name


def put_on_a_new_board(page: Page, lang: str, name: str) -> None:
    page.get_by_role("button", name=WORDS[lang]["add"]).click()
    page.get_by_role("menuitem", name=WORDS[lang]["new"]).click()
    dialog = page.get_by_role("dialog")
    dialog.locator("input").fill(name)
    with page.expect_response("**/dashboards/new/tile/"):
        dialog.locator("button[type=submit]").click()
    page.goto("/dashboards/?which=mine")
    page.locator(".boards-card").get_by_role("link", name=name).first.click()


def test_a_dark_page_prints_light_and_stays_dark(visit):
    page = visit("sales.liaison", theme="dark")
    themes = page.evaluate(
        """() => ["beforeprint", "afterprint"].map((name) => {
            dispatchEvent(new Event(name));
            return document.documentElement.dataset.bsTheme;
        })"""
    )
    assert themes == ["light", "dark"]


def test_a_row_of_tabs_opens_on_the_tab_one_is_at(visit):
    page = visit("sales.liaison", width=390)
    page.goto("/metrics/revenue/?tab=talk")
    tab = page.locator(".house-tab[aria-current]")
    box = tab.bounding_box()
    assert box["x"] >= 0 and box["x"] + box["width"] <= 390
