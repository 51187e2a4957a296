"""One meaning, kept twice: definitions of equal form, or values equal period by period."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hedu.alignment.classes.definition import forms_of
from hedu.alignment.conflict import Conflict, Evidence, Severity
from hedu.alignment.equivalence.forms import source_of
from hedu.alignment.equivalence.names import pairs_of, roots_of
from hedu.alignment.scene import Scene
from hedu.alignment.series import is_reported, native_grain, owners, panel, period_text, series, together
from hedu.alignment.severity import key_metrics
from hedu.alignment.units import scale_of
from hedu.define.definitions import Derived, Grain, Ratio
from hedu.model.resting import rests_on

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

VERSION = 1
EQUAL_PART = 0.95
"""The part of the common periods in which two series must be equal to be probably one."""
LEAST_PERIODS = 8
NEAR = 1e-6
"""Values this close, relatively, are equal: sums in another order, roundings of what was handed in."""
CHANCE = 1e-6
"""So unlikely must it be that two series with these values agree so often by luck."""
CHUNKS = 6
"""Candidates agree in all of one of so many stretches of their periods."""
MOST_OF_ONE_FORM, MOST_OF_ONE_SERIES = 12, 12
SHOWN = 36
_GRAINS: tuple[Grain, ...] = ("month", "quarter", "week", "year")
"""By months all are compared; by the others only what has no finer values: a report of a number is not its twin."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """How often two series are equal, over which periods."""

    grain: Grain
    starts: Any
    a: Floats
    b: Floats
    equal: int


def detect(scene: Scene) -> Iterator[Conflict]:
    """Equal forms are certain. Else equal values of one unit are probable, but for special cases of each other.

    Of two ratios numerators and denominators are compared each on their own. Series that take few values agree
    by luck: their agreement has to be unlikely.
    """
    twins = _Twins({name: name for name in scene.model.metrics})
    for a, b in _by_form(scene):
        twins.join(a, b)
        if scene.is_asked(a, b) and not _is_declared(scene, a, b):
            yield _certain(scene, a, b)
    for grain in _GRAINS:
        for a, b in _candidates(scene, grain):
            if twins.are_one(a, b) or not scene.is_asked(a, b) or not _is_open(scene, a, b):
                continue
            found = _agreement(scene, a, b, grain)
            if found is not None and _parts_agree(scene, a, b, grain):
                twins.join(a, b)
                yield _probable(scene, a, b, found)


def _is_declared(scene: Scene, a: str, b: str) -> bool:
    """One says itself that it is another name of the other: kept once, nothing to settle."""
    bodies = ((scene.model.metrics[a].body, b), (scene.model.metrics[b].body, a))
    return any(isinstance(body, Derived) and body.formula.strip() == other for body, other in bodies)


@dataclass
class _Twins:
    """Which metrics are one already: a third twin is found against the first only."""

    first: dict[str, str]

    def of(self, name: str) -> str:
        while self.first[name] != name:
            name = self.first[name]
        return name

    def join(self, a: str, b: str) -> None:
        self.first[self.of(b)] = self.of(a)

    def are_one(self, a: str, b: str) -> bool:
        return self.of(a) == self.of(b)


def _by_form(scene: Scene) -> Iterator[tuple[str, str]]:
    forms = forms_of(scene)
    buckets: dict[str, list[str]] = {}
    for name in scene.model.metrics:
        form = forms.of(name)
        if form is not None:
            buckets.setdefault(form.digest, []).append(name)
    for names in buckets.values():
        if len(names) > 1:
            yield from pairs_of(_best_known_first(scene, names), MOST_OF_ONE_FORM)


def _best_known_first(scene: Scene, names: Sequence[str]) -> list[str]:
    """Computed before handed in, then by how many look at them: the first is the one to keep."""
    views: dict[str, int] = scene.kept.setdefault("views", {})
    if not views:
        for use in scene.uses:
            views[use.metric] = views.get(use.metric, 0) + use.views
        views.setdefault("", 0)
    keys: frozenset[str] = scene.kept.setdefault("key metrics", key_metrics(scene))
    return sorted(names, key=lambda one: (is_reported(scene.model, one), one not in keys, -views.get(one, 0)))


def _candidates(scene: Scene, grain: Grain) -> Iterator[tuple[str, str]]:
    """Pairs whose series are equal throughout one stretch of the periods, found by hashing the stretches."""
    import numpy as np

    months = panel(scene, grain, _of_grain(scene, grain))
    scales = [scale_of(scene.model.metrics[name].unit) for name in months.names]
    values = months.values * np.array([scale for _, scale in scales])[:, None]
    size = max(3, math.ceil(len(months.starts) / CHUNKS))
    lively = [at for at, row in enumerate(values) if not _is_dull(row[~np.isnan(row)])]
    buckets: dict[tuple[Any, ...], list[str]] = {}
    for shift in (0.0, 0.5):
        rounded = _rounded(values, shift)
        for first in range(0, len(months.starts) - 2, size):
            stretch = np.ascontiguousarray(rounded[:, first : first + size])
            whole = np.isnan(stretch).sum(axis=1) == 0
            for at in lively:
                if whole[at]:
                    key = (scales[at][0], shift, first, stretch[at].tobytes())
                    buckets.setdefault(key, []).append(months.names[at])
    yield from _once(pair for names in buckets.values() if len(names) > 1 for pair in _of_bucket(scene, names))


def _of_bucket(scene: Scene, names: Sequence[str]) -> Iterator[tuple[str, str]]:
    return pairs_of(_best_known_first(scene, names), MOST_OF_ONE_SERIES)


def _once(pairs: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    seen: set[tuple[str, str]] = set()
    for pair in pairs:
        if pair not in seen:
            seen.add(pair)
            yield pair


def _of_grain(scene: Scene, grain: Grain) -> list[str]:
    """The metrics to compare by `grain`: by months all that have them, else those with no finer values."""
    model = scene.model
    if grain == "month":
        return list(model.metrics)
    own: dict[str, Grain | None] = scene.kept.setdefault("native grains", {})
    if not own:
        own.update((name, native_grain(model, name)) for name in model.metrics)
    return [name for name, found in own.items() if found == grain]


def _rounded(values: Floats, shift: float) -> Floats:
    """To six significant digits, the grid moved by `shift` of a step: equal values round alike on one grid of two."""
    import numpy as np

    with np.errstate(divide="ignore", invalid="ignore"):
        steps = 10.0 ** (np.floor(np.log10(np.abs(values))) - 5)
        found: Floats = np.where(values == 0, 0.0, np.floor(values / steps + shift) * steps)
    return found


def _is_dull(values: Floats) -> bool:
    """Whether the series is short, or takes too few values for agreement to mean anything."""
    return len(values) < LEAST_PERIODS or _luck(values, values, len(values)) > CHANCE


def _luck(a: Floats, b: Floats, equal: int) -> float:
    """The chance that values drawn at random from the two agree in so many periods (binomial tail)."""
    import numpy as np

    periods = len(a)
    (ones, counts), (others, times) = (np.unique(np.round(side, 6), return_counts=True) for side in (a, b))
    _, at, at_other = np.intersect1d(ones, others, assume_unique=True, return_indices=True)
    share = float((counts[at] * times[at_other]).sum()) / (len(a) * len(b))
    share = min(max(share, 1 / (periods * periods)), 1.0)
    tail = (math.comb(periods, n) * share**n * (1 - share) ** (periods - n) for n in range(equal, periods + 1))
    return float(sum(tail))


def _is_open(scene: Scene, a: str, b: str) -> bool:
    """Whether values decide: not where one is a special case or a part of the other.

    Two systems that record the same agree as they should; they are no twins either.
    """
    if not any(is_reported(scene.model, name) for name in (a, b)):
        sources = [{source_of(scene.model.datasets[one]) for one, _ in scene.model.leaves(name)} for name in (a, b)]
        if sources[0].isdisjoint(sources[1]):
            return False
    if forms_of(scene).relation(a, b) is not None:
        return False
    made = [set(scene.model.made_of((name,))) for name in (a, b)]
    return a not in made[1] and b not in made[0]


def _agreement(scene: Scene, a: str, b: str, grain: Grain) -> Agreement | None:
    import numpy as np

    found = series(scene, grain, (a, b))
    if len(found) < 2:
        return None
    starts, one, other = together(found[a], found[b])
    scales = [scale_of(scene.model.metrics[name].unit) for name in (a, b)]
    if scales[0][0] != scales[1][0] or len(starts) < LEAST_PERIODS:
        return None
    left, right = one * scales[0][1], other * scales[1][1]
    alike = np.isclose(left, right, rtol=NEAR, atol=1e-9)
    equal = int(alike.sum())
    if equal < EQUAL_PART * len(starts) or _luck(left, right, equal) > CHANCE:
        return None
    return Agreement(grain, starts, one, other, equal)


def _parts_agree(scene: Scene, a: str, b: str, grain: Grain) -> bool:
    """Two ratios are one only where their numerators are and their denominators are."""
    bodies = [scene.model.metrics[name].body for name in (a, b)]
    one, other = bodies
    if not isinstance(one, Ratio) or not isinstance(other, Ratio):
        return True
    sides = ((one.numerator, other.numerator), (one.denominator, other.denominator))
    if any(ref.where for pair in sides for ref in pair):
        return False
    return all(x.metric == y.metric or _agreement(scene, x.metric, y.metric, grain) is not None for x, y in sides)


def _certain(scene: Scene, a: str, b: str) -> Conflict:
    form = forms_of(scene).of(a)
    assert form is not None
    return Conflict(
        kind="duplicate",
        code="equal_form",
        metrics=(a, b),
        departments=owners(scene.model, (a, b)),
        facets=_facets(scene, a, b),
        facts=_facts(scene, a, b),
        evidence=(Evidence("facets", {"rows": _written(scene, a, b), "a": a, "b": b, "form": form.digest}),),
        severity=Severity("low"),
        settles=("adopt_a", "adopt_b", "accept_until"),
    )


def _probable(scene: Scene, a: str, b: str, found: Agreement) -> Conflict:
    grain = found.grain
    rows = [
        {"period": period_text(start, grain), "a": float(one), "b": float(other)}
        for start, one, other in list(zip(found.starts, found.a, found.b, strict=True))[-SHOWN:]
    ]
    datasets = tuple(dict.fromkeys(one for name in (a, b) for one in rests_on(scene.model, name)))
    question = {"metrics": [a, b], "by": [f"metric_time.{grain}"]}
    return Conflict(
        kind="duplicate",
        code="equal_values",
        metrics=(a, b),
        departments=owners(scene.model, (a, b)),
        facets=_facets(scene, a, b),
        facts={
            **_facts(scene, a, b),
            "equal": found.equal,
            "periods": len(found.starts),
            "share": found.equal / len(found.starts),
        },
        evidence=(Evidence("series", {"grain": grain, "rows": rows}, question, datasets),),
        severity=Severity("low"),
        settles=("adopt_a", "adopt_b", "scope_by_purpose", "accept_until"),
    )


def _facts(scene: Scene, a: str, b: str) -> dict[str, Any]:
    departments = owners(scene.model, (a, b))
    return {
        "metric_a": a,
        "metric_b": b,
        "department_a": departments[0] if departments else "",
        "department_b": departments[-1] if departments else "",
    }


def _facets(scene: Scene, a: str, b: str) -> tuple[str, ...]:
    """What still tells them apart: their names, where their values come from."""
    model = scene.model
    sources = [{model.datasets[dataset].source for dataset, _ in model.leaves(name)} for name in (a, b)]
    is_named_alike = roots_of(model.metrics[a]) & roots_of(model.metrics[b])
    return (*(() if is_named_alike else ("name",)), *(("source",) if sources[0] != sources[1] else ()))


def _written(scene: Scene, a: str, b: str) -> list[dict[str, Any]]:
    """Both definitions as they are written."""
    from hedu.alignment.equivalence.facets import facets_of

    sides = [facets_of(scene.model, name, forms_of(scene)) for name in (a, b)]
    shown: Sequence[str] = ("measure", "filter", "aggregation")
    return [
        {"facet": facet, **{side: _said(one.get(facet)) for side, one in zip(("a", "b"), sides, strict=True)}}
        for facet in shown
        if any(facet in one for one in sides)
    ]


def _said(facet: Any) -> dict[str, str]:
    return {"zh": facet.label.text("zh"), "en": facet.label.text("en")} if facet is not None else {"zh": "", "en": ""}
