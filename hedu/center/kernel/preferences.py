"""How a person wants to hear, and the clock -> when a message may go out. Pure."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

GATHER = timedelta(seconds=60)
"""What is to be told at once waits this long, so that news of one moment goes out as one message."""


def is_quiet(now: time, start: time, end: time) -> bool:
    """Whether `now` lies in the quiet hours, which may pass midnight; equal ends mean none.

    >>> is_quiet(time(23), time(21), time(8)), is_quiet(time(8), time(21), time(8)), is_quiet(time(3), time(0), time(0))
    (True, False, False)
    """
    if start <= end:
        return start <= now < end
    return now >= start or now < end


def next_at(now: datetime, at: time, zone: ZoneInfo) -> datetime:
    """The next moment after `now` at which the clock of `zone` shows `at`."""
    local = now.astimezone(zone)
    when = local.replace(hour=at.hour, minute=at.minute, second=0, microsecond=0)
    return when if when > local else (when + timedelta(days=1))


def woken(now: datetime, zone: ZoneInfo, quiet: tuple[time, time]) -> datetime | None:
    """The end of the quiet hours in which `now` lies; None outside of them."""
    return next_at(now, quiet[1], zone) if is_quiet(now.astimezone(zone).time(), *quiet) else None


def send_after(
    way: str, now: datetime, zone: ZoneInfo, *, quiet: tuple[time, time], digest_at: time
) -> datetime | None:
    """When news of this `way` (now, digest, app, never) may be sent; None: it is not sent at all."""
    if way == "digest":
        return next_at(now, digest_at, zone)
    if way != "now":
        return None
    when = now + GATHER
    return woken(when, zone, quiet) or when
