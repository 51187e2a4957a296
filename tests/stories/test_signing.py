"""Two departments settle a change: one proposes, the other looks at the numbers and signs with one click."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

TEXT = """version: 1
metric: {name}
label: {{zh: 签约率{name}, en: Signed share {name}}}
meaning: {{zh: 订单数乘以二, en: Orders times two}}
kind: operational
direction: up
owner: finance
raci: {{R: [sales], A: finance}}
derived: {{formula: order_count * 2}}
"""


def proposed(visit, name: str, lang: str) -> tuple[Page, str]:
    page: Page = visit("sales.liaison", lang)
    page.goto("/drafts/")
    page.locator('button[name="kind"][value="metric"]').click()
    page.locator(".cm-content").click()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.insert_text(TEXT.format(name=name))
    expect(page.locator("#publish-text")).to_have_value(TEXT.format(name=name))
    page.locator("#propose button").click()
    expect(page.locator(".pro-affected")).to_be_visible()
    page.locator("#publish-note").fill("试点")
    page.locator('form[action$="/open/"] .btn-primary').click()
    page.wait_for_url(re.compile(r"/proposals/\d+/$"))
    return page, page.url


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_change_is_signed_by_the_department_it_affects(visit, lang):
    name = f"story_signed_{lang}"
    page, address = proposed(visit, name, lang)
    expect(page.locator(".pro-affected")).to_contain_text(re.compile("财务|Finance"))
    page.goto(f"/metrics/{name}/")
    expect(page.get_by_role("heading", level=1)).not_to_contain_text("签约率")
    other: Page = visit("finance.owner", lang)
    other.goto(address)
    expect(other.locator(".pro-preview .pro-course").first).to_be_visible()
    other.locator(".pro-sign").click()
    expect(other.locator(".pro-facts")).to_contain_text(re.compile("已发布|Published"))
    other.goto(f"/metrics/{name}/")
    expect(other.get_by_role("heading", level=1)).to_contain_text("Signed share" if lang == "en" else "签约率")


def test_a_veto_tells_its_reason(visit):
    _page, address = proposed(visit, "story_vetoed", "zh")
    other: Page = visit("finance.owner", width=390, theme="dark")
    other.goto(address)
    other.locator('[data-bs-target="#veto"]').click()
    other.locator("#veto-reason").fill("口径还没谈妥")
    other.locator("#veto .btn-danger").click()
    expect(other.locator(".pro-facts")).to_contain_text("已否决")
    expect(other.locator(".pro-timeline")).to_contain_text("口径还没谈妥")
