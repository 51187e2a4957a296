"""Tables of the kernel -> rows the actor may see."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from itertools import chain, zip_longest
from typing import Any

from django.db.models import Count, Max, Q, QuerySet
from django.utils import timezone
from django.utils.dateparse import parse_date

from hedu.center.kernel import inbox, subjects, timetable
from hedu.center.kernel.actor import Actor
from hedu.center.kernel.models import (
    Audit,
    Channel,
    Comment,
    Document,
    Job,
    Notification,
    Outgoing,
    Preference,
    Task,
    Token,
    User,
)
from hedu.center.kernel.reading import found, read
from hedu.center.kernel.rules import digest_of
from hedu.center.kernel.sealing import opened


def tokens_visible_to(actor: Actor) -> QuerySet[Token]:
    """One's own tokens; an administrator sees everybody's, to revoke them."""
    if actor.is_admin:
        return Token.objects.select_related("user")
    return Token.objects.filter(user_id=actor.user_id) if actor.user_id else Token.objects.none()


def token_holder(secret: str) -> tuple[Token, User] | None:
    """The live token with this secret and its user, noting (at most once a minute) that it was used."""
    row = Token.objects.select_related("user").filter(digest=digest_of(secret)).first()
    if row is None or not row.is_live or not row.user.is_active:
        return None
    now = timezone.now()
    if row.used_at is None or now - row.used_at > timedelta(minutes=1):
        Token.objects.filter(pk=row.pk).update(used_at=now)
    return row, row.user


def notifications_visible_to(actor: Actor) -> QuerySet[Notification]:
    """One's own news."""
    return Notification.objects.filter(user_id=actor.user_id) if actor.user_id else Notification.objects.none()


def audit_visible_to(actor: Actor, **where: Any) -> QuerySet[Audit]:
    """All deeds for administrators, one's own for everybody else."""
    rows = Audit.objects.filter(**where)
    if actor.is_admin:
        return rows
    return rows.filter(user_id=actor.user_id) if actor.user_id else rows.none()


def channels_visible_to(actor: Actor) -> QuerySet[Channel]:
    """Ways out of the site are for administrators to see; their secrets are nobody's."""
    return Channel.objects.all() if actor.is_admin else Channel.objects.none()


def messages_visible_to(actor: Actor) -> QuerySet[Outgoing]:
    """What is and was on its way out, for administrators."""
    rows = Outgoing.objects.select_related("channel", "user")
    return rows if actor.is_admin else rows.none()


def preference_of(actor: Actor) -> Preference:
    """How one wants to hear; the ordinary ways until one has chosen."""
    return Preference.objects.filter(user_id=actor.user_id).first() or Preference(user_id=actor.user_id)


@read(doors={"rest"})
def preferences(actor: Actor) -> dict[str, Any]:
    """How one hears of each type of news, the quiet hours and the hour of the digest."""
    return preference_of(actor).as_json()


def channels_with_counts(actor: Actor) -> list[Channel]:
    """Channels with how much waits in each, was given up, and when one last took a message."""
    waiting, dead = Count("outgoing", Q(outgoing__state="waiting")), Count("outgoing", Q(outgoing__state="dead"))
    rows = channels_visible_to(actor).annotate(waiting=waiting, dead=dead, last=Max("outgoing__sent_at"))
    return list(rows.order_by("id"))


def channels_to_address() -> list[Channel]:
    """Channels for persons that ask each of them for an address of their own, such as a telephone number."""
    rows = Channel.objects.filter(is_active=True, department=0)
    return [row for row in rows if "{address}" in opened(row.sealed)]


def jobs_visible_to(actor: Actor) -> QuerySet[Job]:
    """Work in the background is for administrators to see."""
    return Job.objects.all() if actor.is_admin else Job.objects.none()


def tasks_visible_to(actor: Actor) -> QuerySet[Task]:
    """One's own tasks, and those of absent colleagues one stands in for; the most urgent first."""
    return inbox.tasks_visible_to(actor)


