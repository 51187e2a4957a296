"""dbt's semantic manifest, as data -> definitions, and what could not be carried over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from hedu.define.definitions import (
    Definitions,
    Label,
    MetricDef,
    SavedDef,
    SettingsDef,
    Simple,
    SpineColumnDef,
    SpineDef,
)
from hedu.define.formats.dbt_datasets import (
    ENGINE_DATABASE,
    NAME,
    dataset_of,
    grain_of,
    is_disabled,
    lost_metadata,
    relation_of,
    table_of,
)
from hedu.define.formats.dbt_metrics import Book, condition_of, metric_of
from hedu.define.formats.dbt_names import question_item
from hedu.define.formats.dbt_unique import told_apart
from hedu.define.formats.given import SHAPE, Given
from hedu.define.formats.loss import Carried, Loss
from hedu.define.names import fault_of, proposal
from hedu.errors import QueryError

_NO_EXPORTS = Label("不写出结果表；提问即可取数", "answers are not written to tables here; ask for them")
_UNREADABLE = Label("模板读不懂", "the template cannot be read")
_ONE_SPINE = Label("同一粒度只用第一张时间轴", "one time spine a grain is used, the first")
_NANOSECOND = Label("没有纳秒粒度的时间轴", "there are no time spines of nanoseconds here")


def carried_from(manifest: Mapping[str, Any], name: str = "dbt") -> Carried:
    """The definitions of a semantic manifest. Nothing is dropped without a row in the losses."""
    book = Book()
    manifest = told_apart(manifest, book.losses)
    given = Given(manifest, "", book.losses)
    made_by_measures = []
    for one in given.each("semantic_models"):
        dataset = None if is_disabled(one) else dataset_of(one)
        if dataset is not None:
            book.add_dataset(dataset)
            made_by_measures += _made_by(one.data.get("measures"))
    entries = _entries(manifest.get("metrics"), book.losses)
    book.taken = {str(one.get("name")) for one in entries}
    for measure in made_by_measures:
        if measure in book.taken or measure not in book.measures:
            continue
        book.taken.add(measure)
        owner, found = book.measures[measure]
        book.metrics[measure] = MetricDef(measure, Simple(f"{owner}.{measure}"), label=found.label)
    given.take("metrics")
    for entry in sorted(entries, key=lambda one: str(one.get("type")).lower() != "simple"):
        metric = Given(entry, f"metrics.{entry.get('name')}", book.losses)
        made = None if is_disabled(metric) else metric_of(metric, book)
        metric.close()
        if made is not None:
            book.metrics[made.name] = made
    settings = _settings(given, book, name)
    given.close()
    models = manifest.get("semantic_models")
    given_models = models if isinstance(models, list) else []
    if any(one.get("metadata") for one in (*entries, *given_models) if isinstance(one, Mapping)):
        lost_metadata(book.losses, "metadata")
    settings = _of_one_database(settings, book.losses)
    return Carried(Definitions(_datasets(book), _ordered(book, entries), settings), _once(book.losses))


def _of_one_database(settings: SettingsDef, losses: list[Loss]) -> SettingsDef:
    """The database that all tables are in is kept, once; where they are in several, each loses its own."""
    named = {loss.what for loss in losses if loss.why is ENGINE_DATABASE}
    if len(named) != 1:
        return settings
    losses[:] = [loss for loss in losses if loss.why is not ENGINE_DATABASE]
    return replace(settings, x={"dbt": {"database": named.pop()}})


def _entries(metrics: Any, losses: list[Loss]) -> list[Mapping[str, Any]]:
    """The metrics that have a name; other things among them are lost."""
    given = metrics if isinstance(metrics, list) else [] if metrics is None else [metrics]
    known = [one for one in given if isinstance(one, Mapping) and one.get("name")]
    losses += [Loss("metrics", str(one)[:200], SHAPE) for one in given if one not in known]
    return known


def _made_by(measures: Any) -> list[str]:
    """The measures that are metrics as well."""
    items = measures if isinstance(measures, list) else []
    return [str(m["name"]) for m in items if isinstance(m, Mapping) and m.get("name") and m.get("create_metric")]


def _datasets(book: Book) -> tuple[Any, ...]:
    return tuple(book.datasets.values())


def _ordered(book: Book, entries: list[Mapping[str, Any]]) -> tuple[MetricDef, ...]:
    """Metrics as they stand in the manifest, then those made for measures."""
    places = {str(one.get("name")): at for at, one in enumerate(entries)}
    return tuple(sorted(book.metrics.values(), key=lambda one: places.get(one.name, len(places))))


def _settings(given: Given, book: Book, name: str) -> SettingsDef:
    project = given.inner("project_configuration")
    spines = _spines(project) if project else ()
    if project:
        for key in ("dsi_package_version", "metadata", "name"):
            project.take(key)
        project.close()
    each = (one for one in given.each("saved_queries") if not is_disabled(one))
    saved = tuple(made for one in each if (made := _saved(one)) is not None)
    return SettingsDef(proposal(name), time_zone="UTC", semantics="metricflow", time_spines=spines, questions=saved)


def _spines(project: Given) -> tuple[SpineDef, ...]:
    found: dict[str, SpineDef] = {}
    for one in project.each("time_spines"):
        primary = one.inner("primary_column")
        column = primary.text("name") if primary else ""
        if primary is not None and primary.text("time_granularity").lower() == "nanosecond":
            one.lose("primary_column", _NANOSECOND)
            one.take("node_relation")
            one.take("custom_granularities")
            continue
        grain = grain_of(primary, "time_granularity") or "day"
        custom = []
        for item in one.each("custom_granularities"):
            written, name = item.text("column_name"), item.text("name")
            if fault_of(name):
                item.lose("name", NAME)
                continue
            custom.append(SpineColumnDef(name, "" if written == name else written))
        table = relation_of(one)
        one.take("metadata")
        if primary:
            primary.close()
        if not column or not table:
            one.losses.append(Loss(one.path, str(dict(one.data))[:200], SHAPE))
            continue
        if grain in found:
            one.lose("primary_column", _ONE_SPINE)
            continue
        found[grain] = SpineDef(grain, table, column, tuple(custom))
    for one in project.each("time_spine_table_configurations"):
        grain = grain_of(one, "grain") or "day"
        table, column = table_of(one, "location"), one.text("column_name")
        if grain in found:
            one.lose("location", _ONE_SPINE)
        elif table and column:
            found[grain] = SpineDef(grain, table, column)
        else:
            one.losses.append(Loss(one.path, str(dict(one.data))[:200], SHAPE))
    return tuple(found.values())


def _saved(one: Given) -> SavedDef | None:
    name, params = one.text("name"), one.inner("query_params")
    if fault_of(name) or params is None:
        one.lose("name", NAME)
        return None
    one.take("metadata")
    one.lose("exports", _NO_EXPORTS)
    try:
        condition = condition_of(params.take("where"))
        made = SavedDef(
            name,
            tuple(question_item(metric) for metric in params.texts("metrics")),
            tuple(question_item(item) for item in params.texts("group_by")),
            (condition,) if condition else (),
            tuple(question_item(item) for item in params.texts("order_by")),
            _limit(params),
            label=Label(en=one.text("label")),
            meaning=Label(en=one.text("description")),
        )
    except QueryError as error:
        one.losses.append(Loss(one.path, str(error.problem.facts.get("text", "")), _UNREADABLE))
        return None
    params.close()
    return made


def _limit(params: Given) -> int | None:
    limit = params.take("limit")
    if limit is not None and (isinstance(limit, bool) or not isinstance(limit, int) or limit < 0):
        params.lose("limit", SHAPE)
        return None
    return limit


def _once(losses: list[Loss]) -> tuple[Loss, ...]:
    return tuple(dict.fromkeys(losses))
