"""What people define, as values: the shape every format reads into and every resolver reads from.

Nothing here is resolved: names are as written and expressions are text. `marks` says where each field
stood (dotted path, "simple.where" -> Where), so that later stages can point at it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from hedu.define.exchange import ExchangeDef as ExchangeDef
from hedu.define.settings import DepartmentDef as DepartmentDef
from hedu.define.settings import GrainDef as GrainDef
from hedu.define.settings import ParameterDef as ParameterDef
from hedu.define.settings import RollupDef as RollupDef
from hedu.define.settings import SavedDef as SavedDef
from hedu.define.settings import SettingsDef as SettingsDef
from hedu.define.settings import SpineColumnDef as SpineColumnDef
from hedu.define.settings import SpineDef as SpineDef
from hedu.define.settings import WordDef as WordDef
from hedu.define.terms import Aggregation as Aggregation
from hedu.define.terms import DimensionType as DimensionType
from hedu.define.terms import Direction as Direction
from hedu.define.terms import Grain as Grain
from hedu.define.terms import Kind as Kind
from hedu.define.terms import Label as Label
from hedu.define.terms import Marks as Marks
from hedu.define.terms import PeriodAgg as PeriodAgg
from hedu.define.terms import Review as Review
from hedu.errors import Where


@dataclass(frozen=True, slots=True)
class Source:
    """Where a dataset's rows come from: exactly one of a table, a file or a SELECT."""

    table: str | None = None
    file: str | None = None
    select: str | None = None


@dataclass(frozen=True, slots=True)
class EntityDef:
    """A key of a dataset. `name` is the role it is asked by; `entity` the thing it identifies.

    `integrity` declares that every row has exactly one match on the other side.
    """

    name: str
    entity: str
    key: tuple[str, ...]
    integrity: bool = False
    label: Label = Label()


@dataclass(frozen=True, slots=True)
class DimensionDef:
    """Something to group or filter by. `conforms` names what equal local dimensions share.

    With `metric` it is that metric's value for each row of the dataset, such as a customer's number of orders.
    Datasets that share a `partition` are joined within equal values of it.
    """

    name: str
    type: DimensionType = "text"
    expr: str = ""
    label: Label = Label()
    meaning: Label = Label()
    synonyms: tuple[str, ...] = ()
    grain: Grain | None = None
    time_zone: str | None = None
    conforms: str | None = None
    metric: str | None = None
    partition: bool = False


@dataclass(frozen=True, slots=True)
class Validity:
    """Several rows for one `entity`, each valid from `start` up to but not including `end` (NULL: still valid)."""

    entity: str
    start: str
    end: str


@dataclass(frozen=True, slots=True)
class SemiAdditive:
    """Not to be added over dimension `over` (mostly a time): only one of the values along it counts.

    `last` and `first` are the values at its last or first moment, `highest` and `lowest` the greatest and least of
    the values at all its moments. With `by`, each combination of these dimensions or entities has one of its own.
    """

    over: str
    take: Literal["last", "first", "highest", "lowest"] = "last"
    by: tuple[str, ...] = ()

    @property
    def is_extreme(self) -> bool:
        """Whether values are compared, not moments."""
        return self.take in ("highest", "lowest")


@dataclass(frozen=True, slots=True)
class Percentile:
    """The value below which the part `at` (0 to 1) of all lies: interpolated, one that occurs, or estimated."""

    at: float
    method: Literal["continuous", "discrete", "approximate"] = "continuous"


@dataclass(frozen=True, slots=True)
class MeasureDef:
    """An expression over a dataset's columns with the aggregation that belongs to it.

    `currency` is the code its amounts are in, or the dimension that tells it of each row.
    """

    name: str
    agg: Aggregation
    expr: str = ""
    unit: str | None = None
    where: str | None = None
    time: str | None = None
    semi_additive: SemiAdditive | None = None
    label: Label = Label()
    percentile: Percentile | None = None
    currency: str | None = None


@dataclass(frozen=True, slots=True)
class DatasetDef:
    """A table, file or SELECT with its keys, entities, dimensions and measures.

    A `bridge` links its entities many to many: what is reached through it counts each fact once per group, or with
    a `weight` by the part of it that goes there. With `validity` a row describes its entity for a time only.
    `prefix` stands before its own names where they are asked in MetricFlow's way and no key of its own does.
    """

    name: str
    source: Source
    primary_key: tuple[str, ...] = ()
    unique_keys: tuple[tuple[str, ...], ...] = ()
    entities: tuple[EntityDef, ...] = ()
    bridge: bool = False
    time: str | None = None
    dimensions: tuple[DimensionDef, ...] = ()
    measures: tuple[MeasureDef, ...] = ()
    label: Label = Label()
    meaning: Label = Label()
    owner: str | None = None
    id: str | None = None
    x: Mapping[str, Any] = field(default_factory=dict)
    weight: str | None = None
    validity: Validity | None = None
    prefix: str | None = None
    at: Where = field(default=Where("?"), compare=False)
    marks: Marks = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class MetricRef:
    """A metric used by another, optionally narrowed by `where`.

    In a formula it may be taken earlier: by `offset_window` ("1 month"), or at the start of its `offset_to_grain`.
    """

    metric: str
    where: str | None = None
    offset_window: str | None = None
    offset_to_grain: Grain | None = None

    @property
    def is_earlier(self) -> bool:
        """Whether it is taken at another time than what uses it."""
        return self.offset_window is not None or self.offset_to_grain is not None