@read(doors={"rest", "cli", "mcp"})
def tasks(actor: Actor, kind: str = "", department: int | None = None) -> list[dict[str, Any]]:
    """What waits in one's inbox, the most urgent first; narrowed by kind (sign, decide, answer, read)."""
    rows = inbox.open_tasks(actor)
    rows = rows.filter(kind=kind) if kind else rows
    rows = rows.filter(department=department) if department is not None else rows
    return [row.as_json() for row in rows[:500]]


def job_counts(actor: Actor) -> dict[str, int]:
    """How many jobs are in each state."""
    rows = jobs_visible_to(actor).order_by().values("state").annotate(count=Count("pk"))
    return dict(rows.values_list("state", "count"))


def upcoming(actor: Actor) -> list[tuple[str, str, datetime]]:
    """Scheduled jobs with their cron expression and next time, the soonest first."""
    if not actor.is_admin:
        return []
    now = timezone.now()
    rows = [(name, expression, timetable.next_slot(expression, now)) for expression, name, _ in timetable.entries()]
    return sorted(rows, key=lambda row: row[2])


@read(doors={"rest", "cli"})
def jobs(actor: Actor, state: str = "") -> list[dict[str, Any]]:
    """The latest hundred jobs, for administrators; narrowed by state (queued, running, done, failed, dead …)."""
    rows = jobs_visible_to(actor)
    return [row.as_json() for row in (rows.filter(state=state) if state else rows)[:100]]


def audit_filter(params: Mapping[str, str]) -> dict[str, Any]:
    """Query parameters -> conditions; what is not understood is left out."""
    found: dict[str, Any] = {}
    for key, column in (
        ("who", "who__icontains"),
        ("deed", "deed"),
        ("outcome", "outcome"),
        ("kind", "kind"),
    ):
        if params.get(key):
            found[column] = params[key]
    if params.get("object"):
        found["object_name__icontains"] = params["object"]
    for key, column in (("since", "at__date__gte"), ("until", "at__date__lte")):
        day = _day(params.get(key, ""))
        if day:
            found[column] = day
    return found


def _day(text: str) -> date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None


def deeds() -> list[str]:
    """Every deed that the audit knows, for its filter."""
    return list(Audit.objects.order_by("deed").values_list("deed", flat=True).distinct())


def comments_visible_to(actor: Actor, kind: str, object_id: str) -> QuerySet[Comment]:
    """What was said about an object that the actor may see, answers under their first comment."""
    subjects.seen(actor, kind, object_id)
    rows = Comment.objects.filter(kind=kind, object_id=object_id, under=None)
    return rows.select_related("author").prefetch_related("mentions", "answers__author", "answers__mentions")


def documents_visible_to(actor: Actor, kind: str, object_id: str) -> QuerySet[Document]:
    """Files kept with an object that the actor may see."""
    subjects.seen(actor, kind, object_id)
    return Document.objects.filter(kind=kind, object_id=object_id).select_related("by")


def document_visible_to(actor: Actor, document: int) -> Document:
    """One file, if the object it is kept with may be seen."""
    row = found(Document.objects.all(), pk=document)
    subjects.seen(actor, row.kind, row.object_id)
    return row


def people_named(actor: Actor, start: str) -> QuerySet[User]:
    """Up to eight colleagues whose name or user name begins so."""
    if actor.is_anonymous or not start:
        return User.objects.none()
    begins = Q(username__istartswith=start) | Q(name__istartswith=start)
    return User.objects.filter(begins, is_active=True)[:8]


def demo_people(most: int = 16) -> list[User]:
    """Whom the demo lets one be: each title once, the kinds of titles in turn, so that few stand for all."""
    kinds: dict[str, list[User]] = {}
    for user in {user.title: user for user in User.objects.filter(is_active=True).order_by("-pk")}.values():
        kinds.setdefault(user.title.split(" · ")[-1], []).append(user)
    groups = sorted((sorted(group, key=lambda user: user.pk) for group in kinds.values()), key=lambda g: g[0].pk)
    spread = [group[at % len(group) :] + group[: at % len(group)] for at, group in enumerate(groups)]
    turns = chain.from_iterable(zip_longest(*spread))
    return [user for user in turns if user is not None][:most]
