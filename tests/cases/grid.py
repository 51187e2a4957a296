"""Cases -> which metric kinds they ask in which shapes, told from the model and the oracle's rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pyarrow as pa

from hedu.define.definitions import Conversion, Cumulative, Derived, MetricDef, Rank, Ratio, Reported, Share, Simple
from hedu.model.paths import Target
from hedu.model.types import Model
from hedu.plan.keys import key_of
from hedu.plan.offered import time_of

SHAPES = ("no group", "time", "dimension", "multi-hop", "filter", "NULLs", "empty", "several facts")
KINDS = (
    "sum", "count", "average", "min", "max", "median", "count_distinct", "approx_count_distinct", "sum_boolean",
    "sum_distinct", "stddev", "stddev_pop", "variance", "variance_pop", "percentile", "percentile discrete", "percentile approximate", "balance last", "balance first", "balance highest", "balance lowest",
    "ratio", "derived", "offset by window", "offset to grain", "cumulative", "cumulative window",
    "cumulative to grain", "conversion rate", "conversion count", "share", "share of parent", "rank", "filled",
    "metric as filter", "metric as dimension", "parameter", "reported",
)  # fmt: skip
REFUSED = {
    ("offset to grain", "no group"): "grid_kinds: a start without a time is refused",
    ("reported", "multi-hop"): "grid_kinds: what is handed in leads nowhere else",
}
"""What has no answer, and the case that holds its refusal."""


def kinds_of(name: str, model: Model) -> Iterator[str]:
    """What a metric is, itself: not what its parts are."""
    metric = model.metrics[name].definition
    match metric.body:
        case Simple():
            yield from _simple(metric, model)
        case Ratio():
            yield "ratio"
        case Derived(metrics=used):
            earlier = [ref for _, ref in used if ref.is_earlier]
            yield from ("offset to grain" if ref.offset_to_grain else "offset by window" for ref in earlier)
            if not earlier:
                yield "derived"
        case Cumulative(window=window, grain_to_date=grain):
            yield "cumulative window" if window else "cumulative to grain" if grain else "cumulative"
        case Conversion(calculation=calculation):
            yield "conversion count" if calculation == "conversions" else "conversion rate"
        case Share(over=over):
            yield "share of parent" if over else "share"
        case Rank():
            yield "rank"
        case Reported():
            yield "reported"
    if "parameter(" in repr(metric.body):
        yield "parameter"


def _simple(metric: MetricDef, model: Model) -> Iterator[str]:
    assert isinstance(metric.body, Simple)
    dataset, _, name = metric.body.measure.rpartition(".")
    measure = model.datasets[dataset].measures[name]
    if measure.semi_additive is not None:
        yield f"balance {measure.semi_additive.take}"
    elif measure.agg == "percentile":
        how = measure.percentile.method if measure.percentile is not None else "continuous"
        yield measure.agg if how == "continuous" else f"{measure.agg} {how}"
    else:
        yield measure.agg
    if metric.body.join_to_timespine or metric.body.fill_nulls_with is not None:
        yield "filled"
    if "metric(" in (metric.body.where or ""):
        yield "metric as filter"


def marks_of(ask: Mapping[str, Any], model: Model, rows: pa.Table) -> set[tuple[str, str]]:
    """Each kind that a question asks for, with each of its shapes."""
    found: set[tuple[str, str]] = set()
    for metric in listed(ask["metrics"]):
        if metric in model.metrics:
            kinds = [*kinds_of(metric, model)]
            targets = [_target(name, model, metric) for name in listed(ask.get("by", ()))]
            looked_up = {
                one.name for owner in model.datasets.values() for one in owner.dimensions.values() if one.metric
            }
            used = " ".join([*listed(ask.get("by", ())), *listed(ask.get("where", ()))])
            if any(name in used for name in looked_up):
                kinds.append("metric as dimension")
            found.update((kind, shape) for kind in kinds for shape in _shapes(ask, model, targets, rows))
    return found


def _target(name: str, model: Model, metric: str) -> Target:
    dataset, measure = model.leaves(metric)[0]
    return key_of(model, model.datasets[dataset], name, time_of(model, dataset, measure), metric).target


def _shapes(ask: Mapping[str, Any], model: Model, targets: list[Target], rows: pa.Table) -> Iterator[str]:
    if not targets:
        yield "no group"
    for target in targets:
        is_time = target.dimension is not None and target.dimension.type in ("date", "timestamp")
        yield "time" if is_time else "dimension"
        if len(target.joins) > 1:
            yield "multi-hop"
    if ask.get("where"):
        yield "filter"
    if any(column.null_count for column in rows.columns):
        yield "NULLs"
    by = listed(ask.get("by", ()))
    if not any(value for name in rows.column_names if name not in by for value in rows[name].to_pylist()):
        yield "empty"
    if len({leaf for name in listed(ask["metrics"]) for leaf, _ in model.leaves(name)}) > 1:
        yield "several facts"


def listed(names: str | Iterable[str]) -> list[str]:
    """Names as a list."""
    return [names] if isinstance(names, str) else list(names)