@dataclass(frozen=True, slots=True)
class Simple:
    """One measure ("dataset.measure"), optionally filtered (业务限定).

    `join_to_timespine` gives every period a row; `fill_nulls_with` stands where there is no value.
    """

    measure: str
    where: str | None = None
    join_to_timespine: bool = False
    fill_nulls_with: float | None = None


@dataclass(frozen=True, slots=True)
class Ratio:
    """Numerator over denominator, each aggregated before dividing."""

    numerator: MetricRef
    denominator: MetricRef


@dataclass(frozen=True, slots=True)
class Derived:
    """Arithmetic over metrics. `metrics` maps names used in `formula` to metrics; absent names are metrics."""

    formula: str
    metrics: tuple[tuple[str, MetricRef], ...] = ()


@dataclass(frozen=True, slots=True)
class Cumulative:
    """A metric added up over all time, a rolling `window`, or since the start of its `grain_to_date`.

    `grain_to_date` is a grain or the name of a period of one's own (settings.grains).
    By longer periods `period_agg` says which of a period's values stands for it. Without it the value at the
    period's end does, and a window counts whole periods where it can: three months by month are three months.
    """

    metric: MetricRef
    window: str | None = None
    grain_to_date: str | None = None
    period_agg: PeriodAgg | None = None


@dataclass(frozen=True, slots=True)
class Conversion:
    """How many of `base` an entity followed by `conversion`, within `window`: as a rate or as a count.

    Each conversion goes to the latest base event before it, under that event's dimensions and time.
    `constant` names what must be equal on both sides, "base = conversion" or one name for both.
    """

    base: MetricRef
    conversion: MetricRef
    entity: str
    window: str | None = None
    constant: tuple[str, ...] = ()
    calculation: Literal["conversion_rate", "conversions"] = "conversion_rate"


@dataclass(frozen=True, slots=True)
class Share:
    """A metric as a part of the same metric over all values of `over` (by default of every key but time)."""

    metric: MetricRef
    over: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rank:
    """The place of a metric's value among those of the answer, the greatest first, within each value of `within`."""

    metric: MetricRef
    within: tuple[str, ...] = ()
    order: Literal["desc", "asc"] = "desc"


@dataclass(frozen=True, slots=True)
class Reported:
    """Values a department hands in: a table or file with `period`, the dimensions and `value`.

    `agg` says how values of several periods or dimension values become one: "none" refuses to.
    """

    grain: Grain = "month"
    agg: Literal["sum", "last", "none"] = "none"
    source: Source | None = None
    dimensions: tuple[DimensionDef, ...] = ()
    entities: tuple[EntityDef, ...] = ()


Body = Simple | Ratio | Derived | Cumulative | Conversion | Share | Rank | Reported


@dataclass(frozen=True, slots=True)
class Raci:
    """Departments: responsible, accountable, consulted, informed."""

    responsible: tuple[str, ...] = ()
    accountable: tuple[str, ...] = ()
    consulted: tuple[str, ...] = ()
    informed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MetricDef:
    """A metric: what it means, who answers for it, and exactly one way to get its value.

    `grain` is the one that a MetricFlow question for `metric_time` means where it says none.
    """

    name: str
    body: Body
    label: Label = Label()
    meaning: Label = Label()
    synonyms: tuple[str, ...] = ()
    kind: Kind | None = None
    domain: str | None = None
    process: str | None = None
    direction: Direction = "none"
    band: tuple[float, float] | None = None
    unit: str | None = None
    owner: str | None = None
    person: str | None = None
    raci: Raci = Raci()
    review: Review | None = None
    grain: Grain | None = None
    id: str | None = None
    x: Mapping[str, Any] = field(default_factory=dict)
    currency: str | None = None
    at: Where = field(default=Where("?"), compare=False)
    marks: Marks = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Definitions:
    """All definitions of a workspace, in the order they stand.

    `broken` holds (kind, name) of those that stand in the texts but could not be read, so that their users
    are not told that the name is unknown.
    """

    datasets: Sequence[DatasetDef] = ()
    metrics: Sequence[MetricDef] = ()
    settings: SettingsDef = SettingsDef()
    broken: tuple[tuple[str, str], ...] = ()
