"""Series -> what may honestly be said about two of them: never from raw correlation.

Trend and season are taken out, each series is prewhitened by its own autoregression (Box & Jenkins; Haugh 1976),
what is left is tested with a Newey-West variance (1987), and over all pairs the false discovery rate is held
(Benjamini & Hochberg 1995). Series that only share a trend, a season or inertia do not pass.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Flags = NDArray[np.bool_]

MOST_LAGS = 3
BLOCK = 1_000


@dataclass(frozen=True, slots=True)
class Link:
    """Two rows that move together beyond chance. `slope` is what row b moves by as row a moves by one."""

    a: int
    b: int
    correlation: float
    slope: float
    slope_back: float
    p: float
    halves: tuple[float, float]


def deseasoned(rows: Floats, phases: Ints | None = None) -> Floats:
    """Each row less its straight line and, where every phase occurs at least twice, its mean by phase."""
    count = rows.shape[1]
    columns = [np.ones(count), np.linspace(-1, 1, count)]
    if phases is not None and count >= 2 * len(np.unique(phases)) and np.bincount(phases).max() >= 2:
        columns += [(phases == phase).astype(float) for phase in np.unique(phases)[1:]]
    design = np.column_stack(columns)
    fitted = design @ np.linalg.lstsq(design, rows.T, rcond=None)[0]
    free: Floats = rows - fitted.T
    return free


def prewhitened(rows: Floats) -> Floats:
    """What each row's own past (AR of order 0 to 3, by BIC) does not foretell; the first three periods are lost."""
    return np.array([_innovations(row) for row in rows]).reshape(len(rows), max(rows.shape[1] - MOST_LAGS, 0))


def _innovations(row: Floats) -> Floats:
    """Residuals of the best autoregression, all orders judged on the same periods."""
    target = row[MOST_LAGS:]
    count = len(target)
    best: Floats = target - target.mean()
    least = np.inf
    for order in range(MOST_LAGS + 1):
        lags = [row[MOST_LAGS - lag : len(row) - lag] for lag in range(1, order + 1)]
        design = np.column_stack([np.ones(count), *lags])
        left = target - design @ np.linalg.lstsq(design, target, rcond=None)[0]
        information = count * np.log(max(float(left @ left) / count, 1e-300)) + (order + 1) * np.log(count)
        if information < least:
            best, least = left, information
    return best


def correlations(rows: Floats) -> Floats:
    """Pearson's, all against all; 0 for rows that do not move."""
    centred = rows - rows.mean(axis=1, keepdims=True)
    size = np.sqrt((centred**2).sum(axis=1))
    unit = np.divide(centred, size[:, None], out=np.zeros_like(centred), where=size[:, None] > 1e-12)
    return np.asarray(np.clip(unit @ unit.T, -1, 1), dtype=float)


def p_values(correlation: Floats, count: int) -> Floats:
    """Two-sided, of Pearson correlations of `count` independent pairs."""
    from scipy.stats import t

    freedom = max(count - 2, 1)
    bounded: Floats = np.clip(np.abs(correlation), 0, 1 - 1e-15)
    return np.asarray(2 * t.sf(bounded * np.sqrt(freedom / (1 - bounded**2)), freedom), dtype=float)


def discovered(p: Floats, rate: float) -> Flags:
    """Which of these tests stand when at most `rate` of those standing may be false (Benjamini-Hochberg).

    >>> discovered(np.array([0.001, 0.02, 0.04, 0.9]), 0.05).tolist()
    [True, True, False, False]
    """
    order = np.argsort(p, kind="stable")
    bounds = rate * np.arange(1, len(p) + 1) / max(len(p), 1)
    passing = np.flatnonzero(p[order] <= bounds)
    stands = np.zeros(len(p), dtype=bool)
    if len(passing):
        stands[order[: passing[-1] + 1]] = True
    return stands


