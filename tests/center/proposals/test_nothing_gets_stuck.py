"""Said at opening what would fail at the end; tasks reach those who may act; one failure stops nothing else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.utils import timezone

from hedu.center.goals import actions as goals
from hedu.center.goals.models import Target
from hedu.center.goals.rules import change_of
from hedu.center.kernel.actor import SYSTEM, Actor
from hedu.center.kernel.events import Event
from hedu.center.kernel.inbox import open_tasks
from hedu.center.kernel.models import Notification, Task, User
from hedu.center.people import actions as people_actions
from hedu.center.people.models import Membership
from hedu.center.proposals import actions, reads
from hedu.center.proposals.actions import going_on
from hedu.center.proposals.models import Proposal
from hedu.center.proposals.subscribers import on_published
from hedu.errors import Conflict
from tests.center.catalog.world import ORDERS, REVENUE
from tests.center.proposals.conftest import digest, state
from tests.center.proposals.test_other_matters import AIM
from tests.center.proposals.test_signing import NARROWER, narrower

Act = Callable[[str], Actor]


def test_targets_changed_meanwhile_are_not_overwritten(act: Act) -> None:
    first, second = (actions.propose_targets(act("finn"), changes=[{**AIM, "value": value}]) for value in ("90", "95"))
    actions.sign(act("lian"), first.pk, digest=digest(first))
    with pytest.raises(Conflict) as refused:
        actions.sign(act("lian"), second.pk, digest=digest(second))
    assert refused.value.code == "base-moved" and state(second) == "open"
    assert Target.objects.get(code="T-1").approval == first.approval
    third = actions.propose_targets(act("finn"), changes=[{**AIM, "value": "95"}])
    goals.apply_targets(SYSTEM, [change_of({**AIM, "value": "99"})])
    with pytest.raises(Conflict):
        actions.sign(act("sally"), third.pk, digest=digest(third))
    again = actions.propose_targets(act("finn"), changes=[{**AIM, "value": "95"}])
    actions.sign(act("sally"), again.pk, digest=digest(again))
    assert state(again) == "published" and Target.objects.get(code="T-1").value == 95


def test_dates_before_the_last_version_are_refused_at_opening(act: Act) -> None:
    with pytest.raises(Conflict) as refused:
        narrower(act("sally"), valid_from=date(2020, 1, 1))
    assert refused.value.code == "effective-date-before-last" and not Proposal.objects.exists()


def test_what_a_policy_speaks_of_is_refused_at_opening(act: Act) -> None:
    people_actions.grant(SYSTEM, dataset="orders", effect="column", column="region", department="finance")
    renamed = ORDERS.replace("  region: {label", "  place: {expr: region, label")
    with pytest.raises(Conflict) as refused:
        actions.open_proposal(act("sally"), texts={"d.yml": renamed})
    assert refused.value.code == "policy-loses-column" and not Proposal.objects.exists()


def test_deputies_of_the_absent_see_the_task(act: Act) -> None:
    row = actions.open_proposal(act("finn"), texts={"a.yml": NARROWER})
    today = timezone.localdate()
    assert not open_tasks(act("dan")).exists()
    people_actions.set_absence(act("lian"), "lian", since=today, until=today + timedelta(days=5))
    task = open_tasks(act("dan")).get()
    assert (task.object_id, task.kind, task.user.username) == (str(row.pk), "sign", "lian")
    actions.sign(act("dan"), row.pk, digest=digest(row))
    assert state(row) == "published" and not open_tasks(act("dan")).exists()


def test_the_wish_of_somebody_who_left_holds_nothing_up(act: Act, people: dict[str, User]) -> None:
    row = narrower(act("sally"))
    actions.request_changes(act("finn"), row.pk, digest=digest(row), reason="再改")
    people["finn"].memberships.all().delete()
    User.objects.filter(pk=people["finn"].pk).update(is_active=False)
    assert [found.pk for found in reads.waits_for(act("flora"))] == [row.pk]
    actions.sign(act("flora"), row.pk, digest=digest(row))
    assert state(row) == "published"


def test_a_further_opinion_asks_nobody_twice(act: Act, people: dict[str, User]) -> None:
    row = narrower(act("sally"))
    actions.consult(act("sally"), row.pk, department="marketing")
    actions.advise(act("mark"), row.pk, text="可以")
    actions.consult(act("sally"), row.pk, department="company")
    asked = Task.objects.filter(about="proposal", object_id=str(row.pk), kind="answer", done_at=None)
    assert set(asked.values_list("user__username", flat=True)) == {"boss"}


def test_one_merge_that_fails_stops_no_other(
    act: Act, people: dict[str, User], monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [narrower(act(who)) for who in ("sally", "finn")]
    words = actions.open_proposal(act("lian"), texts={"a.yml": REVENUE.replace("已付款订单的金额", "所有")})
    assert state(words) == "published"
    checked = going_on.require_publishable

    def refused_once(actor: Actor, change: object) -> None:
        monkeypatch.setattr(going_on, "require_publishable", checked)
        raise Conflict("name-taken", name="revenue")

    monkeypatch.setattr(going_on, "require_publishable", refused_once)
    entry = reads.change_of(reads.latest(rows[0])).items[0].entry
    on_published(Event("catalog.published", SYSTEM, {"objects": [{"object_id": entry}]}))
    held = {row.pk: Proposal.objects.get(pk=row.pk) for row in rows}
    assert sorted(row.revision_number for row in held.values()) == [1, 2]
    stuck = next(row for row in held.values() if row.revision_number == 1)
    assert stuck.refusal == {"code": "name-taken", "facts": {"name": "revenue"}}
    assert Notification.objects.filter(topic="proposals.blocked", user=stuck.requester).count() == 1


def test_whoever_signs_for_those_who_left_is_asked_for_what_that_brings_in(act: Act, people: dict[str, User]) -> None:
    """Nobody of finance is left: the company's head signs for it, and then for the company, which has taken its place."""
    row = actions.open_proposal(act("sally"), texts={"r.yml": NARROWER})
    Membership.objects.filter(department__code="finance").delete()
    actions.sign(act("lian"), row.pk, digest=digest(row))
    actions.sign(act("boss"), row.pk, digest=digest(row))
    asked = Task.objects.filter(user=people["boss"], about="proposal", done_at=None)
    assert state(row) == "open" and asked.count() == 1
    actions.sign(act("boss"), row.pk, digest=digest(row))
    assert state(row) == "published" and not asked.exists()
