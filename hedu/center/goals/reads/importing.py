"""An uploaded file of targets -> what it would do, line by line, before anything is stored."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from hedu.center.catalog import reads as catalog
from hedu.center.goals import sheets
from hedu.center.goals.reads.planning import fields_of, plan_targets
from hedu.center.goals.reads.rows import targets_visible_to
from hedu.center.goals.rules import TargetChange, TargetDiff
from hedu.center.kernel.actor import Actor

KEPT = ("scope", "parent", "metric_version", "green", "amber", "tolerance", "note", "phasing")


@dataclass(frozen=True, slots=True)
class ImportLine:
    """A line of the file and what it does."""

    number: int
    diff: TargetDiff


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """A file as it would be applied: all of it, or nothing where any line has a problem."""

    lines: Sequence[ImportLine]

    @property
    def problems(self) -> list[ImportLine]:
        return [line for line in self.lines if line.diff.problems]

    @property
    def changes(self) -> tuple[TargetChange, ...]:
        return tuple(line.diff.change for line in self.lines)

    @property
    def changing(self) -> list[ImportLine]:
        return [line for line in self.lines if line.diff.is_change and not line.diff.problems]


def import_plan(actor: Actor, filename: str, content: bytes) -> ImportPlan:
    """What a file of targets would do. DefinitionError where it cannot be read at all.

    Of a known target stays what the file has no column for. Where nothing says how a new one is compared, the metric's
    direction does.
    """
    labels: dict[str, list[str]] = {}
    for name, *words in catalog.visible_to(actor).filter(is_retired=False).values_list("name", "label_zh", "label_en"):
        for word in words:
            labels.setdefault(word, []).append(name)
    names = {word: found[0] for word, found in labels.items() if word and len(found) == 1}
    places = catalog.departments_by_code(actor)
    departments = {word: code for code, row in places.items() for word in (row.name_zh, row.name_en) if word}
    lines, told = sheets.lines_of(filename, content, names, departments)
    rows = targets_visible_to(actor).filter(code__in=[line.change.code for line in lines]).prefetch_related("phases")
    held = {row.code: fields_of(row) for row in rows}
    down = set(catalog.visible_to(actor).filter(direction="down").values_list("name", flat=True))
    changes = [_completed(line.change, held.get(line.change.code), told, down) for line in lines]
    diffs = plan_targets(actor, changes)
    return ImportPlan([ImportLine(line.number, diff) for line, diff in zip(lines, diffs, strict=True)])


def _completed(
    change: TargetChange, held: Mapping[str, Any] | None, told: Collection[str], down: Collection[str]
) -> TargetChange:
    """A line with what it leaves unsaid."""
    more = {name: held[name] for name in KEPT if name not in told} if held else {}
    more |= {"goal": change.goal or held["goal"]} if held else {}
    fallback = held["operator"] if held else "<=" if change.metric in down else ">="
    return replace(change, **more, operator=change.operator or fallback)
