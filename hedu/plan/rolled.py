"""A rollup with its names bound: which column of its table stands for what."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from hedu.define.definitions import Aggregation, Grain, Source
from hedu.model.paths import Target
from hedu.model.rollups import Rollup, distinct_key
from hedu.model.types import Dataset, Measure, Model
from hedu.plan.keys import key_of

Mark = tuple[tuple[tuple[str, str], ...], str, str]
"""(joins taken as (role, dataset), "dimension" or "entity", its name)"""
ROWS = ":rows"
PREFIX = "hedu_rollup_"
_STATES: Mapping[Aggregation, tuple[Aggregation, ...]] = {"average": ("sum", "count"), "count_distinct": ()}


@dataclass(frozen=True, slots=True)
class Column:
    """A column that keeps a key, times cut to `grain`; `is_exact` where every value is kept as it is."""

    name: str
    grain: Grain | None
    is_exact: bool


@dataclass(frozen=True)
class Rolled:
    """A rollup that is there to be read. `digest` says what it holds, `rows` how many groups of it."""

    rollup: Rollup
    columns: Mapping[Mark, Column]
    digest: str = ""
    rows: int = 0

    @property
    def name(self) -> str:
        return self.rollup.name

    @property
    def table(self) -> str:
        return table_of(self.rollup.name)


def table_of(name: str) -> str:
    """The table that keeps a rollup."""
    return f"{PREFIX}{name}"


def columns_of(model: Model, rollup: Rollup) -> dict[Mark, Column]:
    """What the keys of a rollup stand for. Errors: those of `key_of`."""
    fact = model.datasets[rollup.dataset]
    found: dict[Mark, Column] = {}
    for text in rollup.keys:
        key = key_of(model, fact, text, rollup.time, rollup.name)
        dimension, grain = key.target.dimension, key.asked.grain
        is_day = dimension is not None and dimension.type == "date" and grain == "day"
        made = Column(text, grain, grain is None or (is_day and dimension is not None and dimension.grain is None))
        former = found.get(mark_of(key.target))
        if former is None or (made.is_exact and not former.is_exact):
            found[mark_of(key.target)] = made
    return found


def mark_of(target: Target) -> Mark:
    """Equal for what a row of the fact has one and the same value of."""
    way = tuple((join.role, join.right) for join in target.joins)
    if target.dimension is not None:
        return way, "dimension", target.dimension.name
    assert target.entity is not None
    return way, "entity", target.entity.role


def states_of(fact: Dataset, measure: Measure) -> Iterator[tuple[str, Measure]]:
    """The columns that keep a measure, with what each aggregates; for a measure with a filter, how many rows pass."""
    for agg in _STATES.get(measure.agg, (measure.agg,)):
        yield state(measure.name, agg), Measure(fact.name, measure.name, agg, measure.expr, where=measure.where)
    if measure.where is not None:
        yield f"{measure.name}{ROWS}", Measure(fact.name, measure.name, "count", None, where=measure.where)


def state(measure: str, agg: str) -> str:
    """The column that keeps what a measure comes to by one aggregation."""
    return f"{measure}:{agg}"


def counted_by(fact: Dataset, measure: Measure, rolled: Rolled) -> Mark | None:
    """The key whose values a distinct count counts."""
    name = distinct_key(fact, measure, rolled.rollup.keys)
    if name is None:
        return None
    return mark_of(
        Target((), fact.dimensions.get(name), fact.entities.get(name) if name not in fact.dimensions else None)
    )


def dataset_of(rolled: Rolled) -> Dataset:
    """The rollup's table as a dataset to scan."""
    return Dataset(f"rollup:{rolled.name}", Source(table=rolled.table), {}, {}, {}, None)
