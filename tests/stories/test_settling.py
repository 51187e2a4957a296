"""Sales and Finance disagree on net sales: found, argued, decided by a third, signed, published, checked, closed."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.stories.test_accessible_pages import LOOKS, findings

METRIC = "booked_net_crm"
QUESTION = {"metrics": [METRIC], "by": ["metric_time.month"], "since": "2026-04", "until": "2026-09"}
STEP = '.case-steps [aria-current="step"]'
SCAN_WITHIN_MS = 240_000


def wait_until(page: Page, ready: Any, within_ms: int = SCAN_WITHIN_MS) -> Any:
    """Ask until there is an answer; workers need their time."""
    for _ in range(within_ms // 1000):
        if found := ready():
            return found
        page.wait_for_timeout(1000)
    raise AssertionError("nothing came in time")


def deed(page: Page, path: str, **inputs: Any) -> dict[str, Any]:
    """One action as a program does it, with the page's session."""
    token = next(cookie["value"] for cookie in page.context.cookies() if "csrf" in cookie["name"])
    answer = page.request.post(path, data=inputs, headers={"X-CSRFToken": token, "Referer": page.url})
    assert answer.ok, (path, answer.status, answer.text()[:400])
    return answer.json()


def case_of(page: Page) -> dict[str, Any] | None:
    found = page.request.get(f"/api/conflicts/cases?metric={METRIC}&kind=source&state=all").json()
    return next(iter(found), None)


def board_with_table(page: Page) -> str:
    """A board of the company with one table: month by month, the number both argue about."""
    board = deed(page, "/api/dashboards/create-dashboard", name="净额对账", scope="company")["id"]
    chart = {"kind": "table", "options": {}}
    deed(page, "/api/dashboards/add-tile", dashboard=board, title="成交净额", question=QUESTION, chart=chart)
    return f"/dashboards/{board}/"


def shown_on(page: Page, board: str) -> list[float]:
    """The table's numbers, as many ten thousands of yuan as it writes."""
    page.goto(board)
    table = page.locator(".hedu-tile table").first
    expect(table.locator("tbody tr")).to_have_count(6)
    expect(table.locator("th").last).to_contain_text("万元")
    texts = table.locator("tbody tr td:last-child").all_inner_texts()
    return sorted(float(text.replace(",", "").replace("−", "-")) for text in texts)


def previewed(page: Page, column: int) -> list[float]:
    """What the proposal says of the months on the board, before (1) or after (2), written as the board does."""
    course = page.locator(".pro-course", has=page.locator(f"code:text-is('{METRIC}')")).first
    expect(course).to_be_attached(timeout=90_000)
    rows = course.locator("tbody tr").all()[-6:]
    texts = [row.locator("th, td").nth(column).text_content() or "" for row in rows]
    return sorted(round(int(re.sub(r"[^0-9-]", "", text.replace("−", "-"))) / 10_000, 2) for text in texts)


def exactly(page: Page, proposal: str, side: str) -> dict[str, float]:
    """Month -> what the preview promises, as a program reads it: not rounded for the eye."""
    number = proposal.strip("/").rsplit("/", 1)[-1]
    told = page.request.get(f"/api/proposals/preview?id={number}").json()
    assert all(item["count"] for item in told["not_computed"])
    course = next(item for item in told["courses"] if item["metric"] == METRIC)
    return {point["period"][:7]: point[side] for point in course["points"][-6:]}


def answered(page: Page) -> dict[str, float]:
    """The same months as the catalog answers them now."""
    told = ask(page, QUESTION)
    return {str(row[0])[:7]: row[1] for row in told["rows"]}


def ask(page: Page, question: dict[str, Any]) -> dict[str, Any]:
    token = next(cookie["value"] for cookie in page.context.cookies() if "csrf" in cookie["name"])
    answer = page.request.post("/ask/", data=question, headers={"X-CSRFToken": token, "Referer": page.url})
    assert answer.ok, answer.text()[:400]
    return answer.json()


def departments_that_sign(page: Page, proposal: str) -> dict[str, set[str]]:
    """Department -> why it must sign, as computed."""
    number = proposal.strip("/").rsplit("/", 1)[-1]
    told = page.request.get(f"/api/proposals/proposal?id={number}").json()
    return {
        item["department"]: {why["kind"] for why in item["why"]}
        for item in told["departments"]
        if item["part"] == "must_sign"
    }


def press(page: Page, words: str) -> None:
    page.get_by_role("button", name=words, exact=True).click()


