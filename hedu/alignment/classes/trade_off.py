"""Trade-off: one department's metric improves as another's gets worse, beyond trend, season, inertia and chance."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from hedu.alignment.conflict import Conflict, Evidence, Severity
from hedu.alignment.scene import Scene
from hedu.alignment.series import is_reported, native_grain, owners, panel, period_text
from hedu.alignment.units import scale_of
from hedu.define.definitions import Grain
from hedu.model.types import Metric, Model

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from hedu.alignment.statistics import Link

    Floats = NDArray[np.float64]
    Rows = tuple[Any, Floats, Floats]

VERSION = 2
RATE = 0.01
"""Of the pairs raised, the part that may be false."""
LEAST, LEAST_HALF, LEAST_FREE = 0.55, 0.5, 0.4
"""Floors of the correlation of what is left after prewhitening: in all, in each half, and without the season."""
EFFECT = 0.04
"""One percent here must move the other by so many percent."""
PERIODS: dict[Grain, tuple[int, int]] = {"week": (48, 156), "month": (24, 36)}
"""Fewest and most periods looked at: a year of weeks without those cut at its edges, two of months."""
GAPS = 0.1
"""The part of the periods that may be missing; what is drawn across them moves with nothing."""
MOST_TESTED = 4_000_000
SHOWN = 36
SIGNS = {"up": 1, "down": -1}


def detect(scene: Scene) -> Iterator[Conflict]:
    """Rates and averages with a direction, by week where both can be, and by month.

    Totals are left out: they all rise and fall with the volume of business. So are metrics that share a measure,
    which move together by arithmetic. A pair shown by both grains is raised once, by the stronger. A narrowed scan
    tests all pairs too: how sure a link must be depends on how many are tested.
    """
    found: dict[tuple[str, str], tuple[float, Conflict]] = {}
    for grain in PERIODS:
        names, values, starts = _rows(scene, grain)
        for link in _links(scene, names, _bridged(values), starts) if _is_touched(scene, names) else ():
            pair = names[link.a], names[link.b]
            if abs(link.correlation) > found.get(pair, (0.0,))[0]:
                rows = (starts, values[link.a], values[link.b])
                found[pair] = abs(link.correlation), _conflict(scene, pair, link, grain, rows)
    for _, conflict in found.values():
        yield conflict


def _rows(scene: Scene, grain: Grain) -> tuple[list[str], Floats, Any]:
    """Metrics with a recent history at this grain that has few holes, as logarithms."""
    import numpy as np

    model = scene.model
    fewest, most = PERIODS[grain]
    wanted = [
        name for name, metric in model.metrics.items() if _is_rate(model, metric) and _is_fine(model, name, grain)
    ]
    found = panel(scene, grain, wanted)
    values, starts = found.values[:, -most:], found.starts[-most:]
    if grain == "week":
        values, starts = values[:, 1:], starts[1:]
    if values.shape[1] < fewest:
        return [], np.zeros((0, 0)), starts
    whole = (np.isnan(values).mean(axis=1) <= GAPS) & ~(values <= 0).any(axis=1)
    kept = [name for name, is_whole in zip(found.names, whole, strict=True) if is_whole]
    return kept, np.log(values[whole]), starts


def _is_rate(model: Model, metric: Metric) -> bool:
    """Has a direction, and does not grow with the volume of business."""
    return metric.definition.direction in SIGNS and not _is_total(model, metric)


def _is_total(model: Model, metric: Metric) -> bool:
    """Additive, a distinct count or a level; a reported one by its rule for several periods.

    Amounts of money for each order or head are no better: they grow with the size of what is sold.
    """
    if metric.is_additive or scale_of(metric.unit)[0] == model.settings.currency:
        return True
    if is_reported(model, metric.name):
        return model.datasets[model.leaves(metric.name)[0][0]].reported.agg == "sum"  # type: ignore[union-attr]
    leaves = [model.datasets[name].measures[measure] for name, measure in model.leaves(metric.name)]
    return len(leaves) == 1 and (leaves[0].agg == "count_distinct" or leaves[0].semi_additive is not None)


def _is_fine(model: Model, metric: str, grain: Grain) -> bool:
    return grain != "week" or native_grain(model, metric) == "day"


def _bridged(values: Floats) -> Floats:
    """Holes filled by a line from the value before to the one after."""
    import numpy as np

    filled = values.copy()
    for row in filled:
        holes = np.isnan(row)
        if holes.any():
            row[holes] = np.interp(np.flatnonzero(holes), np.flatnonzero(~holes), row[~holes])
    return filled


def _is_touched(scene: Scene, names: list[str]) -> bool:
    return scene.focus is None or not scene.focus.isdisjoint(names)


def _links(scene: Scene, names: list[str], values: Floats, starts: Any) -> tuple[Link, ...]:
    from hedu.alignment.statistics import links

    tested = _pairs(scene, names)
    if not tested:
        return ()
    phases = starts.astype("M8[M]").astype(int) % 12
    found = links(values, phases, rate=RATE, least=LEAST, least_half=LEAST_HALF, least_free=LEAST_FREE, tested=tested)
    return tuple(link for link in found if _opposed(scene, names, link) and _matters(link))


def _pairs(scene: Scene, names: list[str]) -> list[tuple[int, int]]:
    """Pairs that share no measure."""
    leaves = [frozenset(scene.model.leaves(name)) for name in names]
    pairs = ((a, b) for a in range(len(names)) for b in range(a + 1, len(names)) if leaves[a].isdisjoint(leaves[b]))
    return [pair for pair, _ in zip(pairs, range(MOST_TESTED), strict=False)]


def _opposed(scene: Scene, names: list[str], link: Link) -> bool:
    signs = [SIGNS[scene.model.metrics[names[at]].definition.direction] for at in (link.a, link.b)]
    return link.slope * signs[0] * signs[1] < 0


def _matters(link: Link) -> bool:
    return min(abs(link.slope), abs(link.slope_back)) >= EFFECT


def _conflict(scene: Scene, pair: tuple[str, str], link: Link, grain: Grain, rows: Rows) -> Conflict:
    import numpy as np

    departments = owners(scene.model, pair)
    shown = [
        {"period": period_text(at, grain), "a": float(np.exp(a)), "b": float(np.exp(b))}
        for at, a, b in list(zip(*rows, strict=True))[-SHOWN:]
        if not np.isnan(a + b)
    ]
    series = {"grain": grain, "rows": shown}
    question = {"metrics": list(pair), "by": [f"metric_time.{grain}"]}
    known = int((~np.isnan(rows[1] + rows[2])).sum())
    estimate = {
        "grain": grain, "elasticity": link.slope, "elasticity_back": link.slope_back, "correlation": link.correlation,
        "p": link.p, "halves": list(link.halves), "periods": known,
    }  # fmt: skip
    facts = {
        "metric_a": pair[0],
        "metric_b": pair[1],
        "department_a": departments[0] if departments else "",
        "department_b": departments[-1] if departments else "",
        "effect": abs(link.slope),
        "moved": {"zh": "升高", "en": "up"} if link.slope > 0 else {"zh": "降低", "en": "down"},
        "correlation": link.correlation,
        "grain": {"week": {"zh": "周", "en": "week"}, "month": {"zh": "月", "en": "month"}}[grain],
        "periods": known,
    }
    return Conflict(
        kind="trade_off",
        code="moves_against",
        metrics=pair,
        departments=departments,
        facts=facts,
        evidence=(Evidence("estimate", estimate, question), Evidence("series", series, question)),
        severity=Severity("medium"),
        settles=("accept_until", "scope_by_purpose"),
    )
