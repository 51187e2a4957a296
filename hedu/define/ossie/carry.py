"""An Ossie file or folder -> native definitions and what could not be carried over."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlglot import exp

from hedu.define.definitions import DatasetDef, Definitions, DimensionDef, DimensionType, Label, MetricDef, SettingsDef
from hedu.define.formats.loss import Carried, Loss
from hedu.define.formats.values import label_of
from hedu.define.names import fault_of, proposal
from hedu.define.ossie.fields import Fields
from hedu.define.ossie.joins import Keyed, keyed
from hedu.define.ossie.meant import Refused
from hedu.define.ossie.metrics import Metrics
from hedu.define.ossie.model import OssieDataset, OssieField, OssieMetric, OssieModel
from hedu.define.ossie.names import Names
from hedu.define.ossie.own import Kept, core_digest, data_of, kept_of, made
from hedu.define.ossie.sources import source_of, within_database
from hedu.define.ossie.sql import sql_of
from hedu.define.ossie.text import read_texts_of
from hedu.define.ossie.times import calendars, times_of, type_named
from hedu.define.ossie.told import (
    beside,
    dataset_words,
    members,
    metric_as_written,
    metric_words,
    model_words,
    told_of,
    without_needless,
)
from hedu.define.ossie.wide import Lent
from hedu.define.read import decoded
from hedu.errors import DefinitionError, Problem

SUFFIXES = (".yaml", ".yml", ".json")
_PARTS_OF_TIME = re.compile(
    "year|yr|quarter|qtr|qoy|month|moy|mon|week|woy|dow|dom|doy|weekday|hour|minute|second|season|fy"
)
_NO_TIME = re.compile("name|num|no|number|seq|id|sk|key|label|code|flag|holiday")
_MOMENTS = re.compile("date|datetime|timestamp|ts|at|dt")
_CHANGED = Label(
    "导出之后被其他工具改过；按规范部分读入，其余沿用扩展里的定义",
    "changed by another tool since it was exported; the core was followed, the rest is as the extension has it",
)
_NOT_WORDS = frozenset({"name", "body", "at", "marks"})


def read_ossie(path: Path) -> Carried:
    """What the documents at `path` define. DefinitionError: all problems of the texts; ossie-not-found."""
    return carried(_texts(path))


def carried(texts: Mapping[str, str | bytes]) -> Carried:
    """What the documents in `texts` (name -> text) define; ours come back as they were, where the core still fits."""
    losses: list[Loss] = []
    problems: list[Problem] = []
    models = read_texts_of({name: decoded(name, text, problems) for name, text in texts.items()}, losses, problems)
    if problems:
        raise DefinitionError.of(problems)
    datasets: list[DatasetDef] = []
    metrics: list[MetricDef] = []
    settings = SettingsDef(name="workspace", time_zone="UTC")
    unread: list[dict[str, Any]] = []
    others: list[dict[str, Any]] = []
    names = Names(losses), Names(losses)
    is_one = bool(within_database([one for model in models for one in model.datasets]))
    for number, model in enumerate(models):
        inner = within_database(model.datasets) if is_one else {}
        reading = _Model(model, losses, *names, inner)
        found = reading.definitions()
        datasets.extend(found.datasets)
        metrics.extend(found.metrics)
        if number == 0:
            settings, unread = found.settings, reading.unread
        else:
            kept = {"unread": reading.unread} if reading.unread else {}
            others.append({**model_words(model), **members(found), **kept})
    return Carried(without_needless(Definitions(datasets, metrics, beside(settings, unread, others))), tuple(losses))


def _texts(path: Path) -> dict[str, str | bytes]:
    if path.is_dir():
        files = [file for file in sorted(path.rglob("*")) if file.suffix.lower() in SUFFIXES and file.is_file()]
    else:
        files = [path] if path.is_file() else []
    if not files:
        raise DefinitionError("ossie-not-found", path=str(path))
    try:
        return {file.relative_to(path).as_posix() if path.is_dir() else file.name: file.read_bytes() for file in files}
    except OSError as error:
        raise DefinitionError("file-unreadable", path=str(path), reason=error.strerror or "") from error


class _Model:
    """One model on its way to definitions."""

    def __init__(
        self, model: OssieModel, losses: list[Loss], datasets: Names, metrics: Names, inner: Mapping[str, str]
    ) -> None:
        self.stated = {one.name: one.source for one in model.datasets if one.name in inner}
        self.model = model
        self.unread: list[dict[str, Any]] = []
        self.kept = {one.name: kept_of(one.extras.own, self._core(one), one.at) for one in model.datasets}
        datasets_here = tuple(replace(one, source=self._read(one, inner)) for one in model.datasets)
        self.model = model = replace(model, datasets=datasets_here)
        self.losses = losses
        self.fields = Fields(model)
        name = proposal(model.name) if model.name else "model"
        self.native = {one.name: datasets.given(one.name, one.at, f"{name}_{one.name}") for one in model.datasets}
        self.every = [*(metric for one in model.datasets for metric in one.metrics), *model.metrics]
        self.metric_names = {
            ((one.dataset or "").casefold(), one.name.casefold()): metrics.given(
                one.name, one.at, f"{one.dataset or name}_{one.name}"
            )
            for one in sorted(self.every, key=lambda one: one.dataset is not None)
        }
        self.fresh = metrics.fresh
        self.own = data_of(model.extras.own, model.at) or {}
        self.lent = Lent(self.fields)
        self.metrics = Metrics(self.fields, self.native, self.metric_names, self.fresh, self.lent)
        self.calendars: dict[str, str] = {}

    def definitions(self) -> Definitions:
        kept = self.kept
        whole = {name: one.definition for name, one in kept.items() if one is not None and one.fits}
        same = {name: one for name, one in whole.items() if isinstance(one, DatasetDef)}
        names = {one.name: [] if one.name in same else self._names(one) for one in self.model.datasets}
        keys = keyed(self.model, self.fields, self.native, {key: set(n) for key, n in names.items()}, same, self.losses)
        by_field = {one.name: self._dimensions(one, names[one.name]) for one in self.model.datasets}
        self.calendars = calendars(self.model, {name: [*found.values()] for name, found in by_field.items()})
        datasets = [
            self._dataset(one, by_field[one.name], keys[one.name], kept[one.name]) for one in self.model.datasets
        ]
        self.metrics.measures = {one.name: list(one.measures) for one in datasets}
        metrics = self._metrics()
        wides = {self.native[name]: wide.source() for name, wide in self.lent.wides.items()}
        finished = [
            replace(one, measures=tuple(self.metrics.measures[one.name]), source=wides.get(one.name, one.source))
            for one in map(self._as_stated, datasets)
        ]
        kept_beside = [made(data, self.model.at) for data in self.own.get("beside", ())]
        metrics += [one for one in kept_beside if isinstance(one, MetricDef) and one.name not in self.metrics.metrics]
        return Definitions(finished, metrics, self._settings())

    def _read(self, one: OssieDataset, inner: Mapping[str, str]) -> str:
        """What its rows are read from; the SELECT that we made of it, while that is known."""
        kept = self.kept[one.name]
        ours = kept.definition if kept is not None else None
        if kept is None or not isinstance(ours, DatasetDef) or ours.source.select is None:
            return inner.get(one.name, one.source)
        is_same = kept.fits or one.source in (ours.source.select, told_of(ours.x).get("source"))
        return ours.source.select if is_same else inner.get(one.name, one.source)

    def _core(self, one: OssieDataset) -> Any:
        """A dataset together with the relationships that start from it."""
        joins = [item.core for item in self.model.relationships if item.source.casefold() == one.name.casefold()]
        return {"dataset": one.core, "relationships": joins}

    def _settings(self) -> SettingsDef:
        model = self.model
        told = model_words(model)
        if "settings" in self.own:
            found = made(self.own["settings"], model.at)
            assert isinstance(found, SettingsDef)
            if self.own.get("core", core_digest(model.core)) == core_digest(model.core):
                return found
            self.losses.append(Loss(model.at.path or "/", model.name, _CHANGED, model.at.where))
            return replace(found, x={**found.x, "ossie": told})
        name = model.name if fault_of(model.name) is None else proposal(model.name)
        return SettingsDef(name=name, time_zone="UTC", x={"ossie": told})

    def _names(self, one: OssieDataset) -> list[str]:
        names = Names(self.losses)
        return [names.given(field.name, field.at) for field in one.fields]

    def _dimensions(self, one: OssieDataset, names: Sequence[str]) -> dict[str, DimensionDef]:
        found = {}
        for name, field in zip(names, one.fields, strict=False):
            try:
                with self.lent.restoring():
                    found[field.name] = _dimension(field, name, self.fields.tree(one, field, far=self.lent))
            except Refused as refused:
                text = field.expression.dialects[0][1] if field.expression.dialects else ""
                self.losses.append(Loss(field.at.path, text, refused.why, field.at.where))
        return found

    def _as_stated(self, one: DatasetDef) -> DatasetDef:
        """With the source it came with, where it is read from a wider one."""
        stated = next((item for item in self.model.datasets if self.native[item.name] == one.name), None)
        if stated is None or stated.name not in self.lent.wides:
            return one
        source = self.stated.get(stated.name, stated.source)
        return replace(one, x={**one.x, "ossie": {"source": source, **told_of(one.x)}})

    def _dataset(
        self, one: OssieDataset, by_field: Mapping[str, DimensionDef], keys: Keyed, kept: Kept | None
    ) -> DatasetDef:
        if kept is not None and kept.fits and isinstance(kept.definition, DatasetDef):
            return kept.definition
        dimensions = list(by_field.values())
        times = times_of(one, dimensions)
        x = dataset_words(one, self.stated.get(one.name), by_field, keys)
        made = DatasetDef(
            self.native[one.name],
            source_of(one.source),
            keys.primary,
            tuple(keys.unique),
            tuple(keys.entities),
            keys.bridge,
            times[0] if len(times) == 1 else None if times else self._far_time(keys),
            tuple(dimensions),
            meaning=label_of(one.description) if one.description else Label(),
            x={"ossie": x} if x else {},
        )
        return self._merged(one, made, kept) if kept is not None else made

    def _far_time(self, keys: Keyed) -> str | None:
        """The day of the one calendar that a dataset without times of its own leads to."""
        ways = [(role, self.calendars.get(one.target.casefold())) for role, one in keys.relationships.items()]
        found = [f"{role}.{day}" for role, day in ways if day is not None]
        return found[0] if len(found) == 1 else None

    def _merged(self, one: OssieDataset, made: DatasetDef, kept: Kept) -> DatasetDef:
        """Ours, changed by another tool since: the core is followed, what only we know stays."""
        ours = kept.definition
        assert isinstance(ours, DatasetDef)
        self.losses.append(Loss(one.at.path, one.name, _CHANGED, one.at.where))
        helpers = set(kept.notes.get("columns", ()))
        old = {item.name: item for item in ours.dimensions}
        new = [
            replace(old[item.name], expr=item.expr) if item.name in old else item
            for item in made.dimensions
            if item.name not in helpers
        ]
        names = {item.name for item in new}
        new += [item for item in ours.dimensions if item.metric is not None and item.name not in names]
        same_joins = kept.notes.get("joins") == core_digest(self._core(one)["relationships"])
        return replace(
            ours,
            source=ours.source if _source_text(ours) in (one.source, self.stated.get(one.name)) else made.source,
            primary_key=made.primary_key,
            unique_keys=made.unique_keys,
            dimensions=tuple(new),
            entities=ours.entities if same_joins else made.entities,
        )

    def _metrics(self) -> list[MetricDef]:
        """Each metric after those it uses; what cannot be made is lost with its reason."""
        order: list[str] = []
        waiting = list(self.every)
        while waiting:
            refused: list[tuple[OssieMetric, Refused]] = []
            for one in waiting:
                name = self.metric_names[(one.dataset or "").casefold(), one.name.casefold()]
                kept = kept_of(one.extras.own, one.core, one.at)
                try:
                    if kept is not None and kept.fits and isinstance(kept.definition, MetricDef):
                        self.metrics.metrics[name] = kept.definition
                    else:
                        self.metrics.make(one, name, **self._words(one, kept))
                except Refused as error:
                    refused.append((one, error))
                else:
                    order.append(name)
            if len(refused) == len(waiting):
                for one, why in refused:
                    text = one.expression.dialects[0][1] if one.expression.dialects else ""
                    self.losses.append(Loss(one.at.path, text, why.why, one.at.where))
                    if one.dataset is None and not one.changed:
                        self.unread.append(metric_as_written(one))
                break
            waiting = [one for one, _ in refused]
        return list(self.metrics.metrics.values())

    def _words(self, one: OssieMetric, kept: Kept | None) -> dict[str, Any]:
        if kept is not None and isinstance(kept.definition, MetricDef):
            self.losses.append(Loss(one.at.path, one.name, _CHANGED, one.at.where))
            held = kept.definition
            return {name: getattr(held, name) for name in held.__dataclass_fields__ if name not in _NOT_WORDS}
        words: dict[str, Any] = {"synonyms": one.extras.synonyms}
        if one.description:
            words["meaning"] = label_of(one.description)
        return {**words, "x": {"ossie": metric_words(one)}}


def _source_text(dataset: DatasetDef) -> str:
    return dataset.source.table or dataset.source.select or dataset.source.file or ""


def _dimension(field: OssieField, name: str, tree: exp.Expr) -> DimensionDef:
    plain = isinstance(tree, exp.Column) and tree.name == name
    return DimensionDef(
        name,
        _type(field, tree),
        "" if plain else sql_of(tree),
        meaning=label_of(field.description) if field.description else Label(),
        synonyms=field.extras.synonyms,
    )


def _type(field: OssieField, tree: exp.Expr) -> DimensionType:
    """The type as declared; else by its expression; else a moment, unless its name says that it is a part of one."""
    if field.datatype is not None:
        return type_named(field.datatype)
    if isinstance(tree, exp.Cast):
        if tree.to.this == exp.DType.DATE:
            return "date"
        if tree.is_type(*exp.DataType.TEMPORAL_TYPES):
            return "timestamp"
        if tree.is_type(*exp.DataType.NUMERIC_TYPES):
            return "number"
        if tree.is_type("boolean"):
            return "boolean"
    if isinstance(tree, (exp.Predicate, exp.And, exp.Or, exp.Not)):
        return "boolean"
    if isinstance(tree, (exp.Add, exp.Sub, exp.Mul, exp.Div)):
        return "number" if not field.is_time else "timestamp"
    if not field.is_time:
        return "text"
    words = re.split(r"[\W_]+", field.name.casefold())

    def some(of: re.Pattern[str]) -> bool:
        return any(of.fullmatch(word) for word in words)

    return "text" if some(_NO_TIME) or (some(_PARTS_OF_TIME) and not some(_MOMENTS)) else "timestamp"
