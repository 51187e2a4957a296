"""An uploaded file of targets -> what it would do, line by line, before anything is stored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from hedu.center.catalog import reads as catalog
from hedu.center.goals import sheets
from hedu.center.goals.reads.planning import plan_targets
from hedu.center.goals.reads.rows import targets_visible_to
from hedu.center.goals.rules import TargetChange, TargetDiff
from hedu.center.kernel.actor import Actor


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

    A goal that a known target hangs under is kept where the file does not speak of goals.
    """
    labels: dict[str, list[str]] = {}
    for name, *words in catalog.visible_to(actor).filter(is_retired=False).values_list("name", "label_zh", "label_en"):
        for word in words:
            labels.setdefault(word, []).append(name)
    names = {word: found[0] for word, found in labels.items() if word and len(found) == 1}
    places = catalog.departments_by_code(actor)
    departments = {word: code for code, row in places.items() for word in (row.name_zh, row.name_en) if word}
    lines = sheets.lines_of(filename, content, names, departments)
    held = targets_visible_to(actor).filter(code__in=[line.change.code for line in lines], goal__isnull=False)
    goals = dict(held.values_list("code", "goal__code"))
    changes = [replace(line.change, goal=line.change.goal or goals.get(line.change.code, "")) for line in lines]
    diffs = plan_targets(actor, changes)
    return ImportPlan([ImportLine(line.number, diff) for line, diff in zip(lines, diffs, strict=True)])
