"""What every step of a case shares: who may, finding it, moving it on, telling those concerned."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, time
from typing import Any

from django.utils import timezone

from hedu.center.conflicts import reads, rules
from hedu.center.conflicts.models import Case
from hedu.center.kernel.action import record
from hedu.center.kernel.actor import Actor
from hedu.center.kernel.inbox import Deed, ask, settle
from hedu.center.kernel.models import User
from hedu.center.kernel.reading import found
from hedu.center.kernel.subjects import Subject
from hedu.center.kernel.topics import notify
from hedu.center.kernel.workdays import is_workday
from hedu.center.people.reads import today
from hedu.errors import Conflict, QueryError

TEXT_MOST = 4000


def may(deed: str) -> Callable[..., bool]:
    """A `may` for an action on one case: what `rules.Standing` says of the deed."""

    def allowed(actor: Actor, case: int, **_: Any) -> bool:
        row = found(reads.visible_to(actor), pk=case)
        return reads.standing_of(actor, row).may(deed, row.mediator_id is not None)

    return allowed


def only_system(actor: Actor, **_: Any) -> bool:
    return actor.is_system


def for_change(actor: Actor, case: int) -> Case:
    """The case, locked until the deed ends. NotFound for the unseen."""
    return found(reads.visible_to(actor).select_related(None), lock=True, pk=case)


def require(case: Case, deed: str) -> None:
    """Refuse a step that the case's state does not allow."""
    if not rules.may_move(deed, case.state):
        raise Conflict("case-step-out-of-turn", number=case.number, state=case.get_state_display(), deed=deed)


def text_of(text: str, what: str) -> str:
    """A reason or statement: never empty, never endless."""
    given = text.strip()
    if not given:
        raise QueryError("case-text-missing", what=what)
    return given[:TEXT_MOST]


def move(case: Case, deed: str, to: str = "") -> dict[str, Any]:
    """Bring the case where the deed leads, with a new deadline -> what it was before."""
    before = {"state": case.state, "due_on": case.due_on}
    to = to or rules.MOVES[deed][1]
    if to != case.state:
        case.state = to
        case.escalated = 0
        case.due_on = rules.due_on(today(), case.severity, to, is_workday)
    case.is_open = rules.is_open(to)
    case.changed_at = timezone.now()
    return before


def told(case: Case, before: dict[str, Any], note: str = "", **after: Any) -> None:
    """The audit row of a step: the case's history."""
    record("case", case.pk, case.number, before=before, after={"state": case.state, **after}, note=note)


def subject(case: Case, lang: str = "zh") -> Subject:
    """The case as news speak of it."""
    name = f"{case.number} {reads.words_for(case, 'en' if lang == 'en' else 'zh')}"
    return Subject("case", str(case.pk), name[:200], f"/conflicts/{case.pk}/")


def tell(case: Case, topic: str, people: Iterable[User], actor: Actor, **facts: Any) -> None:
    notify(f"conflicts.{topic}", people, subject(case), actor, **facts)


def ask_for(case: Case, kind: Any, topic: str, people: Iterable[User], actor: Actor, *deeds: Deed) -> None:
    """A task in the inbox of each of `people`, due when the case is."""
    due = timezone.make_aware(datetime.combine(case.due_on, time(18))) if case.due_on else None
    ask(people, kind, f"conflicts.{topic}", subject(case), actor, due=due, deeds=deeds, firm=kind != "read")


def settled(case: Case, actor: Actor, outcome: str, people: Iterable[User] | None = None) -> None:
    """What was asked about the case is done."""
    settle(subject(case), people, outcome, actor=actor)


def everybody(case: Case) -> list[User]:
    """Those a step concerns: the parties' liaisons, the mediator, whoever raised it."""
    others = [person for person in (case.mediator, case.raised_by) if person is not None]
    return list({user.pk: user for user in (*reads.speakers_of(case), *others)}.values())
