"""There is always somebody else to ask, whoever is required later is asked too, and who is overtaken hears of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from hedu.center.catalog import actions as catalog
from hedu.center.goals import actions as goals
from hedu.center.goals.models import Target
from hedu.center.kernel.actor import SYSTEM, Actor
from hedu.center.kernel.models import Notification, Task, User
from hedu.center.people.models import Department, Membership, Policy
from hedu.center.proposals import actions, reads, rules
from hedu.center.proposals.actions.telling import ask_signers
from hedu.center.proposals.models import Extension, Proposal
from hedu.errors import Conflict, HeduError, QueryError
from tests.center.catalog.world import ORDER_COUNT, REVENUE, STAFF
from tests.center.proposals.conftest import digest, state
from tests.center.proposals.test_signing import NARROWER, parts
from tests.center.signed import put

Act = Callable[[str], Actor]
AIM = {"code": "T-1", "metric": "revenue", "department": "company", "period": "2027", "value": "90"}
EAST = [{"dataset": "orders", "department": "finance", "where": "region = 'east'"}]


def asked(row: Proposal, kind: str = "sign") -> set[str]:
    rows = Task.objects.filter(about="proposal", object_id=str(row.pk), kind=kind, done_at=None)
    return set(rows.values_list("user__username", flat=True))


def heard(who: str) -> list[str]:
    return list(Notification.objects.filter(user__username=who).values_list("topic", flat=True))


def test_the_only_head_does_not_wait_for_themselves(act: Act) -> None:
    row = actions.propose_targets(act("boss"), changes=[AIM])
    assert state(row) == "open" and asked(row) == {"root"} and row.level == rules.ADMINISTRATORS
    actions.sign(act("root"), row.pk, digest=digest(row))
    assert state(row) == "published"


def test_where_the_only_liaison_proposes_heads_are_asked_at_once(act: Act) -> None:
    Membership.objects.filter(user__username__in=("sally", "dan")).delete()
    row = actions.open_proposal(act("lian"), texts={"a.yml": ORDER_COUNT.replace("order_count", "orders_made")})
    assert asked(row) == {"head"} and row.level == rules.HEADS
    actions.sign(act("head"), row.pk, digest=digest(row))
    assert state(row) == "published"


def test_administrators_are_not_asked_where_somebody_else_can_sign(act: Act) -> None:
    row = actions.propose_targets(act("root"), changes=[AIM])
    assert asked(row) == {"boss"} and row.level == rules.LIAISONS
    with pytest.raises(HeduError):
        actions.sign(act("root"), row.pk, digest=digest(row))


def test_a_yes_for_one_department_is_none_for_another(
    act: Act, people: dict[str, User], signed_in: Callable[[User], Client]
) -> None:
    marketing = Department.objects.get(code="marketing")
    Membership.objects.filter(user__username="mark").delete()
    Membership.objects.create(user=people["lian"], department=marketing, role="liaison")
    row = actions.open_proposal(act("sally"), texts={"r.yml": NARROWER})
    actions.sign(act("lian"), row.pk, digest=digest(row))
    assert "lian" not in asked(row) and reads.waits_for(act("lian")) == []
    reads.latest(row).affected.create(department=marketing, part="must_sign")
    ask_signers(SYSTEM, row)
    assert "lian" in asked(row) and reads.waits_for(act("lian")) == [row]
    page = signed_in(people["lian"]).get(f"/proposals/{row.pk}/")
    assert page.context["may_sign"] and not page.context["has_signed"]
    actions.sign(act("lian"), row.pk, digest=digest(row))
    assert not signed_in(people["lian"]).get(f"/proposals/{row.pk}/").context["may_sign"]


def wished(act: Act, row: Proposal) -> Extension:
    row.refresh_from_db()
    assert row.due_on is not None
    return actions.ask_extension(act("lian"), row.pk, until=row.due_on + timedelta(days=1), reason="年会")


def test_more_time_never_takes_time_away(act: Act) -> None:
    row = actions.open_proposal(act("sally"), texts={"r.yml": NARROWER})
    wish = wished(act, row)
    later = date.today() + timedelta(days=40)
    Proposal.objects.filter(pk=row.pk).update(due_on=later)
    actions.decide_extension(act("sally"), wish.pk, grant=True)
    row.refresh_from_db()
    assert row.due_on == later and row.remind_on is not None and date.today() < row.remind_on < later


def test_a_day_that_has_passed_is_not_granted(act: Act) -> None:
    row = actions.open_proposal(act("sally"), texts={"r.yml": NARROWER})
    wish = wished(act, row)
    Extension.objects.filter(pk=wish.pk).update(until=date.today() - timedelta(days=1))
    with pytest.raises(QueryError) as refused:
        actions.decide_extension(act("sally"), wish.pk, grant=True)
    assert refused.value.code == "extension-unfit"
    actions.decide_extension(act("sally"), wish.pk, grant=False)


def test_a_policy_overtaken_by_the_same_ends_and_by_another_is_told(act: Act) -> None:
    first, same = (actions.propose_policy(act("root"), grants=EAST) for _ in range(2))
    more = actions.propose_policy(act("root"), grants=[*EAST, {"dataset": "orders", "effect": "dataset"}])
    actions.sign(act("lian"), first.pk, digest=digest(first))
    assert (state(first), state(same), state(more)) == ("published", "withdrawn", "open")
    assert asked(same) == set() and Policy.objects.count() == 1
    assert {"proposals.withdrawn", "proposals.blocked"} <= set(heard("root"))
    with pytest.raises(Conflict):
        actions.sign(act("lian"), more.pk, digest=digest(more))


def test_a_target_overtaken_is_told_once(act: Act, people: dict[str, User], signed_in: Callable[..., Client]) -> None:
    aim = {**AIM, "department": "sales"}
    first, same = (actions.propose_targets(act("sally"), changes=[aim]) for _ in range(2))
    other = actions.propose_targets(act("finn"), changes=[{**aim, "value": "70"}])
    actions.sign(act("lian"), first.pk, digest=digest(first))
    assert (state(first), state(same), state(other)) == ("published", "withdrawn", "open")
    assert heard("finn").count("proposals.blocked") == 1
    assert "T-1" in signed_in(people["finn"]).get(f"/proposals/{other.pk}/").content.decode()


def test_a_name_taken_meanwhile_is_told_at_once(act: Act, django_capture_on_commit_callbacks: Any) -> None:
    crew = STAFF.replace("metric: staff", "metric: crew")
    first = actions.open_proposal(act("sally"), texts={"h.yml": crew})
    same = actions.open_proposal(act("finn"), texts={"h.yml": crew})
    other = actions.open_proposal(act("finn"), texts={"h.yml": crew.replace("在岗人数", "在册人数")})
    with django_capture_on_commit_callbacks(execute=True):
        for who in ("lian", "flora"):
            actions.sign(act(who), first.pk, digest=digest(first))
    assert (state(first), state(same), state(other)) == ("published", "withdrawn", "open")
    other.refresh_from_db()
    assert other.refusal["code"] == "name-taken" and "proposals.blocked" in heard("finn")


def test_those_a_target_is_taken_from_sign_too(act: Act) -> None:
    for code, place in (("G1", "marketing"), ("G2", "sales")):
        goals.create_goal(SYSTEM, code, metric="revenue", department="sales", raci={"A": [place]})
    row = actions.propose_targets(act("finn"), changes=[{**AIM, "department": "finance", "goal": "G1"}])
    for who in ("flora", "mark"):
        actions.sign(act(who), row.pk, digest=digest(row))
    assert Target.objects.get().goal.code == "G1"
    moved = actions.propose_targets(act("finn"), changes=[{**AIM, "department": "finance", "goal": "G2"}])
    required = {place for place, part in parts(moved).items() if part == "must_sign"}
    assert required == {"finance", "sales", "marketing"}


@pytest.mark.parametrize("changes", [[{}], [{"code": None}], [{"code": "X", "phases": [1]}], [{"phases": "ab"}]])
def test_targets_that_cannot_be_read_are_refused(act: Act, changes: list[dict[str, Any]]) -> None:
    with pytest.raises(QueryError):
        actions.propose_targets(act("boss"), changes=changes)
    with pytest.raises(QueryError):
        goals.import_targets(act("boss"), targets=changes)


@pytest.mark.parametrize("given", [{"dataset": 5}, {"where": None}, {"since": 5}, {"with_subtree": "no"}])
def test_policies_that_cannot_be_read_are_refused(act: Act, given: dict[str, Any]) -> None:
    with pytest.raises(QueryError) as refused:
        actions.propose_policy(act("root"), grants=[{"dataset": "orders", **given}])
    assert refused.value.problem.facts == {"field": next(iter(given))}


def test_a_meaning_that_comes_back_leaves_no_task_behind(act: Act) -> None:
    def open_tasks(who: str) -> int:
        return Task.objects.filter(user__username=who, about="metric", done_at=None).count()

    catalog.ask_to_confirm(act("sally"), "revenue", departments=["sales"])
    catalog.confirm_understanding(act("lian"), "revenue")
    put({"r.yml": NARROWER})
    assert open_tasks("lian") == 1
    put({"r.yml": REVENUE})
    assert open_tasks("lian") == 0 and open_tasks("mei") == 1
    catalog.confirm_understanding(act("mei"), "revenue")
    assert open_tasks("mei") == 0
