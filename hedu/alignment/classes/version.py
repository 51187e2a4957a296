"""Versions, reports and targets -> what is still bound to a version whose meaning has changed since."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hedu.alignment.conflict import Conflict, Evidence, Severity
from hedu.alignment.papers import digest_of, last_day, superseding
from hedu.alignment.scene import Scene, Version

VERSION = 1


def detect(scene: Scene) -> Iterator[Conflict]:
    """An archived report rightly keeps the version of its day; so does a target whose period is over."""
    for report in scene.reports:
        if report.is_archived or report.metric not in scene.model.metrics:
            continue
        newer = superseding(scene.versions, report.metric, report.metric_version, last_day(report.period, scene.today))
        if newer:
            bound = {"name": report.name, "period": report.period, "bound": report.metric_version}
            yield _found("superseded_report", report.metric, report.department, bound, newer, scene)
    for target in scene.targets:
        end = last_day(target.period, scene.today)
        if target.metric_version is None or target.metric not in scene.model.metrics or end < scene.today:
            continue
        newer = superseding(scene.versions, target.metric, target.metric_version, end)
        if newer:
            bound = {"name": target.id, "period": target.period, "bound": target.metric_version}
            yield _found("superseded_target", target.metric, target.department, bound, newer, scene)


def _found(code: str, metric: str, department: str, bound: dict[str, Any], newer: Version, scene: Scene) -> Conflict:
    old = next((v for v in scene.versions if v.metric == metric and v.number == bound["bound"]), None)
    rows = [{"facet": "version", "a": bound["bound"], "b": newer.number},
            {"facet": "definition", "a": old.change if old else "", "b": newer.change},
            {"facet": "valid_from", "a": str(old.valid_from) if old else "", "b": str(newer.valid_from)}]  # fmt: skip
    return Conflict(
        kind="version",
        code=code,
        metrics=(metric,),
        departments=(department,),
        facets=("superseded",),
        facts={"metric": metric, "department": department, **bound, "number": newer.number, "change": newer.change,
               "since": newer.valid_from.isoformat()},
        evidence=(Evidence("facets", {"rows": rows, "a": bound["name"], "b": metric}),),
        severity=Severity("medium"),
        settles=("adopt_b", "fix_data", "accept_until"),
        digests={"paper": digest_of(code, sorted(bound.items())), "versions": digest_of(newer.metric, newer.number)},
        detector=f"version/{VERSION}",
        about=bound["name"],
    )  # fmt: skip
