"""Each deed upon a case, from each state, by each role: allowed, refused to the person, or refused by the state."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from hedu.center.conflicts import actions, rules
from hedu.center.conflicts.models import Case
from hedu.center.kernel.actor import Actor
from hedu.center.kernel.models import Audit, User
from hedu.errors import Denied, HeduError, NotFound

ROLES = ("nobody", "member", "liaison", "other_party", "outsider", "mediator", "administrator")
PARTIES = {"liaison", "other_party"}
OPEN = {"detected", "triaged", "mediating", "decided", "accepted", "applied", "verified"}
DEEDS: dict[str, tuple[dict[str, Any], set[str], set[str]]] = {
    # deed: its inputs; the states it starts from; who may, besides administrators (a mediator being there)
    "triage": ({}, {"detected"}, PARTIES | {"mediator"}),
    "assign_mediator": ({"mediator": "mo"}, {"detected", "triaged", "mediating"}, {"mediator"}),
    "state_position": ({"text": "说明"}, OPEN, PARTIES),
    "decide": (
        {"decision": "fix_data", "reason": "补录"},
        {"detected", "triaged", "mediating", "decided", "accepted"},
        {"mediator"},
    ),
    "dismiss": ({"reason": "误报"}, {"detected", "triaged", "mediating"}, {"mediator"}),
    "reopen": (
        {"reason": "又来了"},
        {"accepted", "applied", "verified", "closed", "dismissed"},
        PARTIES | {"mediator"},
    ),
    "close": ({}, {"verified"}, {"mediator"}),
    "verify": ({}, {"decided", "applied", "verified"}, PARTIES | {"mediator"}),
}
STATES = (
    "detected",
    "triaged",
    "mediating",
    "decided",
    "accepted",
    "applied",
    "verified",
    "closed",
    "dismissed",
    "merged",
)


@pytest.fixture
def actors(
    case: Case, sally: User, finn: User, mo: User, ada: User, person: Callable[..., User], act: Callable[[User], Actor]
) -> dict[str, Actor]:
    users = {
        "nobody": person("nils"), "member": person("mei", "sales"), "liaison": sally, "other_party": finn,
        "outsider": person("olga", "hr", "liaison"), "mediator": mo, "administrator": ada,
    }  # fmt: skip
    return {name: act(user) for name, user in users.items()}


def outcome(deed: str, actor: Actor, case: Case, inputs: dict[str, Any]) -> str:
    try:
        getattr(actions, deed)(actor, case.pk, **inputs)
    except (Denied, NotFound):
        return "denied"
    except HeduError as refused:
        return refused.code
    return "done"


@pytest.mark.parametrize("deed", DEEDS)
@pytest.mark.parametrize("role", ROLES)
def test_who_may_do_what_from_where(deed: str, role: str, case: Case, actors: dict[str, Actor], mo: User) -> None:
    inputs, starts, allowed = DEEDS[deed]
    for state in STATES:
        Case.objects.filter(pk=case.pk).update(
            state=state, is_open=rules.is_open(state), mediator=mo, decision="fix_data"
        )
        before = Audit.objects.filter(kind="case", object_id=str(case.pk), outcome="done").count()
        came = outcome(deed, actors[role], case, inputs)
        may = role == "administrator" or role in allowed
        case.refresh_from_db()
        kept = Audit.objects.filter(kind="case", object_id=str(case.pk), outcome="done").count() - before
        if not may:
            assert came == "denied", (state, came)
        elif state not in starts:
            assert came not in ("done", "denied"), (state, came)
        else:
            speaks = not (deed == "state_position" and role == "administrator")
            assert (came == "done") is speaks, (state, came)
        assert (kept >= 1) is (came == "done"), "whatever is done is in the record, and nothing else"
        if came != "done":
            assert case.state == state


def test_whoever_reads_no_case_sees_none(case: Case, actors: dict[str, Actor]) -> None:
    for deed, (inputs, _starts, _allowed) in DEEDS.items():
        assert outcome(deed, actors["nobody"], case, inputs) == "denied"
