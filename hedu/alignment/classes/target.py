"""Target contradiction: targets that cannot all be met, do not add up, pull apart, or ask for what never was."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from hedu.alignment.conflict import Conflict, Decision, Evidence, Severity
from hedu.alignment.goals.courses import COVERED, Courses, courses, coverage, path_of_scope, values
from hedu.alignment.goals.feasibility import Contradiction, contradictions
from hedu.alignment.goals.money import said
from hedu.alignment.goals.periods import Span, last_whole_month, month_after, span_of
from hedu.alignment.goals.phasing import adds_up_over_parts, nature_of
from hedu.alignment.goals.reach import Reach, reach
from hedu.alignment.goals.system import system
from hedu.alignment.papers import digest_of
from hedu.alignment.scene import Scene, Target
from hedu.define.definitions import Derived

VERSION = 2
ROUNDING = 0.005
"""Parts may miss the whole by so much: targets are set in round numbers."""
YEARS_BACK = 6
LEAST_COUNT = 20
"""Where no month counts fewer than so many, a month of none has lost its rows (by chance: one in e^20)."""
SETTLES: tuple[Decision, ...] = ("adopt_a", "adopt_b", "scope_by_purpose", "accept_until")


def detect(scene: Scene) -> Iterator[Conflict]:
    """Directions first: two targets that pull one number apart are no matter for a linear program."""
    targets = tuple(one for one in scene.targets if one.metric in scene.model.metrics and span_of(one.period))
    if not targets:
        return
    yield from _joint(scene, targets)
    looked = tuple(target for target in targets if scene.is_asked(target.metric))
    yield from _roll_up(scene, looked)
    yield from _beyond_reach(scene, looked)


def _joint(scene: Scene, targets: Sequence[Target]) -> Iterator[Conflict]:
    """What cannot hold at once: two opposite targets for one number (direction), or a longer chain (feasibility)."""
    for found in contradictions(system(scene.model, targets, scene.constraints)):
        aims = {row.name for row in found.parties if row.kind == "target"}
        parties = [target for target in targets if target.id in aims]
        looks = {(target.metric, target.scope, target.period) for target in parties}
        if len(found.parties) == len(parties) == 2 and len(looks) == 1:
            yield _direction(scene, parties)
        elif len(found.parties) > 1:
            yield _infeasible(scene, parties, found)


def _direction(scene: Scene, parties: Sequence[Target]) -> Conflict:
    low = next((one for one in parties if one.operator == ">="), parties[0])
    high = next(one for one in parties if one is not low)
    metric, unit = low.metric, _unit(scene, low)
    gap = (low.value - high.value) / abs(high.value) if high.value else None
    facts = {
        "metric": metric, "period": low.period, "scope": low.scope,
        "department_a": low.department, "value_a": said(low.value, unit),
        "department_b": high.department, "value_b": said(high.value, unit),
    }  # fmt: skip
    return _conflict(
        "direction", (metric,), parties, facts,
        Evidence("infeasible", {"rows": [_shown(scene, one) for one in parties]}),
        Severity("high", gap, low.value - high.value, unit),
    )  # fmt: skip


def _infeasible(scene: Scene, parties: Sequence[Target], found: Contradiction) -> Conflict:
    """The largest shortfall speaks for the set: how far its target must give if it alone gives way."""
    agreed = [one for one in scene.constraints if one.id in {row.name for row in found.parties}]
    rows = [_shown(scene, one) | {"gives": found.gives.get(one.id)} for one in parties]
    rows += [
        {"kind": "constraint", "id": one.id, "department": one.department, "period": one.period,
         "text": {"zh": one.text_zh, "en": one.text_en}, "terms": dict(one.terms), "operator": one.operator,
         "value": one.bound, "gives": found.gives.get(one.id)}
        for one in agreed
    ]  # fmt: skip
    rows += [{"kind": "identity", "id": row.name} for row in found.rows if row.kind == "identity"]
    lead = max(parties, key=lambda one: _shortfall(one, found.gives.get(one.id)) or 0.0, default=None)
    best = found.gives.get(lead.id) if lead else None
    gap = _shortfall(lead, best) if lead else None
    departments = [*(one.department for one in parties), *(one.department for one in agreed)]
    facts: dict[str, Any] = {
        "departments": list(dict.fromkeys(departments)),
        "metrics": list(dict.fromkeys([one.metric for one in parties] + [m for one in agreed for m in one.terms])),
        "period": (lead or agreed[0]).period,
        "targets": [one.id for one in parties],
        "constraints": [one.id for one in agreed],
    }
    known = lead is not None and best is not None and gap is not None
    if lead is not None and best is not None and gap is not None:
        ends = {"zh": "最多", "en": "at most"} if lead.operator == ">=" else {"zh": "至少", "en": "at least"}
        unit = _unit(scene, lead)
        facts |= {"metric": lead.metric, "department": lead.department, "end": ends, "best": said(best, unit),
                  "value": said(lead.value, unit), "gap": gap}  # fmt: skip
    return _conflict(
        "infeasible" if known else "infeasible_chain", tuple(facts["metrics"]), parties, facts,
        Evidence("infeasible", {"rows": rows}), Severity("high", gap), "feasibility", tuple(facts["departments"]),
    )  # fmt: skip


def _shortfall(target: Target | None, best: float | None) -> float | None:
    if target is None or best is None or not target.value:
        return None
    return abs(best - target.value) / abs(target.value)


def _roll_up(scene: Scene, targets: Sequence[Target]) -> Iterator[Conflict]:
    """Children of one metric, direction and period against their parent."""
    by_id = {target.id: target for target in targets}
    families: dict[str, list[Target]] = {}
    for target in targets:
        parent = by_id.get(target.parent or "")
        if parent and (parent.metric, parent.operator, parent.period) == (
            target.metric,
            target.operator,
            target.period,
        ):
            families.setdefault(parent.id, []).append(target)
    for name, children in families.items():
        found = _family(scene, by_id[name], children)
        if found is not None:
            yield found


def _family(scene: Scene, parent: Target, children: Sequence[Target]) -> Conflict | None:
    """Amounts: the parts must add up to the whole, so far as they make it up. Levels: a mean lies among its parts."""
    sign = -1.0 if parent.operator == "<=" else 1.0
    if not adds_up_over_parts(scene.model, parent.metric):
        if isinstance(scene.model.metrics[parent.metric].body, Derived):
            return None
        reached = max(child.value * sign for child in children) * sign
        owed = parent.value
        share = 1.0
    else:
        covered = _coverage(scene, parent, children)
        if covered is None:
            return None
        share = 1.0 if covered >= COVERED else covered
        reached, owed = sum(child.value for child in children), parent.value * share
    missing = (owed - reached) * sign
    if parent.operator == "=":
        missing = abs(missing)
    if missing <= ROUNDING * abs(owed):
        return None
    unit = _unit(scene, parent)
    departments = tuple(dict.fromkeys(one.department for one in (parent, *children)))
    facts = {
        "metric": parent.metric, "department": parent.department, "period": parent.period,
        "departments_below": list(dict.fromkeys(child.department for child in children)), "children": len(children),
        "reached": said(reached, unit), "value": said(owed, unit), "missing": said(abs(owed - reached), unit),
        "share": reached / owed if owed else 0.0,
    }  # fmt: skip
    rows = [_shown(scene, one) for one in (parent, *children)]
    shown = {"rows": rows, "reached": reached, "owed": owed, "covered": share}
    question = {"metrics": parent.metric, "by": path_of_scope(children[0].scope)} if share < 1 else None
    return _conflict(
        "roll_up", (parent.metric,), (parent, *children), facts, Evidence("infeasible", shown, question),
        Severity("high", (reached - owed) / owed if owed else None, reached - owed, unit), "roll_up", departments,
    )  # fmt: skip


def _coverage(scene: Scene, parent: Target, children: Sequence[Target]) -> float | None:
    """The part of last year's whole that the children's scopes made up; None where that cannot be told."""
    scopes = [child.scope for child in children]
    return coverage(scene.look.ask, scene.model, parent.metric, parent.scope, scopes, *_last_year(scene))


def _beyond_reach(scene: Scene, targets: Sequence[Target]) -> Iterator[Conflict]:
    history, bases = _past(scene, targets)
    for target in targets:
        span = span_of(target.period)
        look = (target.metric, target.scope)
        base = bases.value(look)
        points = _held(history.points(look))
        if span is None or base is None or not points or history.found[look].grain != "month":
            continue
        nature = nature_of(scene.model, target.metric)
        if nature == "level":
            base = sum(list(points.values())[-12:]) / len(list(points.values())[-12:])
        else:
            base = _whole(points, base, _last_year(scene)[0])
        found = reach(target.operator, target.value, span, points, base, nature != "level")
        if found is not None and found.is_beyond:
            yield _reach(scene, target, found, span)


def _held(points: Mapping[date, float]) -> Mapping[date, float]:
    """The months that there are rows of: a count of none among high ones is no value."""
    held = [value for value in points.values() if value]
    return {at: value for at, value in points.items() if value or not held or min(held) < LEAST_COUNT}


def _whole(points: Mapping[date, float], base: float, since: date) -> float:
    """The value of the last year as it would be with the months that are missing, by their weight the year before."""
    months = [month_after(since, at) for at in range(12)]
    before = {month: points[month_after(month, -12)] for month in months if month_after(month, -12) in points}
    held = sum(value for month, value in before.items() if month in points)
    return base * sum(before.values()) / held if held > 0 else base


def _past(scene: Scene, targets: Sequence[Target]) -> tuple[Courses, Courses]:
    """Months of the past and the value of the last year, of everything aimed at, asked once per scan."""
    looks = tuple(sorted({(target.metric, target.scope) for target in targets}))
    key = ("target", "past", looks)
    if key not in scene.kept:
        since, until = _last_year(scene)
        first = month_after(since, -12 * (YEARS_BACK - 1))
        ask, model = scene.look.ask, scene.model
        scene.kept[key] = courses(ask, model, looks, first, until), values(ask, model, looks, since, until)
    found: tuple[Courses, Courses] = scene.kept[key]
    return found


def _last_year(scene: Scene) -> tuple[Any, Any]:
    """The last twelve whole months."""
    last = last_whole_month(scene.today)
    return month_after(last, -11), month_after(last) - timedelta(days=1)


def _reach(scene: Scene, target: Target, found: Reach, span: Span) -> Conflict:
    unit = _unit(scene, target)
    facts = {
        "metric": target.metric, "department": target.department, "period": target.period,
        "value": said(target.value, unit), "base": said(found.base, unit),
        "required": found.required if found.is_relative else 0.0, "usual": found.usual if found.is_relative else 0.0,
    }  # fmt: skip
    shown = {
        "rows": [_shown(scene, target)], "required": found.required, "usual": found.usual, "base": found.base,
        "is_relative": found.is_relative, "months": len(span.months),
    }  # fmt: skip
    question = {"metrics": target.metric, "by": "metric_time.month", "where": [target.scope] if target.scope else []}
    gap = (target.value - found.base) / abs(found.base) if found.base and len(span.months) == 12 else None
    return _conflict(
        "reach" if found.is_relative else "reach_points", (target.metric,), (target,), facts,
        Evidence("infeasible", shown, question), Severity("medium", gap, None, unit), "reach",
    )  # fmt: skip


def _shown(scene: Scene, target: Target) -> dict[str, Any]:
    """A target as exhibits show it."""
    return {
        "kind": "target", "id": target.id, "department": target.department, "metric": target.metric,
        "period": target.period, "scope": target.scope, "operator": target.operator, "value": target.value,
        "unit": _unit(scene, target), "parent": target.parent,
    }  # fmt: skip


def _unit(scene: Scene, target: Target) -> str:
    return target.unit or scene.model.metrics[target.metric].unit or ""


def _conflict(
    code: str,
    metrics: tuple[str, ...],
    parties: Sequence[Target],
    facts: dict[str, Any],
    evidence: Evidence,
    severity: Severity,
    facet: str = "direction",
    departments: tuple[str, ...] = (),
) -> Conflict:
    return Conflict(
        kind="target",
        code=code,
        metrics=tuple(dict.fromkeys(metrics)),
        departments=departments or tuple(dict.fromkeys(one.department for one in parties)),
        facets=(facet,),
        facts=facts,
        evidence=(evidence,),
        severity=severity,
        settles=SETTLES,
        digests={"paper": digest_of(*sorted((one.id, one.operator, one.value, one.period) for one in parties))},
        about=" ".join(sorted(one.id for one in parties)),
    )
