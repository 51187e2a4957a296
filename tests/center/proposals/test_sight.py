"""Whoever must sign can see what they sign: said at opening, shown while it waits, and nothing shown beyond that."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from hedu.center.kernel.actor import SYSTEM, Actor
from hedu.center.kernel.models import Notification, Task, User
from hedu.center.people import actions as people_actions
from hedu.center.people.models import Policy
from hedu.center.proposals import actions, reads
from hedu.center.proposals.models import Proposal
from hedu.errors import Conflict, Denied, NotFound
from tests.center.catalog.world import ORDERS
from tests.center.proposals.conftest import digest, state
from tests.center.proposals.test_signing import narrower, parts

Act = Callable[[str], Actor]
LARGEST = ORDERS.replace("amount: {agg: sum", "amount: {agg: max")


def shut(department: str, **more: object) -> None:
    people_actions.grant(SYSTEM, dataset="orders", effect="dataset", department=department, **more)


def test_opening_names_who_must_sign_and_cannot_see(act: Act) -> None:
    shut("sales")
    with pytest.raises(Conflict) as refused:
        actions.open_proposal(act("sally"), texts={"d.yml": LARGEST})
    problem = refused.value.problem
    assert problem.code == "signers-see-nothing" and not Proposal.objects.exists()
    assert "finance" in problem.as_json("zh")["what"] and "orders" in problem.as_json("en")["what"]
    shut("finance", role="liaison")
    row = actions.open_proposal(act("sally"), texts={"d.yml": LARGEST})
    assert parts(row) == {"sales": "must_sign", "finance": "must_sign"}
    assert set(Task.objects.filter(kind="sign").values_list("user__username", flat=True)) == {"flora"}
    with pytest.raises(NotFound):
        actions.sign(act("finn"), row.pk, digest=digest(row))
    actions.sign(act("flora"), row.pk, digest=digest(row))
    assert state(row) == "published"


def test_a_revision_is_held_to_the_same(act: Act) -> None:
    shut("sales")
    row = narrower(act("sally"))
    with pytest.raises(Conflict) as refused:
        actions.revise(act("sally"), row.pk, texts={"d.yml": LARGEST})
    assert refused.value.code == "signers-see-nothing"
    assert Proposal.objects.get(pk=row.pk).revision_number == 1


def test_plan_says_it_before_anything_is_opened(act: Act) -> None:
    shut("sales")
    told = reads.plan(act("sally"), texts={"d.yml": LARGEST})
    assert [item["department"] for item in told["departments"] if item["part"] == "must_sign"] == ["sales", "finance"]
    assert [(item["code"], item["facts"]["datasets"]) for item in told["problems"]] == [
        ("signers-see-nothing", ["orders"])
    ]


def test_sight_lost_under_way_is_told_and_the_sight_given_back_asks_again(
    act: Act, people: dict[str, User], signed_in: Callable[[User], Client]
) -> None:
    row = actions.open_proposal(act("sally"), texts={"d.yml": LARGEST})
    Task.objects.filter(user__username__in=("finn", "flora")).delete()
    shut("sales")
    actions.remind(SYSTEM, row.pk)
    news = Notification.objects.filter(topic="proposals.unseen", user=people["sally"])
    assert news.count() == 1 and "orders" in news.get().facts["datasets"]
    page = signed_in(people["sally"]).get(f"/proposals/{row.pk}/").content.decode()
    assert "看不到数据集 orders" in page
    given = {"dataset": "orders", "effect": "dataset", "department": "finance"}
    wish = actions.propose_policy(act("root"), grants=[given])
    actions.sign(act("lian"), wish.pk, digest=digest(wish))
    waiting = Task.objects.filter(about="proposal", object_id=str(row.pk), kind="sign", done_at=None)
    assert {"finn", "flora"} <= set(waiting.values_list("user__username", flat=True))
    actions.sign(act("finn"), row.pk, digest=digest(row))
    assert state(row) == "published"


def test_owners_decide_who_sees_their_data_even_where_they_do_not(act: Act) -> None:
    """Else nobody could ever give sight back: the owner signs for every policy."""
    shut("finance")
    held = Policy.objects.get()
    row = actions.propose_policy(act("root"), grants=[], withdraw=[held.pk])
    assert parts(row) == {"sales": "must_sign"}
    for unseeing in ("mei", "mark"):
        assert not reads.visible_to(act(unseeing)).filter(pk=row.pk).exists()
    assert reads.visible_to(act("root")).filter(pk=row.pk).exists()
    actions.sign(act("lian"), row.pk, digest=digest(row))
    held.refresh_from_db()
    assert state(row) == "published" and not held.is_active


def test_nothing_else_of_hidden_data_is_shown_to_its_owners(act: Act) -> None:
    shut("finance", role="liaison")
    shut("sales", role="owner")
    row = actions.open_proposal(act("sally"), texts={"d.yml": LARGEST})
    assert not reads.visible_to(act("lian")).filter(pk=row.pk).exists()
    with pytest.raises((NotFound, Denied)):
        actions.veto(act("lian"), row.pk, digest=digest(row), reason="x")
