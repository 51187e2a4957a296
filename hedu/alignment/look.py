"""A workspace -> the few things alignment may call on it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Protocol

from sqlglot import exp

from hedu.alignment.scene import Look
from hedu.define.definitions import Grain, Simple
from hedu.model.types import Dataset, Dimension, Model
from hedu.plan.periods import shift

if TYPE_CHECKING:
    import pyarrow as pa

    from hedu.engine.protocol import Engine
    from hedu.query.result import Result

_PERIODS = ("week", "month", "quarter", "year")
ROW_KEY = "hedu_row_key"
"""The dimensions `keyed_rows` adds for a moment: hedu_row_key_0, hedu_row_key_1, …"""


class Asked(Protocol):
    """What is looked at: a workspace."""

    model: Model

    @property
    def engine(self) -> Engine: ...

    @property
    def ask(self) -> Callable[..., Result]: ...


def look_of(workspace: Asked, over: Callable[[Model], Asked]) -> Look:
    """A look at `workspace`; `over` opens another model over the same data."""
    return _Look(workspace, over)


@dataclass(frozen=True, slots=True)
class _Look:
    """See `hedu.alignment.scene.Look`."""

    workspace: Asked
    over: Callable[[Model], Asked]

    def ask(self, metrics: Any, **question: Any) -> Result:
        return self.workspace.ask(metrics, **question)

    def ask_variant(self, model: Model, metrics: Any, **question: Any) -> Result:
        return self.over(model).ask(metrics, **question)

    def keyed_rows(self, metric: str, since: str | None, until: str | None) -> pa.Table | None:
        """Columns: the key as texts (key_0, …), `day` of the metric's time (where it has one), `value`."""
        model = self.workspace.model
        body = model.metrics[metric].body
        if not isinstance(body, Simple):
            return None
        dataset = model.datasets[body.measure.rpartition(".")[0]]
        if not dataset.primary_key:
            return None
        keyed = with_row_key(model, dataset)
        by = [f"{dataset.name}.{ROW_KEY}_{at}" for at in range(len(dataset.primary_key))]
        time = dataset.measures[body.measure.rpartition(".")[2]].time or dataset.time
        days = ["metric_time.day"] if time and _is_daily(dataset.dimensions[time]) else []
        table = self.ask_variant(keyed, metric, by=[*by, *days], since=since, until=until).table
        return table.rename_columns([*(f"key_{at}" for at in range(len(by))), *(["day"] if days else []), "value"])

    def scratch(self, tables: Mapping[str, pa.Table]) -> Callable[[str], pa.Table]:
        from hedu.engine.scratch import scratch

        return scratch(tables, self.workspace.model.settings.time_zone)

    def snapshot(self) -> str | None:
        return self.workspace.engine.snapshot()

    def watermark(self, dataset: str) -> date | None:
        """The last day of the dataset's own time, or of the last period it holds; None where it has none or no rows."""
        held = self.workspace.model.datasets[dataset]
        if held.time is None:
            return None
        if held.reported is None:
            found = self.ask((), by=f"{dataset}.{held.time}", min_max=True).rows()
            return _last_day(list(found[0].values())[1], held.dimensions[held.time].grain) if found else None
        column = f"metric_time.{held.reported.grain}"
        metric = dataset.removeprefix("reported:")
        own = [*(one.name for one in held.reported.dimensions), *(one.name for one in held.reported.entities)]
        by = [column, *own]
        rows = self.ask(metric, by=by, order=f"-{column}", limit=1).rows()
        return _last_day(rows[0][column], held.reported.grain) if rows else None


def with_row_key(model: Model, dataset: Dataset) -> Model:
    """The model with the primary key of `dataset` as dimensions of texts, so that it can be asked row by row."""
    keys = {
        f"{ROW_KEY}_{at}": Dimension(
            dataset.name, f"{ROW_KEY}_{at}", "text", exp.cast(exp.column(column, quoted=True), "text")
        )
        for at, column in enumerate(dataset.primary_key)
    }
    wider = replace(dataset, dimensions={**dataset.dimensions, **keys})
    return replace(model, datasets={**model.datasets, dataset.name: wider}, path_cache={})


def _is_daily(time: Dimension) -> bool:
    return time.grain in (None, "second", "minute", "hour", "day")


def _last_day(value: object, grain: Grain | None) -> date | None:
    """The last day of the period that begins with `value`; the day itself where it stands for no period."""
    day = value.date() if isinstance(value, datetime) else value
    if not isinstance(day, date):
        return None
    return shift(day, grain, 1) - timedelta(days=1) if grain in _PERIODS else day
