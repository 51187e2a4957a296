"""A `by` item, seen from a fact -> the key it groups by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import get_args

from hedu.define.definitions import Grain, GrainDef
from hedu.errors import QueryError, suggest
from hedu.model.paths import Target, targets
from hedu.model.types import GRAINS, Dataset, Model

PARTS = ("year", "quarter", "month", "week", "day", "dow", "doy", "hour")
METRIC_TIME = "metric_time"
_GRAIN_ORDER = {grain: at for at, grain in enumerate(GRAINS)}


@dataclass(frozen=True, slots=True)
class Asked:
    """One `by` item as written: the path without its grain or date part. A period of one's own is a part `custom`."""

    text: str
    path: str
    grain: Grain | None = None
    part: str | None = None
    custom: GrainDef | None = None

    @property
    def is_number(self) -> bool:
        """Whether a date part is asked, which is a number."""
        return self.part is not None and self.custom is None

    @property
    def is_metric_time(self) -> bool:
        return self.path == METRIC_TIME


@dataclass(frozen=True, slots=True)
class Key:
    """What `asked` means for one fact."""

    asked: Asked
    target: Target

    @property
    def identity(self) -> tuple[object, ...]:
        """Equal where two facts can be brought together on this key."""
        if self.asked.is_metric_time:
            return (METRIC_TIME,)
        return self.target.identity


def split(text: str, model: Model) -> tuple[Asked, Asked | None]:
    """The item read whole and, where its last part is a grain or `extract_…`, read with that part taken off.

    Two underscores are dbt's dot: no name of ours holds them.
    """
    plain = text.replace("__", ".")
    whole = Asked(text, plain)
    path, _, last = plain.rpartition(".")
    if path and last in get_args(Grain):
        return whole, Asked(text, path, grain=last)  # type: ignore[arg-type]
    custom = next((one for one in model.settings.grains if one.name == last), None) if path else None
    if custom is not None:
        return whole, Asked(text, path, part=last, custom=custom)
    if path and last.startswith("extract_"):
        if last.removeprefix("extract_") not in PARTS:
            raise QueryError("date-part-unknown", name=last, known=[f"extract_{part}" for part in PARTS])
        return whole, Asked(text, path, part=last.removeprefix("extract_"))
    return whole, None


def key_of(model: Model, fact: Dataset, text: str, time: str | None, metric: str) -> Key:
    """The key that `text` means for `fact`, whose own time is dimension `time`.

    Errors: metric-has-no-dimension, path-ambiguous, grain-on-non-time, grain-too-fine, date-part-unknown.
    """
    whole, cut = split(text, model)
    for asked in (whole, cut):
        if asked is None:
            continue
        if asked.is_metric_time:
            if time is None:
                raise QueryError("metric-without-time", metric=metric, dataset=fact.name)
            own = fact.dimensions[time]
            return _checked(Key(asked, Target(own.through, own)), metric)
        found = targets(model, fact.name, asked.path)
        if len(found) > 1:
            paths = sorted({target.path for target in found})
            raise QueryError("path-ambiguous", name=asked.path, metric=metric, paths=paths)
        if found:
            return _checked(Key(asked, found[0]), metric)
    raise _no_dimension(model, fact, text, metric)


def _checked(key: Key, metric: str) -> Key:
    asked, dimension, entity = key.asked, key.target.dimension, key.target.entity
    if entity is not None and len(entity.key) > 1:
        keys = [part.sql("duckdb") for part in entity.key]
        raise QueryError("entity-key-of-several", name=asked.text, metric=metric, dataset=entity.dataset, keys=keys)
    if asked.grain is None and asked.part is None:
        return key
    if dimension is None or not dimension.is_time:
        raise QueryError("grain-on-non-time", name=asked.text, metric=metric)
    own = dimension.grain or ("day" if dimension.type == "date" else "second")
    if asked.grain and _GRAIN_ORDER[asked.grain] < _GRAIN_ORDER[own]:
        raise QueryError("grain-too-fine", name=asked.text, metric=metric, grain=own)
    if asked.part == "hour" and dimension.type == "date":
        raise QueryError("grain-too-fine", name=asked.text, metric=metric, grain=own)
    return key


def _no_dimension(model: Model, fact: Dataset, text: str, metric: str) -> QueryError:
    from hedu.plan.offered import paths_from

    known = [METRIC_TIME, *paths_from(model, fact)]
    link = _many_link(model, fact, text)
    if link:
        entity, dataset = link
        return QueryError(
            "dimension-has-many", name=text, metric=metric, dataset=fact.name, entity=entity, link=dataset, known=known
        )
    return QueryError(
        "metric-has-no-dimension",
        name=text,
        metric=metric,
        dataset=fact.name,
        known=known,
        near=suggest(text, known),
    )


def _many_link(model: Model, fact: Dataset, text: str) -> tuple[str, str] | None:
    """The entity of `fact` that another dataset links to what was asked, with many rows for each.

    A day of a calendar ties nothing together that anybody would think to belong to it.
    """
    times = {one.expr.name for one in fact.dimensions.values() if one.is_time}
    own = {entity.entity for entity in fact.entities.values() if not times & {part.name for part in entity.key}}
    paths = [asked.path for asked in split(text, model) if asked is not None]
    for dataset in model.datasets.values():
        for entity in dataset.entities.values():
            is_shared = entity.entity in own and not entity.unique and dataset.name != fact.name
            if is_shared and any(targets(model, dataset.name, path) for path in paths):
                return entity.entity, dataset.name
    return None
