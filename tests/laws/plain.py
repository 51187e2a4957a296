"""A slow, obviously right evaluator: small random models and data, answered row by row in plain Python."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

Row = dict[str, Any]
Truth = bool | None
Test = Callable[["World", "Table", Row], Truth]


@dataclass
class Table:
    """A dataset with its rows. `refers` maps a role to the table it leads to; a role's column bears its name."""

    name: str
    rows: list[Row]
    dimensions: dict[str, str]
    refers: dict[str, str]
    time: str


@dataclass
class Leaf:
    """An aggregate over one table, narrowed by a test that is also written out."""

    table: str
    agg: str
    column: str
    text: str = ""
    test: Test | None = None
    takes: str = ""


@dataclass
class World:
    """Tables, leaves by metric name, and what is computed from them: (left, operator, right)."""

    tables: dict[str, Table]
    leaves: dict[str, Leaf] = field(default_factory=dict)
    formulas: dict[str, tuple[str, str, str]] = field(default_factory=dict)

    def parts(self, metric: str) -> list[str]:
        if metric in self.leaves:
            return [metric]
        left, _, right = self.formulas[metric]
        return [*self.parts(left), *self.parts(right)]


@dataclass
class Asked:
    """A question, with its filters as tests over rows and as text."""

    metrics: list[str]
    by: list[str]
    where: list[tuple[str, Test, bool]]
    start: date | None = None
    end: date | None = None
    rights: Mapping[str, tuple[str, Test]] = field(default_factory=dict)


def value_at(world: World, table: Table, row: Row, path: str) -> Any:
    """What a dotted path leads to from a row: NULL where a key is missing or leads nowhere."""
    if path.split(".")[0] == "metric_time":
        path = ".".join([table.time, *path.split(".")[1:]])
    *roles, last = path.split(".")
    if last in ("month", "year", "quarter", "day", "week"):
        return truncated(value_at(world, table, row, ".".join(roles)), last)
    for role in roles:
        table, key = world.tables[table.refers[role]], row[role]
        found = [one for one in table.rows if key is not None and one["id"] == key]
        if not found:
            return None
        row = found[0]
    return row[last]


def truncated(moment: date | None, grain: str) -> date | None:
    if moment is None:
        return None
    day = moment.date() if isinstance(moment, datetime) else moment
    first = {"year": day.replace(month=1, day=1), "month": day.replace(day=1), "day": day}
    first["quarter"] = day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
    first["week"] = day - timedelta(days=day.weekday())
    return first[grain]


def is_restricted(world: World, table: Table, asked: Asked) -> bool:
    return table.name in asked.rights or any(
        is_restricted(world, world.tables[far], asked) for far in table.refers.values()
    )


def is_visible(world: World, table: Table, row: Row, asked: Asked) -> bool:
    """A row passes its own policy, and whatever it refers to exists and is visible wherever a policy reaches."""
    if table.name in asked.rights and asked.rights[table.name][1](world, table, row) is not True:
        return False
    for role, name in table.refers.items():
        far = world.tables[name]
        if is_restricted(world, far, asked):
            found = [one for one in far.rows if row[role] is not None and one["id"] == row[role]]
            if not found or not is_visible(world, far, found[0], asked):
                return False
    return True


def rows_of(world: World, leaf: Leaf, asked: Asked) -> list[Row]:
    """The rows a leaf counts."""
    table = world.tables[leaf.table]
    rows = [row for row in table.rows if is_visible(world, table, row, asked) and in_range(row[table.time], asked)]
    for _, test, is_time in asked.where:
        if is_time:
            rows = [row for row in rows if test(world, table, row) is True]
    if leaf.takes in ("highest", "lowest"):
        rows = [row for row in rows if row[table.time] is not None]
    if leaf.takes == "last":
        keys = [item for item in asked.by if item.split(".")[0] in ("metric_time", table.time)]
        last: dict[tuple[Any, ...], Any] = {}
        for row in rows:
            bucket = tuple(value_at(world, table, row, key) for key in keys)
            if row[table.time] is not None:
                last[bucket] = max(last.get(bucket, row[table.time]), row[table.time])
        rows = [row for row in rows if row[table.time] in last.values()]
    for _, test, is_time in asked.where:
        if not is_time:
            rows = [row for row in rows if test(world, table, row) is True]
    return [row for row in rows if leaf.test is None or leaf.test(world, table, row) is True]


