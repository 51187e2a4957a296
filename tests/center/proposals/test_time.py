"""Deadlines on working days: reminders, the ladder, more time, what takes effect later."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.utils import timezone

from hedu.center.catalog.models import Metric
from hedu.center.kernel.actor import SYSTEM, Actor
from hedu.center.kernel.models import Audit, Notification, Task
from hedu.center.kernel.workdays import after_workdays, is_workday
from hedu.center.proposals import actions, reads
from hedu.center.proposals.actions import time as clock
from hedu.center.proposals.models import Extension, Proposal
from hedu.errors import Conflict, Denied, QueryError
from tests.center.proposals.conftest import digest, state
from tests.center.proposals.test_signing import NARROWER, narrower

Act = Callable[[str], Actor]


def workday_after(day: date) -> date:
    return after_workdays(day, 1)


def fresh(row: Proposal) -> Proposal:
    return Proposal.objects.get(pk=row.pk)


def test_the_riskier_the_longer(act: Act) -> None:
    row = narrower(act("sally"))
    today = timezone.localdate()
    assert row.due_on == after_workdays(today, 5) and row.remind_on == after_workdays(today, 2)
    named = actions.propose_rename(act("sally"), "order_count", name="orders_made")
    assert named.due_on == after_workdays(today, 3)


def test_half_time_reminds_those_who_have_not_signed_once(act: Act, people: dict) -> None:
    row = narrower(act("sally"))
    assert actions.tick(row.remind_on - timedelta(days=1))["reminded"] == 0
    assert actions.tick(row.remind_on) == {"published": 0, "reminded": 1, "escalated": 0}
    assert actions.tick(row.remind_on)["reminded"] == 0
    told = set(Notification.objects.filter(topic="proposals.reminded").values_list("user__username", flat=True))
    assert told == {"finn", "flora"}


def test_the_ladder_reaches_heads_then_the_committee_then_ends(act: Act, people: dict, metric: Callable) -> None:
    row = actions.open_proposal(act("finn"), texts={"a.yml": NARROWER})
    for name in ("head", "boss"):
        with pytest.raises(Denied):
            actions.sign(act(name), row.pk, digest=digest(row))
    actions.tick(workday_after(row.due_on))
    assert fresh(row).level == 1 and fresh(row).due_on == after_workdays(timezone.localdate(), 2)
    assert Task.objects.filter(user=people["head"], kind="sign", done_at=None).count() == 1
    with pytest.raises(Denied):
        actions.sign(act("boss"), row.pk, digest=digest(row))
    actions.tick(workday_after(fresh(row).due_on))
    assert fresh(row).level == 2
    actions.sign(act("boss"), row.pk, digest=digest(row))
    assert state(row) == "published" and metric().head.number == 2
    assert set(Audit.objects.filter(deed="proposals.escalate").values_list("who", flat=True)) == {"合度"}


def test_what_nobody_signs_expires(act: Act, metric: Callable) -> None:
    row = narrower(act("sally"))
    for _ in range(3):
        actions.tick(workday_after(fresh(row).due_on))
    assert state(row) == "expired" and metric().head.number == 1
    assert not Task.objects.filter(done_at=None, kind="sign").exists()
    assert Notification.objects.filter(topic="proposals.expired", user__username="sally").count() == 1


def test_nothing_is_asked_of_anybody_on_a_day_off(act: Act) -> None:
    row = narrower(act("sally"))
    day = row.due_on + timedelta(days=1)
    while is_workday(day):
        day += timedelta(days=1)
    assert actions.tick(day)["escalated"] == 0 and fresh(row).level == 0


def test_more_time_is_granted_by_somebody_else(act: Act) -> None:
    row = narrower(act("sally"))
    until = after_workdays(row.due_on, 3)
    with pytest.raises(Denied):
        actions.ask_extension(act("mark"), row.pk, until=until, reason="忙")
    for unfit in (row.due_on, after_workdays(timezone.localdate(), 21)):
        with pytest.raises(QueryError) as refused:
            actions.ask_extension(act("flora"), row.pk, until=unfit, reason="月结")
        assert refused.value.code == "extension-unfit"
    wish = actions.ask_extension(act("flora"), row.pk, until=until, reason="月结")
    with pytest.raises(Conflict) as twice:
        actions.ask_extension(act("flora"), row.pk, until=until, reason="月结")
    assert twice.value.code == "extension-asked"
    for name in ("flora", "mark", "mei"):
        with pytest.raises(Denied):
            actions.decide_extension(act(name), wish.pk, grant=True)
    assert fresh(row).due_on == row.due_on
    actions.decide_extension(act("sally"), wish.pk, grant=True)
    assert fresh(row).due_on == until and Extension.objects.get(pk=wish.pk).state == "granted"
    with pytest.raises(Conflict) as late:
        actions.decide_extension(act("sally"), wish.pk, grant=False)
    assert late.value.code == "extension-decided"


def test_refused_time_changes_nothing(act: Act) -> None:
    row = narrower(act("sally"))
    wish = actions.ask_extension(act("sally"), row.pk, until=after_workdays(row.due_on, 2), reason="补数")
    actions.decide_extension(act("flora"), wish.pk, grant=False)
    assert fresh(row).due_on == row.due_on
    assert Notification.objects.filter(topic="proposals.extension_refused", user__username="sally").exists()


def test_what_was_signed_for_a_later_day_is_published_on_it(
    act: Act, metric: Callable[..., Metric], monkeypatch: pytest.MonkeyPatch
) -> None:
    tomorrow = timezone.localdate() + timedelta(days=1)
    row = narrower(act("sally"), valid_from=tomorrow)
    actions.sign(act("flora"), row.pk, digest=digest(row))
    assert state(row) == "approved" and actions.tick()["published"] == 0 and metric().head.number == 1
    monkeypatch.setattr(timezone, "localdate", lambda *_: tomorrow)
    assert actions.tick()["published"] == 1
    assert state(row) == "published" and metric().head.valid_from == tomorrow
    assert metric().head.author.username == "sally"


def test_the_clock_is_the_systems_alone(act: Act) -> None:
    row = narrower(act("sally"))
    for deed in (clock.remind, clock.escalate, clock.publish_when_due, actions.rebase):
        with pytest.raises(Denied):
            deed(act("root"), row.pk)
    clock.publish_when_due(SYSTEM, row.pk)
    assert state(row) == "open" and reads.due_now(fresh(row))
