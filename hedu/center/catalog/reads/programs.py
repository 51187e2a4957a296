"""What programs may ask of the catalog: metrics, their definitions, answers, dimensions, values, lineage."""

from __future__ import annotations

from typing import Any

from hedu.center.catalog.reads.asking import asker, dimensions_of, result_json, values_of
from hedu.center.catalog.reads.entries import entry_json, metric_named, versions_of
from hedu.center.catalog.reads.finding import rows_of, search
from hedu.center.catalog.reads.lineage import lineage_of
from hedu.center.catalog.reads.reviewing import reviews_due
from hedu.center.kernel.actor import Actor
from hedu.center.kernel.reading import read
from hedu.errors import QueryError

LISTED_MOST = 500
ROWS_MOST = 100_000


@read(doors={"rest", "cli"})
def metrics(
    actor: Actor,
    q: str = "",
    department: str = "",
    domain: str = "",
    kind: str = "",
    type: str = "",
    certified: bool | None = None,
    sort: str = "best",
) -> list[dict[str, Any]]:
    """Metrics in use that match the words (Chinese, pinyin, English, synonyms) and the facets given, best first."""
    given = {"department": department, "domain": domain, "kind": kind, "type": type}
    facets = {facet: [value] for facet, value in given.items() if value}
    if certified is not None:
        facets["certified"] = ["yes" if certified else "no"]
    ids = search(actor, q, facets, sort).ids[:LISTED_MOST]
    return [entry_json(row, actor.lang) for row in rows_of(actor, ids)]


@read(doors={"rest", "cli"})
def metric(actor: Actor, name: str) -> dict[str, Any]:
    """One metric with the text of its published definition and its versions."""
    row = metric_named(actor, name)
    versions = [
        {
            "number": item.number,
            "digest": item.digest,
            "valid_from": item.valid_from.isoformat(),
            "valid_to": item.valid_to.isoformat() if item.valid_to else None,
            "recorded_at": item.recorded_at.isoformat(),
            "author": item.author.username if item.author else None,
            "note": item.note,
        }
        for item in versions_of(actor, row)
    ]
    return {**entry_json(row, actor.lang), "text": row.head.text if row.head else "", "versions": versions}


@read(doors={"rest", "cli"}, method="POST")
def answer(
    actor: Actor,
    metrics: list[str],
    by: list[str] | None = None,
    where: list[str] | None = None,
    since: str | None = None,
    until: str | None = None,
    compare: list[str] | None = None,
    order: list[str] | None = None,
    limit: int | None = None,
    totals: bool = False,
    as_of: str | None = None,
    window: str | None = None,
    parameters: dict[str, str] | None = None,
    time_zone: str | None = None,
    currency: str | None = None,
    unmatched: bool = False,
) -> dict[str, Any]:
    """Metrics by dimensions under the asker's rights: columns, rows, receipt; `unmatched` counts rows under NULL."""
    if limit is not None and limit < 1:
        raise QueryError("question-field-wrong", field="limit")
    lists = {"by": by, "where": where, "compare": compare, "order": order}
    settings = {"window": window, "parameters": parameters, "time_zone": time_zone, "currency": currency}
    question = {
        "metrics": metrics,
        **{name: value or () for name, value in lists.items()},
        "since": since,
        "until": until,
        "limit": min(limit or ROWS_MOST, ROWS_MOST),
        "totals": totals,
        "as_of": as_of,
        **settings,
    }
    who = asker(actor)
    told = result_json(who.ask(**question), actor.lang, actor)
    if unmatched:
        told["receipt"]["unmatched"] = who.unmatched(**question)
    return told


@read(doors={"rest", "cli"})
def dimensions(actor: Actor, metrics: list[str]) -> list[dict[str, Any]]:
    """What all of the metrics can be split by, with the grains of times."""
    return dimensions_of(actor, metrics)


@read(doors={"rest", "cli"})
def values(actor: Actor, dimension: str, q: str = "", metrics: list[str] | None = None) -> list[Any]:
    """Values of a dimension that hold `q`, at most fifty, as far as the asker may see them."""
    return values_of(actor, dimension, q, metrics or ())


@read(doors={"rest", "cli"})
def lineage(actor: Actor, name: str) -> dict[str, Any]:
    """Columns, datasets, metrics and dashboards around a metric as nodes and edges."""
    row = metric_named(actor, name)
    return lineage_of(asker(actor), metric=row.name)


@read(doors={"rest", "cli"})
def reviews(actor: Actor, everybody: bool = False) -> list[dict[str, Any]]:
    """Definitions to look at again: late, or due within two weeks."""
    due = reviews_due(actor, everybody=everybody)
    return [{**entry_json(item.metric, actor.lang), "days_late": item.days_late} for item in due]
