"""The slow evaluator along time: running totals, earlier values and conversions, row by row."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from hedu.plan.periods import shift
from tests.laws.plain import Asked, Leaf, Row, World, aggregated, in_range, is_visible, truncated, value_at

MONTHS = ("month", "quarter", "year")
NESTED = {"day": ("day", "week", "month", "quarter", "year"), "week": ("week",), "month": MONTHS,
          "quarter": ("quarter", "year"), "year": ("year",)}  # fmt: skip
Key = tuple[Any, ...]


@dataclass
class Running:
    """A leaf added up over (count, unit), since the start of a unit, or over all time."""

    leaf: str
    window: tuple[int, str] | None = None
    to: str | None = None


@dataclass
class Earlier:
    """A leaf, a length of time earlier."""

    leaf: str
    count: int
    unit: str


@dataclass
class Converted:
    """Rows of leaf `base` and how many of leaf `then` followed them for the same `far` row, within some days."""

    base: str
    then: str
    far: str
    days: int


@dataclass
class Timed:
    """What a world is asked for along time, by metric name."""

    metrics: dict[str, Running | Earlier | Converted] = field(default_factory=dict)


def random_timed(dice: random.Random, world: World) -> Timed:
    plain = [name for name, leaf in world.leaves.items() if not leaf.takes]
    made = Timed()
    for at, name in enumerate(dice.sample(plain, min(6, len(plain)))):
        window = dice.choice([(7, "day"), (2, "week"), (3, "month"), (1, "quarter")])
        kind = dice.randrange(4)
        made.metrics[f"x{at}"] = (
            Running(name, window=window)
            if kind == 0
            else Running(name, to=dice.choice(["month", "quarter", "year", "week"]))
            if kind == 1
            else Running(name)
            if kind == 2
            else Earlier(name, dice.randint(1, 3), dice.choice(["day", "week", "month", "quarter", "year"]))
        )
    counts = [name for name in plain if world.leaves[name].agg == "count"]
    for at, (base, then) in enumerate((a, b) for a in counts for b in counts if a != b):
        shared = set(_keys(world, base)) & set(_keys(world, then))
        if shared and at < 4:
            made.metrics[f"v{at}"] = Converted(base, then, sorted(shared)[0], dice.choice([5, 30, 90]))
    return made


def _keys(world: World, leaf: str) -> dict[str, str]:
    """The far tables whose key a leaf's table holds in exactly one column, with that column."""
    table = world.tables[world.leaves[leaf].table]
    fars = list(table.refers.values())
    return {far: role for role, far in table.refers.items() if fars.count(far) == 1}


def definitions_of(timed: Timed) -> str:
    made = []
    for name, one in timed.metrics.items():
        match one:
            case Running(leaf, window, to):
                how = f", window: {window[0]} {window[1]}s" if window else f", grain_to_date: {to}" if to else ""
                made.append(f"metric: {name}\ncumulative: {{metric: {leaf}{how}}}")
            case Earlier(leaf, count, unit):
                ref = f"{{metric: {leaf}, offset_window: {count} {unit}s}}"
                made.append(f"metric: {name}\nderived: {{formula: a, metrics: {{a: {ref}}}}}")
            case Converted(base, then, far, days):
                made.append(
                    f"metric: {name}\nconversion: {{base: {base}, conversion: {then}, entity: {far}, "
                    f"window: {days} days, calculation: conversions}}"
                )
    return "".join(f"---\nversion: 1\n{text}\n" for text in made)


def answer_in_time(world: World, timed: Timed, asked: Asked) -> dict[Key, dict[str, Any]]:
    """Key values -> metric values; by[0] is a period of metric_time."""
    found = {name: _one(world, timed.metrics[name], asked) for name in asked.metrics}
    keys = {key for values in found.values() for key in values}
    return {
        key: {name: values.get(key, _nothing(world, timed.metrics[name])) for name, values in found.items()}
        for key in keys
    }


def _nothing(world: World, one: Running | Earlier | Converted) -> int | None:
    if isinstance(one, Converted):
        return 0
    return 0 if world.leaves[one.leaf].agg in ("count", "count_distinct") else None


def _one(world: World, one: Running | Earlier | Converted, asked: Asked) -> dict[Key, Any]:
    match one:
        case Running():
            return _running(world, one, asked)
        case Earlier():
            return _earlier(world, one, asked)
        case Converted():
            return _converted(world, one, asked)


def _rows(world: World, leaf: Leaf, asked: Asked) -> Iterator[tuple[date, Key, Row]]:
    """Rows a leaf may count, with their day and their keys but time."""
    table = world.tables[leaf.table]
    for row in table.rows:
        day = truncated(row[table.time], "day")
        passes = all(test(world, table, row) is True for _, test, _ in asked.where)
        passes = passes and (leaf.test is None or leaf.test(world, table, row) is True)
        if day is not None and passes and is_visible(world, table, row, asked):
            yield day, tuple(value_at(world, table, row, path) for path in asked.by[1:]), row


