"""Timing: one definition by two calendars. A recomputed with B's calendar facet gives B: that facet is the cause."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from typing import Any

from hedu.alignment.conflict import Conflict, Evidence, Severity
from hedu.alignment.scene import Scene
from hedu.alignment.series import (
    MONTHS_IN,
    Series,
    is_reported,
    native_grain,
    owners,
    period_text,
    same_name,
    series,
    together,
    variant,
)
from hedu.alignment.shapley import shapley
from hedu.alignment.swaps import (
    Leaf,
    WeekStart,
    handed_in,
    leaf_times,
    times_of,
    with_times,
    with_week_start,
)
from hedu.alignment.texts.timing import WEEKDAYS
from hedu.define.definitions import Grain
from hedu.errors import HeduError
from hedu.model.types import GRAINS, Model

VERSION = 2
MATERIAL = 0.01
"""Below this part of the value the two are taken to agree."""
CLOSED = 0.9
"""A facet is the cause when swapping it closes this part of the gap."""
LEAST_PERIODS = 6
SHOWN = 24
STARTS: tuple[WeekStart, ...] = ("monday", "sunday", "saturday")


@dataclass(frozen=True, slots=True)
class Swap:
    """One facet of A's calendar set to B's. `own` and `theirs` are what it is here and there."""

    facet: str
    own: str
    theirs: str
    times: tuple[tuple[Leaf, str], ...] = ()
    week_start: WeekStart | None = None


@dataclass(frozen=True, slots=True)
class Pair:
    """B's series with A's own and the swaps that may turn the one into the other, by the finest grain of both."""

    a: str
    b: str
    grain: Grain
    theirs: Series
    swaps: tuple[Swap, ...]
    seen: Series | None = None
    """B as a question shows it, where that differs from how it was handed in."""


def detect(scene: Scene) -> Iterator[Conflict]:
    """Pairs of one name; the values decide, so other differences between the two come to light as a gap that stays."""
    for one, other in same_name(scene):
        a, b = (other, one) if is_reported(scene.model, one) else (one, other)
        if is_reported(scene.model, a):
            continue
        pair = _against_reported(scene, a, b) if is_reported(scene.model, b) else _against_computed(scene, a, b)
        found = _cause(scene, pair) if pair is not None and pair.swaps else None
        if found is not None:
            yield found


def _against_computed(scene: Scene, a: str, b: str) -> Pair | None:
    model = scene.model
    times = times_of(model, a, b)
    grains = [native_grain(model, name) for name in (a, b)]
    if not times or grains[0] is None or grains[1] is None:
        return None
    grain: Grain = max((g for g in grains if g is not None), key=GRAINS.index)
    theirs = variant(scene, model, b, grain)
    return Pair(a, b, grain, theirs, _time_swaps(scene, a, times)) if theirs is not None else None


def _against_reported(scene: Scene, a: str, b: str) -> Pair | None:
    """Weeks that begin on another day, or another date of the same rows."""
    model = scene.model
    grain, theirs = native_grain(model, b), handed_in(scene, b)
    own = native_grain(model, a)
    if grain is None or own is None or theirs is None or GRAINS.index(own) > GRAINS.index(grain):
        return None
    if grain == "week":
        start = _start_of(theirs)
        is_other = start is not None and start != model.settings.week_start
        swaps = (Swap("week_start", model.settings.week_start, start, week_start=start),) if is_other and start else ()
        return Pair(a, b, grain, theirs, swaps, series(scene, grain, (b,)).get(b))
    return Pair(a, b, grain, theirs, tuple(_other_dates(scene, a)))


def _start_of(theirs: Series) -> WeekStart | None:
    """The weekday that all weeks begin on."""
    days = {day.weekday() for day in theirs.starts.astype(object)}
    return {0: STARTS[0], 6: STARTS[1], 5: STARTS[2]}.get(days.pop()) if len(days) == 1 else None


def _time_swaps(scene: Scene, metric: str, times: dict[Leaf, str]) -> tuple[Swap, ...]:
    """One swap for each dataset's date."""
    own = leaf_times(scene.model, metric)
    swaps: dict[tuple[str, str, str], list[tuple[Leaf, str]]] = {}
    for leaf, time in times.items():
        swaps.setdefault((leaf[0], own[leaf], time), []).append((leaf, time))
    return tuple(
        Swap(_facet(scene, metric, *key), f"{key[0]}.{key[1]}", f"{key[0]}.{key[2]}", tuple(leaves))
        for key, leaves in swaps.items()
    )


def _other_dates(scene: Scene, metric: str) -> Iterator[Swap]:
    """Every other date of the only dataset a metric rests on."""
    own = leaf_times(scene.model, metric)
    places = {(leaf[0], time) for leaf, time in own.items()}
    if len(places) != 1:
        return
    (name, time), dataset = next(iter(places)), scene.model.datasets[next(iter(places))[0]]
    for other in dataset.dimensions.values():
        if other.is_time and other.name != time:
            leaves = tuple((leaf, other.name) for leaf in own)
            yield Swap("time", f"{name}.{time}", f"{name}.{other.name}", leaves)


