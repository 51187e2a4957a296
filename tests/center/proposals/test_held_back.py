"""What was signed for a day and cannot be published on it says why, once, and can be tried again, revised, withdrawn."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from hedu.center.catalog.models import Metric
from hedu.center.kernel.actor import SYSTEM, Actor
from hedu.center.kernel.models import Audit, Notification, User
from hedu.center.people import actions as people_actions
from hedu.center.people.models import Policy
from hedu.center.proposals import actions
from hedu.center.proposals.models import Proposal
from hedu.errors import Conflict, Denied
from tests.center.catalog.world import ORDERS
from tests.center.proposals.conftest import digest, state
from tests.center.proposals.test_signing import NARROWER, narrower

Act = Callable[[str], Actor]
Enter = Callable[[User], Client]
RENAMED = ORDERS.replace("  region: {label", "  place: {expr: region, label")


@pytest.fixture
def held(act: Act, monkeypatch: pytest.MonkeyPatch) -> Proposal:
    """Signed for tomorrow, which has come; a policy speaks meanwhile of a column that it renames."""
    tomorrow = timezone.localdate() + timedelta(days=1)
    row = actions.open_proposal(act("sally"), texts={"d.yml": RENAMED}, valid_from=tomorrow)
    while state(row) == "open":
        actions.sign(act("flora"), row.pk, digest=digest(row))
    people_actions.grant(SYSTEM, dataset="orders", effect="column", column="region", department="finance")
    monkeypatch.setattr(timezone, "localdate", lambda *_: tomorrow)
    assert actions.tick()["published"] == 0
    return Proposal.objects.get(pk=row.pk)


def test_it_says_why_and_tells_once(held: Proposal, people: dict[str, User], signed_in: Enter) -> None:
    assert held.state == "approved" and held.refusal["code"] == "policy-loses-column"
    news = Notification.objects.filter(topic="proposals.held")
    assert {"sally", "lian", "flora"} <= set(news.values_list("user__username", flat=True))
    count = news.count()
    actions.tick()
    assert news.count() == count and Audit.objects.filter(deed="proposals.hold_back", outcome="done").count() == 1
    page = signed_in(people["lian"]).get(f"/proposals/{held.pk}/").content.decode()
    assert "region" in page and "未能发布" in page
    people["flora"].language = "en"
    people["flora"].save()
    inside = signed_in(people["flora"]).get("/notifications/").content.decode()
    assert "could not be published" in inside and "policy" in inside.lower()


def test_it_is_tried_again_by_those_concerned_alone(held: Proposal, act: Act) -> None:
    for who in ("mei", "mark"):
        with pytest.raises(Denied):
            actions.publish_again(act(who), held.pk)
    with pytest.raises(Conflict) as still:
        actions.publish_again(act("sally"), held.pk)
    assert still.value.code == "policy-loses-column" and state(held) == "approved"
    Policy.objects.update(is_active=False)
    actions.publish_again(act("lian"), held.pk)
    held.refresh_from_db()
    assert (held.state, held.refusal) == ("published", {})


def test_the_clock_tries_again_too(held: Proposal) -> None:
    Policy.objects.update(is_active=False)
    assert actions.tick()["published"] == 1 and state(held) == "published"


def test_it_is_revised_and_signed_anew(held: Proposal, act: Act) -> None:
    actions.revise(act("sally"), held.pk, texts={"r.yml": NARROWER})
    held.refresh_from_db()
    assert (held.state, held.refusal) == ("open", {})
    actions.sign(act("flora"), held.pk, digest=digest(held))
    assert state(held) == "published"


def test_it_is_withdrawn(held: Proposal, act: Act) -> None:
    actions.withdraw(act("sally"), held.pk)
    assert state(held) == "withdrawn"


def test_nothing_is_published_before_its_day(act: Act) -> None:
    row = narrower(act("sally"), valid_from=timezone.localdate() + timedelta(days=3))
    actions.sign(act("flora"), row.pk, digest=digest(row))
    with pytest.raises(Conflict) as early:
        actions.publish_again(act("sally"), row.pk)
    assert early.value.code == "not-due-yet" and state(row) == "approved"
    assert Metric.objects.get(name="revenue").head.number == 1


def test_one_that_breaks_stops_no_other(act: Act, held: Proposal, monkeypatch: pytest.MonkeyPatch) -> None:
    later = narrower(act("sally"))
    Proposal.objects.filter(pk=later.pk).update(due_on=timezone.localdate() - timedelta(days=1))
    monkeypatch.setattr("hedu.center.proposals.actions.time.put_into_force", lambda *_: 1 / 0)
    monkeypatch.setattr("hedu.center.proposals.actions.time.is_workday", lambda _: True)
    assert actions.tick()["escalated"] == 1
