"""The resolved, checked model: names are objects, expressions are trees, keys are join edges."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, get_args

from sqlglot import exp

from hedu.define.definitions import (
    Aggregation,
    Body,
    Conversion,
    DatasetDef,
    Definitions,
    DimensionType,
    Grain,
    Label,
    MetricDef,
    Percentile,
    Ratio,
    Reported,
    SemiAdditive,
    SettingsDef,
    Simple,
    Source,
)
from hedu.errors import Where
from hedu.model.expressions import row_expression

GRAINS: tuple[Grain, ...] = get_args(Grain)


@dataclass(frozen=True, slots=True)
class Dimension:
    """A dimension of one dataset; `expr` is over the columns of the dataset's source.

    With `metric` (its name, and the role of the dataset's entity it is taken for) it is a value of that metric.
    `through` are the joins to it from a dataset that has its time there.
    """

    dataset: str
    name: str
    type: DimensionType
    expr: exp.Expr = field(compare=False, repr=False)
    label: Label = Label()
    synonyms: tuple[str, ...] = ()
    grain: Grain | None = None
    time_zone: str | None = None
    conforms: str | None = None
    metric: tuple[str, str] | None = None
    partition: bool = False
    through: tuple[Join, ...] = ()

    @property
    def is_time(self) -> bool:
        return self.type in ("date", "timestamp")

    @property
    def identity(self) -> tuple[str, str]:
        """Equal for dimensions that are one and the same across facts."""
        return ("", self.conforms) if self.conforms else (self.dataset, self.name)


@dataclass(frozen=True, slots=True)
class Entity:
    """A key of one dataset. `role` is the name it is asked by.

    It identifies a row at a moment only, where it is `valid` from and to, and `within` values of partitions.
    """

    dataset: str
    role: str
    entity: str
    key: tuple[exp.Expr, ...] = field(compare=False, repr=False)
    unique: bool = False
    integrity: bool = False
    label: Label = Label()
    valid: tuple[exp.Expr, exp.Expr] | None = field(default=None, compare=False, repr=False)
    within: tuple[tuple[str, exp.Expr], ...] = field(default=(), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Measure:
    """An aggregation of an expression over the columns of the dataset's source.

    `currency` is a code, or the path of what tells it of each row; `reported_in` what a question wants it in.
    """

    dataset: str
    name: str
    agg: Aggregation
    expr: exp.Expr | None = field(compare=False, repr=False)
    unit: str | None = None
    where: exp.Expr | None = field(default=None, compare=False, repr=False)
    time: str | None = None
    semi_additive: SemiAdditive | None = None
    label: Label = Label()
    percentile: Percentile | None = None
    currency: str | None = None
    reported_in: str | None = None

    @property
    def counts(self) -> bool:
        """Whether nothing counted is 0, not unknown."""
        return self.agg in ("count", "count_distinct", "approx_count_distinct")

    @property
    def is_additive(self) -> bool:
        """Whether parts add up to the whole over every dimension."""
        return self.agg in ("sum", "count", "sum_boolean") and self.semi_additive is None

    @property
    def goes_over_weights(self) -> bool:
        """Whether it has a meaning over weighted links: shared out in parts, or the same for every part."""
        return self.agg in ("sum", "count", "sum_boolean", "count_distinct", "approx_count_distinct", "min", "max")


@dataclass(frozen=True, slots=True)
class Join:
    """From a dataset, through its entity `role`, to the dataset that entity identifies: at most one match a row.

    With `fans` it leads to a bridge instead, and a row may have many matches. With `valid` the match is the one
    that holds at the time of the row asked about.
    """

    left: str
    role: str
    entity: str
    right: str
    left_key: tuple[exp.Expr, ...] = field(compare=False, repr=False)
    right_key: tuple[exp.Expr, ...] = field(compare=False, repr=False)
    integrity: bool = False
    fans: bool = False
    valid: tuple[exp.Expr, exp.Expr] | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True)
class Dataset:
    """A resolved dataset. `joins` are its ways out, in the order its entities stand."""

    name: str
    source: Source
    dimensions: Mapping[str, Dimension]
    entities: Mapping[str, Entity]
    measures: Mapping[str, Measure]
    time: str | None
    joins: tuple[Join, ...] = ()
    label: Label = Label()
    reported: Reported | None = None
    definition: DatasetDef | None = field(default=None, compare=False, repr=False)

    @property
    def weight(self) -> exp.Expr | None:
        """What part of a fact goes over a link of this bridge; None where facts count whole in every group."""
        text = self.definition.weight if self.definition else None
        return row_expression(text) if text else None

    @property
    def prefix(self) -> str | None:
        """What its own names may be asked with where no key of its own names its rows."""
        return self.definition.prefix if self.definition else None

    @property
    def primary_key(self) -> tuple[str, ...]:
        """The columns that identify a row; empty where none are declared."""
        return self.definition.primary_key if self.definition else ()

    def ways(self, role: str) -> tuple[Join, ...]:
        """The joins that `role` leads through; several where more than one dataset describes the entity."""
        return tuple(join for join in self.joins if join.role == role)


@dataclass(frozen=True)
class Metric:
    """A resolved metric. `unit` is its own, or follows from what it is made of.

    `factor` (a fraction) brings what its body comes to into `unit`; `scales` are those of the names in a formula
    whose terms stand in different multiples of one unit.
    """

    name: str
    definition: MetricDef = field(compare=False, repr=False)
    unit: str | None = None
    is_additive: bool = False
    factor: tuple[int, int] = (1, 1)
    scales: tuple[tuple[str, int, int], ...] = ()

    @property
    def body(self) -> Body:
        return self.definition.body

    @property
    def label(self) -> Label:
        return self.definition.label

    @property
    def at(self) -> Where:
        return self.definition.at


@dataclass(frozen=True)
class Model:
    """Everything that can be asked. `uses[m]` are the metrics that metric `m` is made of.

    `home` is the workspace's own time zone where the model is seen from another.
    """

    datasets: Mapping[str, Dataset]
    metrics: Mapping[str, Metric]
    settings: SettingsDef
    definitions: Definitions = field(compare=False, repr=False)
    uses: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    path_cache: dict[tuple[str, str], Any] = field(default_factory=dict, compare=False, repr=False)
    home: str | None = None

    def ratios(self) -> Iterator[Metric]:
        """The metrics that divide one metric by another."""
        return (metric for metric in self.metrics.values() if isinstance(metric.body, Ratio))

    @cached_property
    def by_entity(self) -> Mapping[str, tuple[str, ...]]:
        """Entity -> the datasets it identifies the rows of."""
        found: dict[str, list[str]] = {}
        for dataset in self.datasets.values():
            for entity in dataset.entities.values():
                if entity.unique:
                    found.setdefault(entity.entity, []).append(dataset.name)
        return {name: tuple(names) for name, names in found.items()}

    @cached_property
    def endings(self) -> frozenset[str]:
        """Every name that a path can end in: for any other no join need be tried, however many there are."""
        return frozenset(name for one in self.datasets.values() for name in (*one.dimensions, *one.entities))

    @cached_property
    def resting_kept(self) -> dict[str, Any]:
        """What each metric looks at, as far as `resting` has been asked; of this model, not of one made from it."""
        return {}

    def made_of(self, metrics: Iterable[str]) -> tuple[str, ...]:
        """`metrics` and every metric they are made of, each once, users before what they use."""
        found: dict[str, None] = {}
        pending = list(metrics)
        while pending:
            name = pending.pop(0)
            if name not in found:
                found[name] = None
                pending.extend(self.uses.get(name, ()))
        return tuple(found)

    def leaves(self, metric: str) -> tuple[tuple[str, str], ...]:
        """The (dataset, measure) pairs whose rows a metric is split by, each once, in order.

        A conversion is split by what came first.
        """
        found: dict[tuple[str, str], None] = {}
        seen: set[str] = set()
        pending = [metric]
        while pending:
            name = pending.pop(0)
            if name in seen:
                continue
            seen.add(name)
            body = self.metrics[name].body
            if isinstance(body, Simple):
                dataset, _, measure = body.measure.rpartition(".")
                found[(dataset, measure)] = None
            elif isinstance(body, Reported):
                found[(reported_dataset(name), "value")] = None
            pending.extend([body.base.metric] if isinstance(body, Conversion) else self.uses.get(name, ()))
        return tuple(found)


def reported_dataset(metric: str) -> str:
    """The name of the dataset that holds the values of a reported metric."""
    return f"reported:{metric}"
