"""What a definition's faults take away: a value computed from half of what was written would be a wrong one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from hedu.define.definitions import (
    Conversion,
    Cumulative,
    DatasetDef,
    Definitions,
    Derived,
    MetricDef,
    Rank,
    Ratio,
    Share,
    Simple,
)
from hedu.define.places import Places
from hedu.errors import DefinitionError, Problem, QueryError
from hedu.model.expressions import names_in
from hedu.model.types import Dataset, Model

_WORDS = frozenset({"version", "id", "label", "meaning", "synonyms", "owner", "prefix", "x"})
_OF_METRIC = _WORDS | {"kind", "domain", "process", "direction", "band", "person", "raci", "review"}
_PARTS = ("dimensions", "measures")
_OF_SETTINGS = frozenset(
    {"version", "workspace", "label", "words", "departments", "parameters", "grains", "rollups", "questions", "x"}
)
"""Faults in these change no other answer: a parameter or grain that could not be read is refused where it is used."""


class Withheld(NamedTuple):
    """What of a dataset must not be used: all of it, or these of its dimensions and measures."""

    whole: bool = False
    dimensions: frozenset[str] = frozenset()
    measures: frozenset[str] = frozenset()


def withheld_of(item: DatasetDef, more: Iterable[str] = ()) -> Withheld:
    """What the faults of a dataset's text, and `more` (paths), take away. Wrong words about it take nothing."""
    found: dict[str, set[str]] = {part: set() for part in _PARTS}
    whole = False
    for path in (*_faults(item.marks), *more):
        part, _, rest = path.partition(".")
        name, _, key = rest.partition(".")
        if part in _PARTS and name:
            if key.partition(".")[0] not in _WORDS:
                found[part].add(name)
        elif part not in _WORDS:
            whole = True
    return Withheld(whole, frozenset(found["dimensions"]), frozenset(found["measures"]))


def without(dataset: Dataset, gone: Withheld) -> Dataset:
    """The dataset without what is withheld; nothing can be asked of, or joined to, one withheld whole."""
    if gone.whole:
        return replace(dataset, dimensions={}, entities={}, measures={}, time=None)
    if not gone.dimensions and not gone.measures:
        return dataset
    dimensions = {name: one for name, one in dataset.dimensions.items() if name not in gone.dimensions}
    measures = {name: one for name, one in dataset.measures.items() if name not in gone.measures}
    return replace(dataset, dimensions=dimensions, measures=measures)


def refuse_withheld(model: Model, metrics: Iterable[str], problems: Sequence[Problem]) -> None:
    """Tell a metric that faults keep from answering from one that nobody defined; refuse all under faulty settings.

    QueryError metric-withheld, settings-faulty.
    """
    if problems and _is_in_doubt(model.definitions):
        raise QueryError("settings-faulty", problems=len(problems), first=_told(problems[0]))
    for name in metrics if problems else ():
        if name not in model.metrics and _is_defined(model.definitions, name):
            raise QueryError("metric-withheld", name=name, problems=len(problems), first=_told(problems[0]))


def _told(problem: Problem) -> str:
    return f"{problem.code} {problem.where}" if problem.where else problem.code


def _is_in_doubt(definitions: Definitions) -> bool:
    faults = _faults(definitions.settings.marks)
    is_faulty = any(path.partition(".")[0] not in _OF_SETTINGS for path in faults)
    return is_faulty or any(kind == "workspace" for kind, _ in definitions.broken)


def _is_defined(definitions: Definitions, metric: str) -> bool:
    return ("metric", metric) in definitions.broken or any(one.name == metric for one in definitions.metrics)


def is_withheld(metric: MetricDef, lost: Mapping[str, Withheld]) -> bool:
    """Whether a metric's own faults, its measure's, or those of a dimension it filters by keep it from an answer."""
    faults = _faults(metric.marks)
    if not faults and not lost:
        return False
    if any(path.partition(".")[0] not in _OF_METRIC for path in faults):
        return True
    body = metric.body
    if isinstance(body, Simple):
        dataset, _, measure = body.measure.rpartition(".")
        gone = lost.get(dataset, Withheld())
        if gone.whole or measure in gone.measures:
            return True
    dimensions = {name for gone in lost.values() for name in gone.dimensions}
    return bool(dimensions) and not dimensions.isdisjoint(_filtered_by(metric))


def _faults(marks: Mapping[str, object]) -> Sequence[str]:
    return marks.faults if isinstance(marks, Places) else ()


def _filtered_by(metric: MetricDef) -> set[str]:
    """The names in a metric's filters, each without the path that leads to it."""
    body = metric.body
    match body:
        case Simple():
            texts = [body.where]
        case Ratio():
            texts = [body.numerator.where, body.denominator.where]
        case Derived():
            texts = [ref.where for _, ref in body.metrics]
        case Cumulative() | Share() | Rank():
            texts = [body.metric.where]
        case Conversion():
            texts = [body.base.where, body.conversion.where]
        case _:
            texts = []
    names: set[str] = set()
    for text in filter(None, texts):
        try:
            names.update(name.rpartition(".")[2] for name in names_in(text))
        except DefinitionError:
            continue
    return names
