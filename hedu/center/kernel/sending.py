"""Rows of the outbox -> messages out of a channel, within its rate, many news as one, tried again, never lost."""

from __future__ import annotations

import logging
import re
import secrets
from datetime import datetime, timedelta
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from django.conf import settings
from django.db.models import Min, Q, QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hedu.center.kernel.actor import Actor
from hedu.center.kernel.job import Run, wait_after
from hedu.center.kernel.models import Channel, Outgoing, Preference, Task, User
from hedu.center.kernel.outbox import quiet_until, send_later
from hedu.center.kernel.sealing import opened
from hedu.center.kernel.topics import worded

SCHEMES = (
    "wecombot", "dingtalk", "feishu", "lark", "mailto", "mailtos", "slack", "workflows",
    "json", "jsons", "form", "forms",
)  # fmt: skip
"""What a channel's address may begin with: chat robots, mail, and plain web hooks."""
NAMING_HOSTS = frozenset({"mailto", "mailtos", "json", "jsons", "form", "forms"})
"""Addresses whose host is a host; where the others have one, their key stands."""
ANY_URL = re.compile(r"\b[a-zA-Z][\w+.-]*://\S+")
SURELY = 8
"""A secret of so many letters is meant wherever it stands; a shorter one only as a word."""
PLACES = ("email", "username", "address")
TRIES = 6
LINES = 20
MINUTE = timedelta(seconds=60)
PATIENCE = timedelta(days=1)
"""How long a message that is due goes on being offered to an end that takes no more."""
ADDRESS = re.compile(r"[\w.@+-]{1,80}")
TOO_MANY = re.compile(r"\b429\b|too many requests", re.I)


def is_for_persons(url: str) -> bool:
    """Whether an address has a place for the person."""
    return any("{" + place + "}" in url for place in PLACES)


def address_for(url: str, user: User | None, preference: Preference | None, channel: int) -> str:
    """The channel's address with the person's own in it; "" where the person has none for it."""
    if user is None:
        return url
    own = str((preference.addresses if preference else {}).get(str(channel), ""))
    facts = {"email": user.email, "username": user.username, "address": own}
    for place, value in facts.items():
        if "{" + place + "}" in url:
            if not ADDRESS.fullmatch(value):
                return ""
            url = url.replace("{" + place + "}", quote(value, safe="@"))
    return url


def hand_to(url: str, title: str, body: str) -> str:
    """Give one message to where `url` leads -> "" when it was taken, else what was said instead."""
    import apprise

    box = apprise.Apprise()
    if not box.add(url):
        return "the address of the channel is not understood"
    with apprise.LogCapture(level=logging.WARNING, fmt="%(message)s") as said:
        try:
            went = box.notify(title=title, body=body, body_format=apprise.NotifyFormat.TEXT)
        except Exception as error:  # noqa: BLE001 - whatever a service answers that its plugin did not foresee
            went, told = False, f"{type(error).__name__}: {error}"
        else:
            told = said.getvalue().strip()
        heard = unsaid(told, url)
    return "" if went else (heard[-380:] or "it was not taken")


def unsaid(text: str, url: str) -> str:
    """The text without what `url` keeps secret: no address in it, no key, password or token of this one.

    >>> unsaid("refused by https://chat.example/send?key=abc for robot k-123456", "wecombot://k-123456")
    'refused by … for robot …'
    """
    parts = urlsplit(url)
    kept = [parts.username, parts.password, *parts.path.split("/"), *(value for _, value in parse_qsl(parts.query))]
    if parts.scheme not in NAMING_HOSTS:
        kept.append(parts.netloc.rpartition("@")[2])
    text = ANY_URL.sub("…", text.replace(url, "…"))
    for secret in sorted({form for one in kept if one for form in (one, unquote(one))}, key=len, reverse=True):
        if len(secret) >= SURELY:
            text = text.replace(secret, "…")
        else:
            text = re.sub(rf"(?<!\w){re.escape(secret)}(?!\w)", "…", text) if len(secret) > 2 else text
    return text


# --- what is said ----------------------------------------------------------------------------------------


def message(rows: list[Outgoing]) -> tuple[str, str]:
    """Title and text of one message that tells all of `rows`, in the present language."""
    site = settings.HEDU_NAME or ("Hedu" if translation.get_language() == "en" else "合度")
    count = len(rows)
    about = rows[0].get_type_display() if count == 1 else ngettext("%(n)s 条消息", "%(n)s 条消息", count) % {"n": count}
    lines = [f"· {worded(row)}{_link(row)}" for row in rows[:LINES]]
    if count > LINES:
        lines.append(_("……另有 %(n)s 条，请到站内查看。") % {"n": count - LINES})
    if rows[0].user_id and count > 1:
        lines += _overdue(rows[0].user_id)
    return _("%(site)s：%(about)s") % {"site": site, "about": about}, "\n".join(lines)


