"""A semantic model of dbt's manifest -> a dataset."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any, get_args

from hedu.define.definitions import (
    Aggregation,
    DatasetDef,
    DimensionDef,
    EntityDef,
    Grain,
    Label,
    MeasureDef,
    Percentile,
    SemiAdditive,
    Source,
    Validity,
)
from hedu.define.formats.given import SHAPE, Given
from hedu.define.formats.loss import Loss
from hedu.define.names import fault_of

_IDENTIFIER = re.compile(r"[^\W\d]\w*")
_PART = re.compile(r'"[^"]*"|`[^`]*`|\[[^\]]*\]|[^.]+')
_CONSTANTS = ("true", "false", "null")
NAME = Label("名称不能用作这里的名称", "the name cannot be one here")
ENGINE_DATABASE = Label("数据库由引擎地址决定", "the engine's URL names the database")
_NO_PLACE = Label("这里没有放它的地方", "nothing here holds it")
_GRAIN = Label("没有这样的粒度，按微秒", "no such grain here; microseconds stand for it")
_NO_GRAIN = Label("这里不能用这个粒度", "this grain cannot be used here")
DISABLED = Label("在 dbt 里停用", "disabled in dbt")
_EXACT = Label("改为精确计算的离散分位", "computed exactly instead")
_AGG = Label("没有这种汇总", "no such aggregation")
_TYPE = Label("没有这个类型", "no such type")
_TAKE = Label("只能取最早或最晚的值（min、max）", "only the first or the last value can be taken (min, max)")
_BOTH = Label("不能既是起点又是终点", "nothing is both start and end")
_PRIMARY = Label("主实体只能有一个，都按外键", "there can be one primary entity only; all count as foreign")
_RELATION = Label("表名由 schema 和 alias 决定", "schema and alias name the table")
_TEMPLATE = Label("模板要由 dbt 填好；请导入编译后的清单", "a template that dbt fills in; import the compiled manifest")
_AGGS = {"sum_bool": "sum_boolean", "avg": "average"}


def dataset_of(given: Given) -> DatasetDef | None:
    """The dataset of one semantic model; None where its name cannot be one here."""
    name = given.text("name")
    if fault_of(name):
        given.lose("name", NAME)
        return None
    defaults = given.inner("defaults")
    time = defaults.text("agg_time_dimension") or None if defaults else None
    dimensions, validity = _dimensions(given)
    entities, primary, unique, natural = _entities(given)
    measures = tuple(made for one in given.each("measures") if (made := measure_of(one)) is not None)
    dataset = DatasetDef(
        name,
        Source(table=relation_of(given)),
        primary_key=primary,
        unique_keys=unique,
        entities=entities,
        time=time,
        dimensions=dimensions,
        measures=measures,
        label=Label(en=given.text("label")),
        meaning=Label(en=given.text("description")),
        prefix=given.text("primary_entity") or None,
        x=_kept(given),
    )
    if natural and validity is not None:
        dataset = replace(dataset, validity=replace(validity, entity=natural))
    given.take("metadata")
    if defaults:
        defaults.close()
    return dataset


def relation_of(given: Given) -> str:
    """`schema.table` of a node relation; the database is the engine's."""
    relation = given.inner("node_relation")
    if relation is None:
        return str(given.take("table", given.text("name")))
    schema, alias = relation.text("schema_name"), relation.text("alias")
    relation.lose("database", ENGINE_DATABASE)
    written = _words(relation.text("relation_name"))
    if written and not f".{written}".endswith("." + _words(".".join(part for part in (schema, alias) if part))):
        relation.lose("relation_name", _RELATION)
    relation.close()
    return ".".join(_quoted_part(part) for part in (schema, alias) if part)


def table_of(given: Given, key: str) -> str:
    """`schema.table` of a relation's full name; the database is the engine's."""
    parts = [part.strip('"`[]') for part in _PART.findall(given.text(key))]
    if len(parts) > 2:
        given.losses.append(Loss(f"{given.path}.{key}", parts[-3], ENGINE_DATABASE))
    return ".".join(_quoted_part(part) for part in parts[-2:])


def _words(name: str) -> str:
    """A table's name without quotes and without case."""
    return re.sub(r'["`\[\]]', "", name).casefold()


def _quoted_part(part: str) -> str:
    return f'"{part}"' if "." in part and not part.startswith('"') else part


