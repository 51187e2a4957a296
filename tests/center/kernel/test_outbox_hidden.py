"""What goes out of the site tells nobody what they may not see, wakes nobody, and keeps no secret of a channel."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction

from hedu.center.kernel import actions, sending, subjects, topics
from hedu.center.kernel.actor import SYSTEM
from hedu.center.kernel.inbox import ask
from hedu.center.kernel.models import Notification, Outgoing, Task
from hedu.center.kernel.subjects import Subject
from hedu.center.kernel.topics import notify

NIGHT = datetime(2026, 11, 23, 23, 30, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.fixture(autouse=True)
def books(monkeypatch: pytest.MonkeyPatch) -> None:
    """A book whose title only its department reads; others see that there is one."""

    def find(actor, object_id):
        return Subject("book", object_id, f"工资册 {actor.lang}" if actor.departments else "册子", "/books/1/")

    for module in (subjects, topics):
        monkeypatch.setattr(module, "kinds", lambda: {"book": find})


class NoRun:
    def progress(self, *told: object) -> None:
        """Nobody watches."""


def test_each_is_told_the_name_that_they_may_read(person):
    lin, out = person("lin", "sales"), person("out")
    book = Subject("book", "1", "工资册", "/books/1/")
    with transaction.atomic():
        notify("kernel.commented", [lin, out], book, SYSTEM, text="请看")
        ask([lin, out], "decide", "kernel.commented", book, SYSTEM, text="请看")
    for rows in (Notification.objects, Task.objects):
        assert rows.get(user=lin).facts["name"] == "工资册 zh" and rows.get(user=lin).facts["name_en"] == "工资册 en"
        assert rows.get(user=out).facts["name"] == "册子"


def test_a_group_hears_that_something_waits_and_not_what(person):
    lin = person("lin", "sales")
    actions.add_channel(SYSTEM, name="群", url="json://127.0.0.1:9/finance", department=3)
    with transaction.atomic():
        ask([lin], "sign", "kernel.commented", Subject("book", "17", "工资册", "/books/1/"), SYSTEM, department=3)
    row = Outgoing.objects.get()
    told = "\n".join(sending.message([row]))
    assert "工资册" not in str(row.facts) + told and "17" in told and "待本部门处理" in told


def test_what_was_held_back_waits_for_the_end_of_quiet_hours(person, monkeypatch):
    lin = person("lin", "sales")
    channel = actions.add_channel(SYSTEM, name="hook", url="json://127.0.0.1:9/{username}")
    for user in (lin, None):
        Outgoing.objects.create(
            channel=channel, user=user, type="sign", topic="x", send_after=NIGHT - timedelta(hours=3), attempts=2
        )
    handed: list[object] = []
    monkeypatch.setattr(sending, "hand_to", lambda *told: handed.append(told) or "")
    monkeypatch.setattr(sending.timezone, "now", lambda: NIGHT)
    assert sending.send(NoRun(), channel=channel.pk) == {"sent": 0} and not handed
    morning = datetime(2026, 11, 24, 8, 0, tzinfo=NIGHT.tzinfo)
    assert set(Outgoing.objects.values_list("state", "send_after")) == {("waiting", morning)}
    monkeypatch.setattr(sending.timezone, "now", lambda: morning)
    assert sending.send(NoRun(), channel=channel.pk) == {"sent": 2} and len(handed) == 2


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("wecombot://k-9f3a77c0", "failed: https://qyapi.example/cgi-bin/webhook/send?key=k-9f3a77c0, error=500"),
        ("dingtalk://secretsign@tok123456", "token tok123456 with secretsign was refused: 500"),
        ("jsons://lin:pa55@host.example/hooks/T0ken99?-X-Key=h3ader%20key", "T0ken99 lin pa55 'h3ader key' -> 500"),
        ("mailto://u:pw1@mail.example?to=boss@corp.example", "login pw1 of boss@corp.example failed: 500"),
    ],
)
def test_no_secret_of_an_address_stays_in_what_was_said(url, said):
    heard = sending.unsaid(said, url)
    assert "500" in heard
    for secret in (
        "k-9f3a77c0",
        "secretsign",
        "tok123456",
        "pa55",
        "T0ken99",
        "h3ader key",
        "pw1",
        "boss@corp.example",
    ):
        assert secret not in heard
