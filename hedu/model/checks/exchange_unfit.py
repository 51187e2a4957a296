"""Rates and currencies -> those that lead nowhere."""

from __future__ import annotations

from collections.abc import Iterator

from hedu.define.spans import parts_of
from hedu.errors import Problem, suggest
from hedu.model.money import is_code, is_told_by_row
from hedu.model.paths import targets
from hedu.model.types import Measure, Model

MOST_DAYS = 92
"""How many days a rate may stand in after its own."""


def exchange_unfit(model: Model) -> Iterator[Problem]:
    """Money is converted by a dataset of dated rates that the workspace names under `exchange`.

    The dataset must exist, and `through` be a currency's code. A measure's `currency` is a code, or a dimension that
    tells the currency of each row; then there must be rates to bring the rows to one currency. A rate may stand in
    for days or weeks after its own day, not for months.
    """
    exchange, settings = model.settings.exchange, model.settings
    where = settings.marks.get("exchange", settings.at)
    if exchange is not None and exchange.dataset not in model.datasets:
        near = suggest(exchange.dataset, model.datasets)
        yield Problem("exchange-unfit", where, {"name": exchange.dataset, "owner": settings.name, "near": near})
    if exchange is not None and exchange.through is not None and not is_code(exchange.through):
        yield Problem("exchange-unfit", where, {"name": exchange.through, "owner": settings.name, "near": []})
    if exchange is not None and exchange.last_known and not _is_short(exchange.last_known):
        yield Problem("exchange-unfit", where, {"name": exchange.last_known, "owner": settings.name, "near": []})
    for dataset in model.datasets.values():
        for measure in dataset.measures.values():
            if measure.currency is not None and dataset.definition is not None:
                where = dataset.definition.marks.get(f"measures.{measure.name}", dataset.definition.at)
                yield from (Problem("exchange-unfit", where, facts) for facts in _unfit(model, measure))
    for metric in model.metrics.values():
        currency = metric.definition.currency
        if currency is not None and (not is_code(currency) or exchange is None):
            where = metric.definition.marks.get("currency", metric.at)
            yield Problem("exchange-unfit", where, {"name": currency, "owner": metric.name, "near": []})


def _is_short(span: str) -> bool:
    count, unit = parts_of(span)
    return unit in ("day", "week") and count * (7 if unit == "week" else 1) <= MOST_DAYS


def _unfit(model: Model, measure: Measure) -> Iterator[dict[str, object]]:
    owner = f"{measure.dataset}.{measure.name}"
    if not is_told_by_row(measure):
        return
    name = measure.currency or ""
    known = model.datasets[measure.dataset].dimensions
    if len(targets(model, measure.dataset, name)) != 1 or model.settings.exchange is None:
        yield {"name": name, "owner": owner, "near": suggest(name, known)}