def in_range(moment: Any, asked: Asked) -> bool:
    if asked.start is None and asked.end is None:
        return True
    day = truncated(moment, "day")
    if day is None:
        return False
    return (asked.start is None or day >= asked.start) and (asked.end is None or day < asked.end)


def aggregated(agg: str, values: list[Any]) -> Any:
    if agg == "count":
        return len(values)
    known = [value for value in values if value is not None]
    if agg == "count_distinct":
        return len(set(known))
    if agg == "sum_boolean":
        return sum(1 for value in values if value) if values else None
    if not known:
        return None
    if agg == "sum_distinct":
        return sum(set(known))
    if agg in ("stddev", "variance_pop"):
        squares = sum((value - sum(known) / len(known)) ** 2 for value in known)
        if agg == "variance_pop":
            return squares / len(known)
        return math.sqrt(squares / (len(known) - 1)) if len(known) > 1 else None
    return {"sum": sum, "min": min, "max": max, "average": lambda all_: sum(all_) / len(all_)}[agg](known)  # type: ignore[operator]


def answer(world: World, asked: Asked) -> dict[tuple[Any, ...], dict[str, Any]]:
    """Key values -> metric values, for every group in which something was counted."""
    names = list(dict.fromkeys(part for metric in asked.metrics for part in world.parts(metric)))
    groups: dict[tuple[Any, ...], dict[str, list[Any]]] = {} if asked.by else {(): {}}
    for name in names:
        leaf = world.leaves[name]
        table = world.tables[leaf.table]
        for row in rows_of(world, leaf, asked):
            key = tuple(value_at(world, table, row, item) for item in asked.by)
            groups.setdefault(key, {}).setdefault(name, []).append((row[table.time], row.get(leaf.column)))
    return {key: {metric: computed(world, metric, found) for metric in asked.metrics} for key, found in groups.items()}


def computed(world: World, metric: str, found: Mapping[str, list[Any]]) -> Any:
    if metric in world.leaves:
        leaf = world.leaves[metric]
        rows = found.get(metric, [])
        if leaf.takes not in ("highest", "lowest"):
            return aggregated(leaf.agg, [value for _, value in rows])
        days = [[value for at, value in rows if at == day] for day in {at for at, _ in rows}]
        of_days = [made for values in days if (made := aggregated(leaf.agg, values)) is not None]
        nothing = 0 if leaf.agg in ("count", "count_distinct") else None
        return {"highest": max, "lowest": min}[leaf.takes](of_days, default=nothing)
    left, operator, right = world.formulas[metric]
    a, b = computed(world, left, found), computed(world, right, found)
    if a is None or b is None or (operator == "/" and b == 0):
        return None
    return {"+": lambda: a + b, "-": lambda: a - b, "*": lambda: a * b, "/": lambda: a / b}[operator]()


def paths(world: World, table: Table, hops: int = 2) -> Iterator[tuple[str, str]]:
    """(path, type) of every dimension within some hops."""
    yield from table.dimensions.items()
    if hops:
        for role, far in table.refers.items():
            for path, type_ in paths(world, world.tables[far], hops - 1):
                yield f"{role}.{path}", type_


LETTERS = ("a", "b", "c d", "单", None)
MONTHS = tuple(date(2023, 11, 1) + timedelta(days=31 * at) for at in range(6))


def random_world(seed: int) -> World:
    """Tables that refer to earlier ones, some by two roles, with missing and dangling keys."""
    dice = random.Random(seed)
    tables: dict[str, Table] = {}
    for at in range(dice.randint(3, 5)):
        name = f"t{at}"
        refers = {f"r{at}_{n}": f"t{dice.randrange(at)}" for n in range(dice.randint(1, 2))} if at else {}
        dimensions = {f"text{at}": "text", f"num{at}": "number", f"flag{at}": "boolean", f"day{at}": "date"}
        is_moment = dice.random() < 0.5
        dimensions[f"when{at}"] = "timestamp" if is_moment else "date"
        rows = [_row(dice, at, number, refers, is_moment) for number in range(dice.randint(3, 14))]
        tables[name] = Table(name, rows, dimensions, refers, f"when{at}")
    world = World(tables)
    _metrics(dice, world)
    return world


