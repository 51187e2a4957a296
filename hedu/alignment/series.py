"""Metrics -> their values by period, asked once per scan: many metrics of one fact in one question.

`panel` is what detectors read; `keys_of_name` and `same_name` are how pairs are found without trying all of them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from hedu.alignment.scene import Scene
from hedu.define.definitions import Grain, Reported, Simple
from hedu.errors import EngineError, HeduError
from hedu.model.types import GRAINS, Dimension, Metric, Model

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Days = NDArray[np.datetime64]

BATCH = 60
"""Metrics of one fact in one question."""
MONTHS_IN = {"month": 1, "quarter": 3, "year": 12}
ENGINE_GONE = frozenset({"engine-unreachable", "engine-closed", "engine-cancelled", "warehouse-busy"})
"""Failures that say nothing about the question asked: no other question would be answered now either."""
_DAYS = ("second", "minute", "hour", "day")


@dataclass(frozen=True, slots=True)
class Series:
    """Values by the first day of each whole period, ascending; periods without a value are absent."""

    starts: Days
    values: Floats


@dataclass(frozen=True)
class Panel:
    """One row of values per metric over common periods; NaN where there is none."""

    grain: Grain
    names: tuple[str, ...]
    starts: Days
    values: Floats

    def row(self, name: str) -> Floats:
        """The values of one metric. ValueError where it is not in the panel."""
        found: Floats = self.values[self.names.index(name)]
        return found


def native_grain(model: Model, metric: str) -> Grain | None:
    """The finest grain a metric has values at; None where it has no time."""
    coarsest = -1
    for name, measure in model.leaves(metric):
        dataset = model.datasets[name]
        if dataset.reported is not None:
            grain: Grain = dataset.reported.grain
        else:
            time = dataset.measures[measure].time or dataset.time
            if time is None:
                return None
            grain = time_grain(dataset.dimensions[time])
        coarsest = max(coarsest, GRAINS.index(grain))
    return GRAINS[coarsest] if coarsest >= 0 else None


def time_grain(time: Dimension) -> Grain:
    """The grain a time dimension is kept at; nothing finer than a day counts here."""
    return time.grain if time.grain is not None and time.grain not in _DAYS else "day"


def is_askable(model: Model, metric: str, grain: Grain) -> bool:
    """Whether values by `grain` mean something: weeks do not add up to months."""
    native = native_grain(model, metric)
    if native is None or GRAINS.index(native) > GRAINS.index(grain):
        return False
    return native != "week" or grain == "week"


def series(scene: Scene, grain: Grain, metrics: Iterable[str] | None = None) -> dict[str, Series]:
    """The series of those of `metrics` (all) that can be asked by `grain`. Kept for the scan."""
    model = scene.model
    if metrics is None:
        every: dict[str, Series] | None = scene.kept.get(("every series", grain))
        if every is None:
            every = scene.kept["every series", grain] = series(scene, grain, model.metrics)
        return every
    wanted = [name for name in metrics if is_askable(model, name, grain)]
    kept: dict[str, Series | None] = scene.kept.setdefault(("series", grain), {})
    facts: dict[tuple[str, ...], list[str]] = {}
    for name in wanted:
        if name not in kept:
            facts.setdefault(tuple(sorted({fact for fact, _ in model.leaves(name)})), []).append(name)
    for names in facts.values():
        for at in range(0, len(names), BATCH):
            kept.update(_asked(scene, grain, names[at : at + BATCH]))
    return {name: found for name in wanted if (found := kept[name]) is not None}


def panel(scene: Scene, grain: Grain, metrics: Iterable[str] | None = None) -> Panel:
    """The same on common periods."""
    import numpy as np

    found = series(scene, grain, metrics)
    axes = [one.starts for one in found.values()]
    starts = np.unique(np.concatenate(axes)) if axes else np.array([], dtype="M8[D]")
    values = np.full((len(found), len(starts)), np.nan)
    for row, one in enumerate(found.values()):
        values[row, np.searchsorted(starts, one.starts)] = one.values
    return Panel(grain, tuple(found), starts, values)


def read(table: Any, grain: Grain, name: str, today: date) -> Series:
    """The series of column `name` of an answer whose first column is a period; only periods that are over."""
    import numpy as np

    starts = np.asarray(table.column(0).cast("date32").to_numpy(), dtype="M8[D]")
    values = np.asarray(table.column(name).cast("double", safe=False).to_numpy(zero_copy_only=False), dtype=float)
    inside = ~np.isnan(values) & ~np.isnat(starts) & (ends(starts, grain) <= np.datetime64(today))
    order = np.argsort(starts[inside], kind="stable")
    return Series(starts[inside][order], values[inside][order])


def ends(starts: Days, grain: Grain) -> Days:
    """The first day after each period."""
    if grain in MONTHS_IN:
        return (starts.astype("M8[M]") + MONTHS_IN[grain]).astype("M8[D]")
    return starts + (7 if grain == "week" else 1)


def variant(scene: Scene, model: Model, metric: str, grain: Grain, **question: Any) -> Series | None:
    """A metric's series under another model; None where it cannot be asked so."""
    column = f"metric_time.{grain}"
    try:
        table = scene.look.ask_variant(model, metric, by=column, order=column, **question).table
    except HeduError as error:
        let_through(error)
        return None
    return read(table, grain, metric, scene.today)


