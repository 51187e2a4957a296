"""Reported values -> the wrong sums and averages of computed metrics that reproduce them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any, Literal

from hedu.alignment.scene import Scene
from hedu.alignment.series import (
    Panel,
    Series,
    ends,
    is_reported,
    native_grain,
    panel,
    plain_name,
    series,
    together,
)
from hedu.define.definitions import Grain
from hedu.errors import HeduError
from hedu.model.types import Metric, Model

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

How = Literal["sum", "mean"]
FINER: dict[Grain, tuple[Grain, ...]] = {"year": ("quarter", "month"), "quarter": ("month",), "month": ("day",)}
SAME = 0.003
"""Values this near are the same but for rounding."""
REPRODUCED = 0.9
"""The part of the periods a misuse must reproduce."""
WRONG = 0.005
"""The right value must be this far away in the median period: else the misuse does no harm."""
LEAST_PERIODS = 4
LEAST_RATIO, MOST_RATIO = 0.75, 20.0
"""Misuse over a dimension is looked for among metrics that the reported one is so many times of."""
LONGEST_NAME = 24
MOST_GROUPS, MOST_DIMENSIONS, MOST_NEAR = 60, 8, 4


@dataclass(frozen=True, slots=True)
class Misuse:
    """`by_metric` reports `how` of `metric` over `over` (a finer grain or a dimension) instead of `metric` itself."""

    metric: str
    by_metric: str
    how: How
    over: str
    grain: Grain
    starts: Any
    reported: Floats
    wrong: Floats
    right: Floats

    @property
    def gap(self) -> float:
        """How far off the reported value is in the median period, as a part of the right one."""
        import numpy as np

        return float(np.median(self.reported / self.right - 1))


def over_time(scene: Scene) -> Iterator[Misuse]:
    """Sums of distinct counts or levels, and means of ratios, over the finer periods in each reported one."""
    for grain, finer in FINER.items():
        reported = [name for name in scene.model.metrics if _hands_in(scene, name, grain)]
        if not reported:
            continue
        told = series(scene, grain, reported)
        for fine in finer:
            yield from _over_periods(scene, told, grain, fine)


def by_dimension(scene: Scene) -> Iterator[Misuse]:
    """Distinct counts added up, or ratios averaged, over the values of one dimension."""
    reported = [name for name in scene.model.metrics if _hands_in(scene, name, "month")]
    if not reported:
        return
    months = panel(scene, "month")
    for name in reported:
        told = series(scene, "month", (name,)).get(name)
        for metric in _near(scene, months, name) if told is not None else ():
            assert told is not None
            found = _over_groups(scene, metric, name, told)
            if found is not None:
                yield found
                break


def _hands_in(scene: Scene, metric: str, grain: Grain) -> bool:
    model = scene.model
    return is_reported(model, metric) and native_grain(model, metric) == grain


def _is_misusable(model: Model, metric: str) -> bool:
    """Computed, and not to be added up."""
    return not model.metrics[metric].is_additive and not is_reported(model, metric)


def _over_periods(scene: Scene, told: dict[str, Series], grain: Grain, fine: Grain) -> Iterator[Misuse]:
    """Found by nearest neighbours in the last whole periods, or in those before where a month of these has no rows."""
    import numpy as np
    from scipy.spatial import cKDTree

    parts = panel(scene, fine, _usable(scene, told, fine))
    if not parts.names or not told:
        return
    starts, sums, counts = _rolled(parts, grain)
    means = np.divide(sums, counts, out=np.full_like(sums, np.nan), where=counts > 0)
    wrongs: dict[How, Floats] = {"sum": sums, "mean": means}
    done: set[tuple[How, str]] = set()
    stretches = (starts[-LEAST_PERIODS - 1 : -1], starts[-2 * LEAST_PERIODS - 1 : -LEAST_PERIODS - 1])
    for (how, wrong), last in product(wrongs.items(), stretches):
        if len(last) < LEAST_PERIODS:
            continue
        recent = wrong[:, np.searchsorted(starts, last)]
        usable = np.flatnonzero((recent > 0).all(axis=1))
        tree = cKDTree(np.log(recent[usable])) if len(usable) else None
        for name, one in told.items():
            place = np.searchsorted(one.starts, last)
            is_told = (place < len(one.starts)).all() and (one.values[place] > 0).all()
            if tree is None or (how, name) in done or not is_told:
                continue
            for at in tree.query_ball_point(np.log(one.values[place]), SAME * 2 * LEAST_PERIODS**0.5)[:MOST_NEAR]:
                row = usable[at]
                found = _checked(scene, parts.names[row], name, (how, fine), one, Series(starts, wrong[row]), grain)
                if found is not None:
                    done.add((how, name))
                    yield found
                    break


def _usable(scene: Scene, told: dict[str, Series], fine: Grain) -> list[str]:
    """Whatever does not add up; by day, where series are long, only what goes by a kindred name."""
    names = [name for name in scene.model.metrics if _is_misusable(scene.model, name)]
    if fine != "day":
        return names
    kindred = {near for name in told for near in _kindred(scene, name)}
    return [name for name in names if name in kindred]


def _rolled(parts: Panel, grain: Grain) -> tuple[Any, Floats, Floats]:
    """Sums and counts of the parts in each coarser period."""
    import numpy as np

    months = parts.starts.astype("M8[M]").astype(int)
    size = {"month": 1, "quarter": 3, "year": 12}[grain]
    starts, place = np.unique(months // size * size, return_inverse=True)
    shape = (len(parts.names), len(starts))
    sums, counts = np.zeros(shape), np.zeros(shape)
    np.add.at(sums.T, place, np.nan_to_num(parts.values).T)
    np.add.at(counts.T, place, (~np.isnan(parts.values)).astype(float).T)
    return starts.astype("M8[M]").astype("M8[D]"), sums, counts


def _checked(
    scene: Scene, metric: str, name: str, how: tuple[How, str], told: Series, wrong: Series, grain: Grain
) -> Misuse | None:
    """The misuse gives what was reported, and the right value is another."""
    import numpy as np

    right = series(scene, grain, (metric,)).get(metric)
    if right is None or not scene.is_asked(metric, name):
        return None
    first = max(told.starts[0], wrong.starts[0])
    starts, one, other = together(told, wrong)
    starts_right, _, truth = together(told, right)
    common, at, at_right = np.intersect1d(starts, starts_right, return_indices=True)
    inside = (
        (common >= first)
        & (other[at] != 0)
        & (truth[at_right] != 0)
        & (ends(common, grain) <= np.datetime64(scene.today))
    )
    if inside.sum() < LEAST_PERIODS:
        return None
    reported, made, true = one[at][inside], other[at][inside], truth[at_right][inside]
    is_same = np.abs(reported / made - 1) <= SAME
    is_off = np.median(np.abs(reported / true - 1)) >= WRONG and np.median(np.abs(made / true - 1)) >= WRONG
    if is_same.mean() < REPRODUCED or not is_off:
        return None
    return Misuse(metric, name, how[0], how[1], grain, common[inside], reported, made, true)


def _near(scene: Scene, months: Panel, reported: str) -> list[str]:
    """Computed metrics that the reported one may stand for: one unit, kindred names, values not far away."""
    import numpy as np

    model, told = scene.model, months.row(reported)
    found: list[tuple[float, str]] = []
    for metric in _kindred(scene, reported):
        if metric not in months.names or not _is_misusable(model, metric):
            continue
        own = months.row(metric)
        both = ~np.isnan(told) & ~np.isnan(own) & (own != 0)
        if both.sum() < LEAST_PERIODS:
            continue
        ratio = float(np.median(told[both] / own[both]))
        far = float(np.median(np.abs(told[both] / own[both] - 1)))
        most = MOST_RATIO if _is_counted(model, metric) else 1 / LEAST_RATIO
        if far >= WRONG and LEAST_RATIO <= ratio <= most:
            found.append((far, metric))
    return [metric for _, metric in sorted(found)[:MOST_NEAR]]


def _kindred(scene: Scene, reported: str) -> list[str]:
    """Metrics of the same unit in the same business process, or whose name is part of the reported one's."""
    model = scene.model
    index: dict[tuple[str, str, str], list[str]] | None = scene.kept.get("kindred")
    if index is None:
        index = scene.kept["kindred"] = {}
        for name, metric in model.metrics.items():
            unit = metric.unit or ""
            index.setdefault((unit, "process", metric.definition.process or ""), []).append(name)
            index.setdefault((unit, "name", _called(metric)), []).append(name)
    own = model.metrics[reported]
    unit, process, called = own.unit or "", own.definition.process or "", _called(own)
    parts = {called[a:b] for a in range(len(called)) for b in range(a + 2, len(called) + 1)}
    near = index.get((unit, "process", process), []) if process else []
    found = dict.fromkeys(near if len(near) <= MOST_GROUPS else ())
    for part in sorted(parts, key=len, reverse=True):
        found |= dict.fromkeys(index.get((unit, "name", part), []))
    return [name for name in found if name != reported][:MOST_GROUPS]


