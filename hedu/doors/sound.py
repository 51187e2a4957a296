"""Carried definitions -> those that a load opens without a problem, and the others in the losses, each with its reason.

Another tool lets stand what has no meaning here: a metric made of one that was left out, SQL that cannot be read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from hedu.define.definitions import DatasetDef, Definitions, Label, MetricDef, SettingsDef
from hedu.define.formats.loss import Carried, Loss
from hedu.define.names import proposal
from hedu.define.write import write
from hedu.errors import Problem
from hedu.model.compiled import resolved

_PARTS = ("dimensions", "measures", "entities")
SETTINGS = "workspace.yml"


def sound(carried: Carried) -> Carried:
    """What a strict load opens. What is left out takes along what rests on it."""
    found, losses = carried.definitions, list(carried.losses)
    while True:
        _, read, problems = resolved(texts_of(found))[:3]
        gone = {place: problem for problem in problems if (place := _place(problem, found, read)) is not None}
        if not gone:
            return Carried(found, (*losses, *(_loss("workspace", problem) for problem in problems)))
        losses += [_loss(".".join(place), problem) for place, problem in gone.items()]
        found = _without(found, gone)


def texts_of(found: Definitions) -> dict[str, str]:
    """File name -> text: the workspace's settings, a file a dataset, a file a metric."""
    settings = {} if found.settings == SettingsDef() else {SETTINGS: write(found.settings)}
    return {**settings, **{file: write(item) for file, item in _files(found).items()}}


def _files(found: Definitions) -> dict[str, DatasetDef | MetricDef]:
    """The definitions by file, none under the name of another, however letters are written."""
    made: dict[str, DatasetDef | MetricDef] = {}
    taken: set[str] = set()
    for kind, items in (("datasets", found.datasets), ("metrics", found.metrics)):
        for item in items:
            stem, number = f"{kind}/{proposal(item.name)}", 1
            while (file := stem if number == 1 else f"{stem}_{number}").casefold() in taken:
                number += 1
            taken.add(file.casefold())
            made[f"{file}.yml"] = item
    return made


def _place(problem: Problem, found: Definitions, read: Definitions) -> tuple[str, ...] | None:
    """What has to go for a problem: a metric, a part of a dataset, or all of it. None where it is in the settings."""
    item = _files(found).get(problem.where.file) if problem.where else None
    if item is None:
        return None
    if isinstance(item, MetricDef):
        return "metrics", item.name
    known = next((one for one in read.datasets if one.name == item.name), None)
    marks = known.marks if known is not None else {}
    lines = {str(where): path for path, where in marks.items()}
    part, _, rest = lines.get(str(problem.where), "").partition(".")
    if part in _PARTS and rest:
        return "datasets", item.name, part, rest.partition(".")[0]
    return "datasets", item.name


def _without(found: Definitions, gone: Iterable[tuple[str, ...]]) -> Definitions:
    places = set(gone)
    datasets = [_less(one, places) for one in found.datasets if ("datasets", one.name) not in places]
    metrics = [one for one in found.metrics if ("metrics", one.name) not in places]
    return Definitions(tuple(datasets), tuple(metrics), found.settings)


def _less(one: DatasetDef, places: set[tuple[str, ...]]) -> DatasetDef:
    def kept(part: str, name: str) -> bool:
        return ("datasets", one.name, part, name) not in places

    return replace(
        one,
        dimensions=tuple(item for item in one.dimensions if kept("dimensions", item.name)),
        measures=tuple(item for item in one.measures if kept("measures", item.name)),
        entities=tuple(item for item in one.entities if kept("entities", item.name)),
    )


def _loss(path: str, problem: Problem) -> Loss:
    said = Label(problem.what("zh"), problem.what("en"))
    return Loss(path, _shown(problem.facts), said)


def _shown(facts: Mapping[str, object]) -> str:
    """The first thing the problem names."""
    return next((str(value)[:200] for value in facts.values() if value), "")
