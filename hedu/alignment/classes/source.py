"""Source discrepancy: one measure kept in two systems, apart by exactly these rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from hedu.alignment.bridge import Bridge, bridge
from hedu.alignment.conflict import Conflict, Evidence, Severity
from hedu.alignment.scene import Scene
from hedu.alignment.series import Series, owners, period_text, same_name, series, simple_of, since_of, together
from hedu.alignment.units import scale_of
from hedu.model.resting import rests_on
from hedu.model.types import Model

VERSION = 2
MONTHS = 12
"""The gap must stand in the recent past, not in old history."""
BRIDGED = 36
"""The months whose rows are bridged."""
PERSISTENT = 4
"""Months of these in which the gap must be material."""
MATERIAL = 0.001
"""Smaller gaps are rounding."""
OVERLAP, AGREEMENT = 0.5, 0.8
"""Rows of one measure share their keys and, mostly, their values; else the two count different things."""
REVISED = 0.2
"""Rows of which fewer agree, but at least AGREED, are one measure too where the others lie no further apart."""
CENT = 0.011
AGREED = 0.3
"""Where there are no rows to hold beside each other, values that agree in so many months show one measure."""


@dataclass(frozen=True, slots=True)
class Apart:
    """Two metrics of one name whose months lie apart. `rows` hold them beside each other, where both have rows."""

    gaps: list[tuple[str, float]]
    until: date
    has_rows: bool
    agreed: float
    rows: Bridge | None

    @property
    def is_one_measure(self) -> bool:
        """Whether the rows, or without rows the months that agree, show that both mean the same."""
        if not self.has_rows:
            return self.agreed >= AGREED
        if self.rows is None or self.rows.overlap < OVERLAP:
            return False
        is_revised = self.rows.agreement >= AGREED and self.rows.apart <= REVISED
        return self.rows.agreement >= AGREEMENT or is_revised


def detect(scene: Scene) -> Iterator[Conflict]:
    """Pairs of one name over different sources; rows prove that they mean the same, and bridge the gap.

    Days after the smaller watermark are cut off: a system that is late does not disagree. Reported values, and
    whatever else has no rows to compare, are held beside each other month by month.
    """
    for pair in same_name(scene):
        found = apart(scene, *pair)
        if found is None or not found.is_one_measure:
            continue
        if not found.has_rows:
            yield _by_values(scene, pair, found.gaps)
        elif found.rows is not None and found.rows.gap:
            yield _conflict(scene, pair, found.rows, found.gaps, found.until)


def apart(scene: Scene, a: str, b: str) -> Apart | None:
    """How two sources of one name lie apart, month after month; None where they do not. Looked up once a scan."""
    kept: dict[tuple[str, str], Apart | None] = scene.kept.setdefault("apart", {})
    if (a, b) not in kept:
        kept[a, b] = _apart(scene, a, b)
    return kept[a, b]


def _apart(scene: Scene, a: str, b: str) -> Apart | None:
    has_rows = _is_candidate(scene, a, b)
    until = _until(scene, a, b) if has_rows or _has_two_sources(scene.model, a, b) else None
    monthly = series(scene, "month", (a, b)) if until is not None else {}
    if until is None or len(monthly) < 2:
        return None
    every = _gaps(monthly, (a, b), until)
    gaps = every[-MONTHS:]
    if sum(abs(gap) >= MATERIAL for _, gap in gaps) < PERSISTENT:
        return None
    agreed = sum(abs(gap) < MATERIAL for _, gap in every) / len(every)
    return Apart(gaps, until, has_rows, agreed, _compared(scene, a, b, until) if has_rows else None)


def _is_candidate(scene: Scene, a: str, b: str) -> bool:
    model = scene.model
    one, other = simple_of(model, a), simple_of(model, b)
    if one is None or other is None or one[0] == other[0]:
        return False
    sides = [model.datasets[dataset] for dataset, _ in (one, other)]
    keys = [len(side.primary_key) for side in sides]
    measures = [model.datasets[dataset].measures[name] for dataset, name in (one, other)]
    is_one_source = sides[0].source == sides[1].source
    return keys[0] == keys[1] > 0 and not is_one_source and all(one.is_additive for one in measures)


def _until(scene: Scene, a: str, b: str) -> date | None:
    """The last day both sources have."""
    marks = [scene.look.watermark(dataset) for name in (a, b) for dataset, _ in scene.model.leaves(name)]
    known = [mark for mark in marks if mark is not None]
    return min(known) if len(known) == len(marks) else None


def _has_two_sources(model: Model, a: str, b: str) -> bool:
    """Nothing in common, one unit, and at least one of them without rows of its own to compare."""
    sources = [{model.datasets[dataset].source for dataset, _ in model.leaves(name)} for name in (a, b)]
    units = [scale_of(model.metrics[name].unit) for name in (a, b)]
    has_no_rows = None in (simple_of(model, a), simple_of(model, b))
    return sources[0].isdisjoint(sources[1]) and units[0] == units[1] and has_no_rows


def _gaps(monthly: dict[str, Series], pair: tuple[str, str], until: date) -> list[tuple[str, float]]:
    """(month, gap as a part of B) of the whole months before the watermark."""
    import numpy as np

    starts, one, other = together(monthly[pair[0]], monthly[pair[1]])
    whole = (starts.astype("M8[M]") + 1).astype("M8[D]") <= np.datetime64(until) + 1
    scale = np.where(other != 0, np.abs(other), np.abs(one))
    gap = np.divide(one - other, scale, out=np.zeros_like(one), where=scale > 0)
    months = [period_text(at, "month") for at in starts[whole]]
    return [(month, round(float(value), 6)) for month, value in zip(months, gap[whole], strict=True)]


def _compared(scene: Scene, a: str, b: str, until: date) -> Bridge | None:
    since = since_of(scene, BRIDGED)
    rows = [scene.look.keyed_rows(name, since, until.isoformat()) for name in (a, b)]
    if rows[0] is None or rows[1] is None:
        return None
    return bridge(rows[0], rows[1], CENT)


def _conflict(
    scene: Scene, pair: tuple[str, str], found: Bridge, gaps: list[tuple[str, float]], until: date
) -> Conflict:
    model = scene.model
    base = abs(found.total_b) or abs(found.total_a)
    relative = float(found.gap / base) if base else 0.0
    departments = owners(model, pair)
    span = {"since": since_of(scene, BRIDGED), "until": until.isoformat()}
    return Conflict(
        kind="source",
        code="rows_differ",
        metrics=pair,
        departments=departments,
        facets=("source",),
        facts=_sides(pair, departments, relative) | _told(found) | span,
        evidence=_evidence(scene, pair, found, gaps, span),
        severity=Severity("medium", gap=relative, amount=float(found.gap), unit=model.metrics[pair[0]].unit),
        settles=("fix_data", "adopt_a", "adopt_b", "scope_by_purpose", "accept_until"),
    )


def _by_values(scene: Scene, pair: tuple[str, str], gaps: list[tuple[str, float]]) -> Conflict:
    """One measure in two places, judged by its values alone."""
    departments = owners(scene.model, pair)
    apart = [gap for _, gap in gaps if abs(gap) >= MATERIAL]
    mean = sum(apart) / len(apart)
    question = {"metrics": list(pair), "by": ["metric_time.month"], "since": gaps[0][0], "until": gaps[-1][0]}
    shown = {"grain": "month", "gaps": [{"period": at, "gap": gap} for at, gap in gaps]}
    return Conflict(
        kind="source",
        code="values_differ",
        metrics=pair,
        departments=departments,
        facets=("source",),
        facts=_sides(pair, departments, mean) | {"months": len(apart), "of": len(gaps)},
        evidence=(Evidence("gap", shown, question),),
        severity=Severity("medium", gap=mean, unit=scene.model.metrics[pair[0]].unit),
        settles=("fix_data", "adopt_a", "adopt_b", "scope_by_purpose", "accept_until"),
    )


def _sides(pair: tuple[str, str], departments: tuple[str, ...], gap: float) -> dict[str, Any]:
    return {
        "metric_a": pair[0],
        "metric_b": pair[1],
        "department_a": departments[0] if departments else "",
        "department_b": departments[-1] if departments else "",
        "gap": gap,
        "total": abs(gap),
        "compared": {"zh": "多", "en": "above"} if gap > 0 else {"zh": "少", "en": "below"},
    }


def _told(found: Bridge) -> dict[str, Any]:
    only_a, only_b, differ = found.buckets
    return {
        "amount_a": float(only_a.amount),
        "rows_a": only_a.rows,
        "amount_b": float(-only_b.amount),
        "rows_b": only_b.rows,
        "amount_both": float(differ.amount),
        "rows_both": differ.rows,
    }


def _evidence(
    scene: Scene, pair: tuple[str, str], found: Bridge, gaps: list[tuple[str, float]], span: dict[str, str]
) -> tuple[Evidence, ...]:
    """The bridge with the rows that weigh most, and the gap month by month."""
    datasets = tuple(dict.fromkeys(one for name in pair for one in rests_on(scene.model, name)))
    buckets = [
        {"bucket": one.name, "rows": one.rows, "amount": str(one.amount), "samples": list(one.samples)}
        for one in found.buckets
    ]
    totals = {"total_a": str(found.total_a), "total_b": str(found.total_b), "gap": str(found.gap)}
    question = {"metrics": list(pair), "by": ["metric_time.month"], **span}
    by_month = [{"period": at, "gap": gap} for at, gap in gaps]
    return (
        Evidence("bridge", {**totals, "buckets": buckets, **span}, question, datasets),
        Evidence("gap", {"grain": "month", "gaps": by_month}, question),
    )