def newey_west_p(one: Floats, other: Floats) -> float:
    """Two-sided p of the slope of `other` on `one`, robust to what heteroskedasticity and inertia are left."""
    from scipy.stats import t

    a, b = one - one.mean(), other - other.mean()
    scale, count = float(a @ a), len(a)
    if scale <= 0 or count < 5:
        return 1.0
    slope = float(a @ b) / scale
    score = a * (b - slope * a)
    lags = int(4 * (count / 100) ** (2 / 9))
    variance = float(score @ score)
    for lag in range(1, lags + 1):
        variance += 2 * (1 - lag / (lags + 1)) * float(score[lag:] @ score[:-lag])
    variance *= count / (count - 2) / scale**2
    if variance <= 0:
        return 0.0 if slope else 1.0
    return float(2 * t.sf(abs(slope) / variance**0.5, count - 2))


def links(
    rows: Floats,
    phases: Ints | None = None,
    *,
    rate: float = 0.05,
    least: float = 0.0,
    least_half: float = 0.0,
    least_free: float = 0.0,
    tested: Sequence[tuple[int, int]] | None = None,
) -> tuple[Link, ...]:
    """Pairs of rows that move together, of all pairs (or of `tested`), the strongest first.

    `least` is the floor of |correlation| and `least_half` that of each half, which must have one sign; with
    `phases` what is left without the season too must show the same sign and at least `least_free`. The rate of
    false discoveries holds over all pairs tested, by Newey-West wherever plain p lets a pair through.
    """
    white = prewhitened(deseasoned(rows))
    count = white.shape[1]
    if count < 8 or len(white) < 2:
        return ()
    a, b = np.triu_indices(len(white), 1) if tested is None else np.array(tested, dtype=int).reshape(-1, 2).T
    strength = _of_pairs(white, a, b)
    p = p_values(strength, count)
    for at in np.flatnonzero(discovered(p, rate)):
        p[at] = max(p[at], newey_west_p(white[a[at]], white[b[at]]))
    standing = np.flatnonzero(discovered(p, rate) & (np.abs(strength) >= least))
    found = [_link(white, int(a[at]), int(b[at]), float(strength[at]), float(p[at])) for at in standing]
    kept = [one for one in found if _holds(one, least_half)]
    if phases is not None and kept:
        kept = _beyond_season(kept, prewhitened(deseasoned(rows, phases)), least_free)
    return tuple(sorted(kept, key=lambda one: -abs(one.correlation)))


def _of_pairs(white: Floats, a: Ints, b: Ints) -> Floats:
    """The correlation of each pair, in blocks so that memory stays small."""
    centred = white - white.mean(axis=1, keepdims=True)
    size = np.sqrt((centred**2).sum(axis=1))
    unit = np.divide(centred, size[:, None], out=np.zeros_like(centred), where=size[:, None] > 1e-12)
    found = np.empty(len(a))
    step = BLOCK * BLOCK
    for at in range(0, len(a), step):
        part = slice(at, at + step)
        found[part] = np.einsum("ij,ij->i", unit[a[part]], unit[b[part]])
    return np.clip(found, -1, 1)


def _link(white: Floats, a: int, b: int, correlation: float, p: float) -> Link:
    one, other = white[a], white[b]
    half = len(one) // 2
    halves = tuple(
        float(correlations(np.stack([one[part], other[part]]))[0, 1]) for part in (slice(half), slice(half, None))
    )
    covariance = float(one @ other)
    return Link(a, b, correlation, covariance / float(one @ one), covariance / float(other @ other), p, halves)  # type: ignore[arg-type]


def _holds(link: Link, least: float) -> bool:
    first, second = link.halves
    return first * second > 0 and min(abs(first), abs(second)) >= least


def _beyond_season(found: list[Link], free: Floats, least: float) -> list[Link]:
    without = _of_pairs(free, np.array([one.a for one in found]), np.array([one.b for one in found]))
    return [one for one, left in zip(found, without, strict=True) if left * one.correlation > 0 and abs(left) >= least]
