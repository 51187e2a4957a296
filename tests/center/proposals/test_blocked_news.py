"""Whoever cannot go on because others published first reads what is in the way and what to do, in their language."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from hedu.center.catalog.models import Metric
from hedu.center.kernel.actor import SYSTEM, Actor
from hedu.center.kernel.models import Notification, User
from hedu.center.kernel.topics import worded
from hedu.center.proposals import actions
from hedu.center.proposals.models import Proposal
from hedu.errors import Conflict
from tests.center.catalog.world import REVENUE
from tests.center.proposals.conftest import digest, state
from tests.center.proposals.test_signing import REWORDED, narrower

Act = Callable[[str], Actor]
Enter = Callable[[User], Client]


def news(topic: str, who: str) -> Notification:
    return Notification.objects.filter(topic=topic, user__username=who).latest("id")


def test_it_names_the_field_and_what_to_do(act: Act, people: dict[str, User], signed_in: Enter, settings) -> None:
    from django.utils.translation import override

    opened = REVENUE.replace("'paid'\"", "'open'\"").replace("direction: up", "direction: down")
    mine = actions.open_proposal(act("sally"), texts={"a.yml": opened})
    other = narrower(act("finn"))
    actions.sign(act("lian"), other.pk, digest=digest(other))
    if state(other) == "open":
        actions.sign(act("flora"), other.pk, digest=digest(other))
    assert state(other) == "published"
    actions.rebase(SYSTEM, mine.pk)
    told = news("proposals.blocked", "sally")
    with override("zh-hans"):
        text = worded(told)
    assert "销售额" in text and "业务限定" in text and "修订" in text and "simple" not in text
    with override("en"):
        text = worded(told)
    assert "Revenue" in text and "Revise" in text and "simple" not in text and "销售额" not in text.split("”", 1)[1]
    page = signed_in(people["sally"]).get(f"/proposals/{mine.pk}/").content.decode()
    assert "业务限定" in page and "simple.where" not in page.split("house-split")[0]


def test_what_is_refused_now_is_said_in_words(act: Act, people: dict[str, User], signed_in: Enter,
                                              monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    from hedu.center.proposals.actions import going_on

    mine = narrower(act("sally"))
    actions.open_proposal(act("lian"), texts={"a.yml": REWORDED})

    def refused(*_: object) -> None:
        raise Conflict("name-taken", name="revenue")

    monkeypatch.setattr(going_on, "require_publishable", refused)
    actions.rebase(SYSTEM, mine.pk)
    assert "revenue" in worded(news("proposals.blocked", "sally")) and "name-taken" not in worded(
        news("proposals.blocked", "sally")
    )
    page = signed_in(people["sally"]).get(f"/proposals/{mine.pk}/").content.decode()
    assert "name-taken" not in page and "不能继续会签" in page


def test_a_merge_and_an_end_say_what_happened(act: Act, django_capture_on_commit_callbacks: Callable) -> None:
    mine, twin = narrower(act("sally")), narrower(act("sally"))
    with django_capture_on_commit_callbacks(execute=True):
        actions.open_proposal(act("lian"), texts={"a.yml": REWORDED})
    assert "合并" in worded(news("proposals.rebased", "sally"))
    with django_capture_on_commit_callbacks(execute=True):
        for who in ("lian", "flora"):
            actions.sign(act(who), mine.pk, digest=digest(mine))
    assert Metric.objects.get(name="revenue").head.number == 3
    assert Proposal.objects.get(pk=twin.pk).state == "withdrawn"
    assert "已经发布" in worded(news("proposals.withdrawn", "sally"))
