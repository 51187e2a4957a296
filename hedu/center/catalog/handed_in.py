"""Reviewed values of reported metrics -> rows that stand in the model's place for them.

Values handed in on-line are laid over those that a definition's own table holds: a reviewed period counts as it was
handed in, every other period as it was loaded. The definition, and so its digest, stays as it is published.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal

import sqlglot
from sqlglot import exp

import hedu
from hedu.center.catalog.models import ReportedPeriod, ReportedValue
from hedu.define.definitions import Reported, Source
from hedu.model.types import Model, reported_dataset

COUNTED = (ReportedPeriod.State.REVIEWED, ReportedPeriod.State.LOCKED)
Row = tuple[date, Mapping[str, str], Decimal]


def with_reported(workspace: hedu.Workspace, engine: str) -> hedu.Workspace:
    """The workspace with what was handed in and reviewed; the same one where there is nothing."""
    laid = {
        name: replace(workspace.model.datasets[name], source=source)
        for name, source in _sources(workspace.model).items()
    }
    if not laid:
        return workspace
    model = replace(workspace.model, datasets={**workspace.model.datasets, **laid}, path_cache={})
    return hedu.Workspace(model, workspace.definitions, workspace.problems, engine, workspace.root)


def _sources(model: Model) -> dict[str, Source]:
    periods, rows = _counted()
    found = {}
    for dataset in model.datasets.values():
        body = dataset.reported
        if body is None:
            continue
        name = dataset.name.removeprefix(reported_dataset(""))
        if name in rows or body.source is None:
            found[dataset.name] = _source(body, rows.get(name, []), periods.get(name, set()))
    return found


def _counted() -> tuple[dict[str, set[date]], dict[str, list[Row]]]:
    """Metric -> its reviewed periods, and the values handed in for them."""
    periods: dict[str, set[date]] = {}
    counted = ReportedPeriod.objects.filter(state__in=COUNTED, metric__is_retired=False)
    for name, period in counted.values_list("metric__name", "period"):
        periods.setdefault(name, set()).add(period)
    rows: dict[str, list[Row]] = {}
    if periods:
        values = ReportedValue.objects.filter(metric__name__in=periods).order_by("metric__name", "period", "key")
        for name, period, dimensions, value in values.values_list("metric__name", "period", "dimensions", "value"):
            if period in periods[name]:
                rows.setdefault(name, []).append((period, dimensions, value))
    return periods, rows


def _source(body: Reported, rows: list[Row], periods: Iterable[date]) -> Source:
    columns = columns_of(body)
    names = ["period", *columns.values(), "value"]
    if rows:
        handed_in: exp.Query = exp.select(*(_typed(name) for name in names)).from_(_values(names, columns, rows))
    else:
        handed_in = exp.select(*(_nothing(name) for name in names)).where(exp.false())
    loaded = _loaded(body.source, names, periods)
    query = exp.union(loaded, handed_in, distinct=False) if loaded is not None else handed_in
    return Source(select=query.sql(dialect="duckdb"))


def columns_of(body: Reported) -> dict[str, str]:
    """Dimension or entity -> the column of the source that holds it."""
    columns = {item.name: _column_in(item.expr) or item.name for item in body.dimensions}
    return columns | {item.name: _column_in(item.key[0]) or item.name for item in body.entities}


def _column_in(text: str) -> str | None:
    """The one column an expression speaks of."""
    if not text:
        return None
    named = [column.name for column in sqlglot.parse_one(text, dialect="duckdb").find_all(exp.Column)]
    return named[0] if named else None


def _values(names: list[str], columns: Mapping[str, str], rows: Iterable[Row]) -> exp.Values:
    tuples = [
        exp.Tuple(
            expressions=[
                exp.Literal.string(period.isoformat()),
                *(exp.Literal.string(str(dimensions.get(name, ""))) for name in columns),
                exp.Literal.string(format(value, "f")),
            ]
        )
        for period, dimensions, value in rows
    ]
    alias = exp.TableAlias(
        this=exp.to_identifier("handed_in"), columns=[exp.to_identifier(name, quoted=True) for name in names]
    )
    return exp.Values(expressions=tuples, alias=alias)


def _typed(name: str) -> exp.Expression:
    column = exp.column(name, quoted=True)
    if name == "period":
        return exp.alias_(exp.cast(column, "date"), name, quoted=True)
    if name == "value":
        return exp.alias_(exp.cast(column, "double"), name, quoted=True)
    return column


def _nothing(name: str) -> exp.Expression:
    """A typed column of a table without rows: what nobody has handed in yet can still be asked."""
    kind = {"period": "date", "value": "double"}.get(name, "text")
    return exp.alias_(exp.cast(exp.null(), kind), name, quoted=True)


def _loaded(source: Source | None, names: list[str], periods: Iterable[date]) -> exp.Query | None:
    """The rows of the definition's own table for the periods nobody handed in; None where it has no table."""
    if source is None or (source.table is None and source.select is None):
        return None
    if source.table is not None:
        place: exp.Expression = exp.to_table(source.table, dialect="duckdb")
    else:
        place = exp.Subquery(this=sqlglot.parse_one(source.select or "", dialect="duckdb"), alias="loaded")
    period = exp.cast(exp.column("period", quoted=True), "date")
    closed = [exp.cast(exp.Literal.string(day.isoformat()), "date") for day in sorted(periods)]
    return (
        exp.select(*(_typed(name) for name in names))
        .from_(place)
        .where(exp.Not(this=exp.In(this=period, expressions=closed)))
    )
