"""An answer -> the answer with earlier periods beside it. A comparison adds columns, never rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from hedu.define.definitions import Grain, GrainDef, Rank, Share
from hedu.errors import QueryError
from hedu.model.expressions import path_of, references
from hedu.plan import nodes
from hedu.plan.asking import Asking
from hedu.plan.festivals import Stretch, days_back, first_needed, stretches
from hedu.plan.keys import split
from hedu.plan.offered import time_of, type_of
from hedu.plan.periods import WEEK_STARTS, Range, floor, own_floor, shift
from hedu.query import Question

COMPARISONS = {
    "previous": "previous",
    "previous_period": "previous",
    "last_year": "last_year",
    "same_period_last_year": "last_year",
    "last_year_spring_festival": "last_year_spring_festival",
}
FESTIVAL = "last_year_spring_festival"
_PER_YEAR: dict[Grain, tuple[Grain, int]] = {
    "year": ("year", 1),
    "quarter": ("quarter", 4),
    "month": ("month", 12),
    "week": ("week", 52),
    "day": ("year", 1),
}


def comparison_columns(question: Question) -> tuple[str, ...]:
    """The columns that `compare` adds: for each metric the earlier value, the change, and the growth."""
    return tuple(
        f"{metric}__{name}{end}"
        for name in _names(question)
        for metric in question.metrics
        for end in ("", "_change", "_growth")
    )


def compared(asking: Asking, within: Range, answer: Callable[[Range], nodes.Compute]) -> nodes.Compare:
    """`answer` within a range, with what it was earlier.

    By a grain of metric_time, or periods of one's own, each period is set beside the whole period before it (or of
    the year before); one pass over the longer range serves both where the range begins with a period.
    Without time in `by`, the range itself is moved. Weeks of last year are those 52 weeks before. By the Spring
    Festival days and weeks meet those at the same distance from it.
    Errors: comparison-unknown, compare-needs-numbers, compare-needs-time, compare-needs-one-grain,
    compare-among-periods, compare-with-time-filter, festival-….
    """
    question = asking.question
    _check_filters(asking)
    _check_types(asking)
    times = [item for item in question.by if is_time(asking, item)]
    _check_places(asking, times)
    try:
        return _answered(asking, within, answer, times)
    except (ValueError, OverflowError):
        raise QueryError("period-unreadable", text=question.since or question.until, field="compare") from None


def _answered(
    asking: Asking, within: Range, answer: Callable[[Range], nodes.Compute], times: Sequence[str]
) -> nodes.Compare:
    if not times:
        return _without_key(asking, within, answer)
    asked = split(times[0], asking.model)[1]
    custom = asked.custom if asked else None
    grain = custom.of if custom else asked.grain if asked else None
    if len(times) > 1 or grain is None or grain not in _PER_YEAR:
        raise QueryError("compare-needs-one-grain", by=times)
    return _with_key(asking, within, answer, times[0], grain, custom)


def _with_key(
    asking: Asking,
    within: Range,
    answer: Callable[[Range], nodes.Compute],
    key: str,
    grain: Grain,
    custom: GrainDef | None,
) -> nodes.Compare:
    question = asking.question
    names = _names(question)
    steps = {name: (grain, 1) if name == "previous" else _PER_YEAR[grain] for name in names}
    week_start = WEEK_STARTS[asking.model.settings.week_start]
    aligned = _stretches(names, grain, custom, within, week_start)

    def begun(day: date) -> date:
        return own_floor(day, custom) if custom else floor(day, grain, week_start)

    first = begun(within.start) if within.start else None
    starts = [shift(first, unit, -count) for unit, count in steps.values()] if first else []
    starts += [first_needed(aligned, first)] if first and aligned else []
    last = within.end
    if last and begun(last) != last:
        last = shift(begun(last), grain, 1)
    reach = Range(min(starts) if starts else None, last)
    is_aligned = first == within.start and last == within.end
    source = answer(reach if is_aligned else within)
    before = None if is_aligned else answer(reach)
    earlier = tuple(
        nodes.Earlier(name, before, key, unit, count, question.metrics, aligned if name == FESTIVAL else ())
        for name, (unit, count) in steps.items()
    )
    start, end = (within.start, within.end) if is_aligned else (None, None)
    return nodes.Compare(source, question.by, question.metrics, earlier, key, start, end)


def _stretches(
    names: Sequence[str], grain: Grain, custom: GrainDef | None, within: Range, week_start: int
) -> tuple[Stretch, ...]:
    """How times go back by the Spring Festival, if that is asked. Errors: festival-grain, festival-unknown."""
    if FESTIVAL not in names:
        return ()
    if custom is not None or grain not in ("day", "week"):
        raise QueryError("festival-grain", grain=custom.name if custom else grain)
    return stretches(grain, within, week_start)


def _without_key(asking: Asking, within: Range, answer: Callable[[Range], nodes.Compute]) -> nodes.Compare:
    if within.start is None or within.end is None:
        raise QueryError("compare-needs-time", metrics=asking.question.metrics)
    earlier = []
    for name in _names(asking.question):
        grain, count = _length(within.start, within.end) if name == "previous" else ("year", 1)
        if name == FESTIVAL:
            grain, count = "day", days_back(within)
        moved = Range(shift(within.start, grain, -count), shift(within.end, grain, -count))
        earlier.append(nodes.Earlier(name, answer(moved), None, None, 0, asking.question.metrics))
    question = asking.question
    return nodes.Compare(answer(within), question.by, question.metrics, tuple(earlier))


def _length(start: date, end: date) -> tuple[Grain, int]:
    """How long a range is: in months where it holds whole months, else in days."""
    if start.day == 1 and end.day == 1:
        return "month", (end.year - start.year) * 12 + end.month - start.month
    return "day", (end - start).days


def _names(question: Question) -> tuple[str, ...]:
    for name in question.compare:
        if name not in COMPARISONS:
            raise QueryError("comparison-unknown", name=name, known=("previous", "last_year", FESTIVAL))
    return tuple(dict.fromkeys(COMPARISONS[name] for name in question.compare))


def is_time(asking: Asking, item: str) -> bool:
    """Whether a `by` item is each metric's own time, under that name or its own."""
    whole, cut = split(item, asking.model)
    for asked in (whole, cut):
        if asked is None:
            continue
        if asked.is_metric_time:
            return True
        model = asking.model
        leaves = {leaf for metric in asking.question.metrics for leaf in model.leaves(metric)}
        if all(asked.path in (time := time_of(model, *leaf), f"{leaf[0]}.{time}") for leaf in leaves):
            return True
    return False


def _check_places(asking: Asking, times: Sequence[str]) -> None:
    """Refuse places and parts among the periods themselves: the earlier periods would be among them."""
    is_alone = list(times) == list(asking.question.by)
    for name in asking.model.made_of(asking.question.metrics) if times else ():
        body = asking.model.metrics[name].body
        if isinstance(body, Rank) and body.within:
            is_among = not any(is_time(asking, one) for one in body.within)
        elif isinstance(body, Share) and body.over:
            is_among = any(is_time(asking, one) for one in body.over)
        else:
            is_among = isinstance(body, (Rank, Share)) and is_alone
        if is_among:
            raise QueryError("compare-among-periods", metric=name)


def _check_types(asking: Asking) -> None:
    """Only numbers have a change and a growth."""
    for name in asking.question.metrics:
        type_ = type_of(asking.model, asking.model.metrics[name])
        if type_ not in ("number", "any"):
            raise QueryError("compare-needs-numbers", metric=name, type=type_)


def _check_filters(asking: Asking) -> None:
    """A filter on the metric's time would cut the earlier period away and show it as missing."""
    for tree in asking.conditions:
        for name in references(tree):
            if is_time(asking, path_of(name)):
                raise QueryError("compare-with-time-filter", name=path_of(name))