def _is_counted(model: Model, metric: str) -> bool:
    """A distinct count or a level: people add these up; ratios and averages they average."""
    measures = [model.datasets[name].measures[measure] for name, measure in model.leaves(metric)]
    return len(measures) == 1 and (measures[0].agg == "count_distinct" or measures[0].semi_additive is not None)


def _called(metric: Metric) -> str:
    return plain_name(metric.label.zh or metric.label.en or metric.name)[:LONGEST_NAME]


def _over_groups(scene: Scene, metric: str, name: str, told: Series) -> Misuse | None:
    """The first dimension over whose values a plain mean or sum gives what was reported."""
    dataset = scene.model.datasets[scene.model.leaves(metric)[0][0]]
    texts = [one.name for one in dataset.dimensions.values() if one.type == "text"]
    how: How = "sum" if _is_counted(scene.model, metric) else "mean"
    for dimension in texts[:MOST_DIMENSIONS]:
        grouped = _grouped(scene, metric, f"{dataset.name}.{dimension}")
        found = _checked(scene, metric, name, (how, dimension), told, grouped[how], "month") if grouped else None
        if found is not None:
            return found
    return None


def _grouped(scene: Scene, metric: str, dimension: str) -> dict[str, Series] | None:
    """By month: the plain mean and the sum over the values of a dimension; None where it has too many or cannot be.

    Rows without a value make no group: nobody reports one.
    """
    import numpy as np
    import pyarrow.compute as pc

    key = ("grouped", metric, dimension)
    if key in scene.kept:
        kept: dict[str, Series] | None = scene.kept[key]
        return kept
    scene.kept[key] = None
    try:
        table = scene.look.ask(metric, by=["metric_time.month", dimension]).table
    except HeduError:
        return None
    table = table.filter(pc.not_equal(pc.utf8_trim_whitespace(table.column(1).cast("string")), ""))
    values = table.column(2).cast("double", safe=False).to_numpy(zero_copy_only=False).astype(float)
    starts, place = np.unique(np.asarray(table.column(0).cast("date32"), dtype="M8[D]"), return_inverse=True)
    if len(values) > MOST_GROUPS * max(len(starts), 1):
        return None
    held = ~np.isnan(values)
    sums = np.bincount(place[held], weights=values[held], minlength=len(starts)).astype(float)
    counts = np.bincount(place[held], minlength=len(starts))
    made = {"sum": Series(starts, sums), "mean": Series(starts, sums / np.maximum(counts, 1))}
    scene.kept[key] = made
    return made