def let_through(error: HeduError) -> None:
    """Raise it again where the engine is gone: finding nothing would then look like there being nothing."""
    if isinstance(error, EngineError) and error.code in ENGINE_GONE:
        raise error


def together(one: Series, other: Series) -> tuple[Days, Floats, Floats]:
    """The periods both have, with the values of each."""
    import numpy as np

    starts, at, at_other = np.intersect1d(one.starts, other.starts, assume_unique=True, return_indices=True)
    return starts, one.values[at], other.values[at_other]


def period_text(start: Any, grain: Grain) -> str:
    """As questions write a period: 2026-09, 2026-Q3, 2026; days and weeks by their first day."""
    day = str(start)[:10]
    match grain:
        case "month":
            return day[:7]
        case "quarter":
            return f"{day[:4]}-Q{(int(day[5:7]) + 2) // 3}"
        case "year":
            return day[:4]
        case _:
            return day


def since_of(scene: Scene, months: int) -> str:
    """The first month of the last `months` whole ones, as text."""
    first = (scene.today.replace(day=1) - timedelta(days=1)).replace(day=1)
    total = first.year * 12 + first.month - 1 - (months - 1)
    return f"{total // 12:04d}-{total % 12 + 1:02d}"


@lru_cache(maxsize=50_000)
def plain_name(text: str) -> str:
    """A name as people hear it: width, case, spaces, punctuation and what stands in brackets do not count.

    >>> plain_name("Freight (bills)"), plain_name("运费（账单）"), plain_name("ＧＭＶ 总额")
    ('freight', '运费', 'gmv总额')
    """
    folded = unicodedata.normalize("NFKC", text).casefold()
    bare = re.sub(r"\([^)]*\)", "", folded)
    return re.sub(r"[\W_]+", "", bare) or re.sub(r"[\W_]+", "", folded)


def keys_of_name(metric: Metric) -> frozenset[str]:
    """Everything the metric is called."""
    definition = metric.definition
    names = (definition.label.zh, definition.label.en, *definition.synonyms)
    return frozenset(plain_name(name) for name in names if name)


def same_name(scene: Scene, *, every: bool = False) -> tuple[tuple[str, str], ...]:
    """Pairs that share a name in either language or a synonym, each once: those asked for, or `every` one."""
    pairs: tuple[tuple[str, str], ...] | None = scene.kept.get("same name")
    if pairs is None:
        pairs = scene.kept["same name"] = tuple(dict.fromkeys(_sharing(scene.model.metrics.values())))
    return pairs if every else tuple(pair for pair in pairs if scene.is_asked(*pair))


MOST_OF_ONE_NAME = 20
"""A name that more metrics share says nothing: pairs of it are formed with the first of them only."""


def _sharing(metrics: Iterable[Metric]) -> Iterator[tuple[str, str]]:
    by_name: dict[str, list[str]] = {}
    for metric in metrics:
        for key in keys_of_name(metric):
            by_name.setdefault(key, []).append(metric.name)
    for names in by_name.values():
        firsts = names if len(names) <= MOST_OF_ONE_NAME else names[:1]
        for at, one in enumerate(firsts):
            yield from ((one, other) for other in names[at + 1 :])


def is_reported(model: Model, metric: str) -> bool:
    """Whether its values are handed in rather than computed."""
    return isinstance(model.metrics[metric].body, Reported)


def simple_of(model: Model, metric: str) -> tuple[str, str] | None:
    """(dataset, measure) of a simple metric."""
    body = model.metrics[metric].body
    if not isinstance(body, Simple):
        return None
    dataset, _, measure = body.measure.rpartition(".")
    return dataset, measure


def owners(model: Model, metrics: Sequence[str]) -> tuple[str, ...]:
    """The departments that own the metrics, in their order, each once."""
    named = [model.metrics[name].definition.owner for name in metrics]
    return tuple(dict.fromkeys(name for name in named if name))


def _asked(scene: Scene, grain: Grain, names: Sequence[str]) -> dict[str, Series | None]:
    """One question; halved where it cannot be answered, so that one broken metric costs its own series only."""
    column = f"metric_time.{grain}"
    try:
        table = scene.look.ask(list(names), by=column, order=column).table
    except HeduError as error:
        let_through(error)
        if len(names) == 1:
            return {names[0]: None}
        half = len(names) // 2
        return _asked(scene, grain, names[:half]) | _asked(scene, grain, names[half:])
    return {name: read(table, grain, name, scene.today) for name in names}
