"""Gaming: a score is met by means that do not serve what it stands for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from hedu.alignment.conflict import Conflict, Decision, Evidence, Severity
from hedu.alignment.papers import digest_of
from hedu.alignment.reversals import Reversal, reversals
from hedu.alignment.scene import Guardrail, Scene, Score, Version
from hedu.alignment.series import owners, period_text, series, together
from hedu.alignment.shifts import Shift, beyond_trend, shift_at, shift_of
from hedu.alignment.thresholds import Crowding, crowding
from hedu.model.resting import rests_on
from hedu.model.types import Model

VERSION = 1
SURE = 4.0
"""Welch's t of a shift."""
IMPROVED, WORSENED = 0.05, 0.10
"""The pursued metric must have moved by the one, its guardrail by the other, relative to where they were."""
LEAST_MONTHS = 12
SHOWN = 36
SETTLES: tuple[Decision, ...] = ("scope_by_purpose", "adopt_b", "accept_until")


@dataclass(frozen=True, slots=True)
class Sacrifice:
    """A guardrail that got worse when what it guards got better."""

    guardrail: str
    pursued: Shift
    guarded: Shift
    rows: tuple[dict[str, Any], ...]


def detect(scene: Scene) -> Iterator[Conflict]:
    """Scored and targeted metrics only: what nobody is held to is not gamed. One rush is raised once, scores first.

    A narrowed scan looks at all of them too: which metric a rush is raised for depends on the others.
    """
    held = _held(scene)
    reversed_at: set[tuple[str, str, str]] = set()
    for metric in held:
        crowded = crowding(scene, metric) if metric in _met(scene, held) else None
        sacrifices = [one for rail in scene.guardrails if rail.metric == metric and metric in _met(scene, held)
                      if (one := _sacrificed(scene, rail)) is not None]  # fmt: skip
        if crowded is not None or sacrifices:
            yield _crowd_conflict(scene, metric, crowded, sacrifices)
        for reversal in reversals(scene, metric):
            place = (reversal.back, reversal.dimension, reversal.value)
            if place not in reversed_at:
                reversed_at.add(place)
                yield _reversal_conflict(scene, reversal)
    for score in scene.scores:
        for version in scene.versions:
            if _is_edited(scene.model, score, version):
                yield _edit_conflict(scene, score, version)


def _held(scene: Scene) -> tuple[str, ...]:
    names = (*(score.metric for score in scene.scores), *(target.metric for target in scene.targets))
    known = dict.fromkeys(name for name in names if name in scene.model.metrics)
    return tuple(known)


def _met(scene: Scene, held: tuple[str, ...]) -> frozenset[str]:
    """Metrics not known to miss their score."""
    missed = {score.metric for score in scene.scores if not _reaches(scene.model, score, score.value_scored)}
    return frozenset(held) - missed


def _reaches(model: Model, score: Score, value: float) -> bool:
    metric = model.metrics.get(score.metric)
    is_low_good = metric is not None and metric.definition.direction == "down"
    return value <= score.target if is_low_good else value >= score.target


def _sacrificed(scene: Scene, rail: Guardrail) -> Sacrifice | None:
    """The level of the pursued metric got better in some month; its guardrail is worse since, beyond its own trend."""
    model = scene.model
    monthly = series(scene, "month", [name for name in (rail.metric, rail.guardrail) if name in model.metrics])
    if len(monthly) < 2:
        return None
    starts, own, guard = together(monthly[rail.metric], monthly[rail.guardrail])
    starts, own, guard = starts[-SHOWN:], own[-SHOWN:], guard[-SHOWN:]
    pursued = shift_of(own) if len(own) >= LEAST_MONTHS else None
    signs = [
        {"up": 1, "down": -1}.get(model.metrics[name].definition.direction, 0) for name in (rail.metric, rail.guardrail)
    ]
    if pursued is None or pursued.t * signs[0] < SURE or pursued.relative * signs[0] < IMPROVED:
        return None
    guarded = shift_at(guard, pursued.at)
    beyond = beyond_trend(guard, pursued.at)
    if guarded.t * signs[1] > -SURE or guarded.relative * signs[1] > -WORSENED or beyond * signs[1] > -WORSENED / 2:
        return None
    rows = tuple(
        {"period": period_text(at, "month"), "a": float(a), "b": float(b)}
        for at, a, b in zip(starts, own, guard, strict=True)
    )
    return Sacrifice(rail.guardrail, pursued, guarded, rows)


