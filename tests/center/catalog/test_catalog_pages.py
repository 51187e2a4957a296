"""Every page of the catalog answers in both languages; nobody finds what is not theirs."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from hedu.center.catalog import actions
from hedu.center.catalog.models import Metric
from hedu.center.kernel.actor import Actor
from hedu.center.kernel.models import User

PAGES = (
    "/metrics/",
    "/metrics/?view=table&q=xse",
    "/metrics/glance/?m=revenue&m=staff",
    "/metrics/revenue/",
    "/metrics/revenue/?tab=definition",
    "/metrics/basket/?tab=definition",
    "/metrics/revenue/?tab=lineage",
    "/metrics/revenue/?tab=uses",
    "/metrics/revenue/?tab=talk",
    "/metrics/staff/",
    "/metrics/revenue/versions/1/",
    "/metrics/revenue/lineage/",
    "/metrics/revenue/export/",
    "/metrics/revenue/export/?format=xlsx",
    "/drafts/",
    "/datasets/",
    "/datasets/orders/",
    "/datasets/orders/?tab=metrics",
    "/datasets/orders/?tab=lineage",
    "/datasets/orders/lineage/",
    "/reported/",
    "/reported/staff/",
    "/reported/staff/template/",
    "/reviews/",
    "/reviews/?all=1",
    "/glossary/",
    "/ask/metrics/?q=xse",
    "/ask/dimensions/?metrics=revenue",
    "/ask/values/?metrics=revenue&dimension=channel",
)


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_pages_answer(path: str, language: str, owner: User, signed_in: Callable[[User], Client]) -> None:
    owner.language = language
    owner.save()
    response = signed_in(owner).get(path)
    assert response.status_code == 200, response.content[:400]


def test_a_draft_is_edited_and_kept(owner: User, signed_in: Callable[[User], Client]) -> None:
    client = signed_in(owner)
    response = client.post("/drafts/new/", {"kind": "metric", "name": "revenue"})
    assert response.status_code == 302
    page = client.get(response.url)
    assert page.status_code == 200
    text = page.context["draft"].text.replace("'paid'", "'open'")
    saved = client.post(f"{response.url}save/", {"yaml": text, "version": 1}, content_type="application/json")
    assert saved.json() == {"version": 2}
    assert client.get(response.url).context["changes"][0]["is_meaning"]


def test_strangers_are_sent_to_sign_in(client: Client, published: None) -> None:
    for path in PAGES:
        assert client.get(path).status_code in (302, 401), path


def test_drafts_of_others_are_not_found(sally: Actor, outsider: User, signed_in: Callable[[User], Client]) -> None:
    draft = actions.create_draft(sally, name="revenue")
    client = signed_in(outsider)
    assert client.get(f"/drafts/{draft.pk}/").status_code == 404
    saved = client.post(f"/drafts/{draft.pk}/save/", {"yaml": "x", "version": 1}, content_type="application/json")
    assert saved.status_code == 404
    for deed in ("changes", "rebase", "discard"):
        assert client.post(f"/drafts/{draft.pk}/{deed}/", {"text": "x"}).status_code == 404


def test_a_page_offers_only_what_its_reader_may_do(
    owner: User, outsider: User, signed_in: Callable[[User], Client]
) -> None:
    mine = signed_in(owner).get("/metrics/revenue/").content.decode()
    assert "修改口径" in mine and "认证当前口径" in mine
    theirs = signed_in(outsider).get("/metrics/revenue/").content.decode()
    assert "修改口径" not in theirs and "认证当前口径" not in theirs


def test_an_owner_who_left_is_named(
    owner: User, person: Callable[..., User], signed_in: Callable[[User], Client]
) -> None:
    person("gone.one", name="董浩思", is_active=False)
    Metric.objects.filter(name="revenue").update(person="gone.one")
    page = signed_in(owner).get("/metrics/revenue/").content.decode()
    assert "董浩思" in page and "已离职" in page and "gone.one" not in page
