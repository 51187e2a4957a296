"""A pass looked at along time -> what is counted of each period, the times of the spine, and the keys over them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlglot import exp

from hedu.define.definitions import Aggregation, Grain
from hedu.model.expressions import held, path_of, references
from hedu.model.types import GRAINS, Dataset, Dimension
from hedu.plan import nodes
from hedu.plan.asking import Asking
from hedu.plan.conditions import bare, bind_literals, parse_conditions, paths_in, type_literals
from hedu.plan.facts import Leaf, fact_rows, is_shared_out
from hedu.plan.frames import BY_ROWS, Frame, Offset, fits
from hedu.plan.keys import METRIC_TIME, Key, key_of
from hedu.plan.periods import WEEK_STARTS, Range
from hedu.plan.route_to_rollup import counted_pass
from hedu.plan.scalars import aggregate, column, divide, key_value, literal

COUNTED, SPINE = "__counted", "__spine"
AT, THEN = "__at", "__then"
ENDS, END = "__ends", "__end"


@dataclass(frozen=True, slots=True)
class Line:
    """A pass along time: what was asked by its own time, and by anything else."""

    asking: Asking
    fact: Dataset
    time: str
    leaves: tuple[Leaf, ...]
    within: Range
    times: tuple[Key, ...]
    others: tuple[Key, ...]
    timed: tuple[exp.Expr, ...]
    frame: Frame

    @property
    def own(self) -> Grain:
        """The finest grain of days that its times are kept at."""
        kept = self.fact.dimensions[self.time].grain
        return kept if kept is not None and GRAINS.index(kept) > GRAINS.index("day") else "day"

    @property
    def grains(self) -> list[Grain]:
        """The grains that are asked by, and those that conditions on time are about."""
        return [key.asked.grain or self.own for key in (*self.times, *self.chosen)]

    @property
    def needs_days(self) -> bool:
        """Whether a part of the date or a period of one's own is asked or chosen by."""
        return any(key.asked.part for key in (*self.times, *self.chosen))

    @property
    def chosen(self) -> list[Key]:
        """The names in the conditions on time."""
        model, metric = self.asking.model, self.leaves[0].metric
        paths = [path for tree in self.timed for path in paths_in(tree)]
        return [key_of(model, self.fact, path, self.time, metric) for path in paths]

    @property
    def groups(self) -> tuple[str, ...]:
        return tuple(key.asked.text for key in self.others)

    @property
    def week_start(self) -> int:
        return WEEK_STARTS[self.asking.model.settings.week_start]


def finest(line: Line) -> Grain:
    """The asked grain that all others follow from; days where there is none."""
    if line.needs_days:
        return line.own
    return next((grain for grain in line.grains if fits(grain, *line.grains)), line.own)


def counted_at(
    line: Line, base: Grain, reach: Range, back: tuple[Offset, ...]
) -> tuple[nodes.Aggregate | nodes.Once | nodes.Rows, tuple[nodes.Named, ...]]:
    """One row for each period and group, and how several become one value; the rows themselves where none could."""
    text = f"{METRIC_TIME}.{base}"
    question = replace(line.asking.question, by=(*line.groups, text))
    asking = replace(line.asking, question=question, conditions=[*line.asking.conditions, *_known(line, text)])
    if any(leaf.measure.agg in BY_ROWS for leaf in line.leaves):
        rows = fact_rows(asking, line.fact, line.time, line.leaves, reach, back)
        values = [aggregate(leaf.measure, column(leaf.name), None) for leaf in line.leaves]
        columns = tuple(nodes.Named(THEN if one.name == text else one.name, one.value) for one in rows.columns)
        return replace(rows, columns=columns), _named(line, values)
    leaves = [half for leaf in line.leaves for half in _halves(leaf)]
    found = counted_pass(asking, line.fact, line.time, leaves, reach, back)
    keys = tuple(nodes.Named(THEN if key.name == text else key.name, key.value) for key in found.keys)
    parts = {value.name for value in found.values if is_shared_out(value.value)}
    return replace(found, keys=keys), _named(line, [_rollup(leaf, leaf.name not in parts) for leaf in line.leaves])