def expression(text: Any, default: str) -> str:
    """An SQL expression; a bare name is a column, whatever word it is."""
    written = str(text).strip() if text not in (None, "") else default
    if _IDENTIFIER.fullmatch(written) and written.lower() not in _CONSTANTS and not _is_column(written):
        return f'"{written}"'
    return written


@lru_cache(maxsize=20_000)
def _is_column(word: str) -> bool:
    """Whether a bare word means a column in SQL."""
    from sqlglot import exp, parse_one
    from sqlglot.errors import SqlglotError

    try:
        tree = parse_one(f"SELECT {word}", dialect="duckdb").expressions[0]
    except SqlglotError:
        return False
    return isinstance(tree, exp.Column) and tree.name == word


def _dimensions(given: Given) -> tuple[tuple[DimensionDef, ...], Validity | None]:
    found: list[DimensionDef] = []
    start = end = ""
    for one in given.each("dimensions"):
        made, valid = _dimension(one)
        if made is None:
            continue
        found.append(made)
        start = made.expr or expression(None, made.name) if valid == "start" else start
        end = made.expr or expression(None, made.name) if valid == "end" else end
    return tuple(found), Validity("", start, end) if start and end else None


def _dimension(one: Given) -> tuple[DimensionDef | None, str]:
    name = one.text("name")
    if fault_of(name):
        one.lose("name", NAME)
    kind = one.text("type").lower()
    if fault_of(name) or _is_template(one) or _is_unknown(one, kind, ("time", "categorical")):
        return None, ""
    is_time = kind == "time"
    params = one.inner("type_params")
    valid = params.inner("validity_params") if params else None
    side = _side(valid) if valid else ""
    written = expression(one.take("expr"), name)
    made = DimensionDef(
        name,
        "timestamp" if is_time else "any",
        "" if written.strip('"') == name else written,
        label=Label(en=one.text("label")),
        meaning=Label(en=one.text("description")),
        grain=grain_of(params, "time_granularity") or "day" if is_time else None,
        partition=bool(one.take("is_partition", False)),
    )
    for part in (valid, params):
        if part:
            part.close()
    _no_config(one)
    one.take("metadata")
    return made, side


def _side(valid: Given) -> str:
    """Which end of what a row is valid for a dimension says; one that says both says neither."""
    is_start, is_end = bool(valid.take("is_start")), bool(valid.take("is_end"))
    if is_start and is_end:
        valid.lose("is_end", _BOTH)
        return ""
    return "start" if is_start else "end" if is_end else ""


def _is_unknown(one: Given, kind: str, known: Sequence[str]) -> bool:
    """Whether something is of none of the known types; then that is told, and it is left out."""
    if kind in known:
        return False
    one.losses.append(Loss(f"{one.path}.type", kind, _TYPE))
    return True


def grain_of(given: Given | None, key: str) -> Grain | None:
    """A grain under `key`; nanoseconds become microseconds, and that is reported, as is any that is not known."""
    text = given.text(key).lower() if given else ""
    if given and text == "nanosecond":
        given.lose(key, _GRAIN)
        return "microsecond"
    if given and text and text not in get_args(Grain):
        given.lose(key, _NO_GRAIN)
        return None
    return text or None  # type: ignore[return-value]


def _entities(
    given: Given,
) -> tuple[tuple[EntityDef, ...], tuple[str, ...], tuple[tuple[str, ...], ...], str]:
    """The entities, the primary key, the unique keys, and the natural entity."""
    found: list[EntityDef] = []
    primary: dict[str, tuple[str, ...]] = {}
    unique: list[tuple[str, ...]] = []
    natural = ""
    for one in given.each("entities"):
        name, kind = one.text("name"), one.text("type").lower()
        if _is_template(one) or _is_unknown(one, kind, ("primary", "unique", "foreign", "natural")):
            continue
        key = (expression(one.take("expr"), name),)
        if fault_of(name):
            one.lose("name", NAME)
            continue
        found.append(EntityDef(name, name, key, label=Label(en=one.text("label"))))
        primary |= {name: key} if kind == "primary" else {}
        unique += [key] if kind == "unique" else []
        natural = name if kind == "natural" else natural
        one.lose("description", _NO_PLACE)
        one.lose("role", _NO_PLACE)
        _no_config(one)
        one.take("metadata")
    if len(primary) > 1:
        given.losses.append(Loss(f"{given.path}.entities", ", ".join(primary), _PRIMARY))
        primary = {}
    return tuple(found), next(iter(primary.values()), ()), tuple(dict.fromkeys(unique)), natural