def _row(dice: random.Random, at: int, number: int, refers: Mapping[str, str], is_moment: bool) -> Row:
    day = date(2023, 11, 20) + timedelta(days=dice.randrange(150))
    moment = datetime(day.year, day.month, day.day, *dice.choice([(0, 0), (23, 59), (9, 30)]))
    row: Row = {"id": number, f"text{at}": dice.choice(LETTERS), f"num{at}": dice.choice([None, 0, 1, 2, 5])}
    row[f"flag{at}"] = dice.choice([True, False, None])
    row[f"day{at}"] = dice.choice([None, date(2024, 2, 29), date(2023, 12, 31), day])
    row[f"when{at}"] = None if dice.random() < 0.05 else moment if is_moment else day
    row["amount"] = dice.choice([None, -3, 0, 1, 4, 10, 25])
    row.update({role: dice.choice([None, *range(9)]) for role in refers})
    return row


def _metrics(dice: random.Random, world: World) -> None:
    aggs = ("sum", "count", "count_distinct", "min", "max", "average", "sum_boolean")
    rare = ("sum_distinct", "stddev", "variance_pop")
    for at, table in enumerate(world.tables.values()):
        for number in range(3):
            agg = dice.choice(rare if dice.random() < 0.1 else aggs)
            column = {"count": "", "sum_boolean": f"flag{at}"}.get(agg, "amount")
            takes = dice.choice(["last", "highest", "lowest"]) if agg == "sum" and dice.random() < 0.3 else ""
            takes = takes or (dice.choice(["highest", "lowest"]) if dice.random() < 0.1 else "")
            leaf = Leaf(table.name, agg, column, takes=takes)
            if leaf.takes != "last" and dice.random() < 0.5:
                leaf.text, leaf.test = condition(dice, list(paths(world, table)), table.name)
            world.leaves[f"m{at}_{number}"] = leaf
    names = list(world.leaves)
    for number in range(4):
        name = f"f{number}"
        world.formulas[name] = (dice.choice(names), dice.choice("+-*/"), dice.choice(names))
        names.append(name)


def condition(dice: random.Random, known: list[tuple[str, str]], own: str = "", depth: int = 2) -> tuple[str, Test]:
    """A filter as text, and the same as a test with three truth values."""
    if depth and dice.random() < 0.4:
        (a, left), (b, right) = (condition(dice, known, own, depth - 1) for _ in range(2))
        if dice.random() < 0.5:
            return f"({a} and {b})", lambda w, t, r: _and(left(w, t, r), right(w, t, r))
        return f"({a} or {b})", lambda w, t, r: _not(_and(_not(left(w, t, r)), _not(right(w, t, r))))
    if depth and dice.random() < 0.15:
        text, inner = condition(dice, known, own, depth - 1)
        return f"not ({text})", lambda w, t, r: _not(inner(w, t, r))
    path, type_ = dice.choice(known)
    if dice.random() < 0.15:
        return f"{path} is null", lambda w, t, r: value_at(w, t, r, path) is None
    return {"text": _text, "number": _number, "boolean": _flag}.get(type_, _time)(dice, path)


def _and(a: Truth, b: Truth) -> Truth:
    return False if a is False or b is False else None if a is None or b is None else True


def _not(a: Truth) -> Truth:
    return None if a is None else not a


def _tested(path: str, holds: Callable[[Any], bool]) -> Test:
    def test(world: World, table: Table, row: Row) -> Truth:
        value = value_at(world, table, row, path)
        return None if value is None else holds(value)

    return test


def _text(dice: random.Random, path: str) -> tuple[str, Test]:
    some = dice.sample(["a", "b", "c d", "单"], 2)
    if dice.random() < 0.5:
        return f"{path} in ('{some[0]}', '{some[1]}')", _tested(path, lambda value: value in some)
    return f"{path} <> '{some[0]}'", _tested(path, lambda value: value != some[0])


def _number(dice: random.Random, path: str) -> tuple[str, Test]:
    low = dice.randint(0, 3)
    if dice.random() < 0.5:
        return f"{path} between {low} and {low + 2}", _tested(path, lambda value: low <= value <= low + 2)
    return f"{low} < {path}", _tested(path, lambda value: low < value)


def _flag(dice: random.Random, path: str) -> tuple[str, Test]:
    return (path, _tested(path, bool)) if dice.random() < 0.5 else (f"{path} = false", _tested(path, lambda v: not v))


