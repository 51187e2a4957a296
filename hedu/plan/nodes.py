"""The plan: a handful of frozen nodes. Scalars in them are sqlglot trees over the names of the node below."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlglot import exp

from hedu.model import types as model
from hedu.plan.festivals import Stretch


@dataclass(frozen=True, slots=True)
class Named:
    """An expression and the name of the column it becomes."""

    name: str
    value: exp.Expr


@dataclass(frozen=True, slots=True)
class Scan:
    """The rows of one dataset under an alias."""

    dataset: model.Dataset
    alias: str


@dataclass(frozen=True, slots=True)
class Lookup:
    """An answer with one row for each value of its key, under an alias."""

    answer: Compute
    alias: str


@dataclass(frozen=True, slots=True)
class Early:
    """The rows of an aggregation, under an alias."""

    rows: Aggregate
    alias: str


@dataclass(frozen=True, slots=True)
class Join:
    """`source` with the at most one matching row of `scan`; `inner` only where a match is certain."""

    source: Scan | Join | Early
    scan: Scan | Lookup
    on: exp.Expr
    inner: bool


@dataclass(frozen=True, slots=True)
class Filter:
    """The rows of `source` for which `condition` is true."""

    source: Scan | Join
    condition: exp.Expr


@dataclass(frozen=True, slots=True)
class Once:
    """Each combination of `columns` once: rows that a bridge multiplied come back to one for each group."""

    source: Scan | Join | Filter
    columns: tuple[Named, ...]


@dataclass(frozen=True, slots=True)
class Aggregate:
    """One row for each combination of `keys`, with aggregate `values`; without keys one row for all."""

    source: Scan | Join | Filter | Once | Early
    keys: tuple[Named, ...]
    values: tuple[Named, ...]


@dataclass(frozen=True, slots=True)
class Rows:
    """The `columns` of every row of `source`."""

    source: Scan | Join | Filter
    columns: tuple[Named, ...]


@dataclass(frozen=True, slots=True)
class Spine:
    """The first days of all periods of `grain` from `low` to `high`, scalars that may look into the counted rows."""

    grain: str
    low: exp.Expr
    high: exp.Expr


@dataclass(frozen=True, slots=True)
class Running:
    """Totals of `counted` rows (one for each `__then` and group) that run over a gapless spine of times `__at`.

    A total reaches back over `rows` periods (None: all), never before the start of its period of `reset`, which is
    over on the day `over`. Of the spine's times for which `conditions` hold, `take` says which stands for a
    combination of `keys`: trees over `__at` and the groups. Only groups of which something was counted so far have
    rows.
    """

    counted: Aggregate
    groups: tuple[str, ...]
    spine: Spine
    rows: int | None
    reset: exp.Expr | None
    over: exp.Expr | None
    values: tuple[Named, ...]
    keys: tuple[Named, ...]
    conditions: tuple[exp.Expr, ...]
    take: str | None


@dataclass(frozen=True, slots=True)
class Timeline:
    """`counted` rows set beside the times of a spine where `on` holds, then aggregated at `keys`.

    `keys` and `conditions` are trees over the spine's `__at` and the counted groups, `on` over `__at` and `__then`.
    With `every` time of the spine has a row; with `take` values are first computed at each time of the spine, then
    one stands for a longer period.
    """

    counted: Aggregate | Once | Rows
    groups: tuple[str, ...]
    spine: Spine
    on: exp.Expr
    values: tuple[Named, ...]
    keys: tuple[Named, ...]
    conditions: tuple[exp.Expr, ...]
    every: bool = False
    take: str | None = None


@dataclass(frozen=True, slots=True)
class Following:
    """Conversions counted under the latest base event before each: `pairs` are base rows joined to conversions.

    Of equal `identity` the row with the latest `moment` counts; `keys` and `values` are over the pairs' columns.
    """

    base: Rows
    then: Rows
    on: exp.Expr
    identity: tuple[str, ...]
    order: tuple[str, ...]
    keys: tuple[Named, ...]
    values: tuple[Named, ...]


@dataclass(frozen=True, slots=True)
class Written:
    """A finished SELECT of `names`: what another system's rules make of a question."""

    select: exp.Select
    names: tuple[str, ...]


Part = Aggregate | Running | Timeline | Following


@dataclass(frozen=True, slots=True)
class StitchValue:
    """A column of one part of a stitch; `counts` are 0 where the part has no such row."""

    part: int
    name: str
    counts: bool


@dataclass(frozen=True, slots=True)
class Stitch:
    """Rows of all `parts` brought together on equal keys (NULL equals NULL), each key once.

    Of `ends` the latest is when spines end that have no end of their own.
    """

    parts: tuple[Part, ...]
    names: tuple[str, ...]
    keys: tuple[str, ...]
    values: tuple[StitchValue, ...]
    ends: tuple[Aggregate, ...] = ()


@dataclass(frozen=True, slots=True)
class Beside:
    """A coarser answer: its values stand in every row that agrees on its keys."""

    source: Compute
    name: str


@dataclass(frozen=True, slots=True)
class Compute:
    """`source`'s keys and the `values` computed from its columns, from coarser answers, and over all its rows."""

    source: Stitch | Part | Written
    keys: tuple[str, ...]
    values: tuple[Named, ...]
    beside: tuple[Beside, ...] = ()


@dataclass(frozen=True, slots=True)
class Earlier:
    """The same answer at an earlier time: `source` joined where its time key is this one's moved by `shift`.

    Without a time key the two answers are one row for each combination of the other keys. With `stretches` times of
    each go back by days of its own.
    """

    name: str
    source: Compute | None
    time_key: str | None
    grain: str | None
    count: int
    values: tuple[str, ...]
    stretches: tuple[Stretch, ...] = ()


@dataclass(frozen=True, slots=True)
class Compare:
    """`source` within [start, end) of its time key, with earlier answers beside it. Adds columns, never rows."""

    source: Compute
    keys: tuple[str, ...]
    values: tuple[str, ...]
    earlier: tuple[Earlier, ...]
    time_key: str | None = None
    start: date | None = None
    end: date | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """The finished answer: `columns` of `source`, rows for which `condition` holds, ordered and cut."""

    source: Compute | Compare
    columns: tuple[str, ...]
    condition: exp.Expr | None
    order: tuple[tuple[str, bool], ...]
    limit: int | None


Node = Scan | Join | Filter | Once | Rows | Part | Written | Stitch | Compute | Compare | Page
