"""Target changes in tests of goals alone: stored as if everybody had signed them."""

from __future__ import annotations

from collections.abc import Sequence

from hedu.center.goals.actions import apply_targets
from hedu.center.goals.rules import TargetChange
from hedu.center.kernel.actor import Actor


def stored(actor: Actor, changes: Sequence[TargetChange]) -> str:
    """What the settings name while goals are tried."""
    apply_targets(actor, changes)
    return f"/targets/{changes[0].code}/"
