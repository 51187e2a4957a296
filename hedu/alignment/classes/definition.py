"""One name, two meanings: metrics called alike whose definitions differ in more than source, calendar or unit."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from hedu.alignment.attribution import parts_of
from hedu.alignment.classes.source import apart
from hedu.alignment.conflict import Conflict, Evidence, Severity
from hedu.alignment.equivalence.facets import differing
from hedu.alignment.equivalence.forms import Forms
from hedu.alignment.equivalence.gaps import MOST_PERIODS
from hedu.alignment.equivalence.gaps import relative as relative_gap
from hedu.alignment.equivalence.metrics import of_metrics
from hedu.alignment.equivalence.names import called_alike, root_of, roots_of
from hedu.alignment.equivalence.verdict import FacetDifference, Gap, Verdict, Witness
from hedu.alignment.scene import Scene
from hedu.alignment.series import owners, series, together
from hedu.define.definitions import Label, Reported
from hedu.model.resting import rests_on

VERSION = 1
SUBSTANCE = frozenset({"filter", "measure", "aggregation", "dedupe", "refunds", "null_rule", "window"})
"""Facets that make two definitions of one name two things. What differs in other facets only is for other classes:
source, timing and unit prove by the numbers what a mere difference of spelling would not."""
MOST_WITNESSED = 60
"""Conflicts of one scan that get a witness of their own; beyond, real data have to tell the two apart."""
MOST_WRITTEN = 160


def detect(scene: Scene) -> Iterator[Conflict]:
    """Pairs of one name: computed ones by form, facets and witness; handed-in ones by what their owners wrote."""
    forms = forms_of(scene)
    witnessed = 0
    for a, b in called_alike(scene.model, scene.focus):
        bodies = [scene.model.metrics[name].body for name in (a, b)]
        if all(isinstance(body, Reported) for body in bodies):
            yield from _written_otherwise(scene, a, b)
            continue
        one, other = forms.of(a), forms.of(b)
        if one is not None and other is not None and one.term == other.term:
            continue
        facets = differing(scene.model, a, b, forms)
        if not SUBSTANCE & {one.facet for one in facets}:
            yield from _of_two_sources(scene, a, b, facets)
            continue
        if witnessed < MOST_WITNESSED:
            verdict = of_metrics(scene.model, a, b, scene.look, forms)
        else:
            verdict = Verdict("unproven", gap=_gap_of_months(scene, a, b))
        if verdict.witness is not None or _is_apart(verdict.gap):
            witnessed += 1
            yield _conflict(scene, a, b, facets, verdict)


def _gap_of_months(scene: Scene, a: str, b: str) -> Gap | None:
    """The gap as the series show it that a scan asks for anyway; the last month stands for all."""
    found = series(scene, "month")
    if a not in found or b not in found:
        return None
    starts, one, other = together(found[a], found[b])
    periods = tuple((str(at), float(x), float(y)) for at, x, y in zip(starts, one, other, strict=True))
    if not periods:
        return None
    _, last, last_other = periods[-1]
    return Gap("month", periods[-MOST_PERIODS:], last, last_other, relative_gap(last, last_other))


def _is_apart(gap: Gap | None) -> bool:
    """Whether real data tell the two apart in some period: they may where no small database could be made up."""
    if gap is None:
        return False
    return any((one is None) != (other is None) or _differ(one, other) for _, one, other in gap.periods)


def _differ(one: float | None, other: float | None) -> bool:
    return one is not None and other is not None and not math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-9)


def forms_of(scene: Scene) -> Forms:
    """The forms of the scene's metrics, made once a scan."""
    forms: Forms = scene.kept.setdefault("forms", Forms(scene.model))
    return forms


def _conflict(scene: Scene, a: str, b: str, facets: tuple[FacetDifference, ...], verdict: Verdict) -> Conflict:
    gap = verdict.gap
    departments = owners(scene.model, (a, b))
    relative = gap.relative if gap is not None else None
    facts: dict[str, Any] = {
        "metric_a": a,
        "metric_b": b,
        "department_a": departments[0] if departments else "",
        "department_b": departments[-1] if departments else "",
        "name": _name(scene, a, b),
        "facets": [one.facet for one in facets],
    }
    if relative is not None:
        compared = {"zh": "多", "en": "above"} if relative > 0 else {"zh": "少", "en": "below"}
        facts |= {"gap": relative, "total": abs(relative), "compared": compared}
        facts |= _parts(scene, a, b, relative) if len(facets) > 1 else {}
    evidence = [Evidence("facets", {"rows": [_row(one) for one in facets], "a": a, "b": b})]
    if verdict.witness is not None:
        evidence.append(Evidence("witness", witness_facts(verdict.witness)))
    if gap is not None:
        evidence.append(_gap(scene, a, b, gap))
    if "parts" in facts:
        evidence.append(Evidence("shares", {"of": "gap", "gap": relative, "shares": facts["parts"]}))
    code = "same_name_parts" if "parts" in facts else "same_name_gap" if relative is not None else "same_name"
    return Conflict(
        kind="definition",
        code=code,
        metrics=(a, b),
        departments=departments,
        facets=tuple(one.facet for one in facets),
        facts=facts,
        evidence=tuple(evidence),
        severity=Severity("medium", gap=relative, unit=scene.model.metrics[a].unit),
        settles=("adopt_a", "adopt_b", "rename_both", "scope_by_purpose", "accept_until"),
    )


