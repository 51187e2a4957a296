"""The steps before a decision: raise, sort, name a mediator, say one's position, merge."""

from __future__ import annotations

import hashlib
from typing import Any

from django.utils import timezone

from hedu.center.catalog import reads as catalog
from hedu.center.conflicts import reads, rules
from hedu.center.conflicts.actions.steps import (
    ask_for,
    everybody,
    for_change,
    may,
    move,
    require,
    settled,
    tell,
    text_of,
    told,
)
from hedu.center.conflicts.models import Case, Kind, Position
from hedu.center.kernel.action import action, record
from hedu.center.kernel.actor import Actor
from hedu.center.kernel.reading import found
from hedu.center.kernel.topics import in_both
from hedu.center.kernel.workdays import is_workday
from hedu.center.people.reads import people_visible_to, today
from hedu.errors import Conflict, Denied, QueryError


def signed_in(actor: Actor, **_: Any) -> bool:
    return actor.user_id is not None


@action(may=signed_in, doors={"page", "rest", "cli"}, event="conflicts.raised", idempotent=True)
def raise_by_hand(
    actor: Actor,
    *,
    text: str,
    metrics: list[str],
    question: dict[str, Any] | None = None,
    value: str = "",
    expected: str = "",
    place: str = "",
) -> Case:
    """Say that a number looks wrong: which metric, what it showed, what one expected, where it was seen."""
    rows = list(catalog.visible_to(actor).filter(name__in=set(metrics)).select_related("department"))
    if not rows:
        raise QueryError("case-without-metric", given="、".join(metrics) or "–")
    given = text_of(text, "说明")
    asked = reads.question_told(question or {})
    seen = {"value": value[:200], "expected": expected[:200], "place": place[:300]}
    made = hashlib.sha256(repr((given, sorted(metrics), actor.user_id, timezone.now())).encode()).hexdigest()[:20]
    case = Case.objects.create(
        kind=Kind.HAND,
        code="raised",
        fingerprint=made,
        names=[name for name in dict.fromkeys(metrics) if name in {row.name for row in rows}],
        severity="medium",
        due_on=rules.due_on(today(), "medium", "detected", is_workday),
        raised_by_id=actor.user_id,
        raised={"text": given, "question": asked, **seen},
        settles=["fix_data", "rename_both", "accept_until"],
    )
    case.metrics.set(rows)
    case.departments.set({row.department for row in rows if row.department})
    record("case", case.pk, case.number, after={"state": case.state, "text": given, "value": value, "metrics": metrics})
    ask_for(case, "decide", "raised", reads.speakers_of(case), actor)
    return case


@action(may=may("triage"), doors={"page", "rest", "cli"})
def triage(actor: Actor, case: int, *, severity: str = "", note: str = "") -> Case:
    """Say that the case is real and how grave it is."""
    row = for_change(actor, case)
    require(row, "triage")
    if severity and severity not in rules.SEVERITIES:
        raise QueryError("case-choice-unknown", given=severity, known="、".join(rules.SEVERITIES))
    was = row.severity
    row.severity = severity or row.severity
    before = move(row, "triage")
    row.save()
    told(row, {**before, "severity": was}, note, severity=row.severity)
    settled(row, actor, "triaged")
    return row


@action(may=may("assign_mediator"), doors={"page", "rest", "cli"})
def assign_mediator(actor: Actor, case: int, *, mediator: str) -> Case:
    """Name who mediates: somebody of none of the parties. Every party is then asked for its position."""
    row = for_change(actor, case)
    require(row, "assign_mediator")
    person = found(people_visible_to(actor).filter(is_active=True), username=mediator)
    if reads.is_of_party(person, row):
        raise Conflict("case-mediator-is-party", name=person.name, number=row.number)
    before = {**move(row, "assign_mediator"), "mediator": row.mediator and row.mediator.username}
    row.mediator = person
    row.save()
    told(row, before, mediator=person.username)
    settled(row, actor, "mediating")
    ask_for(row, "answer", "position_asked", reads.speakers_of(row), actor)
    ask_for(row, "decide", "mediate_asked", [person], actor)
    tell(row, "mediating", [user for user in everybody(row) if user.pk != person.pk], actor)
    return row


@action(may=may("state_position"), doors={"page", "rest", "cli"})
def state_position(actor: Actor, case: int, *, text: str, prefers: str = "", department: str = "") -> Position:
    """Say what one's department holds, and which decision it would rather have. A later one takes its place."""
    row = for_change(actor, case)
    if not row.is_open:
        raise Conflict("case-step-out-of-turn", number=row.number, state=row.get_state_display(), deed="state_position")
    if prefers and prefers not in rules.DECISIONS:
        raise QueryError("case-choice-unknown", given=prefers, known="、".join(rules.DECISIONS))
    speaks = reads.standing_of(actor, row).speaks_for
    mine = [party for party in row.departments.all() if party.pk in speaks and department in ("", party.code)]
    if not mine or actor.user_id is None:
        raise Denied("case-not-your-department", department=department or "–")
    said = Position.objects.create(
        case=row, department=mine[0], person_id=actor.user_id, text=text_of(text, "立场"), prefers=prefers
    )
    row.changed_at = timezone.now()
    row.save(update_fields=["changed_at"])
    told(row, {}, said.text[:400], department=mine[0].code, prefers=prefers)
    settled(row, actor, "answered", reads.speakers_of_department(mine[0].pk))
    if row.mediator:
        tell(row, "position_stated", [row.mediator], actor, **in_both("department", lambda: mine[0].name))
    return said


@action(may=may("merge"), doors={"page", "rest", "cli"})
def merge(actor: Actor, case: int, *, into: int, reason: str = "") -> Case:
    """The case is part of another that nobody has decided yet: its parties, metrics and positions join that one."""
    # In the order of their numbers: two who merge each into the other's do not wait for one another.
    held = {pk: for_change(actor, pk) for pk in sorted({case, into})}
    row, other = held[case], held[into]
    require(row, "merge")
    if row.pk == other.pk or other.state not in rules.JOINING:
        raise Conflict("case-merge-target", number=row.number, into=other.number)
    if other.mediator is not None and reads.is_of_party(other.mediator, row):
        raise Conflict("case-mediator-is-party", name=other.mediator.name, number=row.number)
    before = move(row, "merge")
    row.merged_into = other
    row.save()
    other.metrics.add(*row.metrics.all())
    other.departments.add(*row.departments.all())
    other.names = list(dict.fromkeys([*other.names, *row.names]))
    other.changed_at = timezone.now()
    other.save(update_fields=["names", "changed_at"])
    told(row, before, reason, merged_into=other.number)
    told(other, {}, reason, merged=row.number)
    settled(row, actor, "merged")
    return row
