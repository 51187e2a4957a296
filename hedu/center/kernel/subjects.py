"""(kind, id) -> the object people talk about, if the actor may see it.

An app says in subjects.py what can be discussed, documented and named in news:

    SUBJECTS = {"metric": metric_subject}        # (actor: Actor, object_id: str) -> Subject | None
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module

from django.conf import settings

from hedu.center.kernel.actor import Actor
from hedu.errors import NotFound


@dataclass(frozen=True, slots=True)
class Subject:
    """An object as others speak of it. `followers` hear of what is said about it."""

    kind: str
    object_id: str
    name: str
    url: str
    followers: tuple[int, ...] = ()


Find = Callable[[Actor, str], Subject | None]
SUBJECTS: Mapping[str, Find] = {}
"""The kernel itself speaks for nothing."""


@cache
def kinds() -> Mapping[str, Find]:
    """Every kind that some app speaks for."""
    table: dict[str, Find] = {}
    for module in settings.HEDU_SUBJECT_MODULES:
        table |= import_module(module).SUBJECTS
    return table


def seen(actor: Actor, kind: str, object_id: str) -> Subject:
    """The object, or NotFound when nobody speaks for its kind or the actor may not see it."""
    find = kinds().get(kind)
    subject = find(actor, object_id) if find and not actor.is_anonymous else None
    if subject is None:
        raise NotFound("not-found", kind=kind, name=object_id)
    return subject