def _parts(scene: Scene, a: str, b: str, relative: float) -> dict[str, Any]:
    """What each facet adds to the gap, signed so that those that widen it are positive; they add up to it."""
    sign = 1 if relative > 0 else -1
    parts = [{"facet": one.facet, "share": sign * one.share} for one in parts_of(scene, a, b)]
    return {"parts": parts} if parts else {}


def _written_otherwise(scene: Scene, a: str, b: str) -> Iterator[Conflict]:
    """Two departments hand in one name under two written definitions."""
    one, other = (scene.model.metrics[name].definition for name in (a, b))
    written = [one.meaning, other.meaning]
    if (one.owner and one.owner == other.owner) or not all(text.zh or text.en for text in written):
        return
    departments = owners(scene.model, (a, b))
    facets = differing(scene.model, a, b, forms_of(scene))
    if "meaning" not in {facet.facet for facet in facets}:
        return
    told = tuple(facet for facet in facets if facet.facet != "source")
    yield Conflict(
        kind="definition",
        code="written_otherwise",
        metrics=(a, b),
        departments=departments,
        facets=tuple(facet.facet for facet in told),
        facts={
            "metric_a": a,
            "metric_b": b,
            "department_a": one.owner or "",
            "department_b": other.owner or "",
            "name": _name(scene, a, b),
            "meaning_a": _short(written[0]),
            "meaning_b": _short(written[1]),
        },
        evidence=(Evidence("facets", {"rows": [_row(facet) for facet in told], "a": a, "b": b}),),
        severity=Severity("medium"),
        settles=("adopt_a", "adopt_b", "rename_both", "scope_by_purpose", "accept_until"),
    )


def _of_two_sources(scene: Scene, a: str, b: str, facets: tuple[FacetDifference, ...]) -> Iterator[Conflict]:
    """One name and one rule over two departments' sources whose rows have little in common: two things, two numbers."""
    found = apart(scene, a, b) if {one.facet for one in facets} == {"source"} else None
    departments = owners(scene.model, (a, b))
    if found is None or not found.has_rows or found.is_one_measure or len(departments) < 2:
        return
    mean = sum(gap for _, gap in found.gaps) / len(found.gaps)
    months = tuple(dict(zip(("period", "gap"), one, strict=True)) for one in found.gaps)
    question = {"metrics": [a, b], "by": ["metric_time.month"], "since": months[0]["period"]}
    datasets = tuple(dict.fromkeys(one for name in (a, b) for one in rests_on(scene.model, name)))
    yield Conflict(
        kind="definition",
        code="same_name_gap",
        metrics=(a, b),
        departments=departments,
        facets=("source",),
        facts={
            "metric_a": a,
            "metric_b": b,
            "department_a": departments[0],
            "department_b": departments[-1],
            "name": _name(scene, a, b),
            "facets": ["source"],
            "gap": mean,
            "total": abs(mean),
            "compared": {"zh": "多", "en": "above"} if mean > 0 else {"zh": "少", "en": "below"},
        },
        evidence=(
            Evidence("facets", {"rows": [_row(one) for one in facets], "a": a, "b": b}),
            Evidence("gap", {"grain": "month", "gaps": list(months)}, question, datasets),
        ),
        severity=Severity("medium", gap=mean, unit=scene.model.metrics[a].unit),
        settles=("adopt_a", "adopt_b", "rename_both", "scope_by_purpose", "accept_until"),
    )


def _name(scene: Scene, a: str, b: str) -> dict[str, str]:
    """What both are called, in each language that both have a name in."""
    one, other = (scene.model.metrics[name] for name in (a, b))
    shared = roots_of(one) & roots_of(other)
    names = [name for name in (one.label.zh, one.label.en, *one.definition.synonyms) if name]
    called = [name for name in names if root_of(name) in shared]
    zh = one.label.zh if one.label.zh in called else (called or names)[0]
    en = one.label.en if one.label.en in called else (called or names)[0]
    return {"zh": zh, "en": en}


def witness_facts(witness: Witness) -> dict[str, Any]:
    """A witness as plain data: rows by table, both answers, and what was asked by."""
    tables = {name: [_plain(row) for row in rows] for name, rows in witness.tables.items() if rows}
    answers = {"answer_a": [_plain(row) for row in witness.a], "answer_b": [_plain(row) for row in witness.b]}
    return {"tables": tables, **answers, "by": ", ".join(witness.by)}


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    """What json can hold; infinity is none of it."""
    return {name: value if _is_plain(value) else str(value) for name, value in row.items()}


def _is_plain(value: Any) -> bool:
    if isinstance(value, float):
        return math.isfinite(value)
    return isinstance(value, bool | int | str | None)


def _row(one: FacetDifference) -> dict[str, Any]:
    return {"facet": one.facet, "a": _both(one.a), "b": _both(one.b)}


def _both(label: Label) -> dict[str, str]:
    return {"zh": label.text("zh"), "en": label.text("en")}


def _short(label: Label) -> dict[str, str]:
    return {
        lang: text if len(text) <= MOST_WRITTEN else f"{text[:MOST_WRITTEN]}…" for lang, text in _both(label).items()
    }


def _gap(scene: Scene, a: str, b: str, gap: Gap) -> Evidence:
    rows = [
        {"period": period, "gap": (one - other) / abs(other)}
        for period, one, other in gap.periods
        if one is not None and other
    ]
    question = {"metrics": [a, b], "by": [f"metric_time.{gap.grain}"]}
    datasets = tuple(dict.fromkeys(one for name in (a, b) for one in rests_on(scene.model, name)))
    return Evidence(
        "gap", {"a": gap.a, "b": gap.b, "gap": gap.relative, "grain": gap.grain, "gaps": rows}, question, datasets
    )
