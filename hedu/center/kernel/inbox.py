"""Somebody is asked -> a task in their inbox, until it is settled.

Inside an action:

    ask(signers, "sign", "proposals.sign_asked", subject, actor, department=finance.pk, due=deadline,
        deeds=(Deed("proposals.sign", {"proposal": row.pk}, "proposals.sign_it"),), number=3)
    settle(subject, people=[user], outcome="signed")          # theirs; without `people` everybody's about the subject

- `kind` is the role in which they are asked: sign, decide, answer, read.
- `topic` is worded in the app's topics.py like news ("%(who)s …“%(name)s”…"), from `facts`, `who` and `name`.
- `deeds` are actions of page doors that one click in the inbox performs as the person who clicks; their labels are
  worded in topics.py, too. The action itself checks permission and settles the task.
- Asking again about the same subject (same person, kind, department) renews the open task; nobody has two.
- A task of kind "read" with `firm=False` may be marked read in the inbox; a firm one only by `settle`.
- The people asked hear of it by the ways they chose (kernel.preferences), the department's group once.
- Only people who may see the subject are asked. Deputies see the tasks of those who are absent (kernel.actors).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Literal

from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from hedu.center.kernel import outbox
from hedu.center.kernel.actor import Actor
from hedu.center.kernel.actors import stands_in_for
from hedu.center.kernel.models import Task, User
from hedu.center.kernel.plain import plain
from hedu.center.kernel.reading import whole
from hedu.center.kernel.subjects import Subject
from hedu.center.kernel.topics import names_for, teller

Kind = Literal["sign", "decide", "answer", "read"]


@dataclass(frozen=True, slots=True)
class Deed:
    """What one click does: an action by name, its inputs, the topic that words its button, and whether it says yes."""

    action: str
    inputs: Mapping[str, Any] = field(default_factory=dict)
    label: str = ""
    is_main: bool = True


def ask(
    people: Iterable[User],
    kind: Kind,
    topic: str,
    subject: Subject,
    actor: Actor,
    *,
    department: int | None = None,
    due: datetime | None = None,
    deeds: Iterable[Deed] = (),
    firm: bool = True,
    **facts: Any,
) -> int:
    """Inside an action: put a task into the inbox of each of `people` who may see the subject -> how many."""
    told = {person.pk: person for person in people if person.is_active}
    seeing = {pk: names for pk, person in told.items() if (names := names_for(person, subject)) is not None}
    fields = {
        "topic": topic,
        "url": subject.url,
        "deeds": [plain(asdict(deed)) for deed in deeds],
        "is_firm": firm,
        "due_at": due,
        "at": timezone.now(),
    }
    asked: list[Task] = []
    for pk, names in seeing.items():
        person = told[pk]
        row, is_new = Task.objects.update_or_create(
            user=person,
            kind=kind,
            about=subject.kind,
            object_id=subject.object_id,
            department=department or 0,
            done_at=None,
            defaults={**fields, "facts": plain({**teller(actor), **names, **facts})},
        )
        asked += [row] if is_new and person.pk != actor.user_id else []
    outbox.post([outbox.News(row, kind) for row in asked], department or 0)
    return len(seeing)


def settle(
    subject: Subject,
    people: Iterable[User] | None = None,
    outcome: str = "",
    *,
    kind: Kind | None = None,
    department: int | None = None,
    actor: Actor | None = None,
) -> int:
    """Inside an action: what was asked about the subject is done (by `actor`) -> how many tasks that closes."""
    rows = Task.objects.filter(about=subject.kind, object_id=subject.object_id, done_at=None)
    if people is not None:
        rows = rows.filter(user__in=[person.pk for person in people])
    if kind is not None:
        rows = rows.filter(kind=kind)
    if department is not None:
        rows = rows.filter(department=department)
    return rows.update(done_at=timezone.now(), done_by=actor.user_id if actor else None, outcome=outcome[:40])


def tasks_visible_to(actor: Actor) -> QuerySet[Task]:
    """One's own tasks, and those of absent colleagues one stands in for; the most urgent first."""
    if actor.user_id is None:
        return Task.objects.none()
    rows = Task.objects.filter(user=actor.user_id)
    for absence in stands_in_for(actor):
        theirs = Task.objects.filter(user=absence.user_id)
        rows |= theirs if absence.department is None else theirs.filter(department=absence.department)
    return rows.select_related("user").order_by(F("due_at").asc(nulls_last=True), "-at")


def open_tasks(actor: Actor) -> QuerySet[Task]:
    """What waits for the actor."""
    return tasks_visible_to(actor).filter(done_at=None)


# --- for the page ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Group:
    """The overdue ones, or the open tasks of one kind."""

    kind: str
    label: str
    tasks: tuple[Task, ...]


@dataclass(frozen=True, slots=True)
class Box:
    """An inbox as a page shows it: groups by role, counts for the filters, whose tasks one also sees."""

    groups: tuple[Group, ...]
    counts: Mapping[str, int]
    departments: tuple[int, ...]
    all: int
    shown: int
    overdue: int
    kind: str
    department: int | None

    @property
    def tick_in(self) -> str:
        """The last group with tasks that can be ticked: there stand the buttons that mark them as read."""
        return next((group.kind for group in reversed(self.groups) if not all(t.is_firm for t in group.tasks)), "")


def opened_box(actor: Actor, kind: str = "", department: str = "") -> Box:
    """What waits for the actor, overdue ones first, narrowed as asked."""
    rows = list(open_tasks(actor))
    place = whole(department)
    wanted = [row for row in rows if kind in ("", row.kind) and place in (None, row.department)]
    groups = [Group("overdue", _("已逾期"), tuple(row for row in wanted if row.is_overdue))]
    groups += [
        Group(value, str(label), tuple(row for row in wanted if row.kind == value and not row.is_overdue))
        for value, label in Task.Kind.choices
    ]
    return Box(
        groups=tuple(group for group in groups if group.tasks),
        counts={value: sum(row.kind == value for row in rows) for value in Task.Kind.values},
        departments=tuple(sorted({row.department for row in rows if row.department})),
        all=len(rows),
        shown=len(wanted),
        overdue=sum(row.is_overdue for row in rows),
        kind=kind,
        department=place,
    )


def lately_done(actor: Actor) -> QuerySet[Task]:
    """What was settled, the latest first."""
    return tasks_visible_to(actor).exclude(done_at=None).select_related("done_by").order_by("-done_at")
