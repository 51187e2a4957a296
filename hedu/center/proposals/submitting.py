"""What lower apps want changed -> a proposal, and where it is signed. They find these through the settings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.urls import reverse

from hedu.center.goals.rules import TargetChange
from hedu.center.kernel.actor import Actor
from hedu.center.proposals import actions
from hedu.center.proposals.models import Proposal


def targets(actor: Actor, changes: Sequence[TargetChange]) -> str:
    """The page where these target changes are signed."""
    return _page(actions.propose_targets(actor, changes=[change.as_json() for change in changes]))


def policies(actor: Actor, *, grants: Sequence[dict[str, Any]] = (), withdraw: Sequence[int] = ()) -> str:
    """The page where these data policies, or the end of some, are signed."""
    return _page(actions.propose_policy(actor, grants=list(grants), withdraw=list(withdraw)))


def _page(row: Proposal) -> str:
    return reverse("proposals:proposal", args=[row.pk])
