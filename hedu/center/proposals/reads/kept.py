"""A change set -> what boards and views that the usage register names would show, before and after."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from hedu.center.catalog import reads as catalog
from hedu.center.catalog.models import Usage
from hedu.center.catalog.naming import under_names
from hedu.center.catalog.reads import Asker
from hedu.center.proposals import rules
from hedu.errors import HeduError, Problem

OBJECTS_MOST = 12
QUESTIONS_MOST = 24
CELLS_SHOWN = 6
TIMEOUT_SECONDS = 15.0


@dataclass(frozen=True, slots=True)
class Cell:
    """One number that changes: where it stands in the answer, the metric, before and after."""

    place: tuple[Any, ...]
    metric: str
    before: float | None
    after: float | None


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """A tile or view: how many of its numbers change, and the first few. `refused` says why there are none."""

    holder: str
    title: str
    url: str
    numbers: int = 0
    changed: int = 0
    cells: tuple[Cell, ...] = ()
    refused: Problem | None = None


def kept_answers(
    before: Asker, after: Asker, names: Mapping[str, str], withheld: Callable[[str], HeduError | None]
) -> tuple[tuple[KeptAnswer, ...], int]:
    """Answers of what is kept about these metrics (name before -> after), under the viewer's access, and how many more
    the viewer could see; what was looked at most often comes first. `withheld` says why a metric's new numbers are
    nobody's to see yet."""
    rows = Usage.objects.filter(metric__name__in=list(names)).order_by("-count", "kind", "title", "object")
    found: list[KeptAnswer] = []
    holders = left_off = 0
    for kind, key in dict.fromkeys(rows.values_list("kind", "object")):
        told = [
            one for one in catalog.questions_kept(before.actor, kind, key) if set(names) & set(_metrics(one.question))
        ]
        shown = told[: QUESTIONS_MOST - len(found)] if holders < OBJECTS_MOST else []
        found += [_compared(before, after, kept, names, withheld) for kept in shown]
        left_off += len(told) - len(shown)
        holders += bool(told)
    return tuple(sorted(found, key=lambda one: -one.changed)), left_off


def _metrics(question: Mapping[str, Any]) -> list[str]:
    asked = question.get("metrics", ())
    return [asked] if isinstance(asked, str) else list(asked)


def _compared(
    before: Asker, after: Asker, kept: Any, names: Mapping[str, str], withheld: Callable[[str], HeduError | None]
) -> KeptAnswer:
    renamed = under_names(kept.question, names, after.workspace.model)
    refusal = next(filter(None, map(withheld, renamed["metrics"])), None)
    if refusal is not None:
        return KeptAnswer(kept.holder, kept.title, kept.url, refused=refusal.problem)
    try:
        old = _cells(before, kept.question)
        new = _cells(after, renamed)
    except HeduError as error:
        return KeptAnswer(kept.holder, kept.title, kept.url, refused=error.problem)
    back = {names.get(name, name): name for name in _metrics(kept.question)}
    moved = {(place, back.get(metric, metric)): value for (place, metric), value in new.items()}
    keys = list(dict.fromkeys([*old, *moved]))
    changed = [key for key in keys if rules.differs(old.get(key), moved.get(key))]
    cells = tuple(Cell(*key, old.get(key), moved.get(key)) for key in changed[:CELLS_SHOWN])
    return KeptAnswer(kept.holder, kept.title, kept.url, len(keys), len(changed), cells)


def _cells(who: Asker, question: Mapping[str, Any]) -> dict[tuple[tuple[Any, ...], str], float | None]:
    """(dimension values, metric column) -> number."""
    result = who.workspace.ask(**{**question, "access": who.access, "timeout": TIMEOUT_SECONDS})
    places = [column.name for column in result.columns if column.role not in ("metric", "comparison")]
    numbers = [column.name for column in result.columns if column.name not in places]
    found: dict[tuple[tuple[Any, ...], str], float | None] = {}
    for row in result.table.to_pylist():
        place = tuple(catalog.plain_cell(row[name]) for name in places)
        for name in numbers:
            value = catalog.plain_cell(row[name])
            found[place, name] = float(value) if isinstance(value, int | float) else None
    return found
