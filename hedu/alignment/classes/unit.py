"""Unit: two numbers that should agree are a constant factor, or an exchange rate, apart."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hedu.alignment.classes.source import apart
from hedu.alignment.conflict import Conflict, Evidence, Severity
from hedu.alignment.scene import Scene
from hedu.alignment.series import (
    Series,
    is_reported,
    native_grain,
    owners,
    panel,
    period_text,
    same_name,
    series,
    together,
)
from hedu.alignment.units import Factor, declared_factor, is_rate, known_factor, near_rate, scale_of
from hedu.define.definitions import Grain
from hedu.model.types import GRAINS, Model

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

VERSION = 2
LEAST_PERIODS = 6
NEAR = 0.01
"""Periods within this of the median ratio are taken to have that ratio."""
SCALE_NEAR = 0.05
"""The same for a scale between two of one name: nothing else is a power of ten apart, so rows may be missing."""
TAX_NEAR = 0.001
"""A tax is a factor of every row, so the ratio hardly moves."""
STEADY = 0.8
"""The part of the periods that must be near the median."""
DRIFT, STEP = 0.12, 0.05
"""An exchange rate stays within the one over years and within the other from month to month."""
SHAPE_PERIODS, SHAPE_NEAR = 12, 0.004
"""Unnamed pairs are looked for among series of one shape over the last year."""
SHOWN = 24


@dataclass(frozen=True, slots=True)
class Apart:
    """A/B over common periods, units as declared already allowed for, and the factor it stands for."""

    a: str
    b: str
    grain: Grain
    starts: Any
    values: tuple[Floats, Floats]
    ratio: Floats
    factor: Factor
    rate: str = ""


def detect(scene: Scene) -> Iterator[Conflict]:
    """Pairs of one name, and reported series that have the shape of a computed one."""
    if scene.focus is None:
        series(scene, "month")
    named = [(b, a) if is_reported(scene.model, a) else (a, b) for a, b in same_name(scene, every=True)]
    for a, b in named:
        found = _apart(scene, a, b, is_named=True) if scene.is_asked(a, b) else None
        if found is not None:
            yield _conflict(scene, found)
    explained: set[str] = set()
    for a, b in _alike(scene, set(named)):
        known = (_apart(scene, *pair, is_named=True) for pair in named if pair[1] == b)
        found = _apart(scene, a, b, is_named=False) if b not in explained and not any(known) else None
        if found is not None:
            explained.add(b)
            yield _conflict(scene, found)


def _alike(scene: Scene, named: set[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """(computed, reported) pairs whose monthly series differ by a factor only; found by nearest neighbours."""
    import numpy as np
    from scipy.spatial import cKDTree

    months = panel(scene, "month")
    recent = months.values[:, -SHAPE_PERIODS:]
    if recent.shape[1] < SHAPE_PERIODS:
        return
    whole = np.flatnonzero((recent > 0).all(axis=1))
    shapes = np.log(recent[whole])
    shapes -= shapes.mean(axis=1, keepdims=True)
    lively = shapes.std(axis=1) > 5 * SHAPE_NEAR
    names = [months.names[at] for at in whole]
    handed = np.array([is_reported(scene.model, name) for name in names], dtype=bool)
    sides = [np.flatnonzero(lively & side) for side in (~handed, handed)]
    if not len(sides[0]) or not len(sides[1]):
        return
    reach = SHAPE_NEAR * SHAPE_PERIODS**0.5
    _, nearest = cKDTree(shapes[sides[0]]).query(shapes[sides[1]], k=[1, 2, 3], distance_upper_bound=reach)
    for row, found in enumerate(nearest):
        for at in found[found < len(sides[0])]:
            pair = names[sides[0][at]], names[sides[1][row]]
            if pair not in named and pair[::-1] not in named and scene.is_asked(*pair):
                yield pair


def _apart(scene: Scene, a: str, b: str, is_named: bool) -> Apart | None:
    import numpy as np

    grain = common_grain(scene.model, a, b)
    found = series(scene, grain, (a, b)) if grain is not None else {}
    if grain is None or len(found) < 2:
        return None
    starts, one, other = together(found[a], found[b])
    model = scene.model
    other = other / declared_factor(model.metrics[a].unit, model.metrics[b].unit)
    both = (one != 0) & (other != 0)
    if both.sum() < LEAST_PERIODS:
        return None
    starts, one, other = starts[both], one[both], other[both]
    ratio = one / other
    middle = float(np.median(ratio))
    if middle <= 0 or abs(middle - 1) <= NEAR:
        return None
    made = Apart(a, b, grain, starts, (one, other), ratio, known_factor(middle, NEAR) or Factor("currency", middle))
    if made.factor.facet == "scale" and _is_steady(ratio, SCALE_NEAR if is_named else NEAR):
        return made
    if not (is_named and _is_one_money(scene, a, b)):
        return None
    return made if made.factor.facet == "tax" and _is_steady(ratio, TAX_NEAR) else _by_rate(scene, made)


def _is_one_money(scene: Scene, a: str, b: str) -> bool:
    """Both say the currency of the workspace, and no rows show otherwise: tax and rates are factors of every row."""
    model = scene.model
    if any(scale_of(model.metrics[name].unit)[0] != model.settings.currency for name in (a, b)):
        return False
    held = apart(scene, a, b)
    return held is None or held.rows is None or not held.is_one_measure


def common_grain(model: Model, a: str, b: str) -> Grain | None:
    """The grain both can be compared at: months where they can, else the coarser of their own."""
    grains = [native_grain(model, name) for name in (a, b)]
    known = [grain for grain in grains if grain is not None]
    if len(known) < 2:
        return None
    coarser = max(known, key=GRAINS.index)
    if "week" in known:
        return "week" if coarser == "week" else None
    return max(("month", coarser), key=GRAINS.index)


def _is_steady(ratio: Floats, near: float) -> bool:
    import numpy as np

    return bool((np.abs(ratio / np.median(ratio) - 1) <= near).mean() >= STEADY)


def _by_rate(scene: Scene, found: Apart) -> Apart | None:
    """Apart by an exchange rate on record, or by one that looks like a well known currency's."""
    import numpy as np

    rates = [name for name, metric in scene.model.metrics.items() if is_rate(metric.unit)]
    for name, rate in series(scene, found.grain, rates).items():
        _, ratio, quoted = together(Series(found.starts, found.ratio), rate)
        for told in (ratio / quoted, ratio * quoted):
            if len(told) >= LEAST_PERIODS and _is_steady(told, NEAR) and abs(np.median(told) - 1) <= NEAR:
                currency = str(scene.model.metrics[name].unit).partition("/")[2]
                return Apart(found.a, found.b, found.grain, found.starts, found.values, found.ratio,
                             Factor("currency", float(np.median(found.ratio)), currency), name)  # fmt: skip
    steps = np.abs(np.diff(np.log(found.ratio)))
    spread = np.abs(found.ratio / np.median(found.ratio) - 1)
    factor = near_rate(float(np.median(found.ratio)), scene.model.settings.currency or "")
    if factor is None or np.quantile(spread, 0.9) > DRIFT or np.quantile(steps, 0.9) > STEP:
        return None
    return Apart(found.a, found.b, found.grain, found.starts, found.values, found.ratio, factor)