def greeting(actor: Actor) -> tuple[str, str]:
    """What a channel that is being tried out says."""
    site = settings.HEDU_NAME or ("Hedu" if actor.lang == "en" else "合度")
    return _("%(site)s：测试消息") % {"site": site}, _("%(who)s 正在测试这个通知渠道。收到即表示可用。") % {
        "who": actor.name
    }


def _link(row: Outgoing) -> str:
    return f"\n  {settings.HEDU_URL.rstrip('/')}{row.url}" if settings.HEDU_URL and row.url else ""


def _overdue(user: int) -> list[str]:
    late = Task.objects.filter(user=user, done_at=None, due_at__lt=timezone.now()).count()
    return [ngettext("您有 %(n)s 项待办已逾期。", "您有 %(n)s 项待办已逾期。", late) % {"n": late}] if late else []


# --- sending ---------------------------------------------------------------------------------------------


def send(run: Run, *, channel: int) -> dict[str, int]:
    """Send what is due through one channel, and come again for what is not."""
    row = Channel.objects.filter(pk=channel).first()
    if row is None:
        return {"sent": 0}
    waiting = row.outgoing.filter(state=Outgoing.State.WAITING)
    if not row.is_active:
        return {"dropped": waiting.update(state=Outgoing.State.DROPPED)}
    sent = 0
    while (pause := _must_wait_until(row)) is None and (rows := _next(waiting)):
        run.progress(0.0, row.name)
        sent += _try(row, rows)
    later = waiting.aggregate(first=Min("send_after"))["first"]
    if later is not None:
        send_later(channel, max(later, pause or later))
    return {"sent": sent}


def _must_wait_until(channel: Channel) -> datetime | None:
    """Until when the channel must rest: it said so, or its messages of the last minute are as many as may be."""
    now = timezone.now()
    if channel.paused_until and channel.paused_until > now:
        return channel.paused_until
    sent = channel.outgoing.filter(sent_at__gt=now - MINUTE).values("message").annotate(first=Min("sent_at"))
    times = sorted(sent.values_list("first", flat=True))
    return times[-channel.per_minute] + MINUTE if len(times) >= channel.per_minute else None


def _next(waiting: QuerySet[Outgoing]) -> list[Outgoing]:
    """All that is due for whoever has waited longest.

    What has been read or done meanwhile is dropped, and so is what was for somebody who has left; what was held back
    (by a rate, by failures) into somebody's quiet hours waits for their end.
    """
    now = timezone.now()
    due = waiting.filter(send_after__lte=now)
    moot = Q(task__done_at__isnull=False) | Q(news__read_at__isnull=False) | Q(user__is_active=False)
    due.filter(moot).update(state=Outgoing.State.DROPPED)
    while first := due.select_related("user__preference").order_by("send_after", "id").first():
        theirs = due.filter(user=first.user_id)
        until = quiet_until(first.user, now)
        if until is None:
            return list(theirs.select_related("user__preference").order_by("id")[:200])
        theirs.update(send_after=until)
    return []


def _try(channel: Channel, rows: list[Outgoing]) -> int:
    """One message with all of `rows` -> 1 when it was taken."""
    user = rows[0].user
    url = address_for(opened(channel.sealed), user, getattr(user, "preference", None), channel.pk)
    these = Outgoing.objects.filter(pk__in=[row.pk for row in rows])
    if not url:
        these.update(state=Outgoing.State.DROPPED, error="the person has no address for this channel")
        return 0
    with translation.override(user.language if user else settings.LANGUAGE_CODE):
        title, body = message(rows)
    refused = hand_to(url, title, body)
    now = timezone.now()
    if not refused:
        these.update(state=Outgoing.State.SENT, sent_at=now, message=secrets.token_hex(16), error="")
        return 1
    if TOO_MANY.search(refused):
        channel.paused_until = now + MINUTE
        channel.save(update_fields=["paused_until"])
        these.exclude(error="").filter(send_after__lt=now - PATIENCE).update(state=Outgoing.State.DEAD)
        these.update(error=refused)
        return 0
    for row in rows:
        row.attempts, row.error = row.attempts + 1, refused
        row.send_after = now + timedelta(seconds=3 * wait_after(row.attempts))
        row.state = Outgoing.State.DEAD if row.attempts >= TRIES else Outgoing.State.WAITING
    Outgoing.objects.bulk_update(rows, ["attempts", "error", "send_after", "state"])
    return 0


def sweep() -> int:
    """Queue each channel that has something waiting -> how many. What a lost job left behind is found here."""
    channels = Outgoing.objects.filter(state=Outgoing.State.WAITING).values("channel").annotate(first=Min("send_after"))
    found = list(channels.values_list("channel", "first"))
    for channel, first in found:
        send_later(channel, first)
    return len(found)
