"""Definitions -> model, with every problem found on the way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace

from sqlglot import exp

from hedu.define.definitions import (
    Aggregation,
    DatasetDef,
    Definitions,
    DimensionDef,
    EntityDef,
    MeasureDef,
    MetricDef,
    Reported,
    SemiAdditive,
    Source,
)
from hedu.define.remembered import remembered
from hedu.errors import DefinitionError, Problem, Where, suggest
from hedu.model.expressions import is_aggregate, row_expression
from hedu.model.far_times import far_time_problems, with_far_times
from hedu.model.metrics import resolve_metrics
from hedu.model.rollups import rollup_problems
from hedu.model.types import Dataset, Dimension, Entity, Join, Measure, Model, reported_dataset
from hedu.model.withheld import Withheld, withheld_of, without


def resolve(definitions: Definitions) -> tuple[Model, tuple[Problem, ...]]:
    """The model of all definitions that hold, and what is wrong with those that do not."""
    problems: list[Problem] = []
    datasets: dict[str, Dataset] = {}
    lost: dict[str, Withheld] = {}
    stated: dict[str, Mapping[str, Measure]] = {}
    for item in definitions.datasets:
        datasets[item.name], gone, faults, measures = _alone(item)
        problems.extend(faults)
        if gone != Withheld():
            lost[item.name] = gone
        if gone.measures and not gone.whole:
            stated[item.name] = measures
    lost.update({name: Withheld(whole=True) for kind, name in definitions.broken if kind == "dataset"})
    for metric in definitions.metrics:
        if isinstance(metric.body, Reported):
            name = reported_dataset(metric.name)
            datasets[name] = resolve_reported(metric, metric.body, problems)
    joined = _join_up(datasets)
    datasets = {name: with_far_times(one, joined) for name, one in joined.items()}
    for name, one in datasets.items():
        far = list(far_time_problems(replace(one, measures=stated[name]) if name in stated else one))
        if far:
            problems.extend(far)
            lost[name] = Withheld(whole=True)
    metrics, uses = resolve_metrics(definitions, datasets, problems, lost)
    model = Model(datasets, metrics, definitions.settings, definitions, uses)
    return model, (*problems, *rollup_problems(model))


@remembered
def _alone(item: DatasetDef) -> tuple[Dataset, Withheld, tuple[Problem, ...], Mapping[str, Measure]]:
    """A dataset without what is withheld, what that is, why, and all its measures as they are written."""
    problems: list[Problem] = []
    faults: list[str] = []
    found = _resolved(item, problems, faults)
    gone = withheld_of(item, faults)
    return without(found, gone), gone, tuple(problems), found.measures


def resolve_dataset(item: DatasetDef) -> Dataset:
    """A dataset by itself, without what its faults take away: its joins come when all are known."""
    return _alone(item)[0]


def _resolved(item: DatasetDef, problems: list[Problem], faults: list[str]) -> Dataset:
    """A dataset by itself; `faults` gets the paths of what is wrong."""
    marks = item.marks
    dimensions: dict[str, Dimension] = {}
    for one in item.dimensions:
        with _noted(f"dimensions.{one.name}", problems, faults):
            where = marks.get(f"dimensions.{one.name}", item.at)
            dimensions[one.name] = _dimension(item.name, one, where, problems)
    keys = {item.primary_key, *item.unique_keys} - {()}
    with _noted("entities", problems, faults):
        entities = {
            one.name: _entity(item.name, one, keys, marks.get(f"entities.{one.name}", item.at), problems)
            for one in item.entities
        }
        _narrow(item, dimensions, entities, keys, problems)
    for one in item.dimensions:
        if one.metric is not None:
            with _noted(f"dimensions.{one.name}", problems, faults):
                dimensions[one.name] = _of_metric(item, one, dimensions[one.name], entities, problems)
    measures = _measures(item, dimensions, problems, faults)
    if item.time and "." not in item.time and (item.time not in dimensions or not dimensions[item.time].is_time):
        problems.append(
            _unknown("dataset-time-unknown", item.time, _times(dimensions), marks.get("time", item.at), item.name)
        )
        faults.append("time")
    return Dataset(item.name, item.source, dimensions, entities, measures, item.time, label=item.label, definition=item)


@contextmanager
def _noted(path: str, problems: list[Problem], faults: list[str]) -> Iterator[None]:
    """Note `path` as faulty where problems are found within."""
    before = len(problems)
    yield
    if len(problems) > before:
        faults.append(path)


def _measures(
    item: DatasetDef, dimensions: Mapping[str, Dimension], problems: list[Problem], faults: list[str]
) -> dict[str, Measure]:
    measures: dict[str, Measure] = {}
    for one in item.measures:
        with _noted(f"measures.{one.name}", problems, faults):
            measures[one.name] = _measure(item, one, dimensions, problems)
    return measures


def _measure(
    item: DatasetDef, one: MeasureDef, dimensions: Mapping[str, Dimension], problems: list[Problem]
) -> Measure:
    where = item.marks.get(f"measures.{one.name}", item.at)
    if one.time and "." not in one.time and (one.time not in dimensions or not dimensions[one.time].is_time):
        problems.append(_unknown("measure-time-unknown", one.time, _times(dimensions), where, one.name))
    problems.extend(_snapshot_problems(item, one, dimensions, where))
    needs_expr = one.agg != "count"
    expr = _expression(one.expr or (one.name if needs_expr else ""), where, problems)
    if expr is not None and is_aggregate(expr):
        problems.append(Problem("measure-aggregates-twice", where, {"name": one.name, "text": one.expr}))
    condition = _expression(one.where or "", where, problems)
    return Measure(
        item.name,
        one.name,
        one.agg,
        expr,
        one.unit,
        condition,
        one.time,
        one.semi_additive,
        one.label,
        one.percentile,
        one.currency,
    )


def _snapshot_problems(
    item: DatasetDef, one: MeasureDef, dimensions: Mapping[str, Dimension], where: Where
) -> Iterator[Problem]:
    semi = one.semi_additive
    if semi is None:
        return
    if semi.over not in dimensions:
        yield _unknown("measure-time-unknown", semi.over, _times(dimensions), where, one.name)
    if semi.is_extreme and semi.by and one.agg not in ("sum", "count", "sum_boolean", "min", "max"):
        yield Problem("snapshot-by-not-additive", where, {"name": one.name, "agg": one.agg, "take": semi.take})
    known = [*dimensions, *(entity.name for entity in item.entities if len(entity.key) == 1)]
    for name in semi.by:
        if name not in known:
            yield _unknown("snapshot-dimension-unknown", name, known, where, one.name)


def _dimension(dataset: str, one: DimensionDef, where: Where, problems: list[Problem]) -> Dimension:
    expr = _expression(one.expr or f'"{one.name}"', where, problems)
    if expr is not None and is_aggregate(expr):
        problems.append(Problem("dimension-aggregates", where, {"name": one.name, "text": one.expr}))
    return Dimension(
        dataset,
        one.name,
        one.type,
        expr if expr is not None else exp.null(),
        one.label,
        one.synonyms,
        one.grain,
        one.time_zone,
        one.conforms,
        partition=one.partition,
    )


def _narrow(
    item: DatasetDef,
    dimensions: Mapping[str, Dimension],
    entities: dict[str, Entity],
    keys: set[tuple[str, ...]],
    problems: list[Problem],
) -> None:
    """Entities that identify a row only at a moment, or only within partitions."""
    parts = {one.name: one.expr or one.name for one in item.dimensions if one.partition}
    within = tuple((name, dimensions[name].expr) for name in parts)
    for one in item.entities:
        made = entities[one.name]
        if not made.unique and parts and any({*one.key, *parts.values()} == set(key) for key in keys):
            entities[one.name] = replace(made, unique=True, within=within)
    valid, where = item.validity, item.marks.get("validity", item.at)
    if valid is None:
        return
    if valid.entity not in entities:
        problems.append(_unknown("validity-entity-unknown", valid.entity, list(entities), where, item.name))
        return
    start = _expression(valid.start, where, problems) or exp.null()
    end = _expression(valid.end, where, problems) or exp.null()
    entities[valid.entity] = replace(entities[valid.entity], unique=True, valid=(start, end))


def _of_metric(
    item: DatasetDef,
    one: DimensionDef,
    made: Dimension,
    entities: Mapping[str, Entity],
    problems: list[Problem],
) -> Dimension:
    """A dimension whose value is a metric's, for the entity that identifies the dataset's rows."""
    role = next((entity.role for entity in entities.values() if entity.unique and len(entity.key) == 1), None)
    if role is None:
        where = item.marks.get(f"dimensions.{one.name}", item.at)
        problems.append(Problem("dimension-needs-entity", where, {"name": one.name, "dataset": item.name}))
        return made
    type_ = "number" if one.type == "text" else one.type
    return replace(made, expr=exp.null(), metric=(one.metric or "", role), type=type_)


def _entity(dataset: str, one: EntityDef, keys: set[tuple[str, ...]], where: Where, problems: list[Problem]) -> Entity:
    parsed = tuple(_expression(text, where, problems) or exp.null() for text in one.key)
    return Entity(dataset, one.name, one.entity, parsed, one.key in keys, one.integrity, one.label)


def _expression(text: str, where: Where, problems: list[Problem]) -> exp.Expr | None:
    if not text:
        return None
    try:
        return row_expression(text, where=where, family=DefinitionError)
    except DefinitionError as error:
        problems.extend(error.problems)
        return None


def resolve_reported(metric: MetricDef, body: Reported, problems: list[Problem]) -> Dataset:
    """The dataset behind a reported metric: period, its dimensions and one measure, `value`."""
    name, at = reported_dataset(metric.name), metric.at
    period = Dimension(name, "period", "date", exp.column("period", quoted=True), grain=body.grain)
    dimensions = {"period": period}
    dimensions.update({one.name: _dimension(name, one, at, problems) for one in body.dimensions})
    entities = {one.name: _entity(name, one, set(), at, problems) for one in body.entities}
    semi = SemiAdditive("period", "last") if body.agg == "last" else None
    agg: Aggregation = "max" if body.agg == "none" else "sum"
    value = Measure(name, "value", agg, exp.column("value", quoted=True), metric.unit, semi_additive=semi)
    source = body.source or Source(table=f"reported.{metric.name}")
    return Dataset(name, source, dimensions, entities, {"value": value}, "period", reported=body)


def _join_up(datasets: dict[str, Dataset]) -> dict[str, Dataset]:
    """Give every dataset its ways out: each entity leads to the datasets whose rows it identifies."""
    identified: dict[str, list[Entity]] = {}
    for dataset in datasets.values():
        for entity in dataset.entities.values():
            if entity.unique:
                identified.setdefault(entity.entity, []).append(entity)
    bridges = [dataset for dataset in datasets.values() if dataset.definition and dataset.definition.bridge]
    return {name: with_joins(dataset, identified, bridges) for name, dataset in datasets.items()}


def with_joins(dataset: Dataset, identified: Mapping[str, Sequence[Entity]], bridges: Sequence[Dataset]) -> Dataset:
    """The dataset with its ways out. `identified` holds, by entity, the keys that identify it elsewhere."""
    joins = _to_bridges(dataset, bridges) + tuple(
        _join(dataset, own, far)
        for own in dataset.entities.values()
        for far in identified.get(own.entity, ())
        if (far.dataset != dataset.name or not own.unique)
        and len(far.key) == len(own.key)
        and all(_has_partition(dataset, name) for name, _ in far.within)
    )
    return replace(dataset, joins=joins)


def _join(dataset: Dataset, own: Entity, far: Entity) -> Join:
    here = (*own.key, *(dataset.dimensions[name].expr for name, _ in far.within))
    there = (*far.key, *(tree for _, tree in far.within))
    return Join(dataset.name, own.role, own.entity, far.dataset, here, there, own.integrity, valid=far.valid)


def _has_partition(dataset: Dataset, name: str) -> bool:
    return name in dataset.dimensions and dataset.dimensions[name].partition


def _to_bridges(dataset: Dataset, bridges: Sequence[Dataset]) -> tuple[Join, ...]:
    """The ways from a dataset into bridges that share one of its entities, under the bridge's name."""
    return tuple(
        Join(dataset.name, bridge.name, own.entity, bridge.name, own.key, far.key, fans=True)
        for bridge in bridges
        if bridge.name != dataset.name
        for own in dataset.entities.values()
        for far in bridge.entities.values()
        if own.entity == far.entity and len(own.key) == len(far.key)
    )


def _times(dimensions: Mapping[str, Dimension]) -> list[str]:
    return [name for name, one in dimensions.items() if one.is_time]


def _unknown(code: str, name: str, known: list[str], where: Where, owner: str) -> Problem:
    return Problem(code, where, {"name": name, "owner": owner, "known": known, "near": suggest(name, known)})