def _conflict(scene: Scene, found: Apart) -> Conflict:
    metrics, departments = (found.a, found.b), owners(scene.model, (found.a, found.b))
    factor = found.factor
    rows = [
        {"period": period_text(at, found.grain), "a": float(a), "b": float(b), "ratio": float(r)}
        for at, a, b, r in list(zip(found.starts, *found.values, found.ratio, strict=True))[-SHOWN:]
    ]
    times = factor.value if factor.value >= 1 else 1 / factor.value
    sides = metrics if factor.value >= 1 else metrics[::-1]
    question = {"metrics": list(metrics), "by": [f"metric_time.{found.grain}"]}
    units = {name: scene.model.metrics[name].unit for name in metrics}
    return Conflict(
        kind="unit",
        code=f"{factor.facet}_differs",
        metrics=metrics,
        departments=departments,
        facets=(factor.facet,),
        facts={
            "metric_a": sides[0],
            "metric_b": sides[1],
            "department_a": scene.model.metrics[sides[0]].definition.owner or "",
            "department_b": scene.model.metrics[sides[1]].definition.owner or "",
            "times": times,
            "periods": len(found.ratio),
            "currency": factor.name,
            "tax": times - 1,
        },
        evidence=(
            Evidence(
                "series", {"grain": found.grain, "rows": rows, "factor": factor.value, "rate": found.rate}, question
            ),
            Evidence("facets", {"facets": [{"facet": factor.facet, "a": units[found.a], "b": units[found.b]}]}),
        ),
        severity=Severity("medium", gap=factor.value - 1 if factor.value < 1 else 1 - 1 / factor.value),
        settles=("fix_data", "adopt_a", "adopt_b", "rename_both"),
    )
