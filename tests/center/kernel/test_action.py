"""The deed: permission, transaction, audit, event, doors; allowed, denied, failed, nested."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import DataError, transaction

from hedu.center.kernel import action as deeds
from hedu.center.kernel import events
from hedu.center.kernel.action import action, actions, record
from hedu.center.kernel.actions import own
from hedu.center.kernel.actor import SYSTEM, Actor
from hedu.center.kernel.models import Audit, Once, User
from hedu.center.kernel.once import once
from hedu.center.kernel.passage import through
from hedu.errors import Conflict, Denied, QueryError

LIN = Actor(None, "林悦")


def is_named(actor, **_):
    return bool(actor.name)


@action(may=is_named, doors={"page", "rest"}, event="kernel.tried", secret=("word",))
def try_it(actor: Actor, *, what: str = "a", word: str = "", fail: bool = False) -> str:
    """Try."""
    record("thing", 7, "甲", before={"x": 1}, after={"x": what})
    if fail:
        raise Conflict("not-found", name=what)
    return what


@action(may=is_named, doors={"page"})
def twice(actor: Actor) -> str:
    """Nested deeds keep their own audit rows."""
    record("outer", 1)
    return try_it(actor, what="b")


@pytest.fixture
def heard(monkeypatch):
    found = []
    monkeypatch.setattr(events, "listeners", lambda: {"kernel.tried": (found.append,)})
    return found


def test_a_deed_is_audited_with_who_what_and_through_which_door(db):
    with through("rest", "req-1"):
        assert try_it(LIN, what="新", word="secret") == "新"
    row = Audit.objects.get()
    assert (row.who, row.deed, row.door, row.request_id) == ("林悦", "kernel.try_it", "rest", "req-1")
    assert (row.kind, row.object_id, row.object_name) == ("thing", "7", "甲")
    assert (row.before, row.after) == ({"x": 1}, {"x": "新"})
    assert row.inputs == {"what": "新", "word": "…", "fail": False}


@pytest.mark.parametrize("what", ["x\x00y", "\ud83d", ["a", {"b": "\x00"}], {"\x00": 1}])
def test_what_no_database_keeps_is_refused_before_the_deed(db, what):
    with pytest.raises(QueryError) as refused:
        try_it(LIN, what=what)
    assert refused.value.problem.code == "text-not-storable" and refused.value.problem.facts == {"name": "what"}
    assert not Audit.objects.exists() and try_it(LIN, what="🙂𠮷") == "🙂𠮷"


@pytest.mark.parametrize("what", [2**63, -(2**63) - 1, [1, {"a": [10**30]}]])
def test_numbers_no_database_keeps_are_refused_before_the_deed(db, what):
    with pytest.raises(QueryError) as refused:
        try_it(LIN, what=what)
    assert refused.value.code == "number-not-storable" and not Audit.objects.exists()
    assert try_it(LIN, what=2**63 - 1) == 2**63 - 1


@pytest.mark.parametrize("what", [float("inf"), [float("nan")], Decimal("-Infinity")])
def test_numbers_without_an_end_are_refused_before_the_deed(db, what):
    with pytest.raises(QueryError) as refused:
        try_it(LIN, what=what)
    assert refused.value.code == "number-not-finite" and not Audit.objects.exists()


def test_what_the_database_holds_too_long_is_an_error_with_words(db):
    @action(may=is_named, doors={"page"})
    def too_long(actor: Actor) -> None:
        record("thing", 1, "甲")
        raise DataError("value too long for type character varying(200)")

    with pytest.raises(QueryError) as refused:
        too_long(LIN)
    assert refused.value.code == "value-too-long" and not Audit.objects.exists()


@pytest.mark.parametrize(("field", "value"), [("language", "klingon"), ("theme", "x" * 5000), ("email", "@")])
def test_a_profile_that_cannot_be_is_refused_naming_the_field(db, person, acting, field, value):
    lin = person("lin")
    with pytest.raises(QueryError) as refused:
        own.update_profile(acting(lin), name="林", **{field: value})
    assert refused.value.code == "field-invalid" and refused.value.problem.hint("en")


def test_the_denied_change_nothing_and_are_on_record(db):
    with pytest.raises(Denied) as refused:
        try_it(Actor(None, ""))
    assert refused.value.code == "action-denied"
    assert [row.outcome for row in Audit.objects.all()] == ["denied"]


def test_a_deed_is_not_done_at_a_door_it_does_not_offer(db):
    with through("cli"), pytest.raises(Denied) as refused:
        try_it(LIN)
    assert refused.value.code == "action-not-at-this-door"


def test_a_failed_deed_leaves_no_audit_row_and_no_event(db, heard, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True), pytest.raises(Conflict):
        try_it(LIN, fail=True)
    assert not Audit.objects.exists()
    assert heard == []


def test_the_event_comes_after_commit_and_tells_inputs_and_objects(db, heard, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        try_it(LIN, what="c")
        assert heard == []
    assert heard[0].name == "kernel.tried"
    assert heard[0].facts["inputs"]["what"] == "c"
    assert heard[0].facts["objects"][0]["object_id"] == "7"


@pytest.mark.django_db(transaction=True)
def test_no_event_of_a_transaction_that_is_taken_back(heard):
    with pytest.raises(RuntimeError), transaction.atomic():
        try_it(LIN)
        raise RuntimeError
    assert heard == []
    assert not Audit.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_listener_that_fails_does_not_undo_the_deed(monkeypatch):
    def broken(event):
        raise ValueError(event.name)

    later = []
    monkeypatch.setattr(events, "listeners", lambda: {"kernel.tried": (broken, later.append)})
    try_it(LIN)
    assert Audit.objects.count() == 1
    assert len(later) == 1


def test_nested_deeds_keep_their_own_rows(db):
    with through("page"):
        twice(LIN)
    assert sorted(Audit.objects.values_list("deed", "kind")) == [
        ("kernel.try_it", "thing"),
        ("kernel.twice", "outer"),
    ]


def test_record_belongs_inside_an_action():
    with pytest.raises(AssertionError):
        record("thing", 1)


def test_once_does_a_deed_once_and_gives_the_first_answer(db):
    user = User.objects.create_user("lin", name="林")
    actor = Actor(user.pk, "林")
    done = []
    for _ in range(2):
        assert once(actor, "kernel.x", "key", {"a": 1}, lambda: done.append(1) or {"n": len(done)}) == {"n": 1}
    assert done == [1]
    with pytest.raises(Conflict) as refused:
        once(actor, "kernel.x", "key", {"a": 2}, lambda: done.append(2))
    assert refused.value.code == "idempotency-key-reused"
    assert Once.objects.count() == 1


def test_a_failed_deed_may_be_tried_again_under_its_key(db):
    user = User.objects.create_user("lin", name="林")
    actor = Actor(user.pk, "林")

    def fail():
        raise Conflict("not-found", name="x")

    with pytest.raises(Conflict):
        once(actor, "kernel.x", "key", {}, fail)
    assert once(actor, "kernel.x", "key", {}, lambda: 5) == 5


def test_every_action_promises_something_and_has_typed_inputs():
    for name, spec in actions().items():
        assert spec.promise.endswith((".", "!", ")")) or "\n" in spec.promise, name
        for key, item in spec.parameters.items():
            assert item.annotation is not item.empty, (name, key)


def test_the_system_is_not_a_person():
    assert SYSTEM.is_system
    assert not SYSTEM.is_anonymous
    assert deeds.actions()
