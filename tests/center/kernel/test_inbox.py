"""The inbox: who is asked, once; who sees it when somebody is away; what settles it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from hedu.center.kernel import inbox, reads, subjects
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

    monkeypatch.setattr(inbox, "kinds", lambda: {"book": book})
    monkeypatch.setattr(subjects, "kinds", lambda: {"book": book})


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
