"""Conflict + scene -> how much it matters to the business."""

from __future__ import annotations

from dataclasses import replace

from hedu.alignment.conflict import Conflict, ConflictClass, Level, Severity
from hedu.alignment.scene import Scene
from hedu.alignment.units import scale_of

WIDE_AUDIENCE = 3
"""From so many departments on, a number is common property."""
NOTICEABLE_GAP, LARGE_GAP = 0.02, 0.10
NOTICEABLE_AMOUNT, LARGE_AMOUNT = 1_000_000.0, 10_000_000.0
"""In the workspace's currency: so much money is noticed, or weighs heavily, however small a part it is."""
LEVELS: tuple[Level, ...] = ("low", "medium", "high")
SHARES: frozenset[ConflictClass] = frozenset({"interpretation"})
"""Classes whose gap is a share of people, not of a number: their detector says how much that is."""


def severity_of(scene: Scene, conflict: Conflict) -> Severity:
    """The detector's gap and amount, with who looks at the metrics, whether one is a key metric, and the level of both.

    How far apart (2 % and 10 %, or 1 and 10 million; without a gap what the detector says) meets how many rely on it:
    high is what is far apart in a number that the company steers by or that many look at; medium what is either, or
    noticeably apart where many rely on it, or costs noticeable money; low the rest. So "high" is a list that a meeting
    can work through.
    """
    given = conflict.severity
    audience = len({use.department for use in scene.uses if use.metric in conflict.metrics and use.views})
    is_key = bool(key_metrics(scene) & set(conflict.metrics))
    reach = is_key + (audience >= WIDE_AUDIENCE)
    money = _money(scene, given)
    apart = LEVELS.index(given.level)
    if given.gap is not None and conflict.kind not in SHARES:
        apart = (abs(given.gap) >= NOTICEABLE_GAP) + (abs(given.gap) >= LARGE_GAP)
        apart = max(apart, (money >= NOTICEABLE_AMOUNT) + (money >= LARGE_AMOUNT))
    weight = apart + reach + (money >= NOTICEABLE_AMOUNT)
    level: Level = "high" if apart == 2 and reach else "medium" if weight >= 2 else "low"
    return replace(given, level=level, audience=audience, is_key=is_key)


def _money(scene: Scene, given: Severity) -> float:
    """The amount in the workspace's currency; 0 where it is none."""
    kind, scale = scale_of(given.unit)
    is_money = given.amount is not None and kind == scene.model.settings.currency
    return abs(given.amount or 0.0) * scale if is_money else 0.0


def key_metrics(scene: Scene) -> frozenset[str]:
    """In the goal tree, with a target, or certified."""
    aimed = {goal.metric for goal in scene.goals} | {target.metric for target in scene.targets}
    return frozenset(aimed) | scene.certified
