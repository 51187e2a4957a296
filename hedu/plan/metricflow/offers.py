"""Metrics of an imported project -> the names they can all be split by."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from hedu.define.definitions import Grain, Label
from hedu.model.types import GRAINS, Dataset, Model
from hedu.plan import offered
from hedu.plan.keys import METRIC_TIME
from hedu.plan.metricflow.names import Item, Way, finest, leaves, names_from, ways
from hedu.plan.offered import DimensionInfo
from hedu.query import Access


@dataclass(frozen=True, slots=True)
class Offer:
    """A name, the way that it takes from the first fact, and the grains it can be asked at."""

    name: str
    way: Way | None
    grains: tuple[Grain, ...] = ()


def dimensions_of(model: Model, metrics: Sequence[str], access: Access) -> tuple[DimensionInfo, ...]:
    """What all of `metrics` can be split by, in the names of the rules that the workspace follows."""
    if model.settings.semantics != "metricflow" or not metrics:
        return offered.dimensions_of(model, metrics, access)
    return tuple(_info(offer) for offer in offers(model, metrics, access.hidden))


def offers(model: Model, metrics: Sequence[str], hidden: Sequence[str]) -> Iterator[Offer]:
    """metric_time first, then every name that all facts behind the metrics know; nothing of what is hidden."""
    facts = list({fact.name: fact for metric in metrics for _, fact, _ in leaves(model, metric)}.values())
    if not facts or any(fact.name in hidden for fact in facts):
        return
    times = [time for metric in metrics for _, _, time in leaves(model, metric)]
    if all(times):
        yield Offer(METRIC_TIME, None, _from(finest(model, metrics)))
    for name in dict.fromkeys(names_from(model, facts[0])):
        found = [_way(model, fact, name) for fact in facts] if name != METRIC_TIME else [None]
        first = found[0]
        if first is None or any(way is None or _passes(way, hidden) for way in found):
            continue
        one = first.dimension
        yield Offer(name, first, _from(one.grain or "day") if one is not None and one.is_time else ())


def _way(model: Model, fact: Dataset, name: str) -> Way | None:
    *links, last = name.split("__")
    item = Item(tuple(links), last)
    return next(ways(model, fact, item.links, item.name), None)


def _passes(way: Way, hidden: Sequence[str]) -> bool:
    return any(hop.dataset in hidden for hop in way.hops)


def _from(grain: str) -> tuple[Grain, ...]:
    return GRAINS[GRAINS.index(grain) :] if grain in GRAINS else ()


def _info(offer: Offer) -> DimensionInfo:
    way = offer.way
    if way is None:
        return DimensionInfo(offer.name, "timestamp", offer.grains, Label("时间", "Time"), "", offer.name)
    one, entity = way.dimension, way.entity
    if one is not None:
        return DimensionInfo(offer.name, one.type, offer.grains, one.label, one.dataset, one.name, one.synonyms)
    label = entity.label if entity is not None else Label()
    return DimensionInfo(offer.name, "any", (), label, way.dataset.name, entity.role if entity else "")
