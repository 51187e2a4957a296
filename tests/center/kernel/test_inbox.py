"""The inbox: who is asked, once; who sees it when somebody is away; what settles it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone, translation

from hedu.center.kernel import inbox, reads, subjects, topics
from hedu.center.kernel.actor import Actor
from hedu.center.kernel.inbox import ask, settle
from hedu.center.kernel.models import Task, User
from hedu.center.kernel.subjects import Subject
from hedu.center.people import actions as people
from hedu.center.people.reads import actor_of, today

BOOK = Subject("book", "1", "账本", "/books/1/")


@pytest.fixture(autouse=True)
def books(monkeypatch: pytest.MonkeyPatch) -> None:
    """Something to be asked about that all but `blind` may see."""

    def book(actor: Actor, object_id: str) -> Subject | None:
        return None if actor.username == "blind" else BOOK

    for module in (subjects, topics):
        monkeypatch.setattr(module, "kinds", lambda: {"book": book})


def asked(user: User) -> list[str]:
    return [task.kind for task in inbox.open_tasks(actor_of(user))]


def test_those_who_may_see_it_are_asked_once(person: Callable[..., User], acting):
    lin, blind = person("lin", "sales"), person("blind", "sales")
    sent = acting(person("wang", "finance"))
    assert ask([lin, blind, lin], "sign", "x.asked", BOOK, sent, department=3) == 1
    due = timezone.now() + timedelta(days=2)
    ask([lin], "sign", "x.asked", BOOK, sent, department=3, due=due, number=2)
    task = Task.objects.get()
    assert (task.user, task.department, task.due_at, task.facts["number"]) == (lin, 3, due, 2)
    assert task.facts["who"] == "wang" and task.facts["name"] == "账本"
    assert reads.tasks(acting(lin), kind="sign")[0]["object"] == "1"
    assert reads.tasks(acting(lin), kind="read") == [] == reads.tasks(acting(blind))


def test_settling_closes_what_was_asked_and_it_can_be_asked_anew(person, acting):
    lin, wang = person("lin"), person("wang")
    ask([lin, wang], "sign", "x.asked", BOOK, acting(wang))
    assert settle(BOOK, [lin], "signed", actor=acting(lin)) == 1
    assert (asked(lin), asked(wang)) == ([], ["sign"])
    assert settle(BOOK) == 1 and settle(BOOK) == 0
    ask([lin], "sign", "x.asked", BOOK, acting(wang))
    assert asked(lin) == ["sign"] and Task.objects.filter(user=lin).count() == 2


def test_a_kind_or_a_department_can_be_settled_alone(person, acting, department):
    lin = person("lin")
    ask([lin], "sign", "x.asked", BOOK, acting(lin), department=1)
    ask([lin], "sign", "x.asked", BOOK, acting(lin), department=2)
    ask([lin], "read", "x.told", BOOK, acting(lin))
    assert settle(BOOK, department=1) == 1 and settle(BOOK, kind="read") == 1
    assert Task.objects.get(done_at=None).department == 2


def test_the_delegate_of_somebody_away_sees_their_tasks(person, acting):
    lin, zhao = person("lin", "sales", "liaison"), person("zhao", "finance")
    ask([lin], "sign", "x.asked", BOOK, acting(lin))
    assert asked(zhao) == []
    people.set_absence(acting(lin), "lin", since=today(), until=today() + timedelta(days=3), delegate="zhao")
    assert asked(zhao) == ["sign"] and asked(lin) == ["sign"]


def test_deputies_see_the_departments_tasks_of_a_liaison_away(person, acting, department):
    lin, deputy = person("lin", "sales", "liaison"), person("deputy", "sales", "deputy")
    ask([lin], "sign", "x.asked", BOOK, acting(lin), department=department("sales").pk)
    ask([lin], "answer", "x.asked", BOOK, acting(lin), department=department("finance").pk)
    absence = people.set_absence(acting(lin), "lin", since=today(), until=today())
    assert asked(deputy) == ["sign"]
    people.end_absence(acting(lin), absence.pk)
    assert asked(deputy) == []


# --- the page --------------------------------------------------------------------------------------------


@pytest.fixture
def box(person, acting, signed_in, department, monkeypatch):
    """A liaison with one task of each kind, one of them overdue, and their client."""
    from hedu.center.kernel.inbox import Deed

    words = {**topics.wordings(), "x.asked": "%(who)s 请您办“%(name)s”的 %(what)s", "x.do": "就办 %(what)s"}
    monkeypatch.setattr(topics, "wordings", lambda: words)
    lin, wang = person("lin", "sales", "liaison"), acting(person("wang", "finance"))
    late, soon = timezone.now() - timedelta(days=1), timezone.now() + timedelta(days=1)
    deed = Deed("kernel.set_preferences", {"theme": "dark"}, "x.do")
    place = department("sales").pk
    ask([lin], "sign", "x.asked", BOOK, wang, department=place, due=soon, deeds=[deed], what="会签")
    ask([lin], "answer", "x.asked", BOOK, wang, due=late, what="答复")
    ask([lin], "read", "x.asked", BOOK, wang, firm=False, what="阅读")
    ask([lin], "read", "x.asked", BOOK, wang, department=place, what="确认")
    return lin, signed_in(lin)


def test_the_page_groups_counts_and_narrows(box):
    _lin, client = box
    page = client.get("/inbox/").content.decode()
    assert page.index("答复</a>") < page.index("会签</a>") < page.index("阅读</a>"), "the overdue first"
    assert 'class="house-nav-count">4<' in page and "已逾期" in page
    narrow = client.get("/inbox/?kind=sign").content.decode()
    assert "会签</a>" in narrow and "阅读</a>" not in narrow
    place = Task.objects.get(kind="sign").department
    theirs = client.get(f"/inbox/?department={place}").content.decode()
    assert "确认</a>" in theirs and "答复</a>" not in theirs
    assert "没有符合条件" in client.get("/inbox/?kind=decide").content.decode()
    client.post("/language/", {"language": "en"})
    assert "To sign" in client.get("/inbox/").content.decode()


def test_one_click_does_the_deed_as_oneself(box):
    lin, client = box
    task = Task.objects.get(kind="sign")
    assert "就办 会签" in client.get("/inbox/").content.decode()
    assert client.post(f"/inbox/{task.pk}/do/0/").status_code == 302
    lin.refresh_from_db()
    assert lin.theme == "dark"
    assert client.post(f"/inbox/{task.pk}/do/7/").status_code == 302, "no such deed is no fault"
    assert client.get(f"/inbox/{task.pk}/")["Location"] == "/books/1/"


def test_what_only_wants_reading_is_marked_and_taken_back(box):
    _lin, client = box
    every = list(Task.objects.values_list("pk", flat=True))
    page = client.post("/inbox/read/", {"task": every}, follow=True).content.decode()
    assert "撤销" in page
    assert [(task.kind, task.is_firm) for task in Task.objects.exclude(done_at=None)] == [("read", False)]
    read = Task.objects.get(outcome="read")
    assert "已读" in client.get("/inbox/?show=done").content.decode()
    client.post("/inbox/take-back/", {"task": [read.pk]})
    assert Task.objects.filter(done_at=None).count() == 4
    assert "没有可以标为已读" in client.post("/inbox/read/", {"task": []}, follow=True).content.decode()


def test_a_strangers_tasks_are_out_of_reach(box, person, signed_in):
    task = Task.objects.filter(is_firm=False).get()
    client = signed_in(person("eve", "finance"))
    assert client.get(f"/inbox/{task.pk}/").status_code == 404
    assert client.post(f"/inbox/{task.pk}/do/0/").status_code == 404
    client.post("/inbox/read/", {"task": [task.pk]})
    task.refresh_from_db()
    assert task.done_at is None
    assert "都办完了" in client.get("/inbox/").content.decode()


def test_how_one_hears_is_chosen_on_a_page(box):
    lin, client = box
    ways = {f"way_{type}": "digest" for type in ("sign", "decide", "answer", "read", "talk", "news")}
    times = {"quiet_from": "22:30", "quiet_to": "07:00", "digest_at": "18:15"}
    assert client.post("/me/hearing/", {**ways, **times}).status_code == 302
    told = reads.preferences(actor_of(lin))
    assert set(told["ways"].values()) == {"digest"} and told["digest_at"] == "18:15"
    page = client.get("/me/hearing/").content.decode()
    assert 'value="18:15"' in page


def test_names_are_told_in_the_language_of_whoever_reads(person, acting, monkeypatch):
    def book(actor: Actor, object_id: str) -> Subject:
        return Subject("book", "1", "Ledger" if actor.lang == "en" else "账本", "/books/1/")

    for module in (subjects, topics):
        monkeypatch.setattr(module, "kinds", lambda: {"book": book})
    monkeypatch.setattr(topics, "wordings", lambda: {"x.asked": "%(name)s?"})
    ask([person("lin")], "read", "x.asked", BOOK, acting(person("wang")))
    for language, shown in (("zh-hans", "账本?"), ("en", "Ledger?")):
        with translation.override(language):
            assert topics.worded(Task.objects.get()) == shown