def _running(world: World, one: Running, asked: Asked) -> dict[Key, Any]:
    leaf, grain = world.leaves[one.leaf], asked.by[0].rpartition(".")[2]
    rows = [item for item in _rows(world, leaf, asked) if asked.end is None or item[0] < asked.end]
    reach = [item[0] for item in rows]
    whole = one.window is not None and one.window[1] != "day" and grain in NESTED[one.window[1]]
    if asked.start is not None and one.window is not None and not whole:
        reach = [day for day in reach if day > shift(asked.start, one.window[1], -one.window[0])]
    if not reach:
        return {}
    last = asked.end - timedelta(days=1) if asked.end else max(reach)
    period = truncated(asked.start or min(reach), grain)
    found: dict[Key, Any] = {}
    while period is not None and period <= last:
        end = shift(period, grain, 1) - timedelta(days=1)  # type: ignore[arg-type]
        edge = min(end, _end(last, one.window[1])) if one.window and whole else end
        for key, held in _groups(rows, one, min(end, last), edge, whole).items():
            found[period, *key] = aggregated(leaf.agg, [row.get(leaf.column) for row in held])
        period = end + timedelta(days=1)
    return found


def _end(day: date, unit: str) -> date:
    first = truncated(day, unit)
    assert first is not None
    return shift(first, unit, 1) - timedelta(days=1)  # type: ignore[arg-type]


def _groups(rows: list[tuple[date, Key, Row]], one: Running, day: date, end: date, whole: bool) -> dict[Key, list[Row]]:
    """The rows within reach of a day, by key."""
    first = date.min
    if one.window and whole:
        first = shift(end + timedelta(days=1), one.window[1], -one.window[0])  # type: ignore[arg-type]
    elif one.window:
        first = shift(day, one.window[1], -one.window[0]) + timedelta(days=1)  # type: ignore[arg-type]
    elif one.to:
        first = truncated(day, one.to) or day
    groups: dict[Key, list[Row]] = {}
    for when, key, row in rows:
        if first <= when <= day:
            groups.setdefault(key, []).append(row)
    return groups


def _earlier(world: World, one: Earlier, asked: Asked) -> dict[Key, Any]:
    leaf, grain = world.leaves[one.leaf], asked.by[0].rpartition(".")[2]
    groups: dict[Key, list[Row]] = {}
    for day, key, row in _rows(world, leaf, asked):
        for later in _later(day, one, grain, asked):
            groups.setdefault((truncated(later, grain), *key), []).append(row)
    return {key: aggregated(leaf.agg, [row.get(leaf.column) for row in rows]) for key, rows in groups.items()}


def _later(day: date, one: Earlier, grain: str, asked: Asked) -> Iterator[date]:
    """The days on which a row counts, so much later than it happened."""
    if grain in MONTHS or one.unit not in MONTHS:
        start, end = (edge and shift(edge, one.unit, -one.count) for edge in (asked.start, asked.end))  # type: ignore[arg-type]
        if (start is None or day >= start) and (end is None or day < end):
            finer = one.unit if grain in NESTED.get(one.unit, ()) else grain
            whole = truncated(day, finer) if grain in MONTHS and one.unit in MONTHS else day
            assert whole is not None
            yield shift(whole, one.unit, one.count)  # type: ignore[arg-type]
        return
    moved = shift(day, one.unit, one.count)  # type: ignore[arg-type]
    for more in range(5):
        later = moved + timedelta(days=more)
        if shift(later, one.unit, -one.count) == day and in_range(later, asked):  # type: ignore[arg-type]
            yield later


def _converted(world: World, one: Converted, asked: Asked) -> dict[Key, Any]:
    base, then = world.leaves[one.base], world.leaves[one.then]
    first, second = world.tables[base.table], world.tables[then.table]
    key, other = _keys(world, one.base)[one.far], _keys(world, one.then)[one.far]
    found: dict[Key, int] = {}
    befores = [item for item in _rows(world, base, asked) if in_range(item[0], asked)]
    unasked = Asked([], [], [], rights=asked.rights)
    for _, _, row in _rows(world, then, Asked([], asked.by[:1], [], rights=unasked.rights)):
        at = _instant(row[second.time])
        fits = [
            (_instant(before[first.time]), before["id"], day, keys)
            for day, keys, before in befores
            if before[key] is not None
            and before[key] == row[other]
            and at - timedelta(days=one.days) < _instant(before[first.time]) <= at
        ]
        if fits:
            _, _, day, keys = max(fits, key=lambda item: item[:2])
            grain = asked.by[0].rpartition(".")[2]
            place = (truncated(day, grain), *keys)
            found[place] = found.get(place, 0) + 1
    return found


def _instant(moment: date) -> datetime:
    return moment if isinstance(moment, datetime) else datetime(moment.year, moment.month, moment.day)
