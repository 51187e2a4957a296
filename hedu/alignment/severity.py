"""Conflict + scene -> how much it matters to the business."""

from __future__ import annotations

from dataclasses import replace

from hedu.alignment.conflict import Conflict, Level, Severity
from hedu.alignment.scene import Scene
from hedu.alignment.units import scale_of

WIDE_AUDIENCE = 3
"""From so many departments on, a number is common property."""
NOTICEABLE_GAP, LARGE_GAP = 0.02, 0.10
NOTICEABLE_AMOUNT = 1_000_000.0
"""In the workspace's currency: so much money is noticed however small a part it is."""
LEVELS: tuple[Level, ...] = ("low", "medium", "high")


def severity_of(scene: Scene, conflict: Conflict) -> Severity:
    """The detector's level, gap and amount, with who looks at the metrics and whether one is a key metric.

    Where there is a gap the level follows from it; a key metric or a wide audience raises it by one, neither
    of them lowers a level that does not rest on a gap.
    """
    given = conflict.severity
    audience = len({use.department for use in scene.uses if use.metric in conflict.metrics and use.views})
    is_key = bool(key_metrics(scene) & set(conflict.metrics))
    level = LEVELS.index(given.level)
    if given.gap is not None:
        is_noticed = abs(given.gap) >= NOTICEABLE_GAP or _is_much(scene, given)
        level = is_noticed + (abs(given.gap) >= LARGE_GAP)
    level += is_key or audience >= WIDE_AUDIENCE
    return replace(given, level=LEVELS[min(level, 2)], audience=audience, is_key=is_key)


def _is_much(scene: Scene, given: Severity) -> bool:
    kind, scale = scale_of(given.unit)
    is_money = given.amount is not None and kind == scene.model.settings.currency
    return is_money and abs(given.amount or 0.0) * scale >= NOTICEABLE_AMOUNT


def key_metrics(scene: Scene) -> frozenset[str]:
    """In the goal tree, with a target, or certified."""
    aimed = {goal.metric for goal in scene.goals} | {target.metric for target in scene.targets}
    return frozenset(aimed) | scene.certified
