"""User -> actor, by the app that knows departments (it stands above, so the settings name it)."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

from hedu.center.kernel.actor import Actor


@cache
def _known_way() -> Callable[[Any], Actor]:
    way: Callable[[Any], Actor] = import_string(settings.HEDU_ACTOR_OF)
    return way


def actor_of(user: Any) -> Actor:
    """Who acts when this user does."""
    return _known_way()(user)
