"""Somebody writes a metric as a draft, a second person signs it; it is in the catalog with version 1."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

TEXT = """version: 1
metric: {name}
label: {{zh: 双倍订单数{name}, en: Twice the orders {name}}}
meaning: {{zh: 订单数乘以二, en: Orders times two}}
kind: operational
direction: up
owner: sales
derived: {{formula: order_count * 2}}
"""


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_draft_becomes_a_published_metric(visit, lang):
    name = f"story_twice_{lang}"
    page: Page = visit("sales.liaison", lang)
    page.goto("/drafts/")
    page.locator('button[name="kind"][value="metric"]').click()
    editor = page.locator(".cm-content")
    editor.click()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.insert_text(TEXT.format(name=name))
    expect(page.locator("#publish-text")).to_have_value(TEXT.format(name=name))
    page.locator("#propose button").click()
    page.locator("#publish-note").fill("试点")
    page.locator('form[action$="/open/"] .btn-primary').click()
    expect(page.locator(".pro-affected")).to_be_visible()
    second: Page = visit("sales.owner", lang)
    second.goto(page.url)
    second.locator(".pro-sign").click()
    expect(second.locator(".pro-facts")).to_contain_text("Published" if lang == "en" else "已发布")
    page.goto(f"/metrics/{name}/")
    heading = "Twice the orders" if lang == "en" else "双倍订单数"
    expect(page.get_by_role("heading", level=1)).to_contain_text(heading)
    expect(page.locator('[data-island="chart"] canvas').first).to_be_visible()
    page.goto(f"/metrics/{name}/?tab=definition")
    expect(page.get_by_role("main")).to_contain_text("v1")


def test_a_broken_text_is_told_where_it_is_written(visit):
    page: Page = visit("sales.liaison")
    page.goto("/drafts/")
    page.locator('button[name="kind"][value="metric"]').click()
    editor = page.locator(".cm-content")
    editor.click()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.insert_text("version: 1\nmetric: story_broken\nowner: sales\nderived: {formula: order_cuont * 2}\n")
    expect(page.get_by_role("main")).to_contain_text("order_count")