def test_two_departments_and_a_mediator_settle_whose_net_sales_hold(visit):
    sales: Page = visit("sales.liaison")
    case = wait_until(sales, lambda: case_of(sales))
    board, at = board_with_table(sales), f"/conflicts/{case['id']}/"
    before = shown_on(sales, board)

    mediator = sorted_out(sales)
    argued(visit("finance.liaison"), at)
    judge: Page = visit(mediator)
    decided(judge, at)

    proposal = proposed(sales, at)
    assert previewed(sales, 1) == before
    promised = previewed(sales, 2)
    assert promised != before
    required = departments_that_sign(sales, proposal)
    assert {"sales", "finance"} <= set(required) and all(required.values()), required
    assert {"case"} <= required["finance"], "who gave way and who did not both sign"
    now, then = exactly(sales, proposal, "before"), exactly(sales, proposal, "after")
    assert answered(sales) == now
    for person in signers(sales, proposal):
        signed(visit(person), proposal)
    sales.goto(proposal)
    expect(sales.locator(".pro-facts")).to_contain_text("已发布")
    assert answered(sales) == then != now, "to the last digit"

    wait_until(judge, lambda: (case_of(judge) or {})["state"] == "verified")
    assert shown_on(sales, board) == promised, "the board shows what the preview said"
    closed(judge, at)


def sorted_out(sales: Page) -> str:
    """The liaison of one party says that it is real, names somebody of neither, and states a position -> whom."""
    sales.goto(f"/conflicts/?metric={METRIC}")
    sales.get_by_role("link", name=re.compile("只在销售一方的有")).click()
    expect(sales.get_by_role("heading", level=1)).to_contain_text("成交净额")
    expect(sales.locator(".case-exhibit canvas").first).to_be_visible()
    press(sales, "确认属实")
    mediator = sales.locator("#mediator option", has_text="运营").first.get_attribute("value") or ""
    sales.locator("#mediator").select_option(mediator)
    press(sales, "指定")
    sales.locator("#position-text").fill("客户下单以后就算成交，系统里没有的单是财务漏记。")
    press(sales, "说明立场")
    return mediator


def argued(finance: Page, at: str) -> None:
    finance.goto("/inbox/")
    expect(finance.get_by_role("main")).to_contain_text("请说明本部门的立场")
    finance.goto(at)
    finance.locator("#position-text").fill("以入账为准，没有入账的单不能算收入。")
    finance.locator("#position-prefers").select_option("adopt_b")
    press(finance, "说明立场")
    expect(finance.get_by_role("main")).to_contain_text("以入账为准")


def decided(judge: Page, at: str) -> None:
    judge.goto(at)
    expect(judge.get_by_role("main")).to_contain_text("财务漏记")
    press(judge, "裁定")
    judge.locator('input[name="decision"][value="adopt_b"]').check()
    judge.locator("#decide-reason").fill("成交净额统一以财务入账为准。")
    press(judge, "作出裁定")
    expect(judge.locator(STEP)).to_have_text("已裁定")


def proposed(sales: Page, at: str) -> str:
    """The decision becomes a proposal, opened on its page -> its address."""
    sales.goto(at)
    press(sales, "开出变更提案")
    expect(sales.locator(STEP)).to_have_text("已落实")
    proposal = sales.locator('main a[href^="/proposals/"]').first.get_attribute("href") or ""
    sales.goto(proposal)
    return proposal


def signed(page: Page, proposal: str) -> None:
    page.goto(proposal)
    sign = page.get_by_role("button", name="同意会签")
    if sign.count():
        sign.click()


def closed(judge: Page, at: str) -> None:
    judge.goto(at)
    expect(judge.locator(STEP)).to_have_text("已复核")
    expect(judge.locator(".case-history")).to_contain_text("没有再发现")
    press(judge, "关闭")
    expect(judge.locator(STEP)).to_have_text("已关闭")


def signers(page: Page, proposal: str) -> list[str]:
    """Who speaks for each department that must sign."""
    page.goto(proposal)
    waiting = page.locator(".pro-affected > li", has=page.locator(".badge", has_text="会签"))
    names = waiting.locator(".pro-place strong").all_inner_texts()
    codes = {row["name_zh"]: row["code"] for row in page.request.get("/api/people/departments").json()}
    return [f"{codes[name]}.{role}" for name in names for role in ("liaison", "owner")]


@pytest.mark.parametrize(("lang", "width", "theme"), LOOKS)
def test_a_case_page_has_no_serious_finding(visit, lang, width, theme):
    page: Page = visit("finance.liaison", lang, width, theme)
    case = wait_until(page, lambda: case_of(page))
    assert findings(page, f"/conflicts/{case['id']}/") == []


def test_a_number_on_a_board_is_called_wrong_where_it_is_seen(visit):
    page: Page = visit("marketing.analyst")
    page.goto("/metrics/revenue/")
    page.locator(".hedu-chart-tools button[aria-haspopup='menu']").first.click()
    page.get_by_role("menuitem", name="这个数不对").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("这个数不对")
    page.locator("#raise-expected").fill("多两成")
    page.locator("#raise-text").fill("九月的收入比经营简报少。")
    press(page, "提出")
    expect(page.get_by_role("heading", level=1)).to_have_text("九月的收入比经营简报少。")
    expect(page.locator(".case-live canvas").first).to_be_visible()
    owner: Page = visit("finance.liaison")
    owner.goto("/inbox/")
    expect(owner.get_by_role("main")).to_contain_text("九月的收入比经营简报少。")