def _crowd_conflict(scene: Scene, metric: str, crowded: Crowding | None, sacrifices: list[Sacrifice]) -> Conflict:
    metrics = (metric, *(one.guardrail for one in sacrifices))
    facts: dict[str, Any] = {"metric": metric, "department": _scored_department(scene, metric)}
    evidence: list[Evidence] = []
    if crowded is not None:
        facts |= {"bound": crowded.limit.bound, "lift": crowded.lift, "since": crowded.months[crowded.at]}
        evidence.append(_crowd_evidence(crowded))
    if sacrifices:
        first = sacrifices[0]
        facts |= {
            "metric_guard": first.guardrail,
            "worse": abs(first.guarded.relative),
            "better": abs(first.pursued.relative),
            "month": first.rows[first.pursued.at]["period"],
        }
        question = {"metrics": list(metrics[:2]), "by": ["metric_time.month"]}
        evidence.append(
            Evidence("series", {"grain": "month", "rows": list(first.rows), "at": facts["month"]}, question)
        )
    code = "crowded_and_guard" if crowded and sacrifices else "crowded" if crowded else "guard_worse"
    facets = (*(("bunching",) if crowded else ()), *(("guardrail",) if sacrifices else ()))
    gap = sacrifices[0].guarded.relative if sacrifices else None
    return _conflict(scene, code, metrics, facets, facts, tuple(evidence), gap)


def _crowd_evidence(crowded: Crowding) -> Evidence:
    limit = crowded.limit
    rows = [
        {"period": month, "inside": inside, "outside": outside}
        for month, inside, outside in zip(crowded.months, crowded.inside, crowded.outside, strict=True)
    ]
    question = {"metrics": [limit.metric], "by": ["metric_time.month"]}
    about = {"bound": limit.bound, "dimension": limit.dimension, "at": crowded.months[crowded.at]}
    shown = {"grain": "month", "rows": rows, **about}
    return Evidence("series", shown, question, (limit.dataset,))


def _scored_department(scene: Scene, metric: str) -> str:
    held = [score.department for score in scene.scores if score.metric == metric]
    held += [target.department for target in scene.targets if target.metric == metric]
    return held[0] if held else scene.model.metrics[metric].definition.owner or ""


def _reversal_conflict(scene: Scene, found: Reversal) -> Conflict:
    facts = {
        "metric": found.metric,
        "metric_back": found.back,
        "department": _scored_department(scene, found.metric),
        "place": found.value,
        "dimension": found.dimension,
        "quarters": len(found.rows),
        "share": sum(row["share"] for row in found.rows) / len(found.rows),
        "usual": found.rows[0]["usual"],
        "returned": min(found.returned, 9.99),
    }
    question = {"metrics": [found.metric, found.back], "by": ["metric_time.day", found.dimension]}
    rows = [{"period": row["period"], "rush": row["rush"], "back": row["back"]} for row in found.rows]
    shown = {"grain": "month", "rows": rows, "dimension": found.dimension, "value": found.value}
    datasets = tuple(dict.fromkeys(one for name in (found.metric, found.back) for one in rests_on(scene.model, name)))
    evidence = (Evidence("series", shown, question, datasets),)
    return _conflict(
        scene, "flows_back", (found.metric, found.back), ("period_end_reversal",), facts, evidence, None,
        about=f"{found.dimension}={found.value}",
    )  # fmt: skip


def _is_edited(model: Model, score: Score, version: Version) -> bool:
    """A change of meaning inside the scored quarter that turned a miss into a hit."""
    if version.metric != score.metric or not version.meaning_changed or version.number < 2:
        return False
    year, _, quarter = score.quarter.partition("-Q")
    first = (int(quarter) - 1) * 3 + 1
    day = version.valid_from
    is_inside = day.year == int(year) and first <= day.month < first + 3 and (day.month, day.day) != (first, 1)
    return (
        is_inside and not _reaches(model, score, score.value_before_edit) and _reaches(model, score, score.value_scored)
    )


def _edit_conflict(scene: Scene, score: Score, version: Version) -> Conflict:
    facts = {
        "metric": score.metric,
        "department": score.department,
        "quarter": score.quarter,
        "day": version.valid_from.isoformat(),
        "before": score.value_before_edit,
        "after": score.value_scored,
        "target": score.target,
        "change": version.change,
        "person": version.edited_by,
    }
    shown = {name: facts[name] for name in ("quarter", "person", "day", "change", "before", "after", "target")}
    evidence = (Evidence("people", {**shown, "version": version.number}),)
    gap = score.value_scored / score.value_before_edit - 1 if score.value_before_edit else None
    return _conflict(
        scene, "edited_in_quarter", (score.metric,), ("edited_in_scored_quarter",), facts, evidence, gap,
        about=score.quarter, digests={"papers": digest_of(score, version)},
    )  # fmt: skip


def _conflict(
    scene: Scene, code: str, metrics: tuple[str, ...], facets: tuple[str, ...], facts: dict[str, Any],
    evidence: tuple[Evidence, ...], gap: float | None, *, about: str = "", digests: dict[str, str] | None = None,
) -> Conflict:  # fmt: skip
    department = facts["department"]
    departments = tuple(dict.fromkeys((*((department,) if department else ()), *owners(scene.model, metrics))))
    return Conflict(
        kind="gaming",
        code=code,
        metrics=metrics,
        departments=departments,
        facets=facets,
        facts=facts,
        evidence=evidence,
        severity=Severity("high", gap=gap),
        settles=SETTLES,
        digests=digests or {},
        about=about,
    )
