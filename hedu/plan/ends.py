"""Passes side by side -> when the last of them counts anything, so that totals stand as long as anything is shown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from sqlglot import exp

from hedu.define.definitions import Simple
from hedu.model.types import Dataset
from hedu.plan import nodes
from hedu.plan.asking import Asking
from hedu.plan.facts import Leaf, bind_pass
from hedu.plan.frames import Frame
from hedu.plan.keys import METRIC_TIME, key_of
from hedu.plan.lines import END
from hedu.plan.periods import Range
from hedu.plan.relations import is_own_time
from hedu.plan.timelines import apart

Pass = tuple[Dataset, str | None, Sequence[Leaf], Frame]


def ends_of(asking: Asking, passes: Sequence[Pass], within: Range) -> tuple[nodes.Aggregate, ...]:
    """The last day of each pass by time, where a total without an end of its own stands beside another pass."""
    if len(passes) < 2 or within.end or not any(frame.total for *_, frame in passes):
        return ()
    return tuple(_ends(asking, passes, within))


def _ends(asking: Asking, passes: Iterable[Pass], within: Range) -> Iterator[nodes.Aggregate]:
    text = f"{METRIC_TIME}.day"
    for fact, time, leaves, frame in passes:
        if time is None:
            continue
        metric = leaves[0].metric
        keys = (key_of(asking.model, fact, item, time, metric) for item in asking.question.by)
        if not any(is_own_time(fact, time, key) for key in keys):
            continue
        conditions = asking.conditions if frame.total is None else apart(asking, fact, time, metric)[0]
        by_day = replace(asking, question=replace(asking.question, by=(text,)), conditions=conditions)
        counted = [_unconverted(one) for one in _of_base(asking, fact, leaves, frame)]
        bound = bind_pass(by_day, fact, time, counted, within if frame.total is None else Range(), frame.back)
        yield nodes.Aggregate(bound.source, (), (nodes.Named(END, exp.Max(this=bound.keys[0].value)),))


def _of_base(asking: Asking, fact: Dataset, leaves: Sequence[Leaf], frame: Frame) -> Sequence[Leaf]:
    """What is counted: of conversions, what came first."""
    if frame.follows is None:
        return leaves
    base = asking.model.metrics[frame.follows.base.metric].body
    assert isinstance(base, Simple)
    measure = fact.measures[base.measure.rpartition(".")[2]]
    return [replace(leaves[0], measure=measure, filters=leaves[0].handed)]


def _unconverted(leaf: Leaf) -> Leaf:
    return replace(leaf, measure=replace(leaf.measure, reported_in=None))
