"""Metrics + a person -> each metric's course as that person may see it: a few questions for many metrics, kept.

Kept per catalog revision, data snapshot and access, so that a second person with the same rights waits for nothing
and nobody is shown another's numbers.
"""

from __future__ import annotations

import threading
from collections import OrderedDict, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from statistics import median_low
from typing import Any

from hedu.center.catalog.reads import Asker
from hedu.center.home.rules import Points, Step, last_full, last_step
from hedu.define.definitions import MetricDef, Reported
from hedu.engine.answers import version_of
from hedu.errors import HeduError

AT_ONCE = 12
STATES_KEPT = 64
TIMEOUT_SECONDS = 20.0

Key = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Pulse:
    """A metric's course by its own grain; `at` is the place of its last full period, None without values.

    `step` is how the course went into that period, None where there is too little to say.
    """

    metric: str
    grain: str = "month"
    points: Points = ()
    at: int | None = None
    step: Step | None = None
    refused: str = ""


@dataclass(slots=True)
class _State:
    """What is known for one revision, snapshot and access."""

    pulses: dict[str, Pulse] = field(default_factory=dict)
    untils: dict[str, date | None] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)


_states: OrderedDict[Key, _State] = OrderedDict()
_lock = threading.Lock()


def are_known(who: Asker, metrics: Iterable[str]) -> bool:
    """Whether these courses can be shown without asking anything."""
    state = _states.get(_key(who))
    return state is not None and all(name in state.pulses for name in metrics)


def pulses(who: Asker, metrics: Sequence[str]) -> Mapping[str, Pulse]:
    """The courses of these metrics; those not yet known are asked for, several at a time."""
    state = _state(who)
    missing = [name for name in dict.fromkeys(metrics) if name not in state.pulses]
    if missing:
        with state.lock:
            for grain, names in _by_grain(who, [name for name in missing if name not in state.pulses]).items():
                for start in range(0, len(names), AT_ONCE):
                    _fill(who, state, names[start : start + AT_ONCE], grain)
    return {name: state.pulses[name] for name in metrics if name in state.pulses}


def forget() -> None:
    """Start anew: for tests and measuring."""
    with _lock:
        _states.clear()


def data_until(who: Asker) -> date | None:
    """The day up to which most of the data behind the known courses reach (a table or two may run ahead)."""
    days = [day for day in _state(who).untils.values() if day is not None]
    return median_low(days) if days else None


def _key(who: Asker) -> Key:
    return who.served.mark, version_of(who.workspace.engine), who.access.digest


def _state(who: Asker) -> _State:
    key = _key(who)
    with _lock:
        state = _states.setdefault(key, _State())
        _states.move_to_end(key)
        while len(_states) > STATES_KEPT:
            _states.popitem(last=False)
    return state


def _by_grain(who: Asker, names: Iterable[str]) -> Mapping[str, list[str]]:
    """Metrics that have a time, by the grain they are looked at; the others stay unknown."""
    found: dict[str, list[str]] = defaultdict(list)
    for name in names:
        metric = who.workspace.model.metrics.get(name)
        if metric is not None:
            found[_grain(metric.definition)].append(name)
    return found


def _grain(metric: MetricDef) -> str:
    return metric.body.grain if isinstance(metric.body, Reported) else "month"


def _fill(who: Asker, state: _State, names: Sequence[str], grain: str) -> None:
    """Ask for all of `names` in one question; where that is refused, for each half, down to the one at fault."""
    by = f"metric_time.{grain}"
    try:
        result = who.ask(names, by=by, order=by, timeout=TIMEOUT_SECONDS)
    except HeduError as error:
        if len(names) == 1:
            state.pulses[names[0]] = Pulse(names[0], grain, refused=error.code)
            return
        half = len(names) // 2
        _fill(who, state, names[:half], grain)
        _fill(who, state, names[half:], grain)
        return
    days = [_day(value) for value in result.table.column(0).to_pylist()]
    for name in names:
        values = result.table.column(name).to_pylist()
        points = tuple(
            (day, None if value is None else float(value))
            for day, value in zip(days, values, strict=True)
            if day is not None
        )
        at = last_full(points, grain, _until(who, state, name))
        step = last_step(points, at, grain) if at is not None else None
        state.pulses[name] = Pulse(name, grain, points, at, step)


def _until(who: Asker, state: _State, name: str) -> date | None:
    """The last day any row behind the metric falls on; None where that is not known."""
    model = who.workspace.model
    days: list[date] = []
    for dataset_name, measure_name in model.leaves(name):
        dataset = model.datasets[dataset_name]
        time = dataset.measures[measure_name].time or dataset.time
        if time is None or dataset.reported is not None:
            continue
        path = f"{dataset_name}.{time}"
        if path not in state.untils:
            state.untils[path] = _last_day(who, path)
        day = state.untils[path]
        if day is not None:
            days.append(day)
    return max(days, default=None)


def _last_day(who: Asker, path: str) -> date | None:
    try:
        found = who.ask((), by=path, min_max=True, timeout=TIMEOUT_SECONDS)
    except HeduError:
        return None
    return _day(found.table.column(1)[0].as_py()) if found.table.num_rows else None


def _day(value: object) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else None
