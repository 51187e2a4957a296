"""User -> actor, and who stands in for whom; the app that knows departments stands above, so the settings name it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

from hedu.center.kernel.actor import Actor


@dataclass(frozen=True, slots=True)
class StandIn:
    """Somebody absent whose tasks the actor sees: all of them, or (`department`) those asked of one department."""

    user_id: int
    department: int | None = None


@cache
def _known_way(setting: str) -> Callable[[Any], Any]:
    way: Callable[[Any], Any] = import_string(getattr(settings, setting))
    return way


def actor_of(user: Any) -> Actor:
    """Who acts when this user does."""
    actor: Actor = _known_way("HEDU_ACTOR_OF")(user)
    return actor


def stands_in_for(actor: Actor) -> tuple[StandIn, ...]:
    """Who is absent today with the actor in their place."""
    found: tuple[StandIn, ...] = _known_way("HEDU_STANDS_IN_FOR")(actor)
    return found


def department_names(departments: Iterable[int] | None) -> Mapping[int, str]:
    """The departments' names in the present language; None: of all in use."""
    wanted = None if departments is None else tuple(departments)
    names: Mapping[int, str] = _known_way("HEDU_DEPARTMENT_NAMES")(wanted)
    return names
