"""Departments that definitions name -> those the workspace does not have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from hedu.define.definitions import MetricDef
from hedu.define.remembered import remembered
from hedu.errors import Problem, Where, suggest
from hedu.model.types import Model


def department_unknown(model: Model) -> Iterator[Problem]:
    """Where the workspace lists its departments, owners, RACI and parents name one of them."""
    settings = model.settings
    known = [one.name for one in settings.departments]
    if not known:
        return
    named: list[tuple[str, str, Where]] = []
    for one in settings.departments:
        if one.parent:
            place = settings.marks.get(f"departments.{one.name}.parent", settings.at)
            named.append((one.name, one.parent, place))
    for dataset in model.definitions.datasets:
        if dataset.owner:
            named.append((dataset.name, dataset.owner, dataset.marks.get("owner", dataset.at)))
    listed = frozenset(known)
    for metric in model.definitions.metrics:
        if not _departments(metric) <= listed:
            named += _named(metric, metric.marks)
    for name, department, where in named:
        if department not in listed and not _is_root(model, department):
            facts = {"name": name, "department": department, "near": suggest(department, known), "known": known}
            yield Problem("department-unknown", where, facts)


@remembered
def _departments(metric: MetricDef) -> frozenset[str]:
    """The departments that a metric names."""
    raci = metric.raci
    owner = (metric.owner,) if metric.owner else ()
    return frozenset((*owner, *raci.responsible, *raci.accountable, *raci.consulted, *raci.informed))


def _named(metric: MetricDef, marks: Mapping[str, Where]) -> Iterator[tuple[str, str, Where]]:
    if metric.owner:
        yield metric.name, metric.owner, marks.get("owner", metric.at)
    raci = metric.raci
    letters = {"R": raci.responsible, "A": raci.accountable, "C": raci.consulted, "I": raci.informed}
    for letter, departments in letters.items():
        for department in departments:
            yield metric.name, department, marks.get(f"raci.{letter}", metric.at)


def _is_root(model: Model, department: str) -> bool:
    """The one parent that is not listed itself is the company, unless it is a slip of the pen."""
    listed = {one.name for one in model.settings.departments}
    roots = {one.parent for one in model.settings.departments if one.parent and one.parent not in listed}
    return roots == {department} and not suggest(department, listed)
