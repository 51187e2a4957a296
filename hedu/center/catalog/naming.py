"""A question that holds metrics under former names -> the same question under their names of today.

A metric is the same under every name it ever had, and nobody else is given one of them (`require_free_names`): what
somebody kept, linked or programmed under an older name goes on to mean what it meant.
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from typing import Any

from hedu.center.catalog.models import DefinitionVersion, Metric
from hedu.model.expressions import with_metrics_renamed
from hedu.model.types import Model

_COMPARED = "__"


def former_names() -> dict[str, str]:
    """Former name -> the metric's name of today, for metrics in use; a name that somebody holds now is not former."""
    rows = {pk: (name, retired) for pk, name, retired in Metric.objects.values_list("pk", "name", "is_retired")}
    held = {name for name, _ in rows.values()}
    said = DefinitionVersion.objects.filter(kind="metric").order_by("pk").values_list("entry_id", "name")
    found: dict[str, str] = {}
    for entry, name in said:
        now, is_retired = rows.get(entry, ("", True))
        if not is_retired and name not in held:
            found[name] = now
    return found


def holders_of(names: Container[str]) -> dict[str, str]:
    """Name -> the id of the metric that once had it, for those of `names` that any metric ever had."""
    said = DefinitionVersion.objects.filter(kind="metric").order_by("-pk").values_list("name", "entry_id")
    return {name: entry for name, entry in said if name in names}


def under_names(question: Mapping[str, Any], names: Mapping[str, str], model: Model) -> dict[str, Any]:
    """The question with every former name in `names` (former -> today) replaced: metrics, keys, conditions, order.

    A name that stands alone in a condition is a metric's where the question asks for it, or where no dimension is
    called so.
    """
    if not names:
        return dict(question)
    asked = set(_texts(question.get("metrics")))
    bare = {name for name in names if name in asked or not _is_dimension(model, name)}
    changed: dict[str, Any] = {}
    for key, value in question.items():
        match key:
            case "metrics":
                changed[key] = _each(value, lambda text: names.get(text, text))
            case "by":
                changed[key] = _each(value, lambda text: with_metrics_renamed(text, names))
            case "where":
                changed[key] = _each(value, lambda text: with_metrics_renamed(text, names, bare))
            case "order":
                changed[key] = _each(value, lambda text: _ordered(text, names))
            case _:
                changed[key] = value
    return changed


def chart_under_names(chart: Any, names: Mapping[str, str]) -> Any:
    """A chart whose options name columns: those of renamed metrics follow."""
    match chart:
        case str():
            return _column(chart, names)
        case list():
            return [chart_under_names(item, names) for item in chart]
        case dict():
            return {_column(key, names): chart_under_names(item, names) for key, item in chart.items()}
        case _:
            return chart


def _each(value: Any, change: Any) -> Any:
    if isinstance(value, str):
        return change(value)
    return type(value)(change(item) for item in value) if isinstance(value, list | tuple) else value


def _texts(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else [item for item in value or () if isinstance(item, str)]


def _ordered(text: str, names: Mapping[str, str]) -> str:
    sign = text[: len(text) - len(text.lstrip("-"))]
    return sign + with_metrics_renamed(_column(text[len(sign) :], names), names)


def _column(text: str, names: Mapping[str, str]) -> str:
    """A metric's column, its comparisons too (`revenue__last_year`)."""
    if text in names:
        return names[text]
    head, mark, tail = text.rpartition(_COMPARED)
    return f"{names[head]}{mark}{tail}" if head in names else text


def _is_dimension(model: Model, name: str) -> bool:
    return any(name in one.dimensions or name in one.entities for one in model.datasets.values())
