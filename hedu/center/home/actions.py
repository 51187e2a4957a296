"""Deeds of home."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from hedu.center.home.models import Desk
from hedu.center.kernel.action import action, record
from hedu.center.kernel.actor import Actor


def signed_in(actor: Actor, **_: Any) -> bool:
    return actor.user_id is not None


@action(may=signed_in, doors={"page", "rest"})
def show_guide(actor: Actor, *, on: bool = True) -> Desk:
    """Show the first-steps guide on one's own home again, or put it away."""
    desk, _made = Desk.objects.get_or_create(user_id=actor.user_id)
    before = {"shown": desk.guide_hidden_at is None}
    desk.guide_hidden_at = None if on else timezone.now()
    desk.save(update_fields=["guide_hidden_at"])
    record("desk", desk.pk, actor.name, before=before, after={"shown": on})
    return desk
