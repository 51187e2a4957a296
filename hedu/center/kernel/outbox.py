"""News and tasks -> rows to be sent, in the deed's own transaction; a job sends them (kernel/sending.py).

A row is written exactly when the deed is. It leaves the outbox when the channel has taken the message: a kill in
between sends it a second time, never not at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from hedu.center.kernel.job import enqueue
from hedu.center.kernel.models import Channel, Notification, Outgoing, Preference, Task, User
from hedu.center.kernel.preferences import send_after, woken

TALK = ("kernel.mentioned", "kernel.answered")


@dataclass(frozen=True, slots=True)
class News:
    """One thing to tell one person: the row it was made from says how it reads."""

    row: Task | Notification
    type: str


def type_of(topic: str) -> str:
    """Under which type of news a topic falls: talk with oneself, or what one follows."""
    return "talk" if topic in TALK else "news"


def preferences_of(users: Iterable[User]) -> dict[int, Preference]:
    """Each user's preference; the ordinary one for those without."""
    rows = {user.pk: Preference(user=user) for user in users}
    return rows | {row.user_id: row for row in Preference.objects.filter(user__in=rows)}


def post(news: Sequence[News], department: int = 0) -> None:
    """Inside an action: have `news` sent to each person by their ways, and once to the group of `department`."""
    channels = list(Channel.objects.filter(is_active=True)) if news else []
    if not channels:
        return
    now, ways = timezone.now(), preferences_of({item.row.user for item in news})
    rows: list[Outgoing] = []
    for channel in channels:
        if not channel.department:
            rows += [_outgoing(channel, item, when) for item in news if (when := _when(ways, item, now))]
        elif channel.department == department and news[0].type in channel.types:
            group = Preference()
            rows.append(_for_group(_outgoing(channel, news[0], _at_once(group, now)), news[0]))
    Outgoing.objects.bulk_create(rows)
    for channel in channels:
        if times := [row.send_after for row in rows if row.channel_id == channel.pk]:
            send_later(channel.pk, min(times))


def send_later(channel: int, when: datetime) -> None:
    """Have the channel's waiting rows sent at `when`."""
    enqueue("outbox.send", {"channel": channel}, key=f"outbox:{channel}", run_after=when)


def _when(ways: dict[int, Preference], item: News, now: datetime) -> datetime | None:
    row = ways[item.row.user_id]
    quiet = (row.quiet_from, row.quiet_to)
    zone: Any = timezone.get_default_timezone()
    return send_after(row.way(item.type), now, zone, quiet=quiet, digest_at=row.digest_at)


def _at_once(row: Preference, now: datetime) -> datetime:
    zone: Any = timezone.get_default_timezone()
    return send_after("now", now, zone, quiet=(row.quiet_from, row.quiet_to), digest_at=row.digest_at) or now


def quiet_until(user: User | None, now: datetime) -> datetime | None:
    """The end of the quiet hours that this person (None: a group) has now; None outside of them."""
    row = getattr(user, "preference", None) or Preference()
    zone: Any = timezone.get_default_timezone()
    return woken(now, zone, (row.quiet_from, row.quiet_to))


def _for_group(row: Outgoing, item: News) -> Outgoing:
    """Who reads along in a group is not known: it hears that something waits, not what it says."""
    row.user, row.topic, row.facts = None, "kernel.group_asked", {"number": item.row.object_id}
    return row


def _outgoing(channel: Channel, item: News, when: datetime) -> Outgoing:
    return Outgoing(
        channel=channel,
        user=item.row.user,
        type=item.type,
        topic=item.row.topic,
        facts=item.row.facts,
        url=item.row.url,
        task=item.row if isinstance(item.row, Task) else None,
        news=item.row if isinstance(item.row, Notification) else None,
        send_after=when,
    )
