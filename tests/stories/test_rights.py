"""A salesperson of one region sees that region only, wherever they look; what is private stays private."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

BY_REGION = "/explore/?metrics=sales_amount&by=region&kind=bar"
REGION = re.compile("华东")


def regions_shown(page: Page) -> list[str]:
    page.goto(BY_REGION)
    rows = page.locator(".hedu-explorer-table tbody tr")
    expect(rows.first).to_be_visible()
    return [text.strip() for text in rows.locator("td:first-child").all_inner_texts()]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_salesperson_of_the_east_sees_the_east(visit, lang):
    assert regions_shown(visit("sales.east1", lang)) == ["华东"]
    assert len(regions_shown(visit("finance.manager", lang))) > 3


def test_files_and_suggestions_hold_the_same_rows(visit):
    page: Page = visit("sales.east1")
    values = page.request.get("/ask/values/?dimension=region&metrics=sales_amount").json()["values"]
    assert values == ["华东"]
    page.goto(BY_REGION)
    expect(page.locator(".hedu-explorer-table tbody tr").first).to_be_visible()
    page.locator(".hedu-explorer-tools button[aria-label]").nth(3).click()
    with page.expect_download() as download:
        page.get_by_role("menu").get_by_role("menuitem").first.click()
    lines = download.value.path().read_text(encoding="utf-8-sig").strip().splitlines()
    assert len(lines) == 2 and REGION.search(lines[1])


def test_a_board_of_the_company_shows_each_their_own_rows(visit):
    east: Page = visit("sales.east1")
    east.goto("/dashboards/?which=company")
    board = east.locator(".boards-card h2 a", has_text="销售看板").get_attribute("href")
    for person, regions in (("sales.east1", 1), ("finance.manager", 5)):
        page: Page = visit(person)
        page.goto(board)
        table = page.locator(".hedu-tile table").first
        table.scroll_into_view_if_needed()
        expect(table).to_be_visible()
        props = page.locator("#board-props").text_content() or ""
        assert "华东" not in props, "a board carries questions, never answers"
        shown = page.request.get("/ask/values/?dimension=region&metrics=sales_amount").json()["values"]
        assert len(shown) >= regions if regions > 1 else shown == ["华东"]


def test_a_private_view_is_not_there_for_another_department(visit):
    owner: Page = visit("sales.liaison")
    token = owner.locator('input[name="csrfmiddlewaretoken"]').first.input_value()
    kept = owner.request.post(
        "/explore/save/",
        data={"title": "私有", "question": {"metrics": ["sales_amount"]}, "chart": {"kind": "indicator"}},
        headers={"X-CSRFToken": token, "Referer": owner.url},
    ).json()
    other: Page = visit("finance.manager")
    answer = other.goto(kept["url"])
    assert answer is not None and answer.status == 404
    other.goto("/views/")
    expect(other.get_by_role("main")).not_to_contain_text("私有")
