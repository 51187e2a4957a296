"""Targets and data policies are proposed and signed like definitions, and put into force by their own apps."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from hedu.center.goals import actions as goals
from hedu.center.goals.models import Goal, Target
from hedu.center.kernel.actor import SYSTEM, Actor
from hedu.center.people.models import Policy
from hedu.center.proposals import actions, reads
from hedu.center.proposals.models import Proposal
from hedu.errors import Conflict, Denied, NotFound, QueryError
from tests.center.proposals.conftest import digest, state
from tests.center.proposals.test_signing import NARROWER, parts

Act = Callable[[str], Actor]
AIM = {"code": "T-1", "metric": "basket", "department": "sales", "period": "2027-Q1", "value": "90"}


def test_targets_are_stored_once_those_who_are_to_reach_them_have_signed(act: Act) -> None:
    row = actions.propose_targets(act("finn"), changes=[AIM], reason="年度目标")
    assert parts(row) == {"sales": "must_sign", "finance": "consulted"} and not Target.objects.exists()
    with pytest.raises(Denied):
        actions.sign(act("flora"), row.pk, digest=digest(row))
    actions.sign(act("lian"), row.pk, digest=digest(row))
    assert state(row) == "published"
    assert Target.objects.get(code="T-1").approval == row.approval
    with pytest.raises(Conflict) as refused:
        actions.propose_targets(act("finn"), changes=[AIM])
    assert refused.value.code == "nothing-changed"


def test_each_letter_of_a_goals_raci_has_its_part_in_its_targets(act: Act) -> None:
    raci = {"A": ["sales"], "R": ["finance"], "C": ["marketing"]}
    goals.create_goal(SYSTEM, "G", metric=AIM["metric"], department="sales", raci=raci)
    Goal.objects.update(raci={**raci, "I": ["gone"]})
    row = actions.propose_targets(act("finn"), changes=[{**AIM, "goal": "G"}])
    assert parts(row) == {"sales": "must_sign", "finance": "must_sign", "marketing": "consulted"}


def test_targets_that_cannot_be_are_not_proposed(act: Act) -> None:
    with pytest.raises(QueryError):
        actions.propose_targets(act("finn"), changes=[{**AIM, "metric": "nothing"}])
    with pytest.raises(Denied):
        actions.propose_targets(act("mei"), changes=[AIM])
    assert not Proposal.objects.exists()


def test_a_targets_proposal_is_not_revised_by_texts(act: Act) -> None:
    row = actions.propose_targets(act("finn"), changes=[AIM])
    with pytest.raises(Conflict) as refused:
        actions.revise(act("finn"), row.pk, texts={"a.yml": NARROWER})
    assert refused.value.code == "proposal-not-of-texts"
    assert reads.preview_on(act("finn"), row, "zh") == reads.Preview() and reads.due_now(row)


def test_a_policy_is_signed_by_the_owner_of_the_data(act: Act) -> None:
    grant = {"dataset": "orders", "where": "region = 'east'", "department": "finance"}
    with pytest.raises(Denied):
        actions.propose_policy(act("sally"), grants=[grant])
    row = actions.propose_policy(act("root"), grants=[grant], reason="只看本区")
    assert parts(row) == {"sales": "must_sign", "finance": "informed"} and not Policy.objects.exists()
    actions.sign(act("lian"), row.pk, digest=digest(row))
    held = Policy.objects.get()
    assert (held.where, state(row)) == ("region = 'east'", "published")
    back = actions.propose_policy(act("root"), grants=[], withdraw=[held.pk])
    actions.sign(act("sally"), back.pk, digest=digest(back))
    held.refresh_from_db()
    assert not held.is_active


def test_a_policy_is_granted_once_and_withdrawn_once(act: Act) -> None:
    grant = {"dataset": "orders", "where": "region = 'east'", "department": "finance"}
    first, second = (actions.propose_policy(act("root"), grants=[grant]) for _ in range(2))
    actions.sign(act("lian"), first.pk, digest=digest(first))
    assert state(second) == "withdrawn" and Policy.objects.count() == 1
    with pytest.raises(Conflict) as held:
        actions.propose_policy(act("root"), grants=[grant])
    assert held.value.code == "policy-in-force"
    policy = Policy.objects.get()
    one, other = (actions.propose_policy(act("root"), grants=[], withdraw=[policy.pk]) for _ in range(2))
    renewed = actions.propose_policy(act("root"), grants=[grant], withdraw=[policy.pk])
    actions.sign(act("lian"), one.pk, digest=digest(one))
    assert state(other) == "withdrawn" and state(renewed) == "open"
    with pytest.raises(Conflict) as moved:
        actions.sign(act("lian"), renewed.pk, digest=digest(renewed))
    assert moved.value.code == "base-moved" and moved.value.problem.facts["names"] == ["orders"]
    with pytest.raises(NotFound):
        actions.propose_policy(act("root"), grants=[], withdraw=[policy.pk])
