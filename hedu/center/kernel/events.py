"""Something happened -> those who asked to hear of it, after commit.

An app listens in its subscribers.py:

    SUBSCRIBERS = (("catalog.published", on_published),)      # def on_published(event: Event) -> None

A listener that fails is logged and never undoes the deed it heard of.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from importlib import import_module
from typing import Any

import structlog
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from hedu.center.kernel.actor import Actor

log = structlog.get_logger("hedu.events")


@dataclass(frozen=True, slots=True)
class Event:
    """`facts` hold what the deed recorded: its inputs, its result, the objects it touched."""

    name: str
    actor: Actor
    facts: Mapping[str, Any] = field(default_factory=dict)
    at: datetime = field(default_factory=timezone.now)


Listener = Callable[[Event], None]


@cache
def listeners() -> Mapping[str, tuple[Listener, ...]]:
    """Event name -> listeners, lower apps first."""
    table: dict[str, tuple[Listener, ...]] = {}
    for module in settings.HEDU_SUBSCRIBER_MODULES:
        for name, listener in import_module(module).SUBSCRIBERS:
            table[name] = (*table.get(name, ()), listener)
    return table


def publish(event: Event) -> None:
    """Tell the listeners once the present transaction has committed (at once outside of one)."""
    transaction.on_commit(lambda: _tell(event))


def _tell(event: Event) -> None:
    for listener in listeners().get(event.name, ()):
        try:
            listener(event)
        except Exception:
            log.exception("listener failed", event_name=event.name, listener=listener.__qualname__)
