"""Proposals on pages and by REST: shown in both languages, decided with one click, refused to programs and strangers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from hedu.center.catalog import actions as catalog_actions
from hedu.center.catalog.actions.uses import register_uses
from hedu.center.kernel.actions import create_token
from hedu.center.kernel.actor import SYSTEM, Actor
from hedu.center.kernel.models import Task, User
from hedu.center.people import actions as people_actions
from hedu.center.people.models import Department
from hedu.center.proposals import actions
from hedu.center.proposals.models import Proposal
from tests.center.catalog.world import ORDERS
from tests.center.proposals.conftest import digest, state
from tests.center.proposals.test_signing import NARROWER, REWORDED, narrower

Act = Callable[[str], Actor]
Enter = Callable[[User], Client]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_pages_stand_in_both_languages(act: Act, people: dict[str, User], signed_in: Enter, language: str) -> None:
    row = narrower(act("sally"))
    actions.request_changes(
        act("finn"), row.pk, digest=digest(row), reason="再看看", fields={"revenue/where": "object"}
    )
    people["flora"].language = language
    people["flora"].save()
    client = signed_in(people["flora"])
    for path in ("/proposals/", "/proposals/?tab=all&q=revenue&state=open", f"/proposals/{row.pk}/"):
        page = client.get(path)
        title = {"zh-hans": "销售额", "en": "Revenue"}[language]
        assert page.status_code == 200 and title in page.content.decode(), path
    shown = client.get(f"/proposals/{row.pk}/preview/").content.decode()
    assert "420" in shown and "170" in shown
    assert client.get(f"/proposals/{row.pk + 1}/").status_code == 404


def test_one_click_signs(act: Act, people: dict[str, User], signed_in: Enter) -> None:
    row = narrower(act("sally"))
    client = signed_in(people["flora"])
    page = client.get(f"/proposals/{row.pk}/")
    assert page.context["may_sign"] and digest(row) in page.content.decode()
    assert client.post(f"/proposals/{row.pk}/sign/", {"digest": "0" * 64}).status_code == 409
    assert state(row) == "open"
    assert client.post(f"/proposals/{row.pk}/sign/", {"digest": digest(row)}).status_code == 302
    assert state(row) == "published"


def test_every_button_does_its_deed(act: Act, people: dict[str, User], signed_in: Enter) -> None:
    row = narrower(act("sally"))
    client = signed_in(people["flora"])
    told = {"digest": digest(row), "reason": "门店也要算", "field:revenue/where": "object"}
    assert client.post(f"/proposals/{row.pk}/request-changes/", told).status_code == 302
    assert client.post(f"/proposals/{row.pk}/consult/", {"department": "marketing"}).status_code == 302
    asked = {"until": "2000-01-01", "reason": "月结"}
    assert client.post(f"/proposals/{row.pk}/extend/", asked).status_code in (400, 422)
    assert client.post(f"/proposals/{row.pk}/nothing/", {}).status_code == 404
    assert client.post(f"/proposals/{row.pk}/withdraw/", {}).status_code == 403
    client = signed_in(people["mark"])
    assert client.post(f"/proposals/{row.pk}/advise/", {"reason": "可以"}).status_code == 302
    client = signed_in(people["finn"])
    told = {"digest": digest(row), "reason": "不同意"}
    assert client.post(f"/proposals/{row.pk}/veto/", told).status_code == 302
    assert state(row) == "rejected"


def test_a_draft_is_looked_at_before_anybody_is_asked(act: Act, people: dict[str, User], signed_in: Enter) -> None:
    draft = catalog_actions.create_draft(act("sally"), name="revenue", text=REWORDED)
    client = signed_in(people["sally"])
    sent = client.post(f"/proposals/new/draft/{draft.pk}/", {"text": NARROWER})
    assert sent.status_code == 302 and not Proposal.objects.exists()
    page = client.get(sent.url)
    assert [item["part"] for item in page.context["concerns"]] == ["must_sign", "must_sign"]
    assert page.context["preview"]["courses"][0]["is_changed"]
    opened = client.post(f"/proposals/new/draft/{draft.pk}/open/", {"reason": "试点", "valid_from": ""})
    assert opened.status_code == 302 and opened.url == f"/proposals/{Proposal.objects.get().pk}/"
    assert signed_in(people["finn"]).get(f"/proposals/new/draft/{draft.pk}/").status_code == 404


def test_deeds_from_a_metrics_page(act: Act, people: dict[str, User], signed_in: Enter) -> None:
    client = signed_in(people["finn"])
    for deed, body in (("rename", {"name": "cart"}), ("retire", {})):
        assert client.post(f"/proposals/new/metric/basket/{deed}/", body).status_code == 302
    assert set(Proposal.objects.values_list("state", flat=True)) == {"open"}
    assert client.post("/proposals/new/metric/basket/roll-back/", {"number": "1"}).status_code == 409
    assert client.post("/proposals/new/metric/basket/explode/", {}).status_code == 404
    assert signed_in(people["mei"]).post("/proposals/new/metric/basket/retire/", {}).status_code == 403


def test_programs_open_and_read_but_never_sign(act: Act, people: dict[str, User], client: Client) -> None:
    secret = create_token(act("sally"), name="ci", scope="write").secret
    key = {"authorization": f"Bearer {secret}"}

    def post(path: str, body: dict[str, Any], headers: dict[str, str] | None = None) -> Any:
        return client.post(f"/api/proposals/{path}", body, content_type="application/json", headers=headers or key)

    planned = post("plan", {"texts": {"a.yml": NARROWER}}).json()
    assert {item["department"]: item["part"] for item in planned["departments"]} == {
        "sales": "must_sign", "finance": "must_sign",
    }  # fmt: skip
    assert planned["items"][0]["risk"] == "breaking"
    opened = post("open-proposal", {"texts": {"a.yml": NARROWER}, "reason": "由流水线发起"}).json()
    told = client.get(f"/api/proposals/proposal?id={opened['id']}", headers=key).json()
    assert told["changes"][0]["path"] == "revenue/where" and all(item["waiting"] for item in told["departments"])
    signed = post("sign", {"proposal": opened["id"], "digest": told["digest"]})
    assert signed.status_code == 403 and signed.json()["code"] == "action-denied"
    numbers = client.get(f"/api/proposals/preview?id={opened['id']}", headers=key).json()
    assert numbers["courses"][0]["metric"] == "revenue" and len(numbers["courses"][0]["points"]) == 3
    client.force_login(people["flora"], backend="django.contrib.auth.backends.ModelBackend")
    mine = client.get("/api/proposals/proposals?mine=true").json()
    assert [item["id"] for item in mine] == [opened["id"]]


def test_a_person_signs_by_rest_with_their_session(act: Act, people: dict[str, User], signed_in: Enter) -> None:
    row = narrower(act("sally"))
    body = {"proposal": row.pk, "digest": digest(row)}
    done = signed_in(people["flora"]).post("/api/proposals/sign", body, content_type="application/json")
    assert done.status_code == 200, done.content
    assert done.json()["state"] == "published"


def test_a_hidden_datasets_text_is_hidden_with_its_proposal(
    act: Act, people: dict[str, User], signed_in: Enter
) -> None:
    for place in ("sales", "finance"):
        people_actions.grant(act("root"), dataset="orders", effect="dataset", department=place)
    changed = ORDERS.replace("agg: count,", "agg: count, where: \"status = 'paid'\",")
    row = actions.open_proposal(act("sally"), texts={"a.yml": changed})
    assert signed_in(people["mark"]).get(f"/proposals/{row.pk}/").status_code == 404
    assert signed_in(people["lian"]).get(f"/proposals/{row.pk}/").status_code == 200


def test_the_inbox_signs_with_one_click(act: Act, people: dict[str, User], signed_in: Enter) -> None:
    row = narrower(act("sally"))
    task = Task.objects.get(user=people["flora"], kind="sign", done_at=None)
    client = signed_in(people["flora"])
    assert f"#{row.pk}" in client.get("/inbox/").content.decode()
    done = client.post(reverse("kernel:do_task", args=[task.pk, 0]))
    assert done.status_code in (200, 302), done.content[:300]
    assert state(row) == "published" and not Task.objects.filter(done_at=None, kind="sign").exists()


def test_history_reads_as_english(act: Act, people: dict[str, User], signed_in: Enter) -> None:
    """What people did stands in the past, the site goes by its English name, and lists are set as in English."""
    row = narrower(act("sally"))
    actions.consult(act("sally"), row.pk, department="marketing")
    actions.request_changes(act("finn"), row.pk, digest=digest(row), reason="再看看")
    actions.escalate(SYSTEM, row.pk)
    people["lian"].language = "en"
    people["lian"].save()
    page = signed_in(people["lian"]).get(f"/proposals/{row.pk}/").content.decode()
    history = page[page.index("pro-timeline") :]
    assert "<strong>finn</strong> asked for changes" in history and "<strong>sally</strong> approved" in history
    assert "<strong>Hedu</strong> escalated" in history and "合度" not in history and "、" not in history


def test_aims_go_by_their_names_in_english(act: Act, people: dict[str, User], signed_in: Enter) -> None:
    place = Department.objects.get(code="marketing").pk
    register_uses("goal", 1, ("revenue",), department=place, title="G1 收入增长", title_en="G1 Grow revenue")
    row = narrower(act("sally"))
    people["lian"].language = "en"
    people["lian"].save()
    page = signed_in(people["lian"]).get(f"/proposals/{row.pk}/").content.decode()
    assert "G1 Grow revenue" in page and "G1 收入增长" not in page


def test_targets_and_policies_are_shown_as_people_call_things(
    act: Act, people: dict[str, User], signed_in: Enter
) -> None:
    """A target by its metric's label, its department's name and its scope in words; a policy by its dataset's label."""
    aim = {"code": "T-9", "metric": "revenue", "department": "sales", "period": "2027", "value": "1200000",
           "unit": "CNY", "scope": "region = 'east'"}  # fmt: skip
    aims = actions.propose_targets(act("sally"), changes=[aim])
    client = signed_in(people["sally"])
    (row,) = client.get(f"/proposals/{aims.pk}/").context["content"]
    assert row["name"] == "T-9" and row["value"] == "≥ 1,200,000元"
    place = Department.objects.get(code="sales").name
    assert row["what"] == f"销售额 · {place} · 2027 · 区域是“east”"
    grants = [{"dataset": "orders", "department": "finance", "where": "region = 'east'"}]
    policy = actions.propose_policy(act("root"), grants=grants)
    (row,) = signed_in(people["root"]).get(f"/proposals/{policy.pk}/").context["content"]
    assert (row["name"], row["value"]) == ("订单", "region = 'east'"), "what is signed stands as it is written"
