"""Somebody lays a board out with the keyboard, narrows all of it with one click, and shares it."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect


def new_board(page: Page, name: str) -> str:
    """A board with a bar chart and an indicator -> its address."""
    address = put(page, "/dashboards/new/tile/", name, "region", "bar")
    return put(page, f"{address}tiles/", "本期", "metric_time.month", "indicator")


def put(page: Page, place: str, title: str, by: str, kind: str) -> str:
    """Post a tile where the explorer posts it -> the address of its board."""
    token = page.locator('input[name="csrfmiddlewaretoken"]').first.input_value()
    view = {"question": {"metrics": ["sales_amount"], "by": [by]}, "chart": {"kind": kind}}
    added = page.request.post(
        place, data={"title": title, "view": view}, headers={"X-CSRFToken": token, "Referer": page.url}
    )
    assert added.ok, added.text()
    return added.json()["url"]


def test_tiles_are_moved_with_the_keyboard_and_stay_there(visit):
    page: Page = visit("sales.liaison")
    address = new_board(page, "键盘布局")
    page.goto(address)
    page.locator(".hedu-board-edit").click()
    expect(page.locator(".hedu-board.is-editing.grid-stack")).to_be_visible()
    tile = page.locator(".hedu-tile-card").first
    tile.focus()
    page.keyboard.press("Shift+ArrowLeft")
    page.keyboard.press("Shift+ArrowDown")
    with page.expect_response("**/layout/") as saved:
        page.locator(".hedu-board-tools .btn-primary").click()
    assert saved.value.status == 200
    before = page.evaluate("JSON.parse(document.getElementById('board-props').textContent).tiles[0]")
    page.reload()
    after = page.evaluate("JSON.parse(document.getElementById('board-props').textContent).tiles[0]")
    assert (after["w"], after["h"]) == (before["w"] - 1, before["h"] + 1)


def test_who_comes_second_is_told_and_overwrites_nothing(visit):
    first: Page = visit("sales.liaison")
    address = new_board(first, "两人同改")
    second: Page = visit("sales.liaison")
    for page in (first, second):
        page.goto(address)
        page.locator(".hedu-board-edit").click()
        expect(page.locator(".hedu-board.is-editing.grid-stack")).to_be_visible()
        page.locator(".hedu-tile-card").first.focus()
        page.keyboard.press("Shift+ArrowLeft")
    with first.expect_response("**/layout/"):
        first.locator(".hedu-board-tools .btn-primary").click()
    with second.expect_response("**/layout/") as refused:
        second.locator(".hedu-board-tools .btn-primary").click()
    assert refused.value.status == 409
    expect(second.get_by_role("dialog")).to_be_visible()


def test_a_board_is_shared_with_the_department(visit):
    page: Page = visit("sales.liaison", "en")
    address = new_board(page, "部门看板")
    page.goto(address)
    page.locator('[data-bs-target="#share"]').click()
    page.locator('#share input[value="department"]').check()
    page.locator("#share .btn-primary").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Sales")
    colleague: Page = visit("sales.owner")
    answer = colleague.goto(address)
    assert answer is not None and answer.ok
    expect(colleague.locator(".hedu-tile canvas").first).to_be_visible()
    stranger: Page = visit("hr.owner")
    refused = stranger.goto(address)
    assert refused is not None and refused.status == 404


def test_two_clicks_make_one_board(visit):
    page = visit("sales.owner")
    page.goto("/dashboards/")
    page.evaluate("""() => {
        const form = document.querySelector("form[action='/dashboards/new/']");
        form.querySelector("[name=name]").value = "双击";
        form.requestSubmit();
        form.requestSubmit();
    }""")
    page.wait_for_url(re.compile(r"/dashboards/\d+/"))
    page.goto("/dashboards/?q=双击")
    assert page.locator("main a[href^='/dashboards/']", has_text="双击").count() == 1
