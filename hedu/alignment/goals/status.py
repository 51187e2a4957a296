"""A value against its target -> on, watch, off or none; and a score from 0 to 10.

Two bounds decide: from `goal` on a value is on target, beyond `line` it is off, between them it wants watching.
Without bounds of its own a target's goal is its value and its line lies `tolerance` (10 %) of it away.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from hedu.alignment.scene import Operator
from hedu.define.definitions import Direction

Status = Literal["on", "watch", "off", "none"]
STATUSES: tuple[Status, ...] = ("on", "watch", "off", "none")
WORST_FIRST: tuple[Status, ...] = ("off", "watch", "on", "none")
TOLERANCE = 0.10
_SLACK = 1e-9


@dataclass(frozen=True, slots=True)
class Aim:
    """What a value is held against. `up` and `down` use goal and line; `band` is (low, high), off beyond `margin`."""

    direction: Direction
    goal: float | None = None
    line: float | None = None
    band: tuple[float, float] | None = None
    margin: float = 0.0


def aim_of(
    operator: Operator,
    value: float | None,
    *,
    green: float | None = None,
    amber: float | None = None,
    tolerance: float | None = None,
) -> Aim:
    """The aim of a target: ">=" is reached from above, "<=" from below, "=" within the tolerance on both sides.

    `green` replaces the value as the bound of on, `amber` is the bound of watch.
    """
    if value is None:
        return Aim("none")
    part = TOLERANCE if tolerance is None else tolerance
    width = abs(value) * part
    if operator == "=":
        return Aim("band", goal=value, band=(value - width, value + width), margin=width)
    goal = value if green is None else green
    away = -1 if operator == ">=" else 1
    line = goal + away * width if amber is None else amber
    if (goal - line) * away > 0:
        line = goal
    return Aim("up" if operator == ">=" else "down", goal, line)


def status_of(value: float | None, aim: Aim) -> Status:
    """How a value stands. Without a value, a target or a direction there is no status.

    >>> status_of(95, aim_of(">=", 100)), status_of(95, aim_of("<=", 100)), status_of(None, aim_of(">=", 100))
    ('watch', 'on', 'none')
    """
    if value is None or aim.direction == "none":
        return "none"
    if aim.direction == "band":
        return _in_band(value, aim)
    if aim.goal is None or aim.line is None:
        return "none"
    sign = 1 if aim.direction == "up" else -1
    slack = _SLACK * max(abs(aim.goal), abs(value), 1e-300)
    if (value - aim.goal) * sign >= -slack:
        return "on"
    return "watch" if (value - aim.line) * sign >= -slack else "off"


def _in_band(value: float, aim: Aim) -> Status:
    if aim.band is None:
        return "none"
    low, high = aim.band
    slack = _SLACK * max(abs(low), abs(high), abs(value))
    outside = max(low - value, value - high, 0.0)
    if outside <= slack:
        return "on"
    return "watch" if outside <= aim.margin + slack else "off"


def score_of(value: float | None, aim: Aim) -> float | None:
    """10·clip((a − red)/(goal − red)): 0 at the line where red begins, 10 at the goal; None where there is no status.

    Within a band it is 10; outside it falls to 0 over the margin.
    """
    status = status_of(value, aim)
    if value is None or status == "none":
        return None
    if status != "watch":
        return 10.0 if status == "on" else 0.0
    if aim.direction == "band":
        assert aim.band is not None
        return 10 * _clip(1 - max(aim.band[0] - value, value - aim.band[1]) / aim.margin) if aim.margin else 0.0
    assert aim.goal is not None and aim.line is not None
    return 10 * _clip((value - aim.line) / (aim.goal - aim.line)) if aim.goal != aim.line else 0.0


def _clip(share: float) -> float:
    return min(max(share, 0.0), 1.0)
