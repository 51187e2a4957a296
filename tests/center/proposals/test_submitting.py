"""A target or a data policy from any door waits for signatures; nothing is stored before."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from hedu.center.goals import actions as goals
from hedu.center.goals.models import Target
from hedu.center.kernel.actor import Actor
from hedu.center.kernel.models import User
from hedu.center.people.models import Policy
from hedu.center.proposals import actions
from hedu.center.proposals.models import Proposal
from hedu.errors import HeduError
from tests.center.proposals.conftest import digest

AIM = {"metric": "revenue", "department": "sales", "period": "2027", "value": "900"}


def test_a_target_is_stored_when_its_department_has_signed(act: Callable[[str], Actor]) -> None:
    told = goals.set_target(act("sally"), "N1", **AIM)
    row = Proposal.objects.get()
    assert told == {"url": f"/proposals/{row.pk}/"} and row.kind == "targets"
    assert not Target.objects.exists()
    actions.sign(act("lian"), row.pk, digest=digest(row))
    row.refresh_from_db()
    assert row.state == "published" and Target.objects.get().approval


def test_programs_cannot_store_a_target_either(
    act: Callable[[str], Actor], signed_in: Callable[[User], Client]
) -> None:
    client = signed_in(User.objects.get(username="sally"))
    answer = client.post("/api/goals/set-target", {"code": "N2", **AIM}, content_type="application/json")
    assert answer.status_code == 200 and answer.json()["url"].startswith("/proposals/")
    assert not Target.objects.exists()
    assert client.post("/api/goals/apply-targets", {"changes": []}, content_type="application/json").status_code == 404


def test_a_policy_waits_for_the_owner_of_the_data(
    act: Callable[[str], Actor], signed_in: Callable[[User], Client]
) -> None:
    client = signed_in(User.objects.get(username="root"))
    given = {"dataset": "orders", "effect": "rows", "where": "region = 'east'", "department": "finance"}
    answer = client.post("/admin/policies/new/", {**given, "with_subtree": "on", "since": "2026-01-01"})
    row = Proposal.objects.get()
    assert answer.status_code == 302 and answer["Location"] == f"/proposals/{row.pk}/"
    assert not Policy.objects.exists()
    actions.sign(act("sally"), row.pk, digest=digest(row))
    policy = Policy.objects.get()
    assert (policy.where, str(policy.since)) == ("region = 'east'", "2026-01-01")
    assert client.post(f"/admin/policies/{policy.pk}/withdraw/").status_code == 302
    policy.refresh_from_db()
    assert policy.is_active and Proposal.objects.count() == 2
    assert client.post("/api/people/grant", given, content_type="application/json").status_code == 404


@pytest.mark.parametrize(
    "given",
    [{"where": "a = 1"}, {"dataset": "orders", "colour": "red"}, {"dataset": "orders", "effect": "column"},
     {"dataset": "orders", "where": "region ="}],
)  # fmt: skip
def test_what_is_wrong_with_a_policy_is_said_before_anybody_signs(
    act: Callable[[str], Actor], given: dict[str, Any]
) -> None:
    with pytest.raises(HeduError):
        actions.propose_policy(act("root"), grants=[given])
    assert not Proposal.objects.exists()