PERIODS = {"2024": (date(2024, 1, 1), date(2025, 1, 1)), "2024-02": (date(2024, 2, 1), date(2024, 3, 1)),
           "2023-Q4": (date(2023, 10, 1), date(2024, 1, 1)), "2024-W01": (date(2024, 1, 1), date(2024, 1, 8)),
           "2024-02-29": (date(2024, 2, 29), date(2024, 3, 1)), "2023-12": (date(2023, 12, 1), date(2024, 1, 1))}  # fmt: skip


def _time(dice: random.Random, path: str) -> tuple[str, Test]:
    text = dice.choice(list(PERIODS))
    start, end = PERIODS[text]
    sign, holds = dice.choice(
        [
            ("=", lambda day: start <= day < end),
            ("<>", lambda day: not start <= day < end),
            ("<", lambda day: day < start),
            ("<=", lambda day: day < end),
            (">", lambda day: day >= end),
            (">=", lambda day: day >= start),
        ]
    )
    return f"{path} {sign} '{text}'", _tested(path, lambda value: holds(truncated(value, "day")))


def definitions(world: World) -> str:
    """The world as native definitions."""
    made = []
    for table in world.tables.values():
        leaves = {name: leaf for name, leaf in world.leaves.items() if leaf.table == table.name}
        roles = "".join(f", {role}: {{entity: {far}, key: {role}}}" for role, far in table.refers.items())
        lines = [f"dataset: {table.name}", f"source: {table.name}", "primary_key: id", f"time: {table.time}"]
        lines += [f"entities: {{{table.name}: id{roles}}}", "dimensions:"]
        lines += [f"  {name}: {{type: {type_}}}" for name, type_ in table.dimensions.items()]
        lines += ["measures:", *(f"  {name}: {_measure(leaf, table)}" for name, leaf in leaves.items())]
        made.append("\n".join(lines))
        made += [_simple(name, leaf) for name, leaf in leaves.items()]
    for name, (left, operator, right) in world.formulas.items():
        made.append(f'metric: {name}\nderived: {{formula: "a {operator} b", metrics: {{a: {left}, b: {right}}}}}')
    return "\n---\n".join(f"version: 1\n{text}" for text in made) + "\n"


def _measure(leaf: Leaf, table: Table) -> str:
    semi = f", semi_additive: {{over: {table.time}, take: {leaf.takes}}}" if leaf.takes else ""
    return f"{{agg: {leaf.agg}{f', expr: {leaf.column}' if leaf.column else ''}{semi}}}"


def _simple(name: str, leaf: Leaf) -> str:
    where = f', where: "{leaf.text}"' if leaf.text else ""
    return f"metric: {name}\nsimple: {{measure: {leaf.table}.{name}{where}}}"


def random_question(dice: random.Random, world: World) -> Asked:
    """Metrics with what all their facts share, filtered; sometimes under a policy."""
    metrics = dice.sample([*world.leaves, *world.formulas], dice.randint(1, 3))
    facts = {world.leaves[part].table for metric in metrics for part in world.parts(metric)}
    known = list(paths(world, world.tables[next(iter(facts))])) if len(facts) == 1 else []
    by = [path for path, _ in dice.sample(known, min(len(known), dice.randint(0, 2)))]
    if dice.random() < 0.6:
        by.append(f"metric_time.{dice.choice(['day', 'week', 'month', 'quarter', 'year'])}")
    where: list[tuple[str, Test, bool]] = []
    plain = [(path, type_) for path, type_ in known if path not in {table.time for table in world.tables.values()}]
    if plain and dice.random() < 0.6:
        where.append((*condition(dice, plain), False))
    if dice.random() < 0.4:
        where.append((*_time(dice, dice.choice(["metric_time", "metric_time.month"])), True))
        if ".month" in where[-1][0]:
            where[-1] = (*_months(dice), True)
    asked = Asked(metrics, by, where)
    if dice.random() < 0.4:
        asked.start, asked.end = PERIODS[dice.choice(["2024", "2024-02", "2023-Q4"])]
    if dice.random() < 0.4:
        table = dice.choice(list(world.tables.values()))
        asked.rights = {table.name: condition(dice, list(table.dimensions.items()), depth=1)}
    return asked


def _months(dice: random.Random) -> tuple[str, Test]:
    return "metric_time.month in ('2024-01', '2023-12')", _tested(
        "metric_time.month", lambda value: value in (date(2024, 1, 1), date(2023, 12, 1))
    )
