"""A series by month -> when its level shifted, if it did."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

EDGE = 4
"""Months that must lie on either side of a shift."""


@dataclass(frozen=True, slots=True)
class Shift:
    """`at` is the position of the first month of the new level; `t` is Welch's."""

    at: int
    before: float
    after: float
    t: float

    @property
    def relative(self) -> float:
        """The change as a part of the old level."""
        return (self.after - self.before) / abs(self.before) if self.before else 0.0


def shift_of(values: Floats) -> Shift | None:
    """The one split of the series that parts its levels most; None where it is too short."""
    splits = [shift_at(values, at) for at in range(EDGE, len(values) - EDGE + 1)]
    return max(splits, key=lambda one: abs(one.t), default=None)


def shift_at(values: Floats, at: int) -> Shift:
    """Levels before and from `at` on."""
    import numpy as np

    before, after = values[:at], values[at:]
    spread = np.sqrt(before.var(ddof=1) / len(before) + after.var(ddof=1) / len(after))
    apart = float(after.mean() - before.mean())
    floor = 1e-9 * max(abs(float(values.mean())), 1e-9)
    return Shift(at, float(before.mean()), float(after.mean()), apart / max(float(spread), floor))


def beyond_trend(values: Floats, at: int) -> float:
    """How far the level from `at` on lies from where the line of the months before would have led, in old levels."""
    import numpy as np

    months = np.arange(len(values))
    slope, base = np.polyfit(months[:at], values[:at], 1)
    foretold = float((base + slope * months[at:]).mean())
    level = abs(float(values[:at].mean()))
    return (float(values[at:].mean()) - foretold) / level if level else 0.0