def _facet(scene: Scene, metric: str, dataset: str, own: str, theirs: str) -> str:
    """calendar: dates against periods; time_zone: never more than a day apart, yet some are; else another date."""
    dimensions = scene.model.datasets[dataset].dimensions
    one, other = dimensions[own], dimensions[theirs]
    if (one.grain in MONTHS_IN) != (other.grain in MONTHS_IN):
        return "calendar"
    if one.time_zone != other.time_zone:
        return "time_zone"
    try:
        rows = scene.look.ask(metric, by=[f"{dataset}.{own}", f"{dataset}.{theirs}"]).table
    except HeduError:
        return "time"
    days = [(_day(a), _day(b)) for a, b in zip(*(column.to_pylist() for column in rows.columns[:2]), strict=True)]
    apart = {abs((b - a).days) for a, b in days if a is not None and b is not None}
    return "time_zone" if apart and max(apart) <= 1 else "time"


def _day(value: Any) -> date | None:
    return value if type(value) is date else value.date() if value is not None else None


def _cause(scene: Scene, pair: Pair) -> Conflict | None:
    own = variant(scene, scene.model, pair.a, pair.grain)
    is_handed_in = is_reported(scene.model, pair.b)
    before = _apart(own, pair.seen or pair.theirs, is_handed_in)
    if own is None or before is None or before < MATERIAL:
        return None
    left: dict[frozenset[str], float] = {frozenset(): before}

    def remaining(facets: frozenset[str]) -> float:
        if facets not in left:
            swapped = variant(scene, _swapped(scene.model, pair, facets), pair.a, pair.grain)
            after = _apart(swapped, pair.theirs, is_handed_in)
            left[facets] = before if after is None else after
        return left[facets]

    names = [swap.theirs for swap in pair.swaps]
    for size in range(1, min(len(names), 3) + 1):
        for some in combinations(names, size):
            if remaining(frozenset(some)) <= before * (1 - CLOSED):
                shares = shapley(some, lambda chosen: before - remaining(chosen))
                return _conflict(scene, pair, (own, before, remaining(frozenset(some))), shares)
    return None


def _swapped(model: Model, pair: Pair, chosen: frozenset[str]) -> Model:
    for swap in pair.swaps:
        if swap.theirs in chosen:
            model = with_times(model, dict(swap.times)) if swap.times else model
            model = with_week_start(model, swap.week_start) if swap.week_start else model
    return model


def _apart(one: Series | None, other: Series, is_handed_in: bool) -> float | None:
    """Sum of absolute differences over periods, as a part of the whole; the edges, often cut, do not count.

    A period without rows is nought; one that nobody handed in is unknown.
    """
    import numpy as np

    if one is None or len(one.starts) < LEAST_PERIODS:
        return None
    first, last = max(one.starts[0], other.starts[0]), min(one.starts[-1], other.starts[-1])
    axis = other.starts if is_handed_in else np.union1d(one.starts, other.starts)
    axis = axis[(axis >= first) & (axis <= last)][1:-1]
    if len(axis) < LEAST_PERIODS:
        return None
    a, b = (_filled(side, axis) for side in (one, other))
    whole = np.abs(b).sum()
    return float(np.abs(a - b).sum() / whole) if whole else None


def _filled(side: Series, axis: Any) -> Any:
    import numpy as np

    values = np.zeros(len(axis))
    _, at, at_side = np.intersect1d(axis, side.starts, assume_unique=True, return_indices=True)
    values[at] = side.values[at_side]
    return values


def _conflict(scene: Scene, pair: Pair, gap: tuple[Series, float, float], shares: dict[str, float]) -> Conflict:
    own, before, after = gap
    chosen = [swap for swap in pair.swaps if swap.theirs in shares]
    metrics, departments = (pair.a, pair.b), owners(scene.model, (pair.a, pair.b))
    starts, a, b = together(own, pair.theirs)
    rows = [
        {"period": period_text(at, pair.grain), "a": float(x), "b": float(y)}
        for at, x, y in list(zip(starts, a, b, strict=True))[-SHOWN:]
    ]
    question = {"metrics": list(metrics), "by": [f"metric_time.{pair.grain}"]}
    parts = [{"facet": swap.facet, "share": round(shares[swap.theirs] / before, 6)} for swap in chosen]
    differing = [{"facet": swap.facet, "a": _told(scene, swap.own), "b": _told(scene, swap.theirs)} for swap in chosen]
    return Conflict(
        kind="timing",
        code="calendar_differs",
        metrics=metrics,
        departments=departments,
        facets=tuple(dict.fromkeys(swap.facet for swap in chosen)),
        facts={
            "metric_a": pair.a,
            "metric_b": pair.b,
            "departments": list(departments),
            "facets": [swap.facet for swap in chosen],
            "gap": before,
            "closed": 1 - after / before,
            "own": _all_told(scene, [swap.own for swap in chosen]),
            "theirs": _all_told(scene, [swap.theirs for swap in chosen]),
            "parts": parts,
        },
        evidence=(
            Evidence("facets", {"facets": differing}),
            Evidence("shares", {"of": "gap", "before": before, "after": after, "shares": parts}),
            Evidence("series", {"grain": pair.grain, "rows": rows}, question),
        ),
        severity=Severity("medium", gap=before),
        settles=("adopt_a", "adopt_b", "scope_by_purpose", "rename_both"),
    )


def _told(scene: Scene, what: str) -> dict[str, str]:
    """A weekday, or a date of a dataset by its label, in both languages."""
    dataset, _, name = what.rpartition(".")
    label = scene.model.datasets[dataset].dimensions[name].label if dataset else WEEKDAYS[what]
    return {"zh": label.text("zh", name), "en": label.text("en", name)}


def _all_told(scene: Scene, all_of: list[str]) -> dict[str, str]:
    told = [_told(scene, one) for one in all_of]
    return {"zh": "、".join(one["zh"] for one in told), "en": ", ".join(one["en"] for one in told)}