def _known(line: Line, text: str) -> list[exp.Expr]:
    """That the time is known, where money is converted: rows without one count nowhere, and need no rate."""
    is_converted = any(leaf.measure.reported_in is not None for leaf in line.leaves)
    return parse_conditions([f"{text} is not null"]) if is_converted else []


def _named(line: Line, values: Sequence[exp.Expr]) -> tuple[nodes.Named, ...]:
    return tuple(nodes.Named(leaf.name, value) for leaf, value in zip(line.leaves, values, strict=True))


def _halves(leaf: Leaf) -> list[Leaf]:
    """What is kept of each period: an average's sum and count, anything else as it is."""
    if leaf.measure.agg != "average":
        return [leaf]
    aggs: tuple[Aggregation, ...] = ("sum", "count")
    return [replace(leaf, name=f"{leaf.name}__{agg}", measure=replace(leaf.measure, agg=agg)) for agg in aggs]


def _rollup(leaf: Leaf, is_whole: bool) -> exp.Expr:
    value = column(leaf.name)
    match leaf.measure.agg:
        case "min":
            return exp.Min(this=value)
        case "max":
            return exp.Max(this=value)
        case "average":
            return divide(exp.Sum(this=column(f"{leaf.name}__sum")), exp.Sum(this=column(f"{leaf.name}__count")))
        case "count" if is_whole:
            return exp.cast(exp.Sum(this=value), "bigint")
        case _:
            return exp.Sum(this=value)


def keys_along(line: Line, at: exp.Expr | None = None) -> tuple[nodes.Named, ...]:
    """The keys in the order asked, over the time of the spine and the groups; `at` is the one time, where known."""
    found = {key.asked.text: at if at is not None else key_at(line, key) for key in line.times}
    return tuple(nodes.Named(text, found.get(text, column(text))) for text in line.asking.question.by)


def key_at(line: Line, key: Key, at: exp.Expr | None = None) -> exp.Expr:
    day = Dimension("", AT, "date", exp.null())
    asked = key.asked if key.asked.grain or key.asked.part else replace(key.asked, grain="day")
    target = replace(key.target, dimension=day)
    return key_value(
        replace(key, asked=asked, target=target), column(AT) if at is None else at, line.asking.model.settings
    )


def shown_times(line: Line) -> tuple[exp.Expr, ...]:
    """The question's conditions on time, over the time of the spine."""
    found = []
    for tree in line.timed:
        root, metric = held(tree), line.leaves[0].metric
        paths = {path: key_of(line.asking.model, line.fact, path, line.time, metric) for path in paths_in(root)}
        type_literals(line.asking, root, paths)
        for name in references(root):
            name.replace(key_at(line, paths[path_of(name)]))
        bind_literals(line.asking, root)
        found.append(exp.paren(bare(root)))
    return tuple(found)


def from_day(start: date | None) -> list[exp.Expr]:
    return [] if start is None else [exp.GTE(this=column(AT), expression=literal(start))]


def edge(which: str) -> exp.Expr:
    """The first or last time at which anything was counted."""
    pick = exp.Min(this=column(THEN)) if which == "min" else exp.Max(this=column(THEN))
    return exp.Subquery(this=exp.select(pick).from_(exp.Table(this=exp.to_identifier(COUNTED, quoted=True))))


def last_day(line: Line) -> exp.Expr:
    """The last day of the spine: that of the range, of all that is asked side by side, or of what was counted."""
    if line.within.end:
        return literal(line.within.end - timedelta(days=1))
    if not line.asking.ends:
        return edge("max")
    last = exp.select(exp.Max(this=column(END))).from_(exp.Table(this=exp.to_identifier(ENDS, quoted=True)))
    return exp.Subquery(this=last)


def as_date(tree: exp.Expr) -> exp.Expr:
    return exp.cast(tree, "date")


def week_of(line: Line) -> str:
    return line.asking.model.settings.week_start
