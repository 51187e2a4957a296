"""Every page in Chromium with axe: nothing serious, nothing wider than a phone, nothing that fails in the console."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

EVERYBODY = (
    "/",
    "/metrics/",
    "/metrics/?view=table",
    "/metrics/order_count/",
    "/metrics/order_count/?tab=definition",
    "/metrics/order_count/?tab=lineage",
    "/metrics/order_count/?tab=uses",
    "/metrics/order_count/?tab=talk",
    "/explore/",
    "/explore/?metrics=order_count&by=metric_time.month&kind=line",
    "/views/",
    "/dashboards/",
    "/datasets/",
    "/drafts/",
    "/reported/",
    "/reviews/",
    "/glossary/",
    "/departments/",
    "/departments/sales/",
    "/notifications/",
    "/me/",
    "/me/tokens/",
    "/me/hearing/",
    "/inbox/",
    "/inbox/?show=done",
    "/metrics/nps/understanding/",
    "/goals/",
    "/goals/G3/",
    "/goals/G3/?cycle=2027",
    "/scorecard/",
    "/targets/",
    "/targets/T-REV/",
    "/targets/new/",
    "/conflicts/",
    "/conflicts/board/",
    "/proposals/",
    "/proposals/?tab=all",
    "/proposals/3/",
    "/proposals/4/",
    "/conflicts/scans/",
    "/conflicts/raise/?metric=revenue",
)
ADMINISTRATORS = (
    "/admin/system/",
    "/admin/users/",
    "/admin/policies/",
    "/admin/audit/",
    "/admin/jobs/",
    "/admin/channels/",
    "/admin/rollups/",
)
LOOKS = [("zh", 1440, "light"), ("en", 1440, "dark"), ("zh", 390, "dark"), ("en", 390, "light")]


def findings(page: Page, path: str) -> list[str]:
    answer = page.goto(path)
    page.wait_for_load_state("networkidle")
    found = [] if answer is not None and answer.ok else [f"answers {answer and answer.status}"]
    for one in Axe().run(page).response["violations"]:
        if one["impact"] in ("serious", "critical"):
            found += [f"{one['id']}: {node['html'][:160]}" for node in one["nodes"][:3]]
    wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    if wider > 0:
        found.append(f"is {wider} px wider than the window")
    return [f"{path} {text}" for text in found]


@pytest.mark.parametrize(("lang", "width", "theme"), LOOKS)
def test_pages_have_no_serious_finding(visit, lang, width, theme):
    page = visit("sales.liaison", lang, width, theme)
    troubles: list[str] = []
    page.on("console", lambda said: troubles.append(f"{page.url} {said.text}") if said.type == "error" else None)
    found = [text for path in EVERYBODY for text in findings(page, path)]
    assert not found + troubles, "\n".join(found + troubles)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_administrators_pages_have_no_serious_finding(visit, lang, administrator):
    page = visit(administrator, lang)
    found = [text for path in ADMINISTRATORS for text in findings(page, path)]
    assert not found, "\n".join(found)


def test_the_sign_in_page_has_no_serious_finding(chromium, site):
    page = chromium.new_page(base_url=site)
    found = findings(page, "/accounts/login/")
    page.close()
    assert not found, "\n".join(found)


def test_a_board_in_edit_mode_has_no_serious_finding(visit):
    page = visit("sales.liaison")
    page.goto("/explore/?metrics=order_count&by=metric_time.month")
    page.goto("/dashboards/")
    page.locator('[data-bs-target="#new"]').first.click()
    page.locator("#new-name").fill("无障碍")
    page.locator("#new button[type=submit], #new .modal-footer .btn-primary").first.click()
    page.locator('[data-bs-target="#add"]').click()
    page.locator("#add-text").fill("一段说明")
    page.locator("#add .modal-footer .btn-primary").click()
    page.locator(".hedu-board-edit").click()
    found = [
        f"{one['id']}: {one['nodes'][0]['html'][:160]}"
        for one in Axe().run(page).response["violations"]
        if one["impact"] in ("serious", "critical")
    ]
    assert not found, "\n".join(found)
