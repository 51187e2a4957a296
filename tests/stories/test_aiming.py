"""A manager sees how the goals stand, says how sure they are, and brings next year's targets in from a sheet."""

from __future__ import annotations

import io
import re

import pytest
import xlsxwriter
from playwright.sync_api import Page, expect

WORDS = {
    "zh": {"off": "落后", "watch": "关注", "saved": "进展已更新", "bad": "1 行不能写入", "preview": "预览", "write": "写入"},
    "en": {"off": "Off", "watch": "Watch", "saved": "Checked in", "bad": "1 row cannot be taken", "preview": "Preview", "write": "Write"},
}  # fmt: skip
HEADS = ("编号", "指标", "部门", "期间", "比较", "目标值")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_from_the_tree_through_the_scorecard_to_a_check_in(visit, lang):
    page: Page = visit("operations.manager", lang)
    page.goto("/goals/")
    tree = page.locator(".goal-tree").first
    expect(tree.locator('a[href^="/goals/G0/"]').first).to_be_visible()
    fold = tree.locator("details").first
    fold.locator("summary").first.focus()
    page.keyboard.press("Enter")
    expect(tree.locator('a[href^="/goals/G9/"]').first).to_be_hidden()
    page.keyboard.press("Enter")
    expect(tree.locator('a[href^="/goals/G9/"]').first).to_be_visible()
    page.goto("/scorecard/")
    counter = page.locator('[data-status="watch"]')
    count = int(counter.locator(".house-stat-value").inner_text())
    assert count > 0
    counter.click()
    expect(page).to_have_url(re.compile("status=watch"))
    expect(page.locator(".house-table").first.locator("tbody tr")).to_have_count(count)
    expect(page.locator(".house-table .goal-status").first).to_contain_text(WORDS[lang]["watch"])
    page.goto("/goals/G9/")
    expect(page.locator(".goal-bullet-big")).to_be_visible()
    expect(page.locator('[data-island="chart"][data-ready="true"] canvas').first).to_be_visible()
    page.locator('#check-ins input[name="confidence"]').fill("6")
    page.locator('#check-ins textarea[name="note"]').fill(f"两条线已改造 {lang}")
    page.locator("#check-ins button").click()
    expect(page.locator("#check-ins article").first).to_contain_text(f"两条线已改造 {lang}")
    expect(page.locator(".toasts")).to_contain_text(WORDS[lang]["saved"])


def sheet(*rows: tuple[object, ...]) -> bytes:
    held = io.BytesIO()
    book = xlsxwriter.Workbook(held, {"in_memory": True})
    page = book.add_worksheet()
    for at, row in enumerate((HEADS, *rows)):
        page.write_row(at, 0, row)
    book.close()
    return held.getvalue()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_targets_come_in_whole_or_not_at_all(visit, lang):
    page: Page = visit("operations.manager", lang)
    page.goto("/targets/?cycle=2027")
    expect(page.locator(".goal-clash").first).to_contain_text("K-PRICE")
    good = (f"S-{lang}", "production_efficiency", "operations", 2027, "不低于", 13.5)
    upload(page, sheet(good, (f"S-{lang}-2", "no_such_metric", "operations", "2027", ">=", 5)), lang)
    expect(page.get_by_role("main")).to_contain_text(WORDS[lang]["bad"])
    expect(page.get_by_role("main")).to_contain_text("no_such_metric")
    expect(page.get_by_role("button", name=re.compile(f"^{WORDS[lang]['write']}"))).to_have_count(0)
    page.goto("/targets/?cycle=2027")
    upload(page, sheet(good), lang)
    page.get_by_role("button", name=re.compile(f"^{WORDS[lang]['write']}")).click()
    expect(page).to_have_url(re.compile(r"/proposals/\d+/$"))
    expect(page.get_by_role("main")).to_contain_text(f"S-{lang}")
    page.goto(f"/targets/?cycle=2027&q=S-{lang}")
    expect(page.get_by_role("link", name=f"S-{lang}", exact=True)).to_have_count(0)


def upload(page: Page, content: bytes, lang: str) -> None:
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    page.locator('input[type="file"]').set_input_files({"name": "targets.xlsx", "mimeType": kind, "buffer": content})
    page.get_by_role("button", name=WORDS[lang]["preview"], exact=True).click()
    expect(page).to_have_url(re.compile("/targets/import/$"))
