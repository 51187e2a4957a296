"""Aggregation misuse: a total that only a wrong sum or average gives."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hedu.alignment.conflict import Conflict, Evidence, Severity
from hedu.alignment.fanout import fan_outs
from hedu.alignment.misuse import Misuse, by_dimension, over_time
from hedu.alignment.scene import Scene
from hedu.alignment.series import owners, period_text, series, simple_of, together
from hedu.model.types import Measure

if TYPE_CHECKING:
    from hedu.alignment.fanout import FanOut

VERSION = 2
SHOWN = 24
CODES = {"sum": "summed", "mean": "averaged"}


@dataclass(frozen=True, slots=True)
class Told:
    """What every conflict of this class is made from."""

    code: str
    facet: str
    metrics: tuple[str, ...]
    facts: dict[str, Any]
    evidence: tuple[Evidence, ...]
    gap: float | None = None


def detect(scene: Scene) -> Iterator[Conflict]:
    """Reported values are reproduced through each misuse; definitions are looked through for levels and joins."""
    for misuse in (*over_time(scene), *by_dimension(scene)):
        yield _conflict(scene, _of_misuse(scene, misuse))
    for right, wrong in _levels(scene):
        yield _conflict(scene, _of_level(scene, right, wrong))
    for fan in fan_outs(scene):
        yield _conflict(scene, _of_fan(fan))


def _of_misuse(scene: Scene, misuse: Misuse) -> Told:
    rows = [
        {"period": period_text(at, misuse.grain), "reported": float(r), "wrong": float(w), "right": float(t)}
        for at, r, w, t in list(zip(misuse.starts, misuse.reported, misuse.wrong, misuse.right, strict=True))[-SHOWN:]
    ]
    facet = "weights" if misuse.how == "mean" else "semi_additive" if _is_level(scene, misuse.metric) else "additivity"
    question = {"metrics": [misuse.metric, misuse.by_metric], "by": [f"metric_time.{misuse.grain}"]}
    facts = {
        "metric": misuse.metric,
        "metric_total": misuse.by_metric,
        "over": _over(scene, misuse),
        "gap": misuse.gap,
        "periods": len(misuse.starts),
    }
    return Told(
        CODES[misuse.how], facet, (misuse.metric, misuse.by_metric), facts,
        (Evidence("series", {"grain": misuse.grain, "rows": rows, "how": misuse.how, "over": misuse.over}, question),),
        misuse.gap,
    )  # fmt: skip


def _over(scene: Scene, misuse: Misuse) -> dict[str, str]:
    """What was added up over: finer periods, or the values of a dimension."""
    times = {
        "day": ("各日", "days"),
        "week": ("各周", "weeks"),
        "month": ("各月", "months"),
        "quarter": ("各季", "quarters"),
    }
    if misuse.over in times:
        return dict(zip(("zh", "en"), times[misuse.over], strict=True))
    dataset = scene.model.leaves(misuse.metric)[0][0]
    label = scene.model.datasets[dataset].dimensions[misuse.over].label
    return {"zh": f"各{label.text('zh', misuse.over)}", "en": f"values of {label.text('en', misuse.over)}"}


def _is_level(scene: Scene, metric: str) -> bool:
    leaves = scene.model.leaves(metric)
    return any(scene.model.datasets[name].measures[measure].semi_additive for name, measure in leaves)


def _levels(scene: Scene) -> Iterator[tuple[str, str]]:
    """(right, wrong): two metrics of one level, in one unit; the one takes its last value, the other adds it up."""
    model = scene.model
    groups: dict[tuple[str, str, str], dict[bool, list[str]]] = {}
    for name, metric in model.metrics.items():
        leaf = simple_of(model, name)
        measure = model.datasets[leaf[0]].measures[leaf[1]] if leaf else None
        if leaf is None or measure is None or measure.agg != "sum":
            continue
        key = (leaf[0], _expression(measure), metric.unit or "")
        groups.setdefault(key, {}).setdefault(measure.semi_additive is not None, []).append(name)
    for sides in groups.values():
        for right in sides.get(True, ())[:1]:
            yield from ((right, wrong) for wrong in sides.get(False, ()))


def _expression(measure: Measure) -> str:
    return measure.expr.sql() if measure.expr is not None else measure.name


def _of_level(scene: Scene, right: str, wrong: str) -> Told:
    question = {"metrics": [right, wrong], "by": ["metric_time.month"]}
    monthly = series(scene, "month", (right, wrong))
    rows = []
    if len(monthly) == 2:
        told = list(zip(*together(monthly[right], monthly[wrong]), strict=True))[-SHOWN:]
        rows = [{"period": period_text(at, "month"), "right": float(x), "wrong": float(y)} for at, x, y in told]
    facts = {"metric": right, "metric_total": wrong}
    evidence = Evidence("series", {"grain": "month", "rows": rows}, question)
    return Told("level_summed", "semi_additive", (right, wrong), facts, (evidence,))


def _of_fan(fan: FanOut) -> Told:
    counted = {"rows": fan.rows, "keys": fan.keys, "table": fan.table}
    facts = {"metric": fan.base or fan.metric, "metric_total": fan.metric, "times": fan.rows / fan.keys, **counted}
    metrics = (fan.base, fan.metric) if fan.base else (fan.metric,)
    question = {"metrics": list(metrics), "by": ["metric_time.month"]}
    evidence = Evidence("fan_out", {"key": list(fan.key), **counted}, question, (fan.dataset,))
    return Told("fan_out", "fan_out", metrics, facts, (evidence,), 1 - fan.keys / fan.rows)


def _conflict(scene: Scene, told: Told) -> Conflict:
    departments = owners(scene.model, told.metrics)
    return Conflict(
        kind="aggregation",
        code=told.code,
        metrics=told.metrics,
        departments=departments,
        facets=(told.facet,),
        facts={"departments": list(departments), **told.facts},
        evidence=told.evidence,
        severity=Severity("medium", gap=told.gap),
        settles=("adopt_a", "fix_data", "rename_both"),
    )
