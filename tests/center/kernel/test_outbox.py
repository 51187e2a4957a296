"""The outbox: news leaves the site once, together, in time, within the rate, and is never lost."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from django.utils import timezone

from hedu.center.kernel import actions, reads, sending, subjects, topics
from hedu.center.kernel.actor import SYSTEM, Actor
from hedu.center.kernel.inbox import ask, settle
from hedu.center.kernel.job import work_off
from hedu.center.kernel.models import Audit, Channel, Job, Outgoing, Preference, User
from hedu.center.kernel.preferences import next_at, send_after
from hedu.center.kernel.sealing import opened
from hedu.center.kernel.subjects import Subject
from hedu.center.kernel.topics import notify
from hedu.errors import Conflict, Denied, QueryError
from tests.center.kernel.sinks import Hook, Mailbox, mail_server, web_hook

ZONE = ZoneInfo("Asia/Shanghai")
BOOK = Subject("book", "1", "账本", "/books/1/")
ALWAYS = {"quiet_from": time(0), "quiet_to": time(0)}


@pytest.fixture(autouse=True)
def books(monkeypatch: pytest.MonkeyPatch) -> None:
    table = {"book": lambda actor, object_id: BOOK}
    for module in (subjects, topics):
        monkeypatch.setattr(module, "kinds", lambda: table)
    words = {"x.asked": "%(who)s 请您看“%(name)s”第 %(number)s 版", "x.news": "“%(name)s”变了：%(number)s"}
    monkeypatch.setattr(topics, "wordings", lambda: words)


@pytest.fixture
def hook() -> Iterator[Hook]:
    with web_hook() as made:
        yield made


@pytest.fixture
def mail() -> Iterator[Mailbox]:
    with mail_server() as made:
        yield made


@pytest.fixture
def awake(person: Callable[..., User]) -> Callable[..., User]:
    """A person without quiet hours."""

    def make(username: str, **fields: object) -> User:
        user = person(username, **fields)
        Preference.objects.create(user=user, **ALWAYS)
        return user

    return make


def for_persons(hook: Hook, **more: object) -> Channel:
    return actions.add_channel(SYSTEM, name="hook", url=f"json://127.0.0.1:{hook.port}/{{username}}", **more)


def ask_about(people: list[User], **more: object) -> None:
    with transaction.atomic():
        ask(people, "sign", "x.asked", BOOK, SYSTEM, **{"number": 2, **more})


def due_now() -> None:
    """As if the time to gather, or to wait after a failure, were over."""
    past = timezone.now() - timedelta(seconds=1)
    Outgoing.objects.filter(state="waiting").update(send_after=past)
    Job.objects.filter(state="queued").update(run_after=past)


def send() -> list[str]:
    due_now()
    work_off()
    return list(Outgoing.objects.order_by("id").values_list("state", flat=True))


# --- when ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("way", "clock", "expected"),
    [
        ("now", "2026-03-05 10:00", "2026-03-05 10:01"),
        ("now", "2026-03-05 20:59:30", "2026-03-06 08:00"),
        ("now", "2026-03-05 03:00", "2026-03-05 08:00"),
        ("now", "2026-03-05 07:59", "2026-03-05 08:00"),
        ("digest", "2026-03-05 08:59", "2026-03-05 09:00"),
        ("digest", "2026-03-05 09:00", "2026-03-06 09:00"),
        ("app", "2026-03-05 10:00", None),
        ("never", "2026-03-05 10:00", None),
    ],
)
def test_when_a_message_goes_out(way: str, clock: str, expected: str | None) -> None:
    now = datetime.fromisoformat(clock).replace(tzinfo=ZONE)
    found = send_after(way, now, ZONE, quiet=(time(21), time(8)), digest_at=time(9))
    assert found == (datetime.fromisoformat(expected).replace(tzinfo=ZONE) if expected else None)


def test_the_clock_is_the_sites_whatever_zone_now_is_told_in() -> None:
    assert next_at(datetime(2026, 3, 5, 23, tzinfo=ZoneInfo("UTC")), time(9), ZONE).isoformat() == (
        "2026-03-06T09:00:00+08:00"
    )


# --- sending ---------------------------------------------------------------------------------------------


def test_what_is_asked_is_sent_once_in_the_persons_language(hook, awake, settings):
    settings.HEDU_URL = "https://hedu.example.com"
    for_persons(hook)
    lin, anna = awake("lin"), awake("anna", language="en")
    ask_about([lin, anna])
    assert hook.got == [] and work_off() == 0, "it waits for more of the moment"
    assert send() == ["sent", "sent"]
    assert sorted(path for path, _ in hook.got) == ["/anna", "/lin"]
    bodies = dict(hook.got)
    assert bodies["/lin"]["title"] == "合度：请我会签"
    assert bodies["/lin"]["message"] == "· 合度 请您看“账本”第 2 版\n  https://hedu.example.com/books/1/"
    assert bodies["/anna"]["title"].startswith("Hedu: ")
    assert send() == ["sent", "sent"] and len(hook.got) == 2


def test_a_deed_undone_sends_nothing(hook, awake):
    for_persons(hook)
    with pytest.raises(RuntimeError), transaction.atomic():
        ask([awake("lin")], "sign", "x.asked", BOOK, SYSTEM, number=1)
        raise RuntimeError
    assert send() == [] and hook.got == []


def test_many_news_go_out_as_one_message(hook, awake):
    for_persons(hook)
    lin = awake("lin")
    for number in range(25):
        ask_about([lin], department=number + 1, number=number)
    assert send() == ["sent"] * 25
    assert len(hook.got) == 1
    _path, body = hook.got[0]
    assert body["title"] == "合度：25 条消息" and "另有 5 条" in body["message"]


def test_what_was_done_or_read_meanwhile_is_not_sent(hook, awake, person, acting):
    for_persons(hook)
    lin = awake("lin")
    ask_about([lin])
    notify("x.news", [lin], BOOK, SYSTEM, number=7)
    settle(BOOK, [lin], "signed")
    actions.read_notifications(acting(lin))
    assert send() == ["dropped", "dropped"] and hook.got == []


def test_each_hears_by_the_ways_they_chose(hook, awake, acting):
    for_persons(hook)
    lin, zhao = awake("lin"), awake("zhao")
    actions.choose_ways(acting(lin), ways={"sign": "app", "news": "never"})
    ask_about([lin, zhao])
    notify("x.news", [lin, zhao], BOOK, SYSTEM, number=7)
    assert list(Outgoing.objects.values_list("user__username", "type")) == [("zhao", "news"), ("zhao", "sign")]
    assert not reads.notifications_visible_to(acting(lin)).exists()
    assert reads.tasks_visible_to(acting(lin)).count() == 1, "what one is asked stays in the inbox"
    news = Outgoing.objects.get(type="news")
    assert timezone.localtime(news.send_after).time() == time(9), "by the digest of the next morning"
    actions.choose_ways(acting(zhao), ways={"sign": "app"})
    assert Outgoing.objects.get(type="sign").state == "dropped", "what waits follows a changed mind"


def test_a_departments_group_hears_once_of_what_it_is_asked(hook, awake, monkeypatch):
    for name in ALWAYS:
        monkeypatch.setattr(Preference._meta.get_field(name), "default", time(0))
        Preference._meta.get_field(name).__dict__.pop("_get_default", None)
    url = f"json://127.0.0.1:{hook.port}/finance"
    actions.add_channel(SYSTEM, name="财务群", url=url, department=3)
    ask_about([awake("lin"), awake("zhao")], department=3)
    ask_about([awake("wang")], department=4)
    due_now()
    assert send() == ["sent"]
    assert [path for path, _ in hook.got] == ["/finance"]


def test_mail_goes_out_by_a_mail_server(mail, awake):
    url = f"mailto://127.0.0.1:{mail.port}?from=hedu@example.com&to={{email}}&mode=insecure"
    actions.add_channel(SYSTEM, name="邮件", url=url)
    ask_about([awake("lin", email="lin@example.com"), awake("noone")])
    assert sorted(send()) == ["dropped", "sent"], "who has no mail gets none"
    [(to, told)] = mail.mails
    assert to == ["lin@example.com"] and "合度：请我会签" in str(told["Subject"])
    assert "账本" in str(told.get_body(("plain",)).get_content())


# --- when it fails ---------------------------------------------------------------------------------------


def test_a_failure_is_tried_again_later_and_loses_nothing(hook, awake):
    for_persons(hook)
    hook.answers = [500, 503]
    ask_about([awake("lin")])
    assert send() == ["waiting"]
    row = Outgoing.objects.get()
    assert row.attempts == 1 and "500" in row.error and row.send_after > timezone.now() + timedelta(seconds=25)
    assert work_off() == 0
    assert send() == ["waiting"] and Outgoing.objects.get().attempts == 2
    assert send() == ["sent"] and len(hook.got) == 1


def test_after_six_tries_it_is_given_up_seen_and_can_be_sent_again(hook, awake, acting, person):
    channel = for_persons(hook)
    hook.answers = [500] * 6
    ask_about([awake("lin")])
    for _ in range(6):
        states = send()
    assert states == ["dead"] and send() == ["dead"]
    boss = acting(person("boss", "company", "administrator"))
    assert actions.retry_messages(boss, channel.pk) == 1
    assert send() == ["sent"] and len(hook.got) == 1


def test_too_many_requests_rests_the_channel_and_is_no_failed_try(hook, awake):
    channel = for_persons(hook)
    hook.answers = [429]
    ask_about([awake("lin"), awake("zhao")])
    assert send() == ["waiting", "waiting"]
    channel.refresh_from_db()
    assert channel.paused_until > timezone.now() + timedelta(seconds=50)
    assert set(Outgoing.objects.values_list("attempts", flat=True)) == {0}
    assert send() == ["waiting", "waiting"] and hook.got == [], "it rests"
    assert Job.objects.get(state="queued").run_after == channel.paused_until
    Channel.objects.update(paused_until=None)
    assert send() == ["sent", "sent"]


def test_an_end_that_takes_no_more_for_a_day_is_given_up(hook, awake, acting, person):
    channel = for_persons(hook)
    hook.answers = [429] * 3
    ask_about([awake("lin")])
    long_due = timezone.now() - timedelta(hours=25)

    def a_day_later() -> list[str]:
        Outgoing.objects.update(send_after=long_due)
        Channel.objects.update(paused_until=None)
        Job.objects.filter(state="queued").update(run_after=long_due)
        work_off()
        return list(Outgoing.objects.values_list("state", flat=True))

    assert a_day_later() == ["waiting"], "refused for the first time, however late it comes"
    assert a_day_later() == ["dead"] and "429" in Outgoing.objects.get().error
    assert actions.retry_messages(acting(person("boss", "company", "administrator")), channel.pk) == 1
    Channel.objects.update(paused_until=None)
    assert send() == ["waiting"], "the day begins anew"
    Channel.objects.update(paused_until=None)
    assert send() == ["sent"] and len(hook.got) == 1


def test_no_more_than_its_rate_leaves_a_channel_in_a_minute(hook, awake):
    for_persons(hook, per_minute=2)
    ask_about([awake(f"p{number}") for number in range(5)])
    assert send().count("sent") == 2
    assert Job.objects.get(state="queued").run_after > timezone.now() + timedelta(seconds=50)
    assert send().count("sent") == 2, "still the same minute"
    Outgoing.objects.filter(state="sent").update(sent_at=timezone.now() - timedelta(seconds=61))
    assert send().count("sent") == 4
    Outgoing.objects.filter(state="sent").update(sent_at=timezone.now() - timedelta(seconds=61))
    assert send().count("sent") == 5 and len(hook.got) == 5


def test_an_end_that_never_answers_does_not_hold_the_worker(awake):
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        url = f"json://127.0.0.1:{silent.getsockname()[1]}/{{username}}?cto=0.2&rto=0.2"
        actions.add_channel(SYSTEM, name="silent", url=url)
        ask_about([awake("lin")])
        started = timezone.now()
        assert send() == ["waiting"]
        assert timezone.now() - started < timedelta(seconds=5)
    assert Outgoing.objects.get().attempts == 1


def test_an_answer_nobody_foresaw_is_a_failed_try_and_holds_up_nobody(hook, awake, monkeypatch):
    """The plugin of a service falls over one person's message; the other's goes out, and no secret is kept."""
    import apprise

    for_persons(hook)
    ask_about([awake("lin"), awake("wei")])
    notify_by_plugin = apprise.Apprise.notify

    def fallen(self, *args, **more):
        if any("lin" in part.url() for part in self):
            raise KeyError(f"errcode at json://127.0.0.1:{hook.port}/lin")
        return notify_by_plugin(self, *args, **more)

    monkeypatch.setattr(apprise.Apprise, "notify", fallen)
    assert send() == ["waiting", "sent"]
    held = Outgoing.objects.get(state="waiting")
    assert held.attempts == 1 and "KeyError" in held.error and str(hook.port) not in held.error
    monkeypatch.undo()
    assert sending.hand_to(f"json://127.0.0.1:{hook.port}/lin", "t", "b") == ""


def test_whoever_has_left_is_told_nothing_any_more(hook, awake):
    for_persons(hook)
    gone = awake("lin")
    ask_about([gone, awake("wei")])
    User.objects.filter(pk=gone.pk).update(is_active=False)
    assert send() == ["dropped", "sent"] and len(hook.got) == 1


def test_a_lost_job_is_found_by_the_sweep(hook, awake):
    for_persons(hook)
    ask_about([awake("lin")])
    Job.objects.all().delete()
    assert sending.sweep() == 1
    assert send() == ["sent"]


# --- who may, and what is kept secret --------------------------------------------------------------------


def test_the_secret_of_a_channel_is_neither_kept_openly_nor_audited_nor_told(hook, person, acting):
    boss = acting(person("boss", "company", "administrator"))
    url = "dingtalk://4f1c9a8b7e6d/{address}"
    row = actions.add_channel(boss, name="钉钉", url=url)
    assert opened(row.sealed) == url
    kept = [str(row.__dict__), str(row.as_json()), *(str(item.__dict__) for item in Audit.objects.all())]
    assert not any("4f1c9a8b7e6d" in text for text in kept)


@pytest.mark.parametrize(
    ("url", "department", "code"),
    [
        ("file:///etc/passwd", None, "channel-scheme"),
        ("syslog://", None, "channel-scheme"),
        ("json://hook.example.com/all", None, "channel-for-whom"),
        ("json://hook.example.com/{username}", 3, "channel-for-whom"),
        ("wecombot://", 3, "channel-address"),
    ],
)
def test_an_address_that_does_not_fit_is_refused(url, department, code, db):
    with pytest.raises(QueryError) as refused:
        actions.add_channel(SYSTEM, name="x", url=url, department=department)
    assert refused.value.code == code


def test_channels_are_the_administrators(hook, person, acting):
    row, lin = for_persons(hook), acting(person("lin", "sales", "liaison"))
    for deed in (
        lambda: actions.add_channel(lin, name="x", url="json://x/{username}"),
        lambda: actions.switch_channel(lin, row.pk, on=False),
        lambda: actions.remove_channel(lin, row.pk),
        lambda: actions.try_channel(lin, row.pk),
        lambda: actions.retry_messages(lin, row.pk),
    ):
        with pytest.raises(Denied):
            deed()
    assert not reads.channels_visible_to(lin).exists() and not reads.messages_visible_to(lin).exists()


def test_a_channel_is_tried_out(hook, awake, person, acting):
    boss = acting(person("boss", "company", "administrator"))
    row = for_persons(hook)
    actions.try_channel(boss, row.pk)
    assert hook.got[0][0] == "/boss" and "测试" in hook.got[0][1]["title"]
    hook.answers = [403]
    with pytest.raises(Conflict) as refused:
        actions.try_channel(boss, row.pk)
    assert refused.value.code == "channel-refused" and "403" in str(refused.value.problem.facts["reason"])
    mail = actions.add_channel(boss, name="mail", url="mailto://u:p@mail.example.com?to={email}")
    with pytest.raises(Conflict) as unknown:
        actions.try_channel(boss, mail.pk)
    assert unknown.value.code == "channel-no-address"


def test_what_waits_in_a_closed_channel_is_not_sent(hook, awake):
    row = for_persons(hook)
    ask_about([awake("lin")])
    actions.switch_channel(SYSTEM, row.pk, on=False)
    assert send() == ["dropped"] and hook.got == []
    actions.remove_channel(SYSTEM, row.pk)
    assert not Outgoing.objects.exists()


def test_preferences_are_checked(person, acting):
    lin: Actor = acting(person("lin"))
    for wrong, code in (
        ({"ways": {"sign": "pigeon"}}, "way-unknown"),
        ({"addresses": {"1": "a/b"}}, "channel-own-address"),
    ):
        with pytest.raises(QueryError) as refused:
            actions.choose_ways(lin, **wrong)
        assert refused.value.code == code
    actions.choose_ways(lin, digest_at=time(18, 30))
    assert reads.preferences(lin)["digest_at"] == "18:30"
