"""Deeds upon how people hear: channels out of the site, messages that failed, one's own preferences."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time

from django.db.models import Q
from django.utils import timezone

from hedu.center.kernel import outbox, reads, sending
from hedu.center.kernel.action import action, record
from hedu.center.kernel.actions.own import signed_in
from hedu.center.kernel.actions.running import administrator
from hedu.center.kernel.actor import Actor
from hedu.center.kernel.channels import Type, Way
from hedu.center.kernel.models import Channel, Outgoing, Preference, User
from hedu.center.kernel.reading import found
from hedu.center.kernel.sealing import opened, sealed
from hedu.errors import Conflict, QueryError

ASKED = (Type.SIGN, Type.DECIDE, Type.ANSWER)


def _checked_url(url: str, department: int) -> str:
    """The scheme of an address that fits; the address itself is told nowhere."""
    import apprise

    scheme = url.partition("://")[0].lower()
    if scheme not in sending.SCHEMES:
        raise QueryError("channel-scheme", known=sending.SCHEMES)
    if bool(department) == sending.is_for_persons(url):
        raise QueryError("channel-for-whom", places=["{" + place + "}" for place in sending.PLACES])
    filled = url
    for place in sending.PLACES:
        filled = filled.replace("{" + place + "}", "13800000000@example.org" if place == "email" else "13800000000")
    if apprise.Apprise.instantiate(filled, suppress_exceptions=True) is None:
        raise QueryError("channel-address", scheme=scheme)
    return scheme


@action(may=administrator, doors={"page"}, secret=("url",))
def add_channel(
    actor: Actor,
    *,
    name: str,
    url: str,
    department: int | None = None,
    types: list[str] | None = None,
    per_minute: int = 20,
) -> Channel:
    """Let news leave the site by `url` (its secret is kept encrypted): to persons, or to a department's group.

    For persons the address holds {email}, {username} or {address}; a group's holds none of them.
    """
    url = url.strip()
    row = Channel(
        name=name,
        scheme=_checked_url(url, department or 0),
        sealed=sealed(url),
        department=department or 0,
        types=[type for type in types or ASKED if type in Type.values],
        per_minute=max(1, per_minute),
    )
    row.save()
    record("channel", row.pk, name, after=row.as_json())
    return row


@action(may=administrator, doors={"page"})
def switch_channel(actor: Actor, channel: int, *, on: bool) -> Channel:
    """Open or close a channel. What waits in a closed one is not sent."""
    row = found(reads.channels_visible_to(actor), lock=True, pk=channel)
    before = {"is_active": row.is_active}
    row.is_active = on
    row.save(update_fields=["is_active"])
    outbox.send_later(row.pk, timezone.now())
    record("channel", row.pk, row.name, before=before, after={"is_active": on})
    return row


@action(may=administrator, doors={"page"})
def remove_channel(actor: Actor, channel: int) -> None:
    """Forget a channel with its secret and all that waits in it."""
    row = found(reads.channels_visible_to(actor), pk=channel)
    record("channel", row.pk, row.name, before=row.as_json())
    row.delete()


@action(may=administrator, doors={"page"})
def try_channel(actor: Actor, channel: int) -> Channel:
    """Send a message through a channel now, to oneself or to its group; what goes wrong is told at once."""
    row = found(reads.channels_visible_to(actor), pk=channel)
    user = None if row.department else User.objects.filter(pk=actor.user_id).first()
    preference = Preference.objects.filter(user=user).first() if user else None
    url = sending.address_for(opened(row.sealed), user, preference, row.pk)
    if not url:
        raise Conflict("channel-no-address", name=row.name)
    refused = sending.hand_to(url, *sending.greeting(actor))
    if refused:
        raise Conflict("channel-refused", name=row.name, reason=refused)
    record("channel", row.pk, row.name, note="tried")
    return row


@action(may=administrator, doors={"page"})
def retry_messages(actor: Actor, channel: int) -> int:
    """Send again, with all tries before them, what a channel has given up -> how many pieces of news."""
    row = found(reads.channels_visible_to(actor), pk=channel)
    dead = row.outgoing.filter(state=Outgoing.State.DEAD)
    count = dead.update(state=Outgoing.State.WAITING, attempts=0, send_after=timezone.now())
    outbox.send_later(row.pk, timezone.now())
    record("channel", row.pk, row.name, after={"retried": count})
    return count


@action(may=signed_in, doors={"page", "rest"})
def choose_ways(
    actor: Actor,
    *,
    ways: Mapping[str, str] | None = None,
    quiet_from: time | None = None,
    quiet_to: time | None = None,
    digest_at: time | None = None,
    addresses: Mapping[str, str] | None = None,
) -> Preference:
    """Choose how one hears of each type of news (now, digest, app, never), the quiet hours and the digest's hour.

    Tasks asked of oneself always stay in the inbox: never and app mean the same for them.
    """
    row, _is_new = Preference.objects.get_or_create(user_id=actor.user_id)
    before = row.as_json()
    for type, way in (ways or {}).items():
        if type not in Type.values or way not in Way.values:
            raise QueryError("way-unknown", type=type, way=way, types=Type.values, ways=Way.values)
    for address in (addresses or {}).values():
        if address and not sending.ADDRESS.fullmatch(address):
            raise QueryError("channel-own-address", address=address)
    row.ways = {**row.ways, **(ways or {})}
    row.addresses = {**row.addresses, **(addresses or {})}
    row.quiet_from = quiet_from or row.quiet_from
    row.quiet_to = quiet_to or row.quiet_to
    row.digest_at = digest_at or row.digest_at
    row.save()
    _drop_unwanted(row)
    record("user", actor.user_id, actor.name, before=before, after=row.as_json())
    return row


def _drop_unwanted(row: Preference) -> None:
    """What waits to be sent and is now wished to be heard in the site alone, or not at all."""
    unwanted = [type for type in Type.values if row.way(type) in (Way.APP, Way.NEVER)]
    waiting = Q(user=row.user_id, state=Outgoing.State.WAITING, type__in=unwanted)
    Outgoing.objects.filter(waiting).update(state=Outgoing.State.DROPPED)
