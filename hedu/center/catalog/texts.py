"""A YAML text -> the one definition in it; a definition -> its canonical text, its digest, its columns."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hedu.alignment.change import Definition
from hedu.center.catalog import rules, searching
from hedu.define.definitions import (
    Conversion,
    Cumulative,
    DatasetDef,
    Derived,
    MetricDef,
    MetricRef,
    Rank,
    Ratio,
    Share,
    Simple,
)
from hedu.define.digest import meaning_digest
from hedu.define.read import read
from hedu.define.write import write
from hedu.errors import DefinitionError, Problem, Where
from hedu.model.expressions import with_metrics_renamed

_NAME = re.compile(r"[^\W\d]\w*")


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """One definition with its kind and its canonical text."""

    kind: str
    name: str
    definition: Definition
    text: str

    @property
    def digest(self) -> str:
        """Equal for equal meanings: wording and owners do not count."""
        return meaning_digest(self.definition)


def pieces_of(texts: Mapping[str, str | bytes]) -> tuple[tuple[Piece, ...], tuple[Problem, ...]]:
    """Every definition in `texts`, each as a text of its own, with all problems of reading them."""
    found, problems = read(texts)
    settings = [found.settings] if found.settings.at.file != "?" else []
    pieces = [
        *(_piece("workspace", item) for item in settings),
        *(_piece("dataset", item) for item in found.datasets),
        *(_piece("metric", item) for item in found.metrics),
    ]
    return tuple(pieces), problems


def single(text: str, file: str = "definition.yml") -> Piece:
    """The one definition in `text`, kept as it is written. DefinitionError with every problem otherwise."""
    pieces, problems = pieces_of({file: text})
    if problems:
        raise DefinitionError.of(problems)
    if len(pieces) != 1:
        raise DefinitionError("draft-not-one-definition", where=Where(file), count=len(pieces))
    return dataclasses.replace(pieces[0], text=text.strip() + "\n")


def named(text: str) -> tuple[str, str]:
    """Kind and name of the definition in a text that may be broken elsewhere; empty when not even those stand."""
    found, _ = read({"definition.yml": text})
    for kind, items in (("metric", found.metrics), ("dataset", found.datasets)):
        if items:
            return kind, items[0].name
    if found.settings.at.file != "?":
        return "workspace", found.settings.name
    return found.broken[0] if found.broken else ("", "")


def department_of(definition: Definition) -> str | None:
    """The code of the department that owns the definition."""
    return getattr(definition, "owner", None)


def columns_of(definition: Definition) -> dict[str, Any]:
    """What lists show of a definition, so that they need no parsing."""
    columns: dict[str, Any] = {
        "name": definition.name,
        "label_zh": definition.label.zh[:200],
        "label_en": definition.label.en[:200],
    }
    if isinstance(definition, MetricDef | DatasetDef):
        columns |= {"meaning_zh": definition.meaning.zh, "meaning_en": definition.meaning.en}
    if isinstance(definition, MetricDef):
        columns |= _metric_columns(definition)
    return columns


def _metric_columns(metric: MetricDef) -> dict[str, Any]:
    names = [item for item in (metric.label.zh, metric.label.en, metric.name, *metric.synonyms) if item]
    pinyin, initials = searching.pinyin_of(names)
    text = " ".join([*names, metric.meaning.zh, metric.meaning.en, metric.domain or "", metric.process or ""])
    return {
        "type": rules.type_of(metric),
        "kind": metric.kind or "",
        "domain": metric.domain or "",
        "process": metric.process or "",
        "unit": metric.unit or "",
        "direction": metric.direction,
        "person": metric.person or "",
        "synonyms": list(metric.synonyms),
        "search_text": searching.fold(text),
        "pinyin": pinyin,
        "initials": initials,
        "review": metric.review or "",
    }


def renamed(metric: MetricDef, old: str, new: str) -> MetricDef:
    """`metric` with every reference to metric `old` made to `new`; names inside a formula stay, aliased.

    >>> from hedu.define.definitions import MetricDef, Derived
    >>> renamed(MetricDef("m", Derived("a - b")), "a", "c").body.metrics
    (('a', MetricRef(metric='c', where=None, offset_window=None, offset_to_grain=None)),)
    """
    match metric.body:
        case Ratio(numerator=above, denominator=below):
            body: Any = Ratio(_pointed(above, old, new), _pointed(below, old, new))
        case Derived(formula=formula, metrics=aliases):
            pointed = {name: _pointed(ref, old, new) for name, ref in aliases}
            if old not in pointed and old in _NAME.findall(formula):
                pointed[old] = MetricRef(new)
            body = Derived(formula, tuple(pointed.items()))
        case Cumulative() | Share() | Rank():
            body = dataclasses.replace(metric.body, metric=_pointed(metric.body.metric, old, new))
        case Conversion(base=first, conversion=then):
            pair = (_pointed(first, old, new), _pointed(then, old, new))
            body = dataclasses.replace(metric.body, base=pair[0], conversion=pair[1])
        case Simple(where=where) if where:
            body = dataclasses.replace(metric.body, where=with_metrics_renamed(where, {old: new}))
        case _:
            return metric
    return dataclasses.replace(metric, body=body)


def pointed(dataset: DatasetDef, old: str, new: str) -> DatasetDef:
    """`dataset` with dimensions that are a metric's value made to look up `new` in place of `old`."""
    dimensions = tuple(dataclasses.replace(one, metric=new) if one.metric == old else one for one in dataset.dimensions)
    return dataclasses.replace(dataset, dimensions=dimensions)


def _pointed(ref: MetricRef, old: str, new: str) -> MetricRef:
    where = with_metrics_renamed(ref.where, {old: new}) if ref.where else ref.where
    return dataclasses.replace(ref, metric=new if ref.metric == old else ref.metric, where=where)


def _piece(kind: str, definition: Definition) -> Piece:
    return Piece(kind, definition.name, definition, write(definition))
