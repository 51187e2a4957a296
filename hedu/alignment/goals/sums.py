"""Targets -> the sets of which one is the sum of the others: a whole and its parts, a year and its quarters or months.

Only metrics that add up over months have such sums. Where the sum is missed, meeting every part to the letter does not
meet the whole: those who set them must talk. Parts that promise more than the whole asks keep it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from hedu.alignment.goals.feasibility import Contradiction, Row
from hedu.alignment.goals.periods import Span, span_of
from hedu.alignment.goals.phasing import nature_of
from hedu.alignment.scene import Target
from hedu.model.types import Model

ROUNDING = 0.005
"""Parts may miss the whole by so much: targets are set in round numbers."""
_LENGTHS = (6, 3, 1)
"""Months of the parts a period can be cut into."""


@dataclass(frozen=True, slots=True)
class Sum:
    """`whole` is what `parts` add up to, over a goal's parts or over time."""

    whole: Target
    parts: tuple[Target, ...]
    is_time: bool


def sums(model: Model, targets: Sequence[Target], parts: Mapping[str, str]) -> Iterator[Sum]:
    """Every such set. `parts` leads from a target to the one it is a part of (decomposes)."""
    known = {one.id: one for one in targets if one.metric in model.metrics and nature_of(model, one.metric) == "flow"}
    below: dict[str, list[Target]] = {}
    for one in known.values():
        whole = known.get(parts.get(one.id, ""))
        if whole is not None and _kind(whole) == _kind(one) and whole.period == one.period:
            below.setdefault(whole.id, []).append(one)
    yield from (Sum(known[name], tuple(held), False) for name, held in below.items())
    lines: dict[tuple[object, ...], list[tuple[Span, Target]]] = {}
    for one in known.values():
        span = span_of(one.period)
        if span is not None:
            lines.setdefault((*_kind(one), one.department, one.scope), []).append((span, one))
    for line in lines.values():
        yield from _over_time(line)


def _over_time(line: Sequence[tuple[Span, Target]]) -> Iterator[Sum]:
    """A period with each way of cutting it into equal parts that each have one target."""
    by_span: dict[Span, list[Target]] = {}
    for span, one in line:
        by_span.setdefault(span, []).append(one)
    for span, wholes in by_span.items():
        for cut in cuts(span, by_span):
            if all(len(by_span[held]) == 1 for held in cut):
                inner = tuple(by_span[held][0] for held in cut)
                yield from (Sum(whole, inner, True) for whole in wholes)


def cuts(whole: Span, spans: Collection[Span]) -> Iterator[tuple[Span, ...]]:
    """Each way to make `whole` up of those of `spans` that are equally long halves, quarters or months."""
    for length in _LENGTHS:
        inner = [one for one in spans if whole.holds(one) and len(one.months) == length < len(whole.months)]
        if len(inner) * length == len(whole.months):
            yield tuple(sorted(inner, key=lambda one: one.since))


def _kind(target: Target) -> tuple[str, str, str]:
    return target.metric, target.operator, target.unit or ""


def mismatches(found: Sequence[Sum]) -> tuple[Contradiction, ...]:
    """The sums that are missed by more than rounding. Each target's `gives` is what would make it right alone."""
    return tuple(_missed(one) for one in found if _misses(one))


def _misses(one: Sum) -> bool:
    reached = sum(part.value for part in one.parts)
    short = one.whole.value - reached
    if one.whole.operator != ">=":
        short = -short if one.whole.operator == "<=" else abs(short)
    return short > ROUNDING * max(abs(one.whole.value), abs(reached))


def _missed(one: Sum) -> Contradiction:
    missing = one.whole.value - sum(part.value for part in one.parts)
    gives: dict[str, float | None] = {one.whole.id: one.whole.value - missing}
    gives |= {part.id: part.value + missing for part in one.parts}
    rows = [
        Row(
            held.id, "target", {(held.metric, held.scope, held.period): 1.0}, held.operator, held.value, held.department
        )
        for held in (one.whole, *one.parts)
    ]
    return Contradiction((*rows, Row(f"{one.whole.id} = Σ", "identity", {}, "=", 0.0)), gives)
