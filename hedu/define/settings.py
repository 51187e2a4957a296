"""What people define for a whole workspace: departments, periods, parameters, time spines, rollups, saved questions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from hedu.define.exchange import ExchangeDef
from hedu.define.terms import DimensionType, Grain, Label, Marks
from hedu.errors import Where


@dataclass(frozen=True, slots=True)
class DepartmentDef:
    """A department that definitions may name."""

    name: str
    label: Label = Label()
    parent: str | None = None


@dataclass(frozen=True, slots=True)
class WordDef:
    """How a unit, domain or process that metrics name is said in each language; else it is said as written."""

    name: str
    zh: str = ""
    en: str = ""


@dataclass(frozen=True, slots=True)
class GrainDef:
    """Periods of one's own: months (quarters, years) that start on a `day` of a `month`, weeks from a day 1 to 7."""

    name: str
    of: Literal["week", "month", "quarter", "year"]
    month: int = 1
    day: int = 1
    label: Label = Label()


@dataclass(frozen=True, slots=True)
class ParameterDef:
    """A value that a question may set, used in expressions as `parameter(name)`."""

    name: str
    type: DimensionType = "number"
    default: str | None = None
    choices: tuple[str, ...] = ()
    label: Label = Label()


@dataclass(frozen=True, slots=True)
class SpineColumnDef:
    """A grain of one's own that a time spine holds, in a column of its name unless `column` says another."""

    name: str
    column: str = ""


@dataclass(frozen=True, slots=True)
class SpineDef:
    """A table with a row for every moment of a grain, which gives it its name."""

    name: str
    table: str
    column: str
    custom: tuple[SpineColumnDef, ...] = ()


@dataclass(frozen=True, slots=True)
class SavedDef:
    """A question that is asked by its name."""

    name: str
    metrics: tuple[str, ...] = ()
    by: tuple[str, ...] = ()
    where: tuple[str, ...] = ()
    order: tuple[str, ...] = ()
    limit: float | None = None
    label: Label = Label()
    meaning: Label = Label()


@dataclass(frozen=True, slots=True)
class RollupDef:
    """A table aggregated beforehand: the measures of one dataset (its own, and those of `metrics`) by `dimensions`.

    `time` is the grain of metric time it keeps, none where it keeps no time. Of changed data, only the periods of
    `refresh` (months where they hold whole periods of `time`) that changed are counted again.
    """

    name: str
    metrics: tuple[str, ...] = ()
    measures: tuple[str, ...] = ()
    dimensions: tuple[str, ...] = ()
    time: Grain | None = None
    where: str | None = None
    refresh: Grain | None = None
    label: Label = Label()


@dataclass(frozen=True, slots=True)
class SettingsDef:
    """What holds for the whole workspace (`workspace: NAME` in a file); at most one."""

    name: str = "workspace"
    time_zone: str = "Asia/Shanghai"
    week_start: Literal["monday", "sunday", "saturday"] = "monday"
    currency: str = "CNY"
    departments: tuple[DepartmentDef, ...] = ()
    label: Label = Label()
    parameters: tuple[ParameterDef, ...] = ()
    grains: tuple[GrainDef, ...] = ()
    rollups: tuple[RollupDef, ...] = ()
    semantics: Literal["hedu", "metricflow"] = "hedu"
    time_spines: tuple[SpineDef, ...] = ()
    questions: tuple[SavedDef, ...] = ()
    x: Mapping[str, Any] = field(default_factory=dict)
    exchange: ExchangeDef | None = None
    words: tuple[WordDef, ...] = ()
    at: Where = field(default=Where("?"), compare=False)
    marks: Marks = field(default_factory=dict, compare=False, repr=False)