def measure_of(one: Given, name: str = "") -> MeasureDef | None:
    """A measure, or what a simple metric without one aggregates, under `name`."""
    name = name or one.text("name")
    agg = one.text("agg").lower()
    agg = _AGGS.get(agg, agg)
    if fault_of(name) or agg not in get_args(Aggregation):
        lost, why = ("name", NAME) if fault_of(name) else ("agg", _AGG)
        one.losses.append(Loss(f"{one.path}.{lost}", str(one.take(lost, "")), why))
        return None
    semi = one.inner("non_additive_dimension")
    if _is_template(one) or _is_unreadable(one, semi):
        return None
    written = expression(one.take("expr"), name)
    params = one.inner("agg_params")
    made = MeasureDef(
        name,
        agg,  # type: ignore[arg-type]
        "" if written.strip('"') == name and agg != "count" else written,
        time=one.text("agg_time_dimension") or None,
        semi_additive=_semi(semi) if semi else None,
        label=Label(en=one.text("label")),
        percentile=_percentile(params) if agg == "percentile" and params else None,
    )
    for part in (semi, params):
        if part:
            part.close()
    one.take("create_metric")
    one.take("metadata")
    one.lose("description", _NO_PLACE)
    _no_config(one)
    return made


def _is_template(one: Given) -> bool:
    """Whether SQL still holds what only dbt can fill in; then that is told, and what it is for left out."""
    if not any(mark in str(one.data.get("expr")) for mark in ("{{", "{%")):
        return False
    one.lose("expr", _TEMPLATE)
    one.take("name")
    return True


def _is_unreadable(one: Given, semi: Given | None) -> bool:
    """Whether it is not known which value of a balance counts; then that is told, and the balance left out."""
    if semi is None:
        return bool(one.data.get("non_additive_dimension"))
    if semi.text("window_choice", "min").lower() in ("min", "max"):
        return False
    semi.lose("window_choice", _TAKE)
    return True


def _semi(semi: Given) -> SemiAdditive:
    take = "first" if semi.text("window_choice", "min").lower() == "min" else "last"
    return SemiAdditive(semi.text("name"), take, semi.texts("window_groupings"))  # type: ignore[arg-type]


def _percentile(params: Given) -> Percentile:
    at = _number(params)
    is_discrete, is_rough = params.take("use_discrete_percentile"), params.take("use_approximate_percentile")
    if is_discrete and is_rough:
        params.lose("use_approximate_percentile", _EXACT)
    if is_discrete:
        return Percentile(at, "discrete")
    return Percentile(at, "approximate" if is_rough else "continuous")


def _number(params: Given) -> float:
    try:
        return float(params.take("percentile", 0.5))
    except (TypeError, ValueError):
        params.lose("percentile", SHAPE)
        return 0.5


def _no_config(one: Given) -> None:
    config = one.inner("config")
    if config:
        config.lose("meta", _NO_PLACE)
        config.close()


def _kept(given: Given) -> Mapping[str, Any]:
    """What dbt's `config.meta` holds stays as it is under `x.dbt`."""
    config = given.inner("config")
    meta = config.take("meta") if config else None
    if config:
        config.take("enabled")
        config.close()
    return {"dbt": {"meta": dict(meta)}} if isinstance(meta, Mapping) and meta else {}


def is_disabled(given: Given) -> bool:
    """Whether dbt leaves this out; then that is all that is told of it."""
    config = given.data.get("config")
    enabled = config.get("enabled") if isinstance(config, Mapping) else None
    if enabled in (None, True):
        return False
    what = "config.enabled: false" if enabled is False else f"config.enabled: {enabled}"
    given.losses.append(Loss(given.path, what, DISABLED if enabled is False else _TEMPLATE))
    for key in given.data:
        given.take(key)
    return True


def lost_metadata(found: list[Loss], where: str) -> None:
    """That the places in dbt's own files are not kept, said once."""
    why = Label("dbt 源文件里的位置不保留", "places in dbt's own files are not kept")
    found.append(Loss("*.metadata", where, why))
